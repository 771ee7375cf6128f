import { describe, expect, test } from 'vitest';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { judgeCharge, judgeLoad, judgeMains, judgeRuntime } from './judge.ts';
import { flowOf, isUnfound, unitName, viewOf } from './ups-view.ts';

const NOW = Date.UTC(2026, 0, 5, 9, 0, 0);

const ups = (variables: Record<string, string>, rest: Partial<UpsSnapshot> = {}): UpsSnapshot => ({
  name: 'ups',
  driver: 'usbhid-ups',
  isDemo: false,
  availability: 'available',
  isForcedShutdown: false,
  commands: ['beeper.mute', 'test.battery.stop'],
  notes: [],
  revision: 1,
  ...rest,
  variables: Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, { value, changedAt: NOW, isWritable: false }]),
  ),
});
const view = (snapshot: UpsSnapshot, outageSince?: number) =>
  viewOf(
    snapshot,
    outageSince === undefined ? [] : [{ id: 1, ups: 'ups', kind: 'on-battery', startedAt: outageSince }],
    NOW,
    'en',
    (seconds) => `${Math.floor(seconds / 60)} min`,
  );

test('a UPS is missed once it was there; before that it was not found', () => {
  const error = { code: 'driver/no-device', message: '', remedy: '', details: {} };
  const nowhere = { availability: 'not-connected', error } as const;
  expect(isUnfound(ups({}, nowhere))).toBe(true);
  expect(isUnfound(ups({ 'ups.status': 'OL' }, nowhere))).toBe(false);
  expect(isUnfound(ups({}, { ...nowhere, error: { ...error, code: 'driver/permission-denied' } }))).toBe(false);
  expect(isUnfound(ups({}, { availability: 'not-connected' }))).toBe(false);
});

describe('what is told of a UPS', () => {
  test('on mains: what remaining time would mean, and nothing to do', () => {
    const told = view(ups({ 'ups.status': 'OL', 'battery.charge': '100', 'battery.runtime': '2900' }));
    expect(told.sentence).toBe('On mains power. Battery full.');
    expect(told.plan).toBe('If the power failed now, the battery would last about 48 min at this load.');
    expect([told.mood, told.secondsLeft, told.action]).toEqual(['mains', undefined, undefined]);
  });

  test('on mains: after what time the battery counts as low, where the UPS has a limit', () => {
    const limited = { 'battery.runtime': '2900', 'battery.runtime.low': '200' };
    expect(view(ups({ 'ups.status': 'OL', ...limited })).plan).toContain('After about 45 min it counts as low');
    expect(view(ups({ 'ups.status': 'OB', ...limited })).plan).toContain('In about 45 min the battery counts as low');
  });

  test('a battery below its limit says nothing of a time until then', () => {
    const passed = { 'battery.runtime': '90', 'battery.runtime.low': '120' };
    expect(view(ups({ 'ups.status': 'OB', ...passed })).plan).not.toContain('counts as low');
  });

  test('on battery: since when, how long still, and silence for the beeper', () => {
    const told = view(
      ups({ 'ups.status': 'OB DISCHRG', 'battery.runtime': '860', 'ups.beeper.status': 'enabled' }),
      NOW - 130_000,
    );
    expect(told.sentence).toBe('On battery for 2\u00a0min. About 14\u00a0min left.');
    expect([told.mood, told.secondsLeft]).toEqual(['battery', 860]);
    expect(told.action).toMatchObject({ command: 'beeper.mute' });
  });

  test('a battery that is measured: the unit is stopped by the command it has', () => {
    const measured = { 'ups.status': 'OL CAL DISCHRG' };
    expect(view(ups(measured)).action).toMatchObject({ command: 'test.battery.stop', label: 'action.stop-test' });
    expect(view(ups(measured, { commands: ['calibrate.stop', 'test.battery.stop'] })).action).toMatchObject({
      command: 'calibrate.stop',
    });
    expect(view(ups(measured, { commands: [] })).action).toBeUndefined();
  });

  test('a beeper that is silent already needs no button', () => {
    expect(view(ups({ 'ups.status': 'OB', 'ups.beeper.status': 'muted' })).action).toBeUndefined();
  });

  test('a runtime nobody told is not made up', () => {
    expect(view(ups({ 'ups.status': 'OL' })).plan).toContain('unknown');
    expect(view(ups({ 'ups.status': 'OB' })).secondsLeft).toBeUndefined();
  });

  test('where there are no values none of them has an age', () => {
    expect(view(ups({}, { availability: 'not-connected', heardAt: NOW - 1_000 })).age).toBeUndefined();
  });

  test('old data say how old they are', () => {
    const told = view(ups({ 'ups.status': 'OL' }, { availability: 'stale', heardAt: NOW - 42_000 }));
    expect([told.isOld, told.age, told.mood]).toEqual([true, 42, 'none']);
  });
});

