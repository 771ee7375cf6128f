import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '#domain/schema/snapshot.ts';
import { extremesOf, outagesIn, pointsOf, since, sparkline, tableRows } from './series.ts';

const second = (at: number, more: Partial<Sample> = {}): Sample => ({ at: at * 1000, ...more });

describe('points', () => {
  test('an unknown value is a gap, and so is a time without samples', () => {
    const points = pointsOf([second(0, { load: 10 }), second(1), second(20, { load: 12 })], 'load');
    expect(points.map(({ y }) => y)).toEqual([10, NaN, NaN, 12]);
  });

  test('come in the order of time', () => {
    const samples = fc.array(fc.nat(100_000)).map((times) => [...new Set(times)].sort((a, b) => a - b));
    fc.assert(
      fc.property(samples, (times) => {
        const xs = pointsOf(
          times.map((at) => second(at, { load: 1 })),
          'load',
        ).map(({ x }) => x);
        expect(xs).toEqual([...xs].sort((a, b) => a - b));
      }),
    );
  });
});

test('an outage lasts from the first to the last second on battery', () => {
  const samples = [0, 1, 2, 3, 4, 5].map((at) => second(at, { onBattery: at >= 2 && at < 4 }));
  expect(outagesIn(samples)).toEqual([{ from: 2000, to: 4000 }]);
});

test('an outage is not drawn over a time nobody watched', () => {
  const samples = [second(0, { onBattery: true }), second(60, { onBattery: true }), second(61, { onBattery: false })];
  expect(outagesIn(samples)).toEqual([
    { from: 0, to: 0 },
    { from: 60_000, to: 61_000 },
  ]);
});

test('extremes are of what is known', () => {
  expect(extremesOf([second(0, { load: 30 }), second(1), second(2, { load: 12 })], 'load')).toEqual({
    low: 12,
    high: 30,
  });
  expect(extremesOf([second(0)], 'load')).toBeUndefined();
});

test('since keeps exactly what is not older', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (times, at) => {
      const samples = times.sort((a, b) => a - b).map((time) => ({ at: time }));
      expect(since(samples, at)).toEqual(samples.filter((sample) => sample.at >= at));
    }),
  );
});

describe('a sparkline', () => {
  const box = { from: 0, to: 10_000, width: 100, height: 20 };

  test('lifts the pen over a gap', () => {
    const path = sparkline([second(0, { load: 1 }), second(1), second(2, { load: 1 })], 'load', box);
    expect(path.match(/M/g)).toHaveLength(2);
  });

  test('draws a steady value as a flat line in the middle', () => {
    expect(sparkline([second(0, { load: 23 }), second(10, { load: 23 })], 'load', box)).toContain('10.0');
  });

  test('of nothing is nothing', () => {
    expect(sparkline([second(0)], 'load', box)).toBe('');
  });
});

test('a table has the newest sample first and never more rows than asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 100 }), (length, most) => {
      const rows = tableRows(
        Array.from({ length }, (_, at) => second(at)),
        most,
      );
      expect(rows.length).toBeLessThanOrEqual(most);
      expect(rows[0]?.at).toBe((length - 1) * 1000);
    }),
  );
});
