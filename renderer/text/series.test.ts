import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '#domain/schema/snapshot.ts';
import { extremesOf, outagesIn, pointsOf, since, sparkline, tableRows, type Point } from './series.ts';

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

/** What a line through points shows at a moment; NaN: nothing. */
function lineAt(points: readonly Point[], x: number): number {
  const after = points.findIndex((point) => point.x >= x);
  const [from, to] = [points[after - 1], points[after]];
  if (!to) return NaN;
  if (to.x === x || !from) return to.y;
  return from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x);
}

test('points that are left out lie on the line through the others', () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }), { minLength: 1 });
  const steps = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 200, maxLength: 200 });
  fc.assert(
    fc.property(values, steps, (loads, pauses) => {
      let at = 0;
      const samples = loads.map((load, place) => {
        at += pauses[place % pauses.length]!;
        return second(at, load === undefined ? {} : { load });
      });
      const points = pointsOf(samples, 'load');
      for (const sample of samples) expect(lineAt(points, sample.at)).toBe(sample.load ?? NaN);
      expect(points.length).toBeLessThanOrEqual(2 * samples.length);
    }),
  );
});

test('a steady value is a line of two points', () => {
  const samples = Array.from({ length: 600 }, (_, at) => second(at, { charge: 100 }));
  expect(pointsOf(samples, 'charge')).toEqual([
    { x: 0, y: 100 },
    { x: 599_000, y: 100 },
  ]);
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

test('the rows of a table stay what they are when a second passes', () => {
  const samples = Array.from({ length: 1000 }, (_, at) => second(at));
  const before = tableRows(samples.slice(0, 999), 60).map(({ at }) => at);
  const after = tableRows(samples.slice(1), 60).map(({ at }) => at);
  expect(before.filter((at) => !after.includes(at)).length).toBeLessThanOrEqual(2);
});
