import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, gridOf, joinSpans } from './downsample.ts';
import { addStretch, createBins } from './rollup.ts';

const MOST_POINTS = 2000;

test('a grid covers what was asked for with no more points than asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000_000_000_000 }),
      fc.integer({ min: 1, max: 400_000_000_000 }),
      fc.integer({ min: 2, max: MOST_POINTS }),
      (from, length, points) => {
        const grid = gridOf(from, from + length, points);
        expect(grid.count).toBeLessThanOrEqual(points);
        expect(grid.from).toBeLessThanOrEqual(from);
        expect(grid.from + grid.stepMs * grid.count).toBeGreaterThanOrEqual(from + length);
      },
    ),
  );
});

test('bins stay where they are while the time moves on', () => {
  const hour = 3_600_000;
  const first = gridOf(7 * hour, 8 * hour, 600);
  const later = gridOf(7 * hour + 10_000, 8 * hour + 10_000, 600);
  expect(later.stepMs).toBe(first.stepMs);
  expect((later.from - first.from) % first.stepMs).toBe(0);
});

test('downsampling keeps the extremes, whatever is drawn from', () => {
  const samples = fc.array(
    // No UPS tells a negative zero, and sums lose it.
    fc.tuple(
      fc.integer({ min: 1, max: 60_000 }),
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
    ),
    {
      minLength: 1,
      maxLength: 400,
    },
  );
  fc.assert(
    fc.property(samples, fc.integer({ min: 2, max: MOST_POINTS }), (all, points) => {
      const end = all.reduce((at, [length]) => at + length, 0);
      const grid = gridOf(0, end, points);
      const bins = createBins(grid.from, grid.stepMs, grid.count);
      let at = 0;
      for (const [length, value] of all) {
        addStretch(bins, at, at + length, value, value, value);
        at += length;
      }
      const { min, mean, max } = columnsOf(bins);
      const values = all.map(([, value]) => value);
      expect(min.length).toBeLessThanOrEqual(points);
      expect(Math.min(...min.map((value) => value ?? Infinity))).toBe(Math.min(...values));
      expect(Math.max(...max.map((value) => value ?? -Infinity))).toBe(Math.max(...values));
      mean.forEach((value, place) => {
        expect(value === null).toBe(min[place] === null);
        if (value !== null) expect(value >= (min[place] ?? NaN) && value <= (max[place] ?? NaN)).toBe(true);
      });
    }),
  );
});

test('a gap stays a gap', () => {
  const bins = createBins(0, 1000, 3);
  addStretch(bins, 0, 1000, 1, 1, 1);
  addStretch(bins, 2000, 3000, 3, 3, 3);
  expect(columnsOf(bins)).toEqual({ min: [1, null, 3], mean: [1, null, 3], max: [1, null, 3] });
});

test('spans that a chart cannot tell apart become one', () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 15, to: 16 },
    { from: 40, to: 50 },
    { from: 45, to: 47 },
  ];
  expect(joinSpans(spans, 5)).toEqual([
    { from: 0, to: 16 },
    { from: 40, to: 50 },
  ]);
});
