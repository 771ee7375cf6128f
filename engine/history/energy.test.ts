import { expect, test } from 'vitest';
import { energyIn } from './energy.ts';

const HOUR = 3_600_000;
const of = (value: number, hours: number) => ({ sum: value * hours * HOUR, knownMs: hours * HOUR });

test('watts that are measured count as they are', () => {
  expect(energyIn({ measured: of(120, 24), load: of(20, 24), nominal: of(900, 24) })).toEqual({
    wattHours: 2880,
    knownMs: 24 * HOUR,
    computedMs: 0,
  });
});

test('without them they are reckoned from the load, and marked', () => {
  expect(energyIn({ measured: of(0, 0), load: of(20, 10), nominal: of(900, 10) })).toEqual({
    wattHours: 1800,
    knownMs: 10 * HOUR,
    computedMs: 10 * HOUR,
  });
});

test('a gap in what is measured is filled from the load only as far as that is known', () => {
  expect(energyIn({ measured: of(100, 6), load: of(20, 10), nominal: of(500, 10) })).toEqual({
    wattHours: 1000,
    knownMs: 10 * HOUR,
    computedMs: 4 * HOUR,
  });
});

test('nothing is made up: no load, or a unit of which nobody knows what it is made for', () => {
  const nothing = { wattHours: 0, knownMs: 0, computedMs: 0 };
  expect(energyIn({ measured: of(0, 0), load: of(20, 10), nominal: of(0, 0) })).toEqual(nothing);
  expect(energyIn({ measured: of(0, 0), load: of(0, 0), nominal: of(900, 10) })).toEqual(nothing);
});
