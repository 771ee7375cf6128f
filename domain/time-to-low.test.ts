import { expect, test } from 'vitest';
import type { UpsSnapshot } from './schema/snapshot.ts';
import { secondsToLowBattery } from './time-to-low.ts';

const secondsFor = (values: Readonly<Record<string, string>>): number | undefined =>
  secondsToLowBattery({
    variables: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value, isWritable: false }]),
    ) as UpsSnapshot['variables'],
  });

test('the runtime above its limit is what is left until low', () => {
  expect(secondsFor({ 'battery.runtime': '1200', 'battery.runtime.low': '300' })).toBe(900);
});

test('the charge above its limit counts as that part of the runtime', () => {
  expect(secondsFor({ 'battery.runtime': '1000', 'battery.charge': '80', 'battery.charge.low': '20' })).toBe(750);
});

test('of two limits the first that is met counts', () => {
  const both = { 'battery.runtime': '1000', 'battery.charge': '100', 'battery.charge.low': '10' };
  expect(secondsFor({ ...both, 'battery.runtime.low': '300' })).toBe(700);
  expect(secondsFor({ ...both, 'battery.runtime.low': '20' })).toBe(900);
});

test('a battery below its limits is low now', () => {
  expect(secondsFor({ 'battery.runtime': '100', 'battery.runtime.low': '300' })).toBe(0);
  expect(secondsFor({ 'battery.runtime': '100', 'battery.charge': '5', 'battery.charge.low': '20' })).toBe(0);
  expect(secondsFor({ 'battery.runtime': '0', 'battery.charge': '0', 'battery.charge.low': '20' })).toBe(0);
});

test.each([
  [{}],
  [{ 'battery.runtime': '600' }],
  [{ 'battery.runtime.low': '120' }],
  [{ 'battery.runtime': '-1', 'battery.runtime.low': '120' }],
  [{ 'battery.runtime': '600', 'battery.charge.low': '20' }],
  [{ 'battery.runtime': 'long', 'battery.runtime.low': '120' }],
])('what the UPS does not tell is not known: %j', (values) => {
  expect(secondsFor(values)).toBeUndefined();
});
