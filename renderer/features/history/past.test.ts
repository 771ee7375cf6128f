import { expect, test } from 'vitest';
import {
  coarser,
  csvOf,
  figuresWithin,
  hasBand,
  jsonOf,
  pointsIn,
  rowsOf,
  seriesIn,
  stepAt,
  type Past,
} from './past.ts';

const past: Past = {
  from: 1_768_415_000_000,
  stepMs: 1000,
  series: [
    {
      ups: 'ups',
      variable: 'ups.load',
      min: [20, 20, 20, null, 5],
      mean: [20, 20, 20, null, 7.5],
      max: [20, 20, 20, null, 9],
    },
    {
      ups: 'ups',
      variable: 'input.voltage',
      min: [230, 0, 0, 0, 230],
      mean: [230, 0, 0, 0, 230],
      max: [230, 0, 0, 0, 230],
    },
  ],
  outages: [{ ups: 'ups', from: 1_768_415_001_000, to: 1_768_415_004_000 }],
};
const load = seriesIn(past, 'ups', 'ups.load')!;

test('a line has its corners and its gaps, and nothing of what lies between', () => {
  expect(pointsIn(past, load, 'mean').map(({ x, y }) => [(x - past.from) / 1000, y])).toEqual([
    [0.5, 20],
    [2.5, 20],
    [3.5, NaN],
    [4.5, 7.5],
  ]);
  expect([hasBand(load), hasBand(past.series[1]!)]).toEqual([true, false]);
});

test('a moment outside of the picture reads the nearest step', () => {
  expect([past.from - 9, past.from + 1500, past.from + 99_000].map((at) => stepAt(past, at))).toEqual([0, 1, 4]);
});

test('fewer steps keep the extremes, the gaps and their places in time', () => {
  const shown = coarser(past, 3);
  expect(shown.stepMs).toBe(2000);
  expect(seriesIn(shown, 'ups', 'ups.load')).toMatchObject({
    min: [20, 20, 5],
    mean: [20, 20, 7.5],
    max: [20, 20, 9],
  });
  expect(seriesIn(shown, 'ups', 'input.voltage')).toMatchObject({ min: [0, 0, 230], max: [230, 0, 230] });
  // One step further on, the same values fall into the same steps.
  const later: Past = {
    ...past,
    from: past.from + 1000,
    series: past.series.map((one) => ({
      ...one,
      min: one.min.slice(1),
      mean: one.mean.slice(1),
      max: one.max.slice(1),
    })),
  };
  const moved = coarser(later, 2);
  expect(moved.from).toBe(past.from);
  expect(seriesIn(moved, 'ups', 'input.voltage')?.min).toEqual([0, 0, 230]);
  expect(coarser(past, 5)).toBe(past);
});

test('a row of the table keeps the extremes of its steps and says whether an outage fell into it', () => {
  const rows = rowsOf(past, past.series, 3);
  expect(rows.map(({ figures }) => figures[0])).toEqual([
    { min: 5, mean: 7.5, max: 9 },
    { min: 20, mean: 20, max: 20 },
    { min: 20, mean: 20, max: 20 },
  ]);
  expect(rows.map(({ isOutage }) => isOutage)).toEqual([false, true, true]);
  expect(rows[1]?.figures[1]).toEqual({ min: 0, mean: 0, max: 0 });
});

test('of what is not known there are no figures', () => {
  expect(figuresWithin(load, 3, 4)).toBeUndefined();
  expect(figuresWithin(undefined)).toBeUndefined();
});

test('what is saved is what is shown', () => {
  const lines = csvOf(past).split('\r\n');
  expect(lines.slice(0, 2)).toEqual(['time,variable,min,mean,max', '2026-01-14T18:23:20.000Z,ups.load,20,20,20']);
  expect(lines[4]).toBe('2026-01-14T18:23:23.000Z,ups.load,,,');
  expect(JSON.parse(jsonOf(past))).toEqual(past);
});
