import { expect, test } from 'vitest';
import { createRecording } from './recording.ts';

const HOUR = 3_600_000;

test('rows meet, and only what changed is told again', () => {
  const recording = createRecording();
  recording.note('office', 1000, 'ups.load', 20);
  recording.note('office', 3000, 'ups.load', 20);
  recording.note('office', 5000, 'ups.load', 21);
  expect(recording.take(11_000)).toEqual([
    {
      ups: 'office',
      since: 1000,
      until: 11_000,
      changes: [
        { at: 1000, key: 'ups.load', value: 20 },
        { at: 5000, key: 'ups.load', value: 21 },
      ],
    },
  ]);
  expect(recording.take(21_000)).toEqual([{ ups: 'office', since: 11_000, until: 21_000, changes: [] }]);
});

test('an hour begins with all that holds, so that it can be read by itself', () => {
  const recording = createRecording();
  recording.note('office', HOUR - 5000, 'ups.load', 20);
  const rows = recording.take(HOUR + 5000);
  expect(rows.map(({ since, until }) => [since, until])).toEqual([
    [HOUR - 5000, HOUR],
    [HOUR, HOUR + 5000],
  ]);
  expect(rows[1]?.changes).toEqual([{ at: HOUR, key: 'ups.load', value: 20 }]);
});

test('what held before the computer slept is not known to have held meanwhile', () => {
  const recording = createRecording();
  recording.note('office', 1000, 'ups.load', 20);
  recording.take(2000);
  recording.take(12_000);
  const [row] = recording.take(5 * HOUR);
  expect(row).toMatchObject({ since: 5 * HOUR, changes: [{ at: 5 * HOUR, key: 'ups.load', value: 20 }] });
});

test('a clock that is set back begins a row of its own', () => {
  const recording = createRecording();
  recording.note('office', 2 * HOUR, 'ups.load', 20);
  recording.note('office', HOUR, 'ups.load', 21);
  expect(recording.take(HOUR + 1000).map(({ since, until }) => [since, until])).toEqual([
    [2 * HOUR, 2 * HOUR],
    [HOUR, HOUR + 1000],
  ]);
});

test('lost contact ends what is known, and then there is nothing to tell', () => {
  const recording = createRecording();
  recording.note('office', 1000, 'ups.load', 20);
  recording.lose('office', 4000);
  expect(recording.take(11_000)[0]?.changes.at(-1)).toEqual({ at: 4000, key: 'ups.load', value: NaN });
  expect(recording.take(21_000)).toEqual([]);
});
