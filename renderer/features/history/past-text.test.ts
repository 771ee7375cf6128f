import { expect, test } from 'vitest';
import { message } from '#domain/messages/message.ts';
import { PAST_CHARTS } from './history-charts.ts';
import { figuresText } from './past-text.ts';

const locale: Parameters<typeof figuresText>[3] = {
  t: (key, values) => message(key, values, 'en'),
  duration: (seconds) => `${seconds / 60} min`,
  number: (value, digits) => value.toFixed(digits),
  quantity: (value, unit, digits) => `${value.toFixed(digits)} ${unit}`,
};
const lineOf = (name: string) => PAST_CHARTS.find((chart) => chart.name === name)!.lines[0]!;

test('a step with more than one value is told with its extremes, and its unit once', () => {
  const dip = { min: 0, mean: 115.06, max: 230.4 };
  expect(figuresText(lineOf('voltage'), 'V', dip, locale)).toBe('115.1 V (0.0 to 230.4)');
});

test('extremes that read alike are not told', () => {
  const calm = { min: 229.96, mean: 230, max: 230.04 };
  expect(figuresText(lineOf('voltage'), 'V', calm, locale)).toBe('230.0 V');
});

test('durations keep their words, and what is not known is a dash', () => {
  const runtime = { min: 1800, mean: 2400, max: 3000 };
  expect(figuresText(lineOf('runtime'), 'min', runtime, locale)).toBe('40 min (30 min to 50 min)');
  expect(figuresText(lineOf('runtime'), 'min', undefined, locale)).toBe('–');
});
