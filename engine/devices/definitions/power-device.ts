/**
 * The HID Power Device standard itself, for units of makers nobody described: standard usages only, wherever they stand
 * in the tree, with what the known makes have in common. Sources: HID Power Devices 1.1, sections 4.1 and 4.2.
 */
import type { CommandRow, DeviceDefinition, StatusRow, VariableRow } from '#domain/schema/device-definition.ts';

type Row = Omit<VariableRow, 'path'>;

/** One row for each collection a usage may stand in, the most telling one first. */
const anyOf = (row: Row, collections: readonly string[], usage: string): VariableRow[] =>
  collections.map((collection) => ({ ...row, path: `${collection}.${usage}` }));

// The summary is what the maker wants to be shown; it comes before the parts. Cheap units have no collections at all.
const BATTERY = ['UPS.PowerSummary', 'UPS.BatterySystem.Battery', 'UPS.Battery', 'UPS.BatterySystem', 'UPS'];
const INPUT = ['UPS.PowerConverter.Input.[1]', 'UPS.PowerConverter.Input', 'UPS.Input', 'UPS.PowerSummary.Input'];
const OUTPUT = ['UPS.PowerConverter.Output', 'UPS.Output', 'UPS.PowerSummary.Output', 'UPS.OutletSystem.Outlet'];
const LOAD = ['UPS.PowerSummary', ...OUTPUT, 'UPS.PowerConverter', 'UPS'];
const INPUT_NOMINAL = ['UPS.Flow.[1]', ...INPUT];
const OUTPUT_NOMINAL = ['UPS.Flow.[4]', ...OUTPUT, 'UPS.Flow'];
const SWITCH = ['UPS.PowerSummary', 'UPS.OutletSystem.Outlet', 'UPS.Output', 'UPS'];
const TESTED = ['UPS.BatterySystem.Battery', 'UPS.Battery', 'UPS.BatterySystem', 'UPS.Output', 'UPS'];
const BEEPER = ['UPS.PowerSummary', 'UPS.BatterySystem.Battery', 'UPS'];
const STATUS = ['UPS.PowerSummary.PresentStatus', 'UPS.PresentStatus', 'UPS.PowerSummary', 'UPS'];
const CONVERTER_STATUS = [
  'UPS.PowerConverter.PresentStatus',
  'UPS.PowerConverter.Input.[1].PresentStatus',
  'UPS.Output',
];

const setting = { access: 'write', maxLength: 10 } as const;

const status = (
  usage: string,
  sets: NonNullable<StatusRow['sets']>,
  collections: readonly string[] = STATUS,
): StatusRow[] => collections.map((collection) => ({ path: `${collection}.${usage}`, sets, poll: 'quick' }));

const command = (name: string, collections: readonly string[], usage: string, value: number): CommandRow[] =>
  collections.map((collection) => ({ command: name, path: `${collection}.${usage}`, value }));

