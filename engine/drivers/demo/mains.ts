/** The power socket in front of the demo UPS. Pure: (state, dt) -> state. */
import { drawUniform, wander } from './random.ts';

/**
 * `sag` and `surge` stay inside what a line-interactive unit corrects with its taps; `flap` comes and goes every few
 * seconds; `drift` is a generator whose frequency swings out of range and back.
 */
export const MAINS_MODES = ['on', 'off', 'sag', 'surge', 'flap', 'drift'] as const;
export type MainsMode = (typeof MAINS_MODES)[number];

export const NOMINAL_VOLTS = 230;
export const NOMINAL_HERTZ = 50;

const SAG_VOLTS = 192;
const SURGE_VOLTS = 265;
const VOLTAGE_DEVIATION = 1.2;
const FREQUENCY_DEVIATION = 0.02;
const DRIFT_HERTZ = 4;
const DRIFT_PERIOD_S = 180;
/** Flapping mains change their mind after this long. */
const FLAP_MIN_S = 3;
const FLAP_MAX_S = 9;

export interface MainsState {
  readonly mode: MainsMode;
  /** While flapping: whether there is voltage right now, and for how many seconds more. */
  readonly isFlapUp: boolean;
  readonly flapLeft: number;
  /** Seconds since the frequency began to drift. */
  readonly driftFor: number;
  /** Noise in deviations. */
  readonly voltageNoise: number;
  readonly frequencyNoise: number;
}

export const steadyMains: MainsState = {
  mode: 'on',
  isFlapUp: true,
  flapLeft: 0,
  driftFor: 0,
  voltageNoise: 0,
  frequencyNoise: 0,
};

/** Flapping begins with a failure, so that the effect of asking for it is seen at once. */
export const setMainsMode = (mains: MainsState, mode: MainsMode): MainsState => ({
  ...mains,
  mode,
  isFlapUp: false,
  flapLeft: FLAP_MIN_S,
  driftFor: 0,
});

/** @param dt seconds */
export function stepMains(mains: MainsState, random: number, dt: number): { mains: MainsState; random: number } {
  const voltage = wander(mains.voltageNoise, random, dt, 60);
  const frequency = wander(mains.frequencyNoise, voltage.random, dt, 30);
  let next: MainsState = {
    ...mains,
    voltageNoise: voltage.value,
    frequencyNoise: frequency.value,
    driftFor: mains.mode === 'drift' ? mains.driftFor + dt : 0,
    flapLeft: mains.mode === 'flap' ? mains.flapLeft - dt : 0,
  };
  let state = frequency.random;
  if (next.mode === 'flap' && next.flapLeft <= 0) {
    const draw = drawUniform(state);
    state = draw.random;
    next = { ...next, isFlapUp: !next.isFlapUp, flapLeft: FLAP_MIN_S + draw.value * (FLAP_MAX_S - FLAP_MIN_S) };
  }
  return { mains: next, random: state };
}

const hasVoltage = (mains: MainsState): boolean => mains.mode !== 'off' && (mains.mode !== 'flap' || mains.isFlapUp);

/** Volts at the socket, 0 when the power is gone. */
export function mainsVolts(mains: MainsState): number {
  if (!hasVoltage(mains)) return 0;
  const level = mains.mode === 'sag' ? SAG_VOLTS : mains.mode === 'surge' ? SURGE_VOLTS : NOMINAL_VOLTS;
  return level + mains.voltageNoise * VOLTAGE_DEVIATION;
}

/** Hertz at the socket, 0 when the power is gone. */
export function mainsHertz(mains: MainsState): number {
  if (!hasVoltage(mains)) return 0;
  const drift = mains.mode === 'drift' ? DRIFT_HERTZ * Math.sin((2 * Math.PI * mains.driftFor) / DRIFT_PERIOD_S) : 0;
  return NOMINAL_HERTZ + mains.frequencyNoise * FREQUENCY_DEVIATION + drift;
}
