import { expect, test } from 'vitest';
import { timeTicks, valueTicks } from './chart-ticks.ts';

const NOON = new Date(2026, 0, 5, 12, 0, 30).getTime();
const DAY = 24 * 3_600_000;

test('ticks are round times within the span', () => {
  const { unit, at } = timeTicks(NOON - 600_000, NOON, 6);
  expect(unit).toBe('clock');
  expect(at.map((tick) => new Date(tick).getMinutes())).toEqual([52, 54, 56, 58, 0]);
  expect(at.every((tick) => new Date(tick).getSeconds() === 0)).toBe(true);
});

test('there are never many more than asked for, from minutes to ten years', () => {
  for (const days of [1 / 1440, 1 / 24, 1, 7, 30, 90, 365, 3653]) {
    const { at } = timeTicks(NOON - days * DAY, NOON, 6);
    expect(at.length).toBeLessThanOrEqual(7);
    expect(at.length).toBeGreaterThan(0);
  }
});

test('days, months and years begin where the calendar begins them', () => {
  const days = timeTicks(NOON - 6 * DAY, NOON, 7);
  expect([days.unit, ...days.at.map((tick) => new Date(tick).getHours())]).toEqual(['day', 0, 0, 0, 0, 0, 0]);
  const months = timeTicks(NOON - 360 * DAY, NOON, 6);
  expect([months.unit, ...months.at.map((tick) => new Date(tick).getMonth())]).toEqual(['month', 3, 6, 9, 0]);
  const years = timeTicks(NOON - 3653 * DAY, NOON, 6);
  expect([years.unit, ...years.at.map((tick) => new Date(tick).getFullYear())]).toEqual([
    'year',
    2018,
    2020,
    2022,
    2024,
    2026,
  ]);
});

test('ticks stay on their days when the span moves', () => {
  const ticks = (shift: number) => timeTicks(NOON - 40 * DAY + shift, NOON + shift, 6).at;
  const before = new Set(ticks(0));
  expect(
    ticks(3 * DAY)
      .filter((tick) => tick < NOON)
      .every((tick) => before.has(tick)),
  ).toBe(true);
});

test('values have round ticks within their span, wherever the data begin', () => {
  expect(valueTicks(172, 274, 4)).toEqual([200, 250]);
  expect(valueTicks(0, 100, 4)).toEqual([0, 50, 100]);
  expect(valueTicks(26.1, 29.9, 4)).toEqual([27, 28, 29]);
  expect(valueTicks(-0.3, 0.3, 4)).toEqual([-0.2, 0, 0.2]);
  expect(valueTicks(0, 50.02, 4)).toEqual([0, 20, 40]);
});

test('a span of nothing has the one value, whichever it is', () => {
  expect(valueTicks(50, 50, 4)).toEqual([50]);
  expect(valueTicks(NaN, NaN, 4)).toEqual([NaN]);
});
