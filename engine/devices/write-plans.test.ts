import { describe, expect, test } from 'vitest';
import { boundUnit, stepsOf, type BoundUnit } from '#tests/support/bound-unit.ts';
import { SECOND, VOLT, type SyntheticField } from '#tests/support/synthetic-descriptor.ts';

const delay = (usage: string, reportId: number, rest: Partial<SyntheticField> = {}): SyntheticField => ({
  path: `UPS.PowerSummary.${usage}`,
  reportId,
  unit: SECOND,
  logicalMin: -1,
  logicalMax: 0x7fff,
  ...rest,
});
const DELAYS = [delay('DelayBeforeStartup', 1), delay('DelayBeforeShutdown', 2), delay('DelayBeforeReboot', 3)];
const unitOf = (fields: readonly SyntheticField[], options = {}, vendorId = 0x0463, productId = 0xffff): BoundUnit =>
  boundUnit({ device: { vendorId, productId, product: 'Test' }, fields, options, vendor: 'mge' });
function started(unit: BoundUnit, ...reports: readonly (readonly number[])[]): BoundUnit {
  for (const report of reports) unit.feature(...report);
  unit.interpret('start');
  return unit;
}
const IDLE = [
  [1, 0xff, 0xff],
  [2, 0xff, 0xff],
  [3, 0xff, 0xff],
];
const run = (unit: BoundUnit, command: string, parameter?: string): ReturnType<typeof stepsOf> =>
  stepsOf(unit.binding.planCommand(command, parameter, unit.cache));

