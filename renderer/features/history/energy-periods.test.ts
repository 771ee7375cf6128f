import { expect, test } from 'vitest';
import { edgesOf, meanWatts, PERIODS, priceFrom, rowsOf, sumOf } from './energy-periods.ts';

const HOUR = 3_600_000;
// A Thursday.
const NOW = new Date(2026, 4, 14, 15, 30).getTime();
const local = (...date: [number, number, number]): number => new Date(...date).getTime();

test('periods follow the calendar, the last one goes on', () => {
  expect(edgesOf('day', NOW).slice(-3)).toEqual([local(2026, 4, 13), local(2026, 4, 14), local(2026, 4, 15)]);
  expect(edgesOf('week', NOW).slice(-2)).toEqual([local(2026, 4, 11), local(2026, 4, 18)]);
  expect(edgesOf('month', NOW).slice(-2)).toEqual([local(2026, 4, 1), local(2026, 5, 1)]);
  expect(edgesOf('month', NOW)[0]).toBe(local(2024, 4, 1));
  expect(edgesOf('year', NOW)[0]).toBe(local(2017, 0, 1));
  // A Sunday belongs to the week that began six days before.
  expect(edgesOf('week', local(2026, 4, 17)).at(-2)).toBe(local(2026, 4, 11));
  for (const period of PERIODS) {
    const edges = edgesOf(period, NOW);
    expect(edges.every((edge, place) => place === 0 || edge > (edges[place - 1] ?? 0))).toBe(true);
    expect(edges.at(-1)).toBeGreaterThan(NOW);
    expect(edges.length).toBeLessThanOrEqual(401);
  }
});

test('rows begin with the first that is known, and say how much of their time is', () => {
  const edges = [0, 10, 20, 30].map((hours) => hours * HOUR);
  const none = { wattHours: 0, knownMs: 0, computedMs: 0 };
  const rows = rowsOf(
    edges,
    [
      none,
      { wattHours: 500, knownMs: 5 * HOUR, computedMs: 0 },
      { wattHours: 400, knownMs: 4 * HOUR, computedMs: HOUR },
    ],
    24 * HOUR,
  );
  expect(rows.map(({ from, share }) => [from / HOUR, share])).toEqual([
    [20, 1],
    [10, 0.5],
  ]);
  expect(sumOf(rows)).toEqual({ wattHours: 900, knownMs: 9 * HOUR, computedMs: HOUR });
  expect(meanWatts(sumOf(rows))).toBe(100);
  expect(rowsOf(edges, [none, none, none], 24 * HOUR)).toEqual([]);
});

test('a price is remembered as it was typed, and nothing else is taken for one', () => {
  expect(priceFrom('0.32 EUR')).toEqual({ price: 0.32, currency: 'EUR' });
  expect(priceFrom('5e-7 EUR')).toEqual({ price: 0.0000005, currency: 'EUR' });
  expect(priceFrom('CHF')).toEqual({ currency: 'CHF' });
  for (const text of [undefined, '', 'much', '1,5 EUR', '-1 EUR']) expect(priceFrom(text)).toEqual({ currency: '' });
});
