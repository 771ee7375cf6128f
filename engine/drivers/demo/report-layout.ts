/**
 * What the demo UPS says over HID, value by value: the one table from which the report descriptor is written, reports
 * are filled and writes are understood. Usages are those of the Power Device and Battery System pages alone, in the
 * places the HID Power Device specification (USB-IF, release 1.0) puts them.
 */
import { DEMO_BATTERY } from './battery.ts';
import type { Flags, Readings } from './readings.ts';
import {
  BEEPER,
  LIMIT_RANGES,
  RATING,
  TEST_REQUEST,
  TEST_RESULT,
  type Beeper,
  type Limits,
  type TestRequest,
  type Timers,
  type UnitAction,
} from './unit-state.ts';

/** USB string descriptors by index. */
export const STRING_INDEX = { manufacturer: 1, product: 2, serialNumber: 3, chemistry: 4, oemInformation: 5 } as const;

/** Report ids. A writable value has a report to itself, so that writing it cannot write another one back. */
export const REPORT = {
  status: 1,
  charge: 2,
  battery: 3,
  input: 4,
  output: 5,
  temperature: 6,
  chargeLimit: 16,
  warningLimit: 17,
  timeLimit: 18,
  beeper: 19,
  shutdownDelay: 20,
  startupDelay: 21,
  rebootDelay: 22,
  test: 23,
  transferLow: 24,
  transferHigh: 25,
  strings: 32,
  capacity: 33,
  batteryConfig: 34,
  inputConfig: 35,
  outputConfig: 36,
} as const;

/**
 * Reports that are also sent unasked, as input reports with the layout of the feature report. `change`: as soon as a
 * value differs. `period`: regularly, see demo-port.ts.
 */
export const INPUT_REPORTS: ReadonlyMap<number, 'change' | 'period'> = new Map([
  [REPORT.status, 'change'],
  [REPORT.charge, 'period'],
  [REPORT.battery, 'period'],
  [REPORT.input, 'period'],
  [REPORT.output, 'period'],
  [REPORT.temperature, 'period'],
  [REPORT.test, 'change'],
] as const);

/** How a number becomes bits: logical value = physical value x 10^decimals. */
export interface Scale {
  /** HID unit code. */
  readonly unit: number;
  /** Unit exponent for the descriptor, counted in the HID unit system. */
  readonly exponent: number;
  readonly decimals: number;
}

export interface LayoutField extends Scale {
  /** Usage names from the application collection down; `[n]` is the index of the collection before it. */
  readonly path: string;
  readonly reportId: number;
  readonly bits: number;
  /** Logical range. */
  readonly min: number;
  readonly max: number;
  /** Never changes. */
  readonly isStatic: boolean;
  /** Physical value in the unit of the scale. */
  readonly read: (readings: Readings) => number;
  /** What a written physical value asks for; undefined refuses it. Absent: read-only. */
  readonly write?: (value: number) => UnitAction | undefined;
}

const NONE: Scale = { unit: 0, exponent: 0, decimals: 0 };
const SECONDS: Scale = { unit: 0x1001, exponent: 0, decimals: 0 };
/** HID's volt and watt are 10^-7 of ours, because HID counts in grams and centimetres. */
const volts = (decimals: number): Scale => ({ unit: 0x00f0d121, exponent: 7 - decimals, decimals });
const WATTS: Scale = { unit: 0xd121, exponent: 7, decimals: 0 };
const hertz = (decimals: number): Scale => ({ unit: 0xf001, exponent: -decimals, decimals });
const AMPERES: Scale = { unit: 0x00100001, exponent: -2, decimals: 2 };
const KELVIN: Scale = { unit: 0x00010001, exponent: -1, decimals: 1 };
const fromCelsius = (celsius: number): number => celsius + 273.15;

const MAX_RUNTIME_S = 7 * 24 * 3600;
/** Day, month and year as the Battery System page packs them: (year - 1980) << 9 | month << 5 | day. */
const MANUFACTURED = ((2025 - 1980) << 9) | (3 << 5) | 14;

const flag = (path: string, name: keyof Flags): LayoutField => ({
  ...NONE,
  path,
  reportId: REPORT.status,
  bits: 1,
  min: 0,
  max: 1,
  isStatic: false,
  read: ({ flags }) => (flags[name] ? 1 : 0),
});

const value = (
  path: string,
  reportId: number,
  bits: number,
  max: number,
  scale: Scale,
  read: LayoutField['read'],
): LayoutField => ({ ...scale, path, reportId, bits, min: 0, max, isStatic: false, read });

