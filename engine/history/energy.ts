/** What a load has used, from how its power went: measured, else reckoned from the load and what the unit is made for. Pure. */
import type { EnergyPeriod } from '#domain/contract.ts';
import type { Integral } from './history-store.ts';

const HOUR_MS = 3_600_000;

/** Of one period each. */
export interface PowerIntegrals {
  /** `ups.realpower`, watts. */
  readonly measured: Integral;
  /** `ups.load`, percent. */
  readonly load: Integral;
  /** `ups.realpower.nominal`, watts. */
  readonly nominal: Integral;
}

/** Time of which neither is known adds nothing: a period says how much of it is known. */
export function energyIn({ measured, load, nominal }: PowerIntegrals): EnergyPeriod {
  const unmeasuredMs = Math.max(0, load.knownMs - measured.knownMs);
  const canCompute = unmeasuredMs > 0 && nominal.knownMs > 0;
  const watts = canCompute ? (load.sum / load.knownMs / 100) * (nominal.sum / nominal.knownMs) : 0;
  const computedMs = canCompute ? unmeasuredMs : 0;
  return {
    wattHours: (measured.sum + watts * computedMs) / HOUR_MS,
    knownMs: measured.knownMs + computedMs,
    computedMs,
  };
}
