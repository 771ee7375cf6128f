import { expect, test } from 'vitest';
import { lengthOf, nameOfLength, panned, zoomed, type ViewSpan } from './view-span.ts';

const HOUR = 3_600_000;
const NOW = 1_768_415_000_000;
const span: ViewSpan = { from: NOW - 24 * HOUR, to: NOW };

test('a day is known by its name, any other length is not', () => {
  expect(nameOfLength(span)).toBe('24h');
  expect(nameOfLength({ from: NOW - 5 * HOUR, to: NOW })).toBeUndefined();
});

test('moving keeps the length and ends now at the latest', () => {
  expect(panned(span, -0.5, NOW)).toEqual({ from: NOW - 36 * HOUR, to: NOW - 12 * HOUR });
  expect(panned(span, 0.5, NOW)).toEqual(span);
});

test('zooming leaves the moment under the pointer where it is', () => {
  const past = panned(span, -2, NOW);
  const middle = zoomed(past, 0.5, 0.25, NOW);
  expect(lengthOf(middle)).toBe(12 * HOUR);
  expect(middle.from + lengthOf(middle) * 0.25).toBe(past.from + lengthOf(past) * 0.25);
});

test('a minute is the shortest and ten years are the longest time', () => {
  expect(lengthOf(zoomed(span, 1e-9, 0.5, NOW))).toBe(60_000);
  expect(lengthOf(zoomed(span, 1e9, 0.5, NOW))).toBe(3653 * 24 * HOUR);
  expect(zoomed(span, 1e9, 0.5, NOW).to).toBe(NOW);
});