describe('commands', () => {
  test('write their own value, or the one that is given', () => {
    const unit = started(unitOf(DELAYS), ...IDLE);
    expect(run(unit, 'load.off.delay')).toEqual([[2, 20, 0]]);
    expect(run(unit, 'load.off.delay', '300')).toEqual([[2, 0x2c, 1]]);
    expect(run(unit, 'LOAD.OFF.DELAY', ' 5 ')).toEqual([[2, 5, 0]]);
  });

  test('stop a countdown by all bits set, whatever the range of the field', () => {
    const signed = started(unitOf(DELAYS), ...IDLE);
    expect(run(signed, 'shutdown.stop')).toEqual([[2, 0xff, 0xff]]);
    const unsigned = [delay('DelayBeforeShutdown', 2, { logicalMin: 0, logicalMax: 0xffff })];
    expect(run(started(unitOf(unsigned), [2, 0, 0]), 'shutdown.stop')).toEqual([[2, 0xff, 0xff]]);
    const minutes = boundUnit({
      device: { vendorId: 0x0764, productId: 0x0501 },
      fields: [{ path: 'UPS.Output.DelayBeforeShutdown', reportId: 2, logicalMin: -1, logicalMax: 0x7fff }],
    });
    expect(run(started(minutes, [2, 0, 0]), 'shutdown.stop')).toEqual([[2, 0xff, 0xff]]);
  });

  test('compose load.off, load.on and both shutdowns from the delays, with a pause in between', () => {
    const unit = started(unitOf(DELAYS, { ondelay: '60', offdelay: '40' }), ...IDLE);
    expect(run(unit, 'load.off')).toEqual([[2, 0, 0]]);
    expect(run(unit, 'load.on')).toEqual([[1, 0, 0]]);
    expect(run(unit, 'shutdown.return')).toEqual([[1, 60, 0], 'pause 125', [2, 40, 0]]);
    expect(run(unit, 'shutdown.stayoff')).toEqual([[1, 0xff, 0xff], 'pause 125', [2, 40, 0]]);
  });

  test('set automatic restart first where the unit has it', () => {
    const fields = [...DELAYS, { path: 'UPS.PowerConverter.Input.[1].AutomaticRestart', reportId: 4, bits: 8 }];
    const unit = started(unitOf(fields), ...IDLE, [4, 0]);
    expect(run(unit, 'shutdown.return')[0]).toEqual([4, 1]);
    expect(run(unit, 'shutdown.stayoff')[0]).toEqual([4, 0]);
    expect(unit.binding.reportsForWrite('shutdown.return').map(({ reportId }) => reportId)).toEqual([1, 2, 4]);
  });

  test('change one field and keep the others of its report, also what the step before changed', () => {
    const fields = [delay('DelayBeforeStartup', 1), delay('DelayBeforeShutdown', 1), delay('DelayBeforeReboot', 1)];
    const unit = started(unitOf(fields), [1, 0xff, 0xff, 0xff, 0xff, 7, 0]);
    expect(run(unit, 'shutdown.return')).toEqual([[1, 30, 0, 0xff, 0xff, 7, 0], 'pause 125', [1, 30, 0, 20, 0, 7, 0]]);
  });

  test('on and off of the beeper are enable and disable', () => {
    const fields = [{ path: 'UPS.PowerSummary.AudibleAlarmControl', reportId: 5, bits: 8, logicalMax: 3 }];
    const unit = boundUnit({ device: { vendorId: 0x051d, productId: 2 }, fields });
    started(unit, [5, 2]);
    expect(run(unit, 'beeper.off')).toEqual([[5, 1]]);
    expect(run(unit, 'beeper.on')).toEqual([[5, 2]]);
    expect(unit.binding.reportsForWrite('beeper.off').map(({ reportId }) => reportId)).toEqual([5]);
  });

  test('are written to the first of several fields that answered', () => {
    const fields = [
      { path: 'UPS.BatterySystem.Battery.AudibleAlarmControl', reportId: 5, bits: 8 },
      { path: 'UPS.PowerSummary.AudibleAlarmControl', reportId: 6, bits: 8 },
    ];
    const unit = started(unitOf(fields), [6, 2]);
    expect(run(unit, 'beeper.disable')).toEqual([[6, 1]]);
  });

  test('are offered only where their report answered and takes their value', () => {
    const fields = [
      ...DELAYS,
      { path: 'UPS.BatterySystem.Battery.Test', reportId: 5, bits: 8, logicalMax: 7 },
      { path: 'UPS.PowerSummary.AudibleAlarmControl', reportId: 6, bits: 8, logicalMin: 1, logicalMax: 2 },
    ];
    const unit = unitOf(fields);
    unit.feature(2, 0xff, 0xff);
    unit.feature(6, 2);
    expect(unit.interpret('start').commands).toEqual([
      'beeper.disable',
      'beeper.enable',
      'beeper.off',
      'beeper.on',
      'load.off',
      'load.off.delay',
      'load.on',
      'shutdown.default',
      'shutdown.return',
      'shutdown.stayoff',
      'shutdown.stop',
    ]);
  });

  test('cut a standard delay to what the device takes, but never a code or what a client asked for', () => {
    const fields = [delay('DelayBeforeReboot', 3, { logicalMin: 0, logicalMax: 1 })];
    const unit = started(unitOf(fields), [3, 0, 0]);
    expect(run(unit, 'shutdown.reboot')).toEqual([[3, 1, 0]]);
    expect(unit.binding.planCommand('shutdown.reboot', '10', unit.cache)).toEqual({ ok: false, outcome: 'invalid' });
  });

  test.each([
    ['nonsense', undefined, 'unknown'],
    ['load.off.delay', 'soon', 'conversion-failed'],
    ['load.off.delay', '99999', 'invalid'],
  ])('%s %s is refused as %s', (command, parameter, outcome) => {
    const unit = started(unitOf(DELAYS), ...IDLE);
    expect(unit.binding.planCommand(command, parameter, unit.cache)).toEqual({ ok: false, outcome });
  });

  test('a report that shares other fields and could not be read is not overwritten', () => {
    const unit = unitOf([delay('DelayBeforeShutdown', 2), delay('DelayBeforeStartup', 2)]);
    unit.interpret('start');
    expect(unit.binding.planCommand('load.off', undefined, unit.cache)).toEqual({ ok: false, outcome: 'failed' });
  });

  test('a report of one single field needs no reading before', () => {
    const unit = unitOf(DELAYS);
    unit.interpret('start');
    expect(run(unit, 'load.off')).toEqual([[2, 0, 0]]);
  });

  test('a field the device declares constant is not written', () => {
    const unit = started(unitOf([delay('DelayBeforeShutdown', 2, { isConstantArray: true })]), [2, 0, 0]);
    expect(unit.binding.planCommand('load.off.delay', '5', unit.cache)).toEqual({ ok: false, outcome: 'failed' });
  });
});

describe('switching the power off', () => {
  const ways = (unit: BoundUnit): readonly unknown[] => unit.binding.planKillPower(unit.cache).map(stepsOf);

  test('tries return, reboot, off and stay off, in that order', () => {
    const unit = started(unitOf(DELAYS), ...IDLE);
    expect(ways(unit)).toEqual([
      [[1, 30, 0], 'pause 125', [2, 20, 0]],
      [[3, 10, 0]],
      [[2, 20, 0]],
      [[1, 0xff, 0xff], 'pause 125', [2, 20, 0]],
    ]);
    expect(unit.binding.reportsForWrite('killpower').map(({ reportId }) => reportId)).toEqual([1, 2, 3]);
    expect(run(unit, 'shutdown.default')).toEqual([[1, 30, 0], 'pause 125', [2, 20, 0]]);
  });

  test('is impossible where the unit has no such fields, and is not offered', () => {
    const unit = unitOf([{ path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1 }]);
    unit.feature(1, 100, 0);
    expect(unit.interpret('start').commands).toEqual([]);
    expect(ways(unit)).toEqual([]);
    expect(unit.binding.planCommand('shutdown.default', undefined, unit.cache)).toEqual({
      ok: false,
      outcome: 'unknown',
    });
  });
});

