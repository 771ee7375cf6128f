/** What a load draws in watts: as it is measured, or reckoned from the percent of what the unit is made for. Pure. */
import { numberOf } from '#engine/state/readings.ts';
import type { UpsState } from '#engine/state/ups-state.ts';

/** Watts that a full load is; undefined where the unit only tells volt-amperes, or nothing: they are no watts. */
export function nominalWatts(state: UpsState): number | undefined {
  const watts = numberOf(state, 'ups.realpower.nominal');
  return watts !== undefined && watts > 0 ? watts : undefined;
}

export function wattsNow(state: UpsState): number | undefined {
  const measured = numberOf(state, 'ups.realpower');
  if (measured !== undefined) return measured;
  const [load, nominal] = [numberOf(state, 'ups.load'), nominalWatts(state)];
  return load === undefined || nominal === undefined ? undefined : (load / 100) * nominal;
}