export const powerDevice = {
  id: 'power-device',
  name: 'HID Power Device',
  source: ['HID Power Devices 1.1', 'fixture:09d6-0001-ups-hi', 'fixture:0665-5161-legrand-keor-dk-3k'],
  match: [],
  identity: { model: 'product' },
  variables: [
    ...anyOf({ variable: 'battery.charge', poll: 'quick' }, BATTERY, 'RemainingCapacity'),
    ...anyOf({ variable: 'battery.charge.low', ...setting }, BATTERY, 'RemainingCapacityLimit'),
    ...anyOf({ variable: 'battery.charge.warning' }, BATTERY, 'WarningCapacityLimit'),
    ...anyOf({ variable: 'battery.runtime', poll: 'quick' }, BATTERY, 'RunTimeToEmpty'),
    ...anyOf({ variable: 'battery.runtime.low', ...setting }, BATTERY, 'RemainingTimeLimit'),
    ...anyOf({ variable: 'battery.voltage', digits: 1 }, BATTERY.slice(0, 4), 'Voltage'),
    ...anyOf({ variable: 'battery.voltage.nominal', digits: 1, poll: 'once' }, BATTERY.slice(0, 4), 'ConfigVoltage'),
    ...anyOf({ variable: 'battery.current', digits: 2 }, BATTERY.slice(0, 4), 'Current'),
    ...anyOf({ variable: 'battery.temperature', convert: 'kelvin' }, BATTERY.slice(1, 4), 'Temperature'),
    ...anyOf({ variable: 'battery.type', convert: 'string', poll: 'once' }, BATTERY, 'iDeviceChemistry'),
    ...anyOf({ variable: 'battery.mfr.date', convert: 'hid-date', poll: 'once' }, BATTERY, 'ManufacturerDate'),
    ...anyOf({ variable: 'input.voltage', digits: 1 }, INPUT, 'Voltage'),
    ...anyOf({ variable: 'input.voltage.nominal', poll: 'once' }, INPUT_NOMINAL, 'ConfigVoltage'),
    ...anyOf({ variable: 'input.current', digits: 2 }, INPUT, 'Current'),
    ...anyOf({ variable: 'input.frequency', convert: 'line-frequency' }, INPUT, 'Frequency'),
    ...anyOf({ variable: 'input.frequency.nominal', poll: 'once' }, INPUT_NOMINAL, 'ConfigFrequency'),
    ...anyOf({ variable: 'input.transfer.low', ...setting }, [...OUTPUT, ...INPUT], 'LowVoltageTransfer'),
    ...anyOf({ variable: 'input.transfer.high', ...setting }, [...OUTPUT, ...INPUT], 'HighVoltageTransfer'),
    ...anyOf({ variable: 'output.voltage', digits: 1 }, OUTPUT, 'Voltage'),
    ...anyOf({ variable: 'output.voltage.nominal', poll: 'once' }, OUTPUT_NOMINAL, 'ConfigVoltage'),
    ...anyOf({ variable: 'output.current', digits: 2 }, OUTPUT, 'Current'),
    ...anyOf({ variable: 'output.frequency', convert: 'line-frequency' }, OUTPUT, 'Frequency'),
    ...anyOf({ variable: 'output.frequency.nominal', poll: 'once' }, OUTPUT_NOMINAL, 'ConfigFrequency'),
    ...anyOf({ variable: 'ups.load' }, LOAD, 'PercentLoad'),
    ...anyOf({ variable: 'ups.power' }, OUTPUT, 'ApparentPower'),
    ...anyOf({ variable: 'ups.power.nominal', poll: 'once' }, OUTPUT_NOMINAL, 'ConfigApparentPower'),
    ...anyOf({ variable: 'ups.realpower' }, OUTPUT, 'ActivePower'),
    ...anyOf({ variable: 'ups.realpower.nominal', poll: 'once' }, OUTPUT_NOMINAL, 'ConfigActivePower'),
    { variable: 'ups.temperature', path: 'UPS.PowerSummary.Temperature', convert: 'kelvin' },
    ...anyOf({ variable: 'ups.beeper.status', values: 'beeper' }, BEEPER, 'AudibleAlarmControl'),
    ...anyOf({ variable: 'ups.test.result', values: 'test-result' }, TESTED, 'Test'),
    ...anyOf({ variable: 'ups.delay.start', keep: '30', maxLength: 10 }, SWITCH, 'DelayBeforeStartup'),
    ...anyOf({ variable: 'ups.delay.shutdown', keep: '20', maxLength: 10 }, SWITCH, 'DelayBeforeShutdown'),
    ...anyOf({ variable: 'ups.timer.start', poll: 'quick' }, SWITCH, 'DelayBeforeStartup'),
    ...anyOf({ variable: 'ups.timer.shutdown', poll: 'quick' }, SWITCH, 'DelayBeforeShutdown'),
    ...anyOf({ variable: 'ups.timer.reboot', poll: 'quick' }, SWITCH, 'DelayBeforeReboot'),
  ],
  status: [
    ...status('ACPresent', 'line-present'),
    ...status('Discharging', 'dischrg'),
    ...status('Charging', 'chrg'),
    ...status('BelowRemainingCapacityLimit', 'lowbatt'),
    ...status('RemainingTimeLimitExpired', 'timelimitexp'),
    ...status('ShutdownImminent', 'shutdownimm'),
    ...status('FullyCharged', 'fully-charged'),
    ...status('FullyDischarged', 'depleted'),
    ...status('NeedReplacement', 'replacebatt'),
    ...status('BatteryPresent', 'battery-present'),
    ...status('Overload', 'overload', [...STATUS, ...CONVERTER_STATUS]),
    ...status('OverTemperature', 'overheat', [...STATUS, ...CONVERTER_STATUS]),
    ...status('InternalFailure', 'commfault', [...STATUS, ...CONVERTER_STATUS]),
    ...status('AwaitingPower', 'awaitingpower', [...STATUS, ...CONVERTER_STATUS]),
    ...status('Boost', 'boost', [...STATUS, ...CONVERTER_STATUS]),
    ...status('Buck', 'trim', [...STATUS, ...CONVERTER_STATUS]),
  ],
  commands: [
    ...command('test.battery.start.quick', TESTED, 'Test', 1),
    ...command('test.battery.start.deep', TESTED, 'Test', 2),
    ...command('test.battery.stop', TESTED, 'Test', 3),
    ...command('load.off.delay', SWITCH, 'DelayBeforeShutdown', 20),
    ...command('load.on.delay', SWITCH, 'DelayBeforeStartup', 30),
    ...command('shutdown.stop', SWITCH, 'DelayBeforeShutdown', -1),
    ...command('shutdown.reboot', SWITCH, 'DelayBeforeReboot', 10),
    ...command('beeper.disable', BEEPER, 'AudibleAlarmControl', 1),
    ...command('beeper.enable', BEEPER, 'AudibleAlarmControl', 2),
    ...command('beeper.mute', BEEPER, 'AudibleAlarmControl', 3),
  ],
  quirks: [{ quirk: 'exponent-slip' }],
} satisfies DeviceDefinition;
