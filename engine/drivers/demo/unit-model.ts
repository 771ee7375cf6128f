/**
 * How the demo UPS behaves: a line-interactive unit with taps for sag and surge, an inverter, a charger, timers and a
 * self test. Pure: `advance(state, seconds, speed)` and `act(state, action)`; the same calls give the same states.
 */
import {
  capacityWh,
  DEMO_BATTERY,
  stateOfCharge,
  stepBattery,
  WORN_HEALTH,
  type BatteryDemand,
  type BatteryState,
} from './battery.ts';
import { mainsHertz, mainsVolts, NOMINAL_HERTZ, setMainsMode, stepMains } from './mains.ts';
import { clamp, wander } from './random.ts';
import {
  AMBIENT_CELSIUS,
  BEEPER,
  CONTROL_RANGES,
  inverterDrawW,
  LIMIT_RANGES,
  LINE_QUALIFY_S,
  RATING,
  TEST_REQUEST,
  TEST_RESULT,
  type TestRequest,
  type TestResult,
  type UnitAction,
  type UnitState,
} from './unit-state.ts';

const FREQUENCY_TOLERANCE_HERTZ = 3;
/** Each tap is taken at the first and left at the second voltage, so that noise does not make it chatter. */
const BOOST_VOLTS = { take: 208, leave: 213 };
const TRIM_VOLTS = { take: 252, leave: 247 };

const LOAD_NOISE = 0.015;
/** The inverter carries this much overload for so long. */
const TRIP_PERCENT = 110;
const TRIP_AFTER_S = 10;
/** A load that was cut stays without power at least this long, so that computers notice. */
const LEAST_OFF_S = 3;
const REBOOT_OFF_S = 10;
/** After the battery ran empty the output comes back by itself, this long after the line. */
const RESTART_AFTER_EMPTY_S = 5;
const QUICK_TEST_S = 10;
/** A test that meets this state of charge has failed; one is not begun below it. */
const TEST_FLOOR = 0.1;
/** The deep test stops this many percent above the low battery limit. */
const DEEP_TEST_MARGIN = 5;
const SPENT_HEALTH = 0.3;
const ESTIMATE_TAU_S = 8;
/** Steps are no longer than this on the battery's clock, nor than a second on ours ... */
const BATTERY_STEP_S = 10;
/** ... unless the gap is so long (hours without a listener) that walking it would hold up the program. */
const LONGEST_GAP_STEPS = 20_000;

const FULL_FROM = 0.999;
const FULL_UNTIL = 0.97;

export const isLineUsable = ({ mains, limits }: UnitState): boolean => {
  const volts = mainsVolts(mains);
  return volts >= limits.transferLow && volts <= limits.transferHigh && !isFrequencyOff(mains);
};

/** There is a voltage, but not at a frequency the load could take. */
export const isFrequencyOff = (mains: UnitState['mains']): boolean =>
  mainsVolts(mains) > 0 && Math.abs(mainsHertz(mains) - NOMINAL_HERTZ) > FREQUENCY_TOLERANCE_HERTZ;

/** The line is good and has been for long enough. */
export const isLinePresent = (state: UnitState): boolean => isLineUsable(state) && state.lineGoodFor >= LINE_QUALIFY_S;

export const isOnBattery = (state: UnitState): boolean =>
  state.isOutputOn && (!isLinePresent(state) || state.test !== null);

const steadyLoadW = (state: UnitState): number => (state.loadPercent / 100) * RATING.activeW;

/** Watts the load would take with the output on. */
export const demandedW = (state: UnitState): number => steadyLoadW(state) * (1 + state.loadNoise * LOAD_NOISE);

export const batteryDemand = (state: UnitState): BatteryDemand => {
  if (isOnBattery(state)) return { dischargeW: inverterDrawW(demandedW(state)), isChargerOn: false };
  return isLinePresent(state)
    ? { dischargeW: 0, isChargerOn: true }
    : { dischargeW: RATING.standbyW, isChargerOn: false };
};

/**
 * The unit `seconds` later.
 * @param speed how many times faster than the clock the battery drains, charges, ages and warms; timers and tests keep
 *   the clock's pace, because what they wait for does too
 */
export function advance(state: UnitState, seconds: number, speed = 1): UnitState {
  if (!(seconds > 0)) return state;
  const wanted = Math.ceil(Math.max(seconds, (seconds * speed) / BATTERY_STEP_S));
  const steps = Math.min(wanted, LONGEST_GAP_STEPS);
  let next = state;
  for (let i = 0; i < steps; i++) next = step(next, seconds / steps, speed);
  return next;
}

