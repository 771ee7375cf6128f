import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMonotonic } from '#domain/units.ts';
import { composeStatus, NO_STATUS_MEMORY, type StatusMemory } from './compose-status.ts';
import { stateOptionsOf } from './state-options.ts';
import { STATUS_CONDITIONS, type StatusCondition } from './status-condition.ts';

const optionsWith = (options: Record<string, string | true> = {}) =>
  stateOptionsOf({ name: 'u', driver: 'usbhid-ups', port: 'auto', options }, 15);

interface Given {
  options?: Record<string, string | true>;
  values?: Record<string, string>;
  alarms?: string[];
  memory?: StatusMemory;
  at?: number;
}

function compose(conditions: StatusCondition[] | undefined, given: Given = {}) {
  const values = new Map(Object.entries(given.values ?? {}).map(([name, value]) => [name, { value }]));
  return composeStatus(
    {
      conditions: conditions && new Set(conditions),
      alarms: given.alarms ?? [],
      values,
      isReady: true,
      isUpdate: true,
    },
    optionsWith(given.options),
    given.memory ?? NO_STATUS_MEMORY,
    asMonotonic(given.at ?? 0),
  );
}

const status = (conditions: StatusCondition[] | undefined, given: Given = {}) =>
  compose(conditions, given).set.get('ups.status');

describe('ups.status from conditions', () => {
  test.each<[string, StatusCondition[], string]>([
    ['mains', ['online'], 'OL'],
    ['battery', ['offline', 'dischrg'], 'OB DISCHRG'],
    ['no ACPresent but discharging is on battery', ['dischrg'], 'OB DISCHRG'],
    ['nothing known about the line says neither OL nor OB', ['lowbatt'], 'LB'],
    ['both ACPresent and not', ['online', 'offline'], 'OB OL'],
    ['low battery on battery', ['offline', 'dischrg', 'lowbatt'], 'OB DISCHRG LB'],
    ['time limit expired counts as low', ['offline', 'timelimitexp'], 'OB LB'],
    ['a depleted battery does not discharge', ['offline', 'dischrg', 'depleted'], 'OB'],
    ['overload, trim and boost', ['online', 'overload', 'trim', 'boost'], 'OL OVER TRIM BOOST'],
    ['output off', ['online', 'off'], 'OL OFF'],
    ['charging while not full', ['online', 'chrg', 'notfullycharged'], 'OL CHRG'],
    ['charging is not believed at full charge', ['online', 'chrg', 'fullycharged'], 'OL'],
  ])('%s', (_, conditions, expected) => {
    expect(status(conditions)).toBe(expected);
  });

  test('charging without a full flag is believed between 1 and 99 percent', () => {
    expect(status(['online', 'chrg'], { values: { 'battery.charge': '99' } })).toBe('OL CHRG');
    expect(status(['online', 'chrg'], { values: { 'battery.charge': '100' } })).toBe('OL');
    expect(status(['online', 'chrg'])).toBe('OL');
  });

  test('discharging while on line follows the onlinedischarge options', () => {
    expect(status(['online', 'dischrg'])).toBe('OL DISCHRG');
    expect(status(['online', 'dischrg'], { options: { onlinedischarge_onbattery: true } })).toBe('OB DISCHRG');
    expect(status(['online', 'dischrg'], { options: { onlinedischarge_calibration: true } })).toBe('CAL DISCHRG');
  });

  test('an alarm puts ALARM first and its text into ups.alarm, and goes with its cause', () => {
    const composed = compose(['online', 'replacebatt'], { alarms: ['Wiring fault!'] });
    expect(composed.set.get('ups.status')).toBe('ALARM OL RB');
    expect(composed.set.get('ups.alarm')).toBe('Replace battery! Wiring fault!');
    expect(compose(['online']).removed).toContain('ups.alarm');
  });

  test('ignorelb takes LB from charge and runtime only', () => {
    const options = { ignorelb: true } as const;
    const low = { 'battery.charge': '19.9', 'battery.charge.low': '20' };
    expect(status(['offline', 'lowbatt'], { options })).toBe('OB');
    expect(status(['offline'], { options, values: low })).toBe('OB LB');
    expect(status(['offline'], { options, values: { 'battery.runtime': '60', 'battery.runtime.low': '120' } })).toBe(
      'OB LB',
    );
  });

  test('a rising charge says CHRG only where the device says nothing itself', () => {
    const before = compose(['online'], { values: { 'battery.charge': '80' } });
    expect(status(['online'], { values: { 'battery.charge': '81' }, memory: before.memory })).toBe('OL CHRG');
    expect(status(['offline', 'dischrg'], { values: { 'battery.charge': '81' }, memory: before.memory })).toBe(
      'OB DISCHRG',
    );
  });

  test('LB and RB that flap on line are held back, on battery never', () => {
    const options = { lbrb_log_delay_sec: '3', lbrb_log_delay_without_calibrating: true } as const;
    const first = compose(['online', 'lowbatt', 'replacebatt'], { options });
    expect(first.set.get('ups.status')).toBe('OL');
    expect(first.wakeAt).toBe(3000);
    const later = { options, memory: first.memory, at: 3000 };
    expect(status(['online', 'lowbatt', 'replacebatt'], later)).toBe('ALARM OL LB RB');
    expect(status(['offline', 'lowbatt'], { ...later, at: 100 })).toBe('OB LB');
    const gone = compose(['online'], { options, memory: first.memory, at: 1000 });
    expect(compose(['online', 'lowbatt'], { options, memory: gone.memory, at: 3500 }).set.get('ups.status')).toBe('OL');
  });

  test('no combination of conditions says a token twice or an unknown one', () => {
    const known = new Set('ALARM CAL OL OB DISCHRG CHRG LB OVER RB TRIM BOOST BYPASS OFF'.split(' '));
    fc.assert(
      fc.property(fc.subarray([...STATUS_CONDITIONS]), fc.array(fc.string({ minLength: 1 })), (conditions, alarms) => {
        const tokens = (status(conditions, { alarms }) ?? '').split(' ').filter(Boolean);
        expect(new Set(tokens).size).toBe(tokens.length);
        expect(tokens.filter((token) => !known.has(token))).toEqual([]);
      }),
    );
  });
});

describe('ups.status delivered by the driver', () => {
  test('is served as it is', () => {
    expect(status(undefined, { values: { 'ups.status': 'OL CHRG' } })).toBeUndefined();
  });
  test('gets ALARM in front when there are alarms', () => {
    expect(status(undefined, { values: { 'ups.status': 'OL CHRG' }, alarms: ['Fan!'] })).toBe('ALARM OL CHRG');
  });
});
