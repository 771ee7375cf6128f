/** When a driver counts as not started, and when it is tried again. Options of upsdrvctl. */
import type { DriverOptions } from '#engine/drivers/driver.ts';

export interface StartPolicy {
  /** A driver that has not opened its socket by then is ended (maxstartdelay, 75 s). */
  readonly startLimitMs: number;
  /** So many tries follow each other after the plain delay (maxretry, 1). */
  readonly tries: number;
  /** Pause between tries (retrydelay, 5 s). */
  readonly delayMs: number;
}

/** Pauses grow to this: a unit that comes back is found within a minute, a loop of crashes costs next to nothing. */
const LONGEST_PAUSE_MS = 60_000;
const SHORTEST_PAUSE_MS = 1_000;

/** A driver that ran this long was well; its end begins a new count. */
export const WELL_AFTER_MS = 60_000;

/** @param options of the UPS, with what it has from the global part of ups.conf; what is no number is left out */
export function startPolicyOf(options: DriverOptions): StartPolicy {
  const number = (name: string, otherwise: number): number => {
    const text = options[name];
    return typeof text === 'string' && /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : otherwise;
  };
  return {
    startLimitMs: Math.max(1, number('maxstartdelay', 75)) * 1_000,
    tries: Math.max(1, number('maxretry', 1)),
    delayMs: number('retrydelay', 5) * 1_000,
  };
}

/** @param failures in a row, at least 1 @returns the pause before the next try in milliseconds */
export function pauseAfter(failures: number, policy: StartPolicy): number {
  const plain = Math.max(SHORTEST_PAUSE_MS, policy.delayMs);
  const doublings = Math.min(30, Math.max(0, failures - policy.tries));
  return Math.max(plain, Math.min(plain * 2 ** doublings, LONGEST_PAUSE_MS));
}
