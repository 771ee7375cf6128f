/**
 * "On line" and "discharging" at once: a battery test, a calibration, or firmware that confuses the two. Whether it is
 * one or the other only a person knows, so it is told; the options onlinedischarge_* then say what to make of it. Pure.
 */
import type { Monotonic } from '#domain/units.ts';
import type { StatusCondition } from '#engine/state/status-condition.ts';

export interface OnlineDischargeOptions {
  /** A person has said what it means (onlinedischarge_onbattery, onlinedischarge_calibration): nothing to tell. */
  readonly isMeant: boolean;
  /** Tell again after so long while it lasts (onlinedischarge_log_throttle_sec); undefined: once each time it begins. */
  readonly repeatMs: number | undefined;
  /** Not told at or above this charge in percent (onlinedischarge_log_throttle_hovercharge). */
  readonly silentFromCharge: number;
}

interface OnlineDischargeMemory {
  readonly isOdd: boolean;
  readonly charge: number | undefined;
  /** When it was last told since it began. */
  readonly toldAt: Monotonic | undefined;
}

export const NO_ONLINE_DISCHARGE: OnlineDischargeMemory = { isOdd: false, charge: undefined, toldAt: undefined };

const LINE =
  'It says that it is on line and discharging at the same time. It may be testing its battery; if it stays so, the options onlinedischarge_onbattery and onlinedischarge_calibration say what to make of it.';

/** What an update said of it; undefined: nothing new. */
interface OnlineDischargeNews {
  readonly conditions: readonly StatusCondition[] | undefined;
  readonly charge: string | undefined;
}

/** @returns what to remember, and the line to write now, if any */
export function watchOnlineDischarge(
  before: OnlineDischargeMemory,
  { conditions, charge: chargeText }: OnlineDischargeNews,
  { onlineDischarge: options }: { readonly onlineDischarge: OnlineDischargeOptions },
  now: Monotonic,
): { readonly memory: OnlineDischargeMemory; readonly line: string | undefined } {
  const charge = chargeText === undefined ? before.charge : Number(chargeText);
  const isOdd = conditions ? isOnlineDischarge(conditions) : before.isOdd;
  const toldAt = isOdd ? before.toldAt : undefined;
  const isDue = toldAt === undefined || (options.repeatMs !== undefined && now - toldAt >= options.repeatMs);
  const isHovering = charge !== undefined && charge >= options.silentFromCharge;
  const isTold = isOdd && isDue && !isHovering && !options.isMeant;
  return { memory: { isOdd, charge, toldAt: isTold ? now : toldAt }, line: isTold ? LINE : undefined };
}

/** A unit that says that it calibrates has explained itself. */
const isOnlineDischarge = (conditions: readonly StatusCondition[]): boolean =>
  conditions.includes('online') && conditions.includes('dischrg') && !conditions.includes('cal');
