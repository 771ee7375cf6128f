import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addStretch, createBins, meanOf } from './rollup.ts';

test('a stretch over several bins counts in each for its time', () => {
  const bins = createBins(0, 60_000, 3);
  addStretch(bins, 30_000, 150_000, 10, 10, 10);
  addStretch(bins, 150_000, 180_000, 40, 40, 40);
  expect([...bins.knownMs]).toEqual([30_000, 60_000, 60_000]);
  expect([...bins.min]).toEqual([10, 10, 10]);
  expect([...bins.max]).toEqual([10, 10, 40]);
  expect([0, 1, 2].map((place) => meanOf(bins, place))).toEqual([10, 10, 25]);
});

test('a dip that lasted no time at all is seen and does not move the mean', () => {
  const bins = createBins(0, 60_000, 1);
  addStretch(bins, 0, 60_000, 230, 230, 230);
  addStretch(bins, 20_000, 20_000, 180, 180, 180);
  expect(bins.min[0]).toBe(180);
  expect(meanOf(bins, 0)).toBe(230);
});

test('what nothing is known of stays unknown', () => {
  const bins = createBins(0, 1000, 2);
  addStretch(bins, 1000, 2000, 1, 1, 1);
  addStretch(bins, 5000, 6000, 9, 9, 9);
  expect([...bins.min]).toEqual([NaN, 1]);
});

const stretches = fc.array(
  fc.record({
    start: fc.integer({ min: -5000, max: 20_000 }),
    length: fc.integer({ min: 0, max: 9000 }),
    value: fc.integer({ min: -500, max: 500 }),
  }),
  { minLength: 1, maxLength: 60 },
);

test('no bin loses an extreme, and every mean lies between', () => {
  fc.assert(
    fc.property(stretches, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2000 }), (all, count, stepMs) => {
      const bins = createBins(0, stepMs, count);
      for (const { start, length, value } of all) addStretch(bins, start, start + length, value, value, value);
      for (let place = 0; place < count; place++) {
        const begin = place * stepMs;
        const end = begin + stepMs;
        const inside = all
          .filter(({ start, length }) =>
            length === 0 ? start >= begin && start < end : start < end && start + length > begin,
          )
          .map(({ value }) => value);
        if (inside.length === 0) {
          expect(bins.min[place]).toBeNaN();
          continue;
        }
        expect(bins.min[place]).toBe(Math.min(...inside));
        expect(bins.max[place]).toBe(Math.max(...inside));
        expect(meanOf(bins, place)).toBeGreaterThanOrEqual(Math.min(...inside));
        expect(meanOf(bins, place)).toBeLessThanOrEqual(Math.max(...inside));
      }
    }),
  );
});
