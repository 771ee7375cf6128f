import { expect, test } from 'vitest';
import { timeTicks } from './chart-ticks.ts';

const NOON = new Date(2026, 0, 5, 12, 0, 30).getTime();

test('ticks are round times within the span', () => {
  const ticks = timeTicks(NOON - 600_000, NOON, 6);
  expect(ticks.map((at) => new Date(at).getMinutes())).toEqual([52, 54, 56, 58, 0]);
  expect(ticks.every((at) => new Date(at).getSeconds() === 0)).toBe(true);
});

test('there are never more than asked for', () => {
  for (const minutes of [1, 5, 10, 30, 120]) {
    expect(timeTicks(NOON - minutes * 60_000, NOON, 6).length).toBeLessThanOrEqual(7);
  }
});
