/** What the unit's own sensors and flags say: the state as its reports tell it. Pure. */
import { DEMO_BATTERY, secondsToEmpty, stateOfCharge, terminalVolts, WORN_HEALTH } from './battery.ts';
import { mainsHertz, mainsVolts } from './mains.ts';
import { batteryDemand, demandedW, isFrequencyOff, isLinePresent, isLineUsable, isOnBattery } from './unit-model.ts';
import { RATING, TEST_RESULT, type Beeper, type Limits, type TestResult, type UnitState } from './unit-state.ts';

export interface Flags {
  readonly acPresent: boolean;
  readonly charging: boolean;
  readonly discharging: boolean;
  readonly fullyCharged: boolean;
  readonly fullyDischarged: boolean;
  readonly belowRemainingCapacityLimit: boolean;
  readonly remainingTimeLimitExpired: boolean;
  readonly needReplacement: boolean;
  readonly batteryPresent: boolean;
  readonly conditioning: boolean;
  /** The output is powered. */
  readonly good: boolean;
  readonly overload: boolean;
  readonly overTemperature: boolean;
  readonly internalFailure: boolean;
  readonly communicationLost: boolean;
  readonly shutdownRequested: boolean;
  readonly shutdownImminent: boolean;
  readonly awaitingPower: boolean;
  readonly boost: boolean;
  readonly buck: boolean;
  readonly voltageOutOfRange: boolean;
  readonly frequencyOutOfRange: boolean;
}

export interface Readings {
  readonly flags: Flags;
  readonly chargePercent: number;
  /** Until empty with the present load, on mains as well; in seconds of the battery's own pace. */
  readonly runtimeSeconds: number;
  readonly fullChargePercent: number;
  readonly batteryVolts: number;
  readonly batteryCelsius: number;
  readonly inputVolts: number;
  readonly inputHertz: number;
  readonly outputVolts: number;
  readonly outputHertz: number;
  readonly outputAmps: number;
  readonly loadPercent: number;
  readonly activeW: number;
  readonly apparentVA: number;
  readonly unitCelsius: number;
  /** Seconds left, -1 where no countdown runs. */
  readonly shutdownTimer: number;
  readonly startupTimer: number;
  readonly rebootTimer: number;
  readonly test: TestResult;
  readonly beeper: Beeper;
  readonly limits: Limits;
}

/** Taps of the transformer. */
const BOOST_RATIO = 1.15;
const TRIM_RATIO = 0.87;
/** How much the inverter gives way under full load. */
const INVERTER_DROOP = 0.01;
const HOT_CELSIUS = 60;
/** A cut that is this near is imminent, whether a command or the empty battery brings it. */
const IMMINENT_S = 20;

export function readUnit(state: UnitState): Readings {
  const demand = batteryDemand(state);
  const charge = stateOfCharge(DEMO_BATTERY, state.battery);
  const output = readOutput(state);
  const activeW = state.isOutputOn ? demandedW(state) : 0;
  const apparentVA = activeW / RATING.loadPowerFactor;
  const gauges = {
    chargePercent: Math.round(charge * 100),
    runtimeSeconds: Math.floor(secondsToEmpty(DEMO_BATTERY, state.battery, state.steadyDrawW)),
    loadPercent: Math.max(activeW / RATING.activeW, apparentVA / RATING.apparentVA) * 100,
  };
  return {
    ...gauges,
    flags: readFlags(state, gauges),
    fullChargePercent: state.battery.health * 100,
    batteryVolts: terminalVolts(DEMO_BATTERY, state.battery, demand),
    batteryCelsius: state.battery.temperature,
    inputVolts: mainsVolts(state.mains),
    inputHertz: mainsHertz(state.mains),
    outputVolts: output.volts,
    outputHertz: output.hertz,
    outputAmps: output.volts > 0 ? apparentVA / output.volts : 0,
    activeW,
    apparentVA,
    unitCelsius: state.temperature,
    shutdownTimer: timerValue(state.timers.shutdown),
    startupTimer: timerValue(state.timers.startup),
    rebootTimer: timerValue(state.timers.reboot),
    test: state.test ? TEST_RESULT.inProgress : state.testResult,
    beeper: state.beeper,
    limits: state.limits,
  };
}

const timerValue = (left: number | null): number => (left === null ? -1 : Math.ceil(left));

function readOutput(state: UnitState): { volts: number; hertz: number } {
  if (!state.isOutputOn) return { volts: 0, hertz: 0 };
  if (isOnBattery(state)) {
    const droop = (INVERTER_DROOP * demandedW(state)) / RATING.activeW;
    return { volts: RATING.outputVolts * (1 - droop), hertz: RATING.outputHertz };
  }
  const ratio = state.tap === 'boost' ? BOOST_RATIO : state.tap === 'trim' ? TRIM_RATIO : 1;
  return { volts: mainsVolts(state.mains) * ratio, hertz: mainsHertz(state.mains) };
}

function readFlags(
  state: UnitState,
  { chargePercent, runtimeSeconds }: Pick<Readings, 'chargePercent' | 'runtimeSeconds'>,
): Flags {
  const isPresent = isLinePresent(state);
  const isDischarging = !isPresent || state.test !== null;
  const isThroughTaps = state.isOutputOn && isPresent && state.test === null;
  const cuts = [state.timers.shutdown, state.timers.reboot].filter((left) => left !== null);
  return {
    acPresent: isPresent,
    charging: !isDischarging && !state.isFull,
    discharging: isDischarging,
    fullyCharged: state.isFull,
    fullyDischarged: state.battery.storedWh <= 0,
    belowRemainingCapacityLimit: chargePercent <= state.limits.charge,
    remainingTimeLimitExpired: isDischarging && runtimeSeconds < state.limits.runtime,
    needReplacement: state.battery.health < WORN_HEALTH,
    batteryPresent: true,
    conditioning: state.test?.kind === 'deep',
    good: state.isOutputOn,
    overload: state.isOutputOn && state.loadPercent > 100,
    overTemperature: state.temperature > HOT_CELSIUS,
    internalFailure: false,
    communicationLost: false,
    shutdownRequested: cuts.length > 0,
    shutdownImminent: cuts.some((left) => left <= IMMINENT_S) || (isOnBattery(state) && runtimeSeconds < IMMINENT_S),
    awaitingPower: !state.isOutputOn && state.timers.startup === 0 && !isPresent,
    boost: isThroughTaps && state.tap === 'boost',
    buck: isThroughTaps && state.tap === 'trim',
    voltageOutOfRange: !isLineUsable(state) && !isFrequencyOff(state.mains),
    frequencyOutOfRange: isFrequencyOff(state.mains),
  };
}
