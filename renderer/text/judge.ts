/** A word of judgement beside a number, and what the number is measured against. Pure; unknown stays unknown. */
import { numberIn } from '#domain/power-state.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';

export const JUDGEMENTS = ['full', 'good', 'normal', 'low', 'high', 'overload', 'short', 'none', 'unknown'] as const;
export type Judgement = (typeof JUDGEMENTS)[number];

/** Whether a judgement should catch the eye. */
export const isTrouble = (judgement: Judgement): boolean =>
  judgement === 'low' || judgement === 'overload' || judgement === 'short' || judgement === 'none';

type Ups = Pick<UpsSnapshot, 'variables'>;

/** A battery below this reports itself low on most units that do not say their own bound. */
const USUAL_LOW_CHARGE = 20;
const SHORT_RUNTIME = 300;
/** Mains voltage may differ this much from its nominal value. Source: EN 50160, plus or minus 10 %. */
const MAINS_TOLERANCE = 0.1;
/** Below this share of the nominal voltage there are no mains to speak of. */
const DEAD_SHARE = 0.2;

export function judgeCharge(ups: Ups, charge = numberIn(ups, 'battery.charge')): Judgement {
  if (charge === undefined) return 'unknown';
  if (charge <= (numberIn(ups, 'battery.charge.low') ?? USUAL_LOW_CHARGE)) return 'low';
  return charge >= 99.5 ? 'full' : charge >= 50 ? 'good' : 'normal';
}

export function judgeRuntime(ups: Ups, runtime = numberIn(ups, 'battery.runtime')): Judgement {
  if (runtime === undefined) return 'unknown';
  if (runtime <= (numberIn(ups, 'battery.runtime.low') ?? 0)) return 'low';
  return runtime < SHORT_RUNTIME ? 'short' : 'good';
}

export function judgeLoad(ups: Ups, load = numberIn(ups, 'ups.load')): Judgement {
  if (load === undefined) return 'unknown';
  if (load > (numberIn(ups, 'ups.load.high') ?? 100)) return 'overload';
  return load >= 80 ? 'high' : 'normal';
}

export function judgeMains(ups: Ups, volts = numberIn(ups, 'input.voltage')): Judgement {
  if (volts === undefined) return 'unknown';
  const band = nominalBand(ups);
  if (volts < (band ? band.nominal * DEAD_SHARE : 20)) return 'none';
  if (!band) return 'normal';
  return volts < band.low ? 'low' : volts > band.high ? 'high' : 'normal';
}

export interface VoltageBand {
  readonly nominal: number;
  readonly low: number;
  readonly high: number;
}

/** The band of voltage that counts as normal, where the unit tells what it is made for. Volts. */
export function nominalBand(ups: Ups): VoltageBand | undefined {
  const nominal = numberIn(ups, 'input.voltage.nominal');
  if (nominal === undefined || nominal <= 0) return undefined;
  return { nominal, low: nominal * (1 - MAINS_TOLERANCE), high: nominal * (1 + MAINS_TOLERANCE) };
}