describe('CyberPower delays', () => {
  const cyberpower = (options = {}): BoundUnit =>
    started(
      boundUnit({
        device: { vendorId: 0x0764, productId: 0x0501 },
        fields: [
          { path: 'UPS.Output.DelayBeforeStartup', reportId: 1, logicalMin: -1, logicalMax: 0x7fff, unit: SECOND },
          { path: 'UPS.Output.DelayBeforeShutdown', reportId: 2, logicalMin: -1, logicalMax: 0x7fff, unit: SECOND },
        ],
        options,
      }),
      [1, 0xff, 0xff],
      [2, 0xff, 0xff],
    );

  test('are rounded up to whole minutes, so that the load never goes too early', () => {
    const unit = cyberpower({ offdelay: '20' });
    expect(run(unit, 'shutdown.return')).toEqual([[1, 120, 0], 'pause 125', [2, 60, 0]]);
    expect(unit.binding.notes.map(({ text }) => text)).toEqual([
      'This make keeps delays in whole minutes: 20 s becomes 60 s.',
    ]);
    expect(run(unit, 'load.off')).toEqual([[2, 0, 0]]);
  });

  test('that are asked for later and rounded are told then', () => {
    const unit = cyberpower();
    expect(unit.binding.notes).toEqual([]);
    const plan = unit.binding.planSet('ups.delay.shutdown', '90', unit.cache);
    expect(plan).toMatchObject({
      ok: true,
      steps: [],
      update: { set: { 'ups.delay.shutdown': '90' }, notes: [{ code: 'whole-minute-delays' }] },
    });
    expect(run(unit, 'load.off.delay', '61')).toEqual([[2, 120, 0]]);
  });
});

describe('setting variables', () => {
  const FIELDS: readonly SyntheticField[] = [
    ...DELAYS,
    {
      path: 'UPS.PowerConverter.Output.HighVoltageTransfer',
      reportId: 4,
      unit: VOLT,
      unitExponent: 6,
      logicalMax: 3000,
    },
    { path: 'UPS.PowerConverter.Output.SensitivityMode', reportId: 5, bits: 8 },
    { path: 'UPS.PowerSummary.RemainingCapacityLimitSetting', reportId: 6, bits: 8, logicalMin: 230, logicalMax: 230 },
    { path: 'UPS.PowerSummary.PercentLoad', reportId: 7, bits: 8 },
    { path: 'UPS.OutletSystem.Outlet.[1].OutletID', reportId: 8, bits: 8 },
  ];
  const eaton = (): BoundUnit => started(unitOf(FIELDS), ...IDLE, [4, 0xf0, 8], [5, 0], [6, 20], [7, 30], [8, 0]);
  const set = (unit: BoundUnit, variable: string, value: string): ReturnType<BoundUnit['binding']['planSet']> =>
    unit.binding.planSet(variable, value, unit.cache);

  test('scales a number for the field', () => {
    expect(stepsOf(set(eaton(), 'input.transfer.high', '240'))).toEqual([[4, 0x60, 9]]);
    expect(stepsOf(set(eaton(), 'input.transfer.high', '240.5'))).toEqual([[4, 0x65, 9]]);
  });

  test('writes the code of a text', () => {
    expect(stepsOf(set(eaton(), 'input.sensitivity', 'low'))).toEqual([[5, 2]]);
  });

  test('takes a range that says nothing for no range', () => {
    expect(stepsOf(set(eaton(), 'battery.charge.low', '30'))).toEqual([[6, 30]]);
  });

  test.each([
    ['ups.colour', 'red', 'unknown'],
    ['ups.load', '10', 'invalid'],
    ['input.sensitivity', 'LOW', 'conversion-failed'],
    ['input.transfer.high', 'much', 'conversion-failed'],
    ['input.transfer.high', '400', 'invalid'],
    ['input.transfer.high', '1000000', 'invalid'],
    ['ups.delay.start', 'soon', 'conversion-failed'],
    ['battery.charge.low', '-5', 'invalid'],
  ])('%s to %s is refused as %s', (variable, value, outcome) => {
    expect(set(eaton(), variable, value)).toEqual({ ok: false, outcome });
  });

  test('of delays and descriptions changes them here and nothing in the device', () => {
    const unit = eaton();
    expect(set(unit, 'ups.delay.shutdown', '45')).toEqual({
      ok: true,
      steps: [],
      update: { set: { 'ups.delay.shutdown': '45' } },
    });
    expect(run(unit, 'shutdown.return')).toEqual([[1, 30, 0], 'pause 125', [2, 45, 0]]);
    expect(set(unit, 'outlet.desc', 'Rack left')).toMatchObject({
      ok: true,
      update: { set: { 'outlet.desc': 'Rack left' } },
    });
    expect(unit.interpret('full').set).toMatchObject({ 'outlet.desc': 'Rack left' });
  });

  test('names the reports that must be fresh', () => {
    expect(eaton().binding.reportsForWrite('input.transfer.high')).toEqual([{ reportId: 4, maxLength: 3 }]);
    expect(eaton().binding.reportsForWrite('ups.colour')).toEqual([]);
  });
});