/** The unit right after something was done to it. Numbers are held within their ranges; one that is none does nothing. */
export function act(state: UnitState, action: UnitAction): UnitState {
  if (Object.values(action).some(Number.isNaN)) return state;
  return step(apply(state, action), 0, 1);
}

function apply(state: UnitState, action: UnitAction): UnitState {
  switch (action.type) {
    case 'mains':
      return { ...state, mains: setMainsMode(state.mains, action.mode) };
    case 'load':
      return { ...state, loadPercent: within(action.percent, CONTROL_RANGES.loadPercent) };
    case 'health':
      return { ...state, battery: withHealth(state.battery, within(action.percent, CONTROL_RANGES.healthPercent)) };
    case 'charge': {
      const part = within(action.percent, CONTROL_RANGES.chargePercent) / 100;
      return {
        ...state,
        isFull: false,
        battery: { ...state.battery, storedWh: capacityWh(DEMO_BATTERY, state.battery) * part },
      };
    }
    case 'timer': {
      const seconds = action.seconds === null ? null : clamp(action.seconds, 0, 0x7fff);
      return { ...state, timers: { ...state.timers, [action.timer]: seconds } };
    }
    case 'test':
      return requestTest(state, action.request);
    case 'beeper':
      return { ...state, beeper: action.value };
    case 'limit':
      return {
        ...state,
        limits: { ...state.limits, [action.limit]: within(action.value, LIMIT_RANGES[action.limit]) },
      };
  }
}

const within = (value: number, range: { readonly min: number; readonly max: number }): number =>
  clamp(value, range.min, range.max);

/** Another battery with the same state of charge. */
const withHealth = (battery: BatteryState, percent: number): BatteryState => ({
  ...battery,
  health: percent / 100,
  storedWh: stateOfCharge(DEMO_BATTERY, battery) * capacityWh(DEMO_BATTERY, { health: percent / 100 }),
});

function requestTest(state: UnitState, request: TestRequest): UnitState {
  if (request === TEST_REQUEST.none) return state;
  if (request === TEST_REQUEST.abort) return state.test ? endTest(state, TEST_RESULT.aborted) : state;
  if (state.test) return state;
  const kind = request === TEST_REQUEST.quick ? 'quick' : 'deep';
  const canRun = isLinePresent(state) && state.isOutputOn && chargeOf(state) > testFloor(state, kind);
  if (!canRun) return endTest(state, TEST_RESULT.aborted);
  return { ...state, test: { kind, ranFor: 0 }, testResult: TEST_RESULT.inProgress };
}

const chargeOf = (state: UnitState): number => stateOfCharge(DEMO_BATTERY, state.battery);

const testFloor = (state: UnitState, kind: 'quick' | 'deep'): number =>
  kind === 'quick' ? TEST_FLOOR : Math.min(95, state.limits.charge + DEEP_TEST_MARGIN) / 100;

const endTest = (state: UnitState, testResult: TestResult): UnitState => ({ ...state, test: null, testResult });

function step(state: UnitState, dt: number, speed: number): UnitState {
  const supplied = stepSupply(state, dt);
  const loaded = stepLoad(supplied, dt);
  const timed = stepTimers(loaded, dt);
  const stored = stepStorage(timed, (dt * speed) / 3600);
  return stepProtection(stepTest(stored, dt), dt);
}

function stepSupply(state: UnitState, dt: number): UnitState {
  const { mains, random } = stepMains(state.mains, state.random, dt);
  const next = { ...state, mains, random };
  const lineGoodFor = isLineUsable(next) ? Math.min(LINE_QUALIFY_S, state.lineGoodFor + dt) : 0;
  const hasReturned = lineGoodFor >= LINE_QUALIFY_S && state.lineGoodFor < LINE_QUALIFY_S;
  return {
    ...next,
    lineGoodFor,
    tap: tapFor(mainsVolts(mains), state.tap),
    // Muting silences one outage only.
    beeper: hasReturned && state.beeper === BEEPER.muted ? BEEPER.enabled : state.beeper,
  };
}

function tapFor(volts: number, tap: UnitState['tap']): UnitState['tap'] {
  if (volts < (tap === 'boost' ? BOOST_VOLTS.leave : BOOST_VOLTS.take)) return 'boost';
  if (volts > (tap === 'trim' ? TRIM_VOLTS.leave : TRIM_VOLTS.take)) return 'trim';
  return 'straight';
}