const fixed = (path: string, reportId: number, bits: number, constant: number, scale: Scale = NONE): LayoutField => ({
  ...scale,
  path,
  reportId,
  bits,
  min: 0,
  // All bits but the sign: what 32-bit items of a descriptor can say as well.
  max: 2 ** bits / (bits === 32 ? 2 : 1) - 1,
  isStatic: true,
  read: () => constant,
});

const limit = (path: string, reportId: number, bits: number, name: keyof Limits, scale: Scale): LayoutField => ({
  ...scale,
  path,
  reportId,
  bits,
  ...LIMIT_RANGES[name],
  isStatic: false,
  read: ({ limits }) => limits[name],
  write: (written) => ({ type: 'limit', limit: name, value: written }),
});

/** -1 says that no countdown runs, and written it stops one. */
const delay = (path: string, reportId: number, timer: keyof Timers, read: LayoutField['read']): LayoutField => ({
  ...SECONDS,
  path,
  reportId,
  bits: 16,
  min: -1,
  max: 0x7fff,
  isStatic: false,
  read,
  write: (written) => ({ type: 'timer', timer, seconds: written < 0 ? null : written }),
});

const oneOf = <Allowed extends number>(allowed: Readonly<Record<string, Allowed>>, written: number) =>
  Object.values(allowed).find((candidate) => candidate === written);

const STATUS = 'UPS.PowerSummary.PresentStatus';
const LINE_STATUS = 'UPS.PowerConverter.Input.[1].PresentStatus';

