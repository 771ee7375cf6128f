import { expect, test } from 'vitest';
import { POWER_STATES } from './power-state.ts';
import { powerSentence, roughTime } from './power-sentence.ts';
import { en } from './messages/en.ts';
import type { UpsSnapshot } from './schema/snapshot.ts';

const ups = (variables: Record<string, string>, rest: Partial<UpsSnapshot> = {}) => ({
  availability: 'available' as const,
  isForcedShutdown: false,
  variables: Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, { value, changedAt: 0, isWritable: false }]),
  ),
  ...rest,
});

test.each([
  [{ 'ups.status': 'OL', 'battery.charge': '100' }, 'On mains power. Battery full.'],
  [{ 'ups.status': 'OL', 'battery.charge': '93.6' }, 'On mains power. Battery 94\u00a0%.'],
  [{ 'ups.status': 'OL' }, 'On mains power.'],
  [{ 'ups.status': 'OL CHRG', 'battery.charge': '40' }, 'On mains power. Battery 40\u00a0%, charging.'],
  [{ 'ups.status': 'OB DISCHRG', 'battery.runtime': '875' }, 'On battery. About 14\u00a0min left.'],
  [{ 'ups.status': 'OB', 'battery.charge': '61' }, 'On battery. Battery 61\u00a0%.'],
  [{ 'ups.status': 'OB' }, 'On battery.'],
  [{ 'ups.status': 'OB LB', 'battery.runtime': '59.9' }, 'The battery is nearly empty. About 59\u00a0s left.'],
  [{ 'ups.status': 'OL ALARM', 'ups.alarm': 'Fan failure!' }, 'The UPS reports: Fan failure.'],
  [{}, 'The UPS does not say whether it is on mains power.'],
])('%o reads "%s"', (variables, sentence) => {
  expect(powerSentence(ups(variables))).toBe(sentence);
});

test('an outage says how long it has lasted where that is known', () => {
  const outage = ups({ 'ups.status': 'OB', 'battery.runtime': '7500' });
  expect(powerSentence(outage, 130_000)).toBe('On battery for 2\u00a0min. About 2\u00a0h\u00a05\u00a0min left.');
});

test('a UPS out of reach is never described by its last values', () => {
  const lost = ups({ 'ups.status': 'OL', 'battery.charge': '100' }, { availability: 'stale' });
  expect(powerSentence(lost)).toBe('The UPS has stopped answering.');
});

test('every state has a sentence', () => {
  expect(POWER_STATES.filter((state) => !(`power.${state}` in en))).toEqual([]);
});

test('a time is rounded down, and never torn from its unit', () => {
  expect([roughTime(0.9), roughTime(119), roughTime(7199)]).toEqual(['0\u00a0s', '1\u00a0min', '119\u00a0min']);
});