describe('where the power flows', () => {
  test.each([
    ['OL CHRG', { isMainsThere: true, isOutputFed: true, battery: 'charging', way: 'through' }],
    ['OB DISCHRG', { isMainsThere: false, isOutputFed: true, battery: 'discharging', way: 'through' }],
    ['OL BOOST', { isMainsThere: true, isOutputFed: true, battery: 'resting', way: 'boost' }],
    ['BYPASS', { isMainsThere: true, isOutputFed: true, battery: 'resting', way: 'bypass' }],
    ['OL OFF', { isMainsThere: true, isOutputFed: false, battery: 'resting', way: 'through' }],
    ['', { isMainsThere: undefined, isOutputFed: false, battery: 'resting', way: 'through' }],
  ])('with %s', (status, flow) => {
    expect(flowOf(ups({ 'ups.status': status }))).toEqual(flow);
  });

  test('a self test drains the battery although the mains are there', () => {
    const testing = ups({ 'ups.status': 'OB DISCHRG', 'ups.test.result': 'In progress', 'input.voltage': '229' });
    expect(flowOf(testing)).toMatchObject({ isMainsThere: true, battery: 'discharging' });
  });

  test('nothing is said about a UPS out of reach', () => {
    expect(flowOf(ups({ 'ups.status': 'OL' }, { availability: 'not-connected' })).isMainsThere).toBeUndefined();
  });
});

describe('a word of judgement', () => {
  const eu = { 'input.voltage.nominal': '230' };
  test.each([
    [230, 'normal'],
    [200, 'low'],
    [256, 'high'],
    [0, 'none'],
  ])('%i V is %s where 230 V is nominal', (volts, word) => {
    expect(judgeMains(ups({ ...eu, 'input.voltage': String(volts) }))).toBe(word);
  });

  test('follows the limits of the unit', () => {
    expect(judgeCharge(ups({ 'battery.charge': '35', 'battery.charge.low': '40' }))).toBe('low');
    expect(judgeCharge(ups({ 'battery.charge': '35' }))).toBe('normal');
    expect(judgeLoad(ups({ 'ups.load': '92', 'ups.load.high': '90' }))).toBe('overload');
    expect(judgeRuntime(ups({ 'battery.runtime': '120', 'battery.runtime.low': '150' }))).toBe('low');
  });

  test('is not given for what is not known', () => {
    expect([judgeCharge(ups({})), judgeLoad(ups({})), judgeMains(ups({}))]).toEqual(['unknown', 'unknown', 'unknown']);
  });
});

test('a unit is called what somebody called it, else by make and model, as far as they are told', () => {
  const told = { 'ups.mfr': 'Lumen', 'device.model': 'Harbor 1500' };
  expect(unitName(ups(told))).toBe('Lumen Harbor 1500');
  expect(unitName(ups(told, { description: 'Study' }))).toBe('Study');
  expect(unitName(ups({ 'ups.model': 'Harbor 1500' }))).toBe('Harbor 1500');
  expect(unitName(ups({}))).toBe('');
});