/** In the order of the descriptor, which is the order of the bits within each report. */
export const LAYOUT: readonly LayoutField[] = [
  fixed('UPS.PowerSummary.iManufacturer', REPORT.strings, 8, STRING_INDEX.manufacturer),
  fixed('UPS.PowerSummary.iProduct', REPORT.strings, 8, STRING_INDEX.product),
  fixed('UPS.PowerSummary.iSerialNumber', REPORT.strings, 8, STRING_INDEX.serialNumber),
  fixed('UPS.PowerSummary.iDeviceChemistry', REPORT.strings, 8, STRING_INDEX.chemistry),
  fixed('UPS.PowerSummary.iOEMInformation', REPORT.strings, 8, STRING_INDEX.oemInformation),
  fixed('UPS.PowerSummary.Rechargeable', REPORT.capacity, 8, 1),
  // Capacities are in percent.
  fixed('UPS.PowerSummary.CapacityMode', REPORT.capacity, 8, 2),
  fixed('UPS.PowerSummary.DesignCapacity', REPORT.capacity, 8, 100),
  value('UPS.PowerSummary.FullChargeCapacity', REPORT.capacity, 8, 100, NONE, (r) => r.fullChargePercent),
  fixed('UPS.PowerSummary.CapacityGranularity1', REPORT.capacity, 8, 1),
  fixed('UPS.PowerSummary.CapacityGranularity2', REPORT.capacity, 8, 1),
  value('UPS.PowerSummary.RemainingCapacity', REPORT.charge, 8, 100, NONE, (r) => r.chargePercent),
  value('UPS.PowerSummary.RunTimeToEmpty', REPORT.charge, 32, MAX_RUNTIME_S, SECONDS, (r) => r.runtimeSeconds),
  limit('UPS.PowerSummary.RemainingCapacityLimit', REPORT.chargeLimit, 8, 'charge', NONE),
  limit('UPS.PowerSummary.WarningCapacityLimit', REPORT.warningLimit, 8, 'warning', NONE),
  limit('UPS.PowerSummary.RemainingTimeLimit', REPORT.timeLimit, 16, 'runtime', SECONDS),
  {
    ...NONE,
    path: 'UPS.PowerSummary.AudibleAlarmControl',
    reportId: REPORT.beeper,
    bits: 8,
    min: BEEPER.disabled,
    max: BEEPER.muted,
    isStatic: false,
    read: ({ beeper }) => beeper,
    write: (written) => {
      const beeper = oneOf<Beeper>(BEEPER, written);
      return beeper && { type: 'beeper', value: beeper };
    },
  },
  delay('UPS.PowerSummary.DelayBeforeShutdown', REPORT.shutdownDelay, 'shutdown', (r) => r.shutdownTimer),
  delay('UPS.PowerSummary.DelayBeforeStartup', REPORT.startupDelay, 'startup', (r) => r.startupTimer),
  delay('UPS.PowerSummary.DelayBeforeReboot', REPORT.rebootDelay, 'reboot', (r) => r.rebootTimer),
  value('UPS.PowerSummary.Temperature', REPORT.temperature, 16, 4000, KELVIN, (r) => fromCelsius(r.unitCelsius)),
  value('UPS.PowerSummary.PercentLoad', REPORT.output, 8, 255, NONE, (r) => r.loadPercent),
  flag(`${STATUS}.ACPresent`, 'acPresent'),
  flag(`${STATUS}.Charging`, 'charging'),
  flag(`${STATUS}.Discharging`, 'discharging'),
  flag(`${STATUS}.FullyCharged`, 'fullyCharged'),
  flag(`${STATUS}.FullyDischarged`, 'fullyDischarged'),
  flag(`${STATUS}.BelowRemainingCapacityLimit`, 'belowRemainingCapacityLimit'),
  flag(`${STATUS}.RemainingTimeLimitExpired`, 'remainingTimeLimitExpired'),
  flag(`${STATUS}.NeedReplacement`, 'needReplacement'),
  flag(`${STATUS}.BatteryPresent`, 'batteryPresent'),
  flag(`${STATUS}.ConditioningFlag`, 'conditioning'),
  flag(`${STATUS}.Good`, 'good'),
  flag(`${STATUS}.Overload`, 'overload'),
  flag(`${STATUS}.OverTemperature`, 'overTemperature'),
  flag(`${STATUS}.InternalFailure`, 'internalFailure'),
  flag(`${STATUS}.CommunicationLost`, 'communicationLost'),
  flag(`${STATUS}.ShutdownRequested`, 'shutdownRequested'),
  flag(`${STATUS}.ShutdownImminent`, 'shutdownImminent'),
  flag(`${STATUS}.AwaitingPower`, 'awaitingPower'),

  value('UPS.Battery.Voltage', REPORT.battery, 16, 4000, volts(2), (r) => r.batteryVolts),
  value('UPS.Battery.Temperature', REPORT.battery, 16, 4000, KELVIN, (r) => fromCelsius(r.batteryCelsius)),
  fixed('UPS.Battery.ConfigVoltage', REPORT.batteryConfig, 8, DEMO_BATTERY.cells * 2, volts(0)),
  fixed('UPS.Battery.ManufacturerDate', REPORT.batteryConfig, 16, MANUFACTURED),
  {
    ...NONE,
    path: 'UPS.Battery.Test',
    reportId: REPORT.test,
    bits: 8,
    min: TEST_REQUEST.none,
    max: TEST_RESULT.none,
    isStatic: false,
    read: ({ test }) => test,
    write: (written) => {
      const request = oneOf<TestRequest>(TEST_REQUEST, written);
      return request === undefined ? undefined : { type: 'test', request };
    },
  },

  fixed('UPS.Flow.[1].ConfigVoltage', REPORT.inputConfig, 16, RATING.outputVolts, volts(0)),
  fixed('UPS.Flow.[1].ConfigFrequency', REPORT.inputConfig, 8, RATING.outputHertz, hertz(0)),
  fixed('UPS.Flow.[4].ConfigVoltage', REPORT.outputConfig, 16, RATING.outputVolts, volts(0)),
  fixed('UPS.Flow.[4].ConfigFrequency', REPORT.outputConfig, 8, RATING.outputHertz, hertz(0)),
  fixed('UPS.Flow.[4].ConfigApparentPower', REPORT.outputConfig, 16, RATING.apparentVA, WATTS),
  fixed('UPS.Flow.[4].ConfigActivePower', REPORT.outputConfig, 16, RATING.activeW, WATTS),

  value('UPS.PowerConverter.Input.[1].Voltage', REPORT.input, 16, 4000, volts(1), (r) => r.inputVolts),
  value('UPS.PowerConverter.Input.[1].Frequency', REPORT.input, 16, 10_000, hertz(2), (r) => r.inputHertz),
  flag(`${LINE_STATUS}.Boost`, 'boost'),
  flag(`${LINE_STATUS}.Buck`, 'buck'),
  flag(`${LINE_STATUS}.VoltageOutOfRange`, 'voltageOutOfRange'),
  flag(`${LINE_STATUS}.FrequencyOutOfRange`, 'frequencyOutOfRange'),

  value('UPS.PowerConverter.Output.Voltage', REPORT.output, 16, 4000, volts(1), (r) => r.outputVolts),
  value('UPS.PowerConverter.Output.Frequency', REPORT.output, 16, 10_000, hertz(2), (r) => r.outputHertz),
  value('UPS.PowerConverter.Output.Current', REPORT.output, 16, 4000, AMPERES, (r) => r.outputAmps),
  value('UPS.PowerConverter.Output.ActivePower', REPORT.output, 16, 10_000, WATTS, (r) => r.activeW),
  value('UPS.PowerConverter.Output.ApparentPower', REPORT.output, 16, 10_000, WATTS, (r) => r.apparentVA),
  limit('UPS.PowerConverter.Output.LowVoltageTransfer', REPORT.transferLow, 16, 'transferLow', volts(0)),
  limit('UPS.PowerConverter.Output.HighVoltageTransfer', REPORT.transferHigh, 16, 'transferHigh', volts(0)),
];
