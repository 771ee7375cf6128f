import { expect, test } from 'vitest';
import type { LearnedRuntime } from '#domain/schema/battery.ts';
import { createFakeEngine } from '../../client/fake-client.ts';
import { message } from '#domain/messages/message.ts';
import { ageOf, brokenPromise, dayAt, momentOf, selfTestOf, testResult } from './battery-text.ts';

const NOW = new Date(2026, 5, 15, 23, 59).getTime();
const full = { low: 1000, likely: 1500, high: 1800 };
const learned: LearnedRuntime = { full, now: full, discharges: 3, newestAt: NOW, seenDownTo: 30, sureness: 'good' };

async function claiming(runtime: string) {
  const engine = createFakeEngine(NOW);
  engine.add({ name: 'ups', variables: { 'battery.runtime': runtime } });
  const [ups] = (await engine.request('ups.list', {})).upses;
  if (!ups) throw new Error('there is no UPS');
  return ups;
}

test('a promise is broken only where it is more than all that was shown, and that is known well', async () => {
  const ups = await claiming('2400');
  expect(brokenPromise(ups, learned)).toBe(2400);
  expect(brokenPromise(await claiming('1700'), learned)).toBeUndefined();
  expect(brokenPromise(ups, { ...learned, sureness: 'little' })).toBeUndefined();
  expect(brokenPromise(ups, undefined)).toBeUndefined();
  expect(brokenPromise(await claiming('unknown'), learned)).toBeUndefined();
});

test('the age is told as finely as it matters', () => {
  expect(ageOf('2026-05-01', NOW)).toBeUndefined();
  expect(ageOf('2025-12-01', NOW)).toEqual({ unit: 'months', count: 6 });
  expect(ageOf('2022-06-15', NOW)?.unit).toBe('years');
  expect(ageOf('2022-06-15', NOW)?.count).toBeCloseTo(4, 1);
});

test('a day is the same day on the way out and back', () => {
  expect(dayAt(NOW)).toBe('2026-06-15');
  expect(dayAt(momentOf('2026-01-02'))).toBe('2026-01-02');
});

test('the gentlest self test is taken', () => {
  expect(selfTestOf({ commands: ['test.battery.start.deep', 'test.battery.start.quick'] })).toBe(
    'test.battery.start.quick',
  );
  expect(selfTestOf({ commands: ['test.battery.start.deep'] })).toBe('test.battery.start.deep');
  expect(selfTestOf({ commands: ['beeper.mute', 'test.panel.start'] })).toBeUndefined();
});

test.each([
  ['Done and passed', 'Bestanden'],
  ['done and error', 'Nicht bestanden'],
  ['Battery test OK (vendor)', 'Battery test OK (vendor)'],
])('the test result "%s" is told as "%s" in German', (said, told) => {
  expect(testResult(said, { t: (key, values) => message(key, values, 'de') })).toBe(told);
});
