import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBuckets, decodeChanges, encodeBuckets, encodeChanges, type Change } from './chunk-codec.ts';

const START = 1_700_000_000_000;

/** As units tell them: whole numbers, one or more decimals, and what no decimal of six places is. */
const told = fc.oneof(
  fc.integer({ min: -1000, max: 100_000 }),
  fc.integer({ min: -9999, max: 99_999 }).map((tenths) => tenths / 10),
  fc.integer({ min: -999_999, max: 9_999_999 }).map((parts) => parts / 1e6),
);
const anything = fc.oneof(told, fc.double({ noDefaultInfinity: true, noNaN: true }));

describe('changes', () => {
  const changes = (value: fc.Arbitrary<number>) =>
    fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.oneof({ weight: 9, arbitrary: value }, fc.constant(NaN))), {
      minLength: 1,
      maxLength: 200,
    });

  test.each([
    ['decimals', told],
    ['any number', anything],
  ])('%s come back as they were, to a tenth of a second', (_, value) => {
    fc.assert(
      fc.property(changes(value), (steps) => {
        let at = START;
        const given: Change[] = steps.map(([ticks, one]) => ({ at: (at += ticks * 100), value: one }));
        const until = at + 5000;
        const expected = given.flatMap((change, place) =>
          Number.isNaN(change.value)
            ? []
            : [[change.at, given[place + 1]?.at ?? until, change.value === 0 ? 0 : change.value]],
        );
        const back: number[][] = [];
        decodeChanges(encodeChanges(given, START), START, until, (from, to, one) =>
          back.push([from, to, one === 0 ? 0 : one]),
        );
        expect(back).toEqual(expected);
      }),
    );
  });

  test('a reading every two seconds takes about two bytes', () => {
    const given = Array.from({ length: 1800 }, (_, place) => ({
      at: START + place * 2000,
      value: Math.round((230 + Math.sin(place) * 2) * 10) / 10,
    }));
    expect(encodeChanges(given, START).length).toBeLessThan(1800 * 2.1);
  });
});

describe('buckets', () => {
  const bucket = (value: fc.Arbitrary<number>) =>
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: value.map((one) => ({ values: [one, one, one] as const, known: 1 })) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            value,
            value,
            value,
            fc.oneof(
              fc.constant(1),
              fc.integer({ min: 1, max: 99 }).map((share) => share / 100),
            ),
          )
          .map(([a, b, c, known]) => {
            const [low = 0, middle = 0, high = 0] = [a, b, c].sort((x, y) => x - y);
            return { values: [low, middle, high] as const, known };
          }),
      },
    );

  test.each([
    ['decimals', told],
    ['any number', anything],
  ])('of %s keep both extremes exactly and the mean nearly', (_, value) => {
    fc.assert(
      fc.property(fc.array(bucket(value), { maxLength: 300 }), (given) => {
        const column = (pick: (one: NonNullable<(typeof given)[number]>) => number, unknown = NaN): Float64Array =>
          Float64Array.from(given, (one) => (one ? pick(one) : unknown));
        const data = encodeBuckets({
          min: column(({ values }) => values[0]),
          mean: column(({ values }) => values[1]),
          max: column(({ values }) => values[2]),
          known: column(({ known }) => known, 0),
        });
        const back: ((typeof given)[number] | undefined)[] = given.map(() => undefined);
        decodeBuckets(data, (slot, low, high, middle, known) => {
          back[slot] = { values: [low, middle, high], known };
        });
        given.forEach((one, slot) => {
          const read = back[slot];
          expect(read === undefined).toBe(one === undefined);
          if (!one || !read) return;
          // A zero with a sign is a zero.
          expect(read.values[0] === one.values[0] && read.values[2] === one.values[2]).toBe(true);
          expect(Math.abs(read.values[1] - one.values[1])).toBeLessThanOrEqual(0.126);
          expect(read.known).toBeCloseTo(one.known, 6);
        });
      }),
    );
  });

  test('a day in which nothing changes takes a few bytes, a lively one about three a bucket', () => {
    const still = new Float64Array(1440).fill(100);
    const known = new Float64Array(1440).fill(1);
    expect(encodeBuckets({ min: still, max: still, mean: still, known }).length).toBeLessThan(8);
    const wave = Float64Array.from({ length: 1440 }, (_, slot) => Math.round(2300 + Math.sin(slot / 9) * 20) / 10);
    const size = encodeBuckets({
      min: wave,
      max: wave.map((value) => Math.round(value * 10 + 15) / 10),
      mean: wave.map((value) => value + 0.7),
      known,
    }).length;
    expect(size).toBeLessThan(1440 * 3.1);
  });
});
