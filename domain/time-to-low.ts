/** How long the battery carries the load until the UPS calls it low. Pure. */
import { numberIn } from './power-state.ts';
import type { UpsSnapshot } from './schema/snapshot.ts';

/**
 * A UPS says LB when the charge falls below `battery.charge.low` or the runtime below `battery.runtime.low`, whichever
 * comes first, and that is when computers that follow it shut down. The charge is taken to fall evenly over the runtime.
 *
 * @returns seconds, 0 when it is that low already; undefined where the UPS does not tell its runtime or no limit
 */
export function secondsToLowBattery(ups: Pick<UpsSnapshot, 'variables'>): number | undefined {
  const runtime = numberIn(ups, 'battery.runtime');
  if (runtime === undefined || runtime < 0) return undefined;
  const lowRuntime = numberIn(ups, 'battery.runtime.low');
  const charge = numberIn(ups, 'battery.charge');
  const lowCharge = numberIn(ups, 'battery.charge.low');
  const byRuntime = lowRuntime === undefined ? undefined : runtime - lowRuntime;
  const byCharge =
    lowCharge === undefined || charge === undefined
      ? undefined
      : charge <= lowCharge
        ? 0
        : runtime * (1 - lowCharge / charge);
  const first = Math.min(byRuntime ?? Infinity, byCharge ?? Infinity);
  return Number.isFinite(first) ? Math.max(0, first) : undefined;
}
