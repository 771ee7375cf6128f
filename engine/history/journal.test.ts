import { expect, test } from 'vitest';
import { replay, type JournalRow } from './journal.ts';

type Told = [key: string, from: number, to: number, value: number];

function told(rows: readonly JournalRow<string>[]): Told[] {
  const all: Told[] = [];
  replay(rows, (...stretch) => all.push(stretch));
  return all;
}

test('a value holds from row to row until it changes', () => {
  const rows = [
    { since: 0, until: 10, changes: [{ at: 0, key: 'load', value: 20 }] },
    { since: 10, until: 20, changes: [] },
    { since: 20, until: 30, changes: [{ at: 25, key: 'load', value: 30 }] },
  ];
  expect(told(rows)).toEqual([
    ['load', 0, 25, 20],
    ['load', 25, 30, 30],
  ]);
});

test('nobody knows what held between two rows that do not meet', () => {
  const rows = [
    { since: 0, until: 10, changes: [{ at: 0, key: 'load', value: 20 }] },
    { since: 50, until: 60, changes: [{ at: 55, key: 'charge', value: 99 }] },
  ];
  expect(told(rows)).toEqual([
    ['load', 0, 10, 20],
    ['charge', 55, 60, 99],
  ]);
});

test('what is unknown is told by nobody', () => {
  const changes = [
    { at: 0, key: 'load', value: 20 },
    { at: 4, key: 'load', value: NaN },
    { at: 6, key: 'load', value: 21 },
  ];
  expect(told([{ since: 0, until: 10, changes }])).toEqual([
    ['load', 0, 4, 20],
    ['load', 6, 10, 21],
  ]);
});
