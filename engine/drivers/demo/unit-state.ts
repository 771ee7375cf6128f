/** What the demo UPS is and remembers. All times in seconds, powers in watts, temperatures in degrees Celsius. */
import { capacityWh, DEMO_BATTERY, type BatteryState } from './battery.ts';
import { steadyMains, type MainsMode, type MainsState } from './mains.ts';

/** Nameplate of the unit. */
export const RATING = {
  apparentVA: 1000,
  activeW: 600,
  outputVolts: 230,
  outputHertz: 50,
  /** Of the load that hangs on it: computers with power factor correction. */
  loadPowerFactor: 0.95,
  inverterEfficiency: 0.85,
  /** What the inverter needs for itself, and what the electronics need with the output off. */
  inverterW: 10,
  standbyW: 2,
} as const;

/** Thresholds a host may write. */
export interface Limits {
  /** Percent at which the battery counts as low, and at which a warning is due. */
  readonly charge: number;
  readonly warning: number;
  /** Seconds of runtime at which the battery counts as low. */
  readonly runtime: number;
  /** Volts between which the line is used. */
  readonly transferLow: number;
  readonly transferHigh: number;
}

/** Values of the usage AudibleAlarmControl (HID Power Device 4.1.5). */
export const BEEPER = { disabled: 1, enabled: 2, muted: 3 } as const;
export type Beeper = (typeof BEEPER)[keyof typeof BEEPER];

/** Values the usage Test reads as (HID Power Device 4.1.5); 6 is the state before the first test. */
export const TEST_RESULT = { passed: 1, warning: 2, error: 3, aborted: 4, inProgress: 5, none: 6 } as const;
export type TestResult = (typeof TEST_RESULT)[keyof typeof TEST_RESULT];
/** Values written to the usage Test. */
export const TEST_REQUEST = { none: 0, quick: 1, deep: 2, abort: 3 } as const;
export type TestRequest = (typeof TEST_REQUEST)[keyof typeof TEST_REQUEST];

export interface RunningTest {
  readonly kind: 'quick' | 'deep';
  readonly ranFor: number;
}

/** Countdowns; null where none runs. */
export interface Timers {
  readonly shutdown: number | null;
  /** Stays at 0 while the output may not come back yet: a shutdown is pending, or there is no line. */
  readonly startup: number | null;
  readonly reboot: number | null;
}

export interface UnitState {
  /** State of the noise generator. */
  readonly random: number;
  readonly mains: MainsState;
  /** For how long the line has been fit for use without a break; no more than the time needed to trust it. */
  readonly lineGoodFor: number;
  readonly tap: 'straight' | 'boost' | 'trim';
  readonly battery: BatteryState;
  /** The charger has finished and only keeps the battery full. */
  readonly isFull: boolean;
  readonly isOutputOn: boolean;
  readonly offFor: number;
  /** What is plugged in, in percent of the rating, and its noise in deviations. */
  readonly loadPercent: number;
  readonly loadNoise: number;
  readonly overloadFor: number;
  /** Draw on the battery that this load means, smoothed: what the runtime is estimated from. */
  readonly steadyDrawW: number;
  /** Of the electronics. */
  readonly temperature: number;
  readonly timers: Timers;
  readonly test: RunningTest | null;
  readonly testResult: TestResult;
  readonly beeper: Beeper;
  readonly limits: Limits;
}

/** Everything that can be done to the unit, by its host or by the person at the controls. Values are clamped. */
export type UnitAction =
  | { readonly type: 'mains'; readonly mode: MainsMode }
  | { readonly type: 'load'; readonly percent: number }
  | { readonly type: 'health'; readonly percent: number }
  | { readonly type: 'charge'; readonly percent: number }
  | { readonly type: 'timer'; readonly timer: keyof Timers; /** null stops it */ readonly seconds: number | null }
  | { readonly type: 'test'; readonly request: TestRequest }
  | { readonly type: 'beeper'; readonly value: Beeper }
  | { readonly type: 'limit'; readonly limit: keyof Limits; readonly value: number };

/** Bounds of what a person may set; `runDemoCommand` refuses what lies outside, the model clamps it. */
export const CONTROL_RANGES = {
  loadPercent: { min: 0, max: 150 },
  healthPercent: { min: 1, max: 100 },
  chargePercent: { min: 0, max: 100 },
  speed: { min: 1, max: 1000 },
  unplugSeconds: { min: 1, max: 3600 },
} as const;

/** Bounds of what a host may write: the logical ranges of the report descriptor. */
export const LIMIT_RANGES: Readonly<Record<keyof Limits, { readonly min: number; readonly max: number }>> = {
  charge: { min: 5, max: 95 },
  warning: { min: 5, max: 95 },
  runtime: { min: 0, max: 3600 },
  transferLow: { min: 150, max: 210 },
  transferHigh: { min: 250, max: 290 },
};

export const AMBIENT_CELSIUS = 22;
/** A line is trusted after it was good for this long. */
export const LINE_QUALIFY_S = 2;

/** Watts drawn from the battery by a load of this many watts. */
export const inverterDrawW = (loadW: number): number => loadW / RATING.inverterEfficiency + RATING.inverterW;

/** A new unit on good mains, battery full, a quarter loaded. @param seed of its noise */
export function newUnit(seed: number): UnitState {
  const loadPercent = 25;
  return {
    random: seed | 0,
    mains: steadyMains,
    lineGoodFor: LINE_QUALIFY_S,
    tap: 'straight',
    battery: { storedWh: capacityWh(DEMO_BATTERY, { health: 1 }), health: 1, temperature: AMBIENT_CELSIUS + 2 },
    isFull: true,
    isOutputOn: true,
    offFor: 0,
    loadPercent,
    loadNoise: 0,
    overloadFor: 0,
    steadyDrawW: inverterDrawW((loadPercent / 100) * RATING.activeW),
    temperature: AMBIENT_CELSIUS + 6,
    timers: { shutdown: null, startup: null, reboot: null },
    test: null,
    testResult: TEST_RESULT.none,
    beeper: BEEPER.enabled,
    limits: { charge: 20, warning: 50, runtime: 120, transferLow: 170, transferHigh: 280 },
  };
}
