import { describe, expect, test } from 'vitest';
import { batteryLevel, moodOf, powerFiguresOf, powerStateOf } from './power-state.ts';

const withVariables = (values: Record<string, string>) => ({
  availability: 'available' as const,
  isForcedShutdown: false,
  variables: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, changedAt: 0, isWritable: false }]),
  ),
});
const stateOf = (status: string, more: Record<string, string> = {}) =>
  powerStateOf(withVariables({ 'ups.status': status, ...more }));

describe('the state in one word', () => {
  test.each([
    ['OL', 'mains'],
    ['OL CHRG', 'charging'],
    ['OL CHRG LB', 'charging'],
    ['OB DISCHRG', 'on-battery'],
    ['OB LB', 'low-battery'],
    ['ALARM OB LB', 'low-battery'],
    ['CAL OB LB', 'calibration'],
    ['FSD OL', 'forced-shutdown'],
    ['OL OFF', 'output-off'],
    ['ALARM OL RB', 'replace-battery'],
    ['ALARM OL', 'fault'],
    ['OL BOOST', 'boost'],
    ['OL TRIM OVER', 'overload'],
    ['WAIT', 'waiting'],
    ['', 'unknown'],
  ])('%s is %s', (status, expected) => {
    expect(stateOf(status)).toBe(expected);
  });

  test('contact and age come before everything', () => {
    const lost = { ...withVariables({ 'ups.status': 'OB LB' }), availability: 'not-connected' as const };
    expect(powerStateOf(lost)).toBe('no-contact');
    expect(powerStateOf({ ...lost, availability: 'stale' })).toBe('old-data');
  });

  test('a running self test is not an outage', () => {
    expect(stateOf('OB DISCHRG', { 'ups.test.result': 'In progress' })).toBe('self-test');
    expect(moodOf('self-test')).toBe('test');
  });
});

describe('figures', () => {
  test('watts are told, computed from the nominal power, or unknown', () => {
    expect(powerFiguresOf(withVariables({ 'ups.realpower': '67', 'ups.load': '20' })).watts).toEqual({
      value: 67,
      isComputed: false,
    });
    expect(powerFiguresOf(withVariables({ 'ups.load': '20', 'ups.realpower.nominal': '360' })).watts).toEqual({
      value: 72,
      isComputed: true,
    });
    expect(powerFiguresOf(withVariables({ 'ups.load': '20', 'ups.power.nominal': '600' })).watts).toBeUndefined();
  });

  test('what is no number stays unknown', () => {
    const figures = powerFiguresOf(withVariables({ 'battery.charge': '', 'battery.runtime': 'n/a' }));
    expect(figures.charge).toBeUndefined();
    expect(figures.runtime).toBeUndefined();
  });

  test('the battery symbol has five levels and none for the unknown', () => {
    expect([0, 12, 13, 50, 75, 100].map(batteryLevel)).toEqual([0, 0, 1, 2, 3, 4]);
    expect(batteryLevel(undefined)).toBeUndefined();
  });
});