function stepLoad(state: UnitState, dt: number): UnitState {
  const noise = wander(state.loadNoise, state.random, dt, 20);
  // The estimate leaves the noise out: it evens out over an outage, and would only make the figure jitter.
  const draw = inverterDrawW(steadyLoadW(state));
  return {
    ...state,
    loadNoise: noise.value,
    random: noise.random,
    steadyDrawW: draw + (state.steadyDrawW - draw) * Math.exp(-dt / ESTIMATE_TAU_S),
    offFor: state.isOutputOn ? 0 : state.offFor + dt,
  };
}

function stepTimers(state: UnitState, dt: number): UnitState {
  const shutdown = countDown(state.timers.shutdown, dt);
  const reboot = countDown(state.timers.reboot, dt);
  let startup = countDown(state.timers.startup, dt);
  let next = state;
  if (reboot === 0) {
    if (next.isOutputOn) next = cutOutput(next);
    startup = REBOOT_OFF_S;
  }
  if (shutdown === 0 && next.isOutputOn) next = cutOutput(next);
  const isPending = (shutdown ?? 0) > 0 || (reboot ?? 0) > 0;
  if (startup === 0 && !isPending) {
    if (!next.isOutputOn && next.offFor >= LEAST_OFF_S && isLinePresent(next)) {
      next = { ...next, isOutputOn: true, offFor: 0, overloadFor: 0 };
    }
    if (next.isOutputOn) startup = null;
  }
  return {
    ...next,
    timers: { shutdown: shutdown === 0 ? null : shutdown, reboot: reboot === 0 ? null : reboot, startup },
  };
}

const countDown = (left: number | null, dt: number): number | null => (left === null ? null : Math.max(0, left - dt));

const cutOutput = (state: UnitState): UnitState => ({
  ...(state.test ? endTest(state, TEST_RESULT.aborted) : state),
  isOutputOn: false,
  offFor: 0,
  overloadFor: 0,
});

function stepStorage(state: UnitState, hours: number): UnitState {
  const demand = batteryDemand(state);
  const { battery } = stepBattery(DEMO_BATTERY, state.battery, demand, hours);
  const charge = stateOfCharge(DEMO_BATTERY, battery);
  const loadPart = state.isOutputOn ? demandedW(state) / RATING.activeW : 0;
  const unitTarget = AMBIENT_CELSIUS + (isOnBattery(state) ? 28 : 8) * loadPart + 4;
  const batteryTarget = AMBIENT_CELSIUS + (state.temperature - AMBIENT_CELSIUS) * 0.4 + demand.dischargeW / 80;
  return {
    ...state,
    battery: { ...battery, temperature: approach(battery.temperature, batteryTarget, hours, 1) },
    temperature: approach(state.temperature, unitTarget, hours, 1 / 3),
    isFull: charge >= FULL_FROM || (charge >= FULL_UNTIL && state.isFull && demand.isChargerOn),
  };
}

/** @param tau hours */
const approach = (value: number, target: number, hours: number, tau: number): number =>
  target + (value - target) * Math.exp(-hours / tau);

function stepTest(state: UnitState, dt: number): UnitState {
  if (!state.test) return state;
  if (!isLinePresent(state)) return endTest(state, TEST_RESULT.aborted);
  const test = { ...state.test, ranFor: state.test.ranFor + dt };
  const charge = chargeOf(state);
  if (charge <= TEST_FLOOR) return endTest(state, TEST_RESULT.error);
  const isDone = test.kind === 'quick' ? test.ranFor >= QUICK_TEST_S : charge <= testFloor(state, 'deep');
  return isDone ? endTest(state, verdict(state.battery)) : { ...state, test };
}

const verdict = ({ health }: BatteryState): TestResult =>
  health < SPENT_HEALTH ? TEST_RESULT.error : health < WORN_HEALTH ? TEST_RESULT.warning : TEST_RESULT.passed;

function stepProtection(state: UnitState, dt: number): UnitState {
  if (!isOnBattery(state)) return { ...state, overloadFor: 0 };
  if (state.battery.storedWh <= 0) {
    const { shutdown, startup } = state.timers;
    // A host that had asked for the output to stay off still gets that; otherwise the line brings it back.
    const whenBack = shutdown === null ? (startup ?? RESTART_AFTER_EMPTY_S) : startup;
    return { ...cutOutput(state), timers: { shutdown: null, reboot: null, startup: whenBack } };
  }
  const overloadFor = state.loadPercent > TRIP_PERCENT ? state.overloadFor + dt : 0;
  return overloadFor >= TRIP_AFTER_S ? cutOutput({ ...state, overloadFor }) : { ...state, overloadFor };
}
