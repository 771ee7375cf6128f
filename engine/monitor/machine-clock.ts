/**
 * Machine time: milliseconds that only go forward, whatever the clocks of the computer do. A sleep of the computer does
 * not count; a restart of the program does, as far as it is known how long it took. Pure.
 */

/** Clocks of the computer, milliseconds. */
export interface ClockReading {
  readonly monotonic: number;
  readonly wall: number;
}

export interface MachineTime extends ClockReading {
  readonly at: number;
}

/** Machine time as it was kept on disk. */
export interface KeptTime {
  readonly at: number;
  readonly wall: number;
  /** Milliseconds since the computer was started. */
  readonly uptime: number;
  /** Differs with every start of the computer; absent where the system has none. */
  readonly bootId?: string | undefined;
}

/** The program looks at its clock each second: more than this between two looks is a standstill or a sleep. */
const GAP_MS = 6_000;
/** What a standstill counts for. */
const GAP_COUNTS_MS = 1_000;
/** Clocks of one run of the computer drift apart by no more than this. */
const DRIFT_MS = 60_000;
/** An outage that was kept is the one of now only if it was kept no longer ago. */
const RECENT_MS = 3_600_000;

/** @returns the time now, and whether the computer slept or its clock was set forward */
export function advance(
  before: MachineTime,
  reading: ClockReading,
): { readonly time: MachineTime; readonly isGap: boolean } {
  const passed = Math.max(0, reading.monotonic - before.monotonic);
  // While a computer sleeps the monotonic clock stands still on some systems and goes on on others.
  const isGap = passed > GAP_MS || reading.wall - before.wall - passed > GAP_MS;
  const counted = passed > GAP_MS ? GAP_COUNTS_MS : passed;
  return { time: { ...reading, at: before.at + counted }, isGap };
}

/** Where machine time goes on after a start of the program. */
export function continueFrom(
  kept: KeptTime,
  now: Omit<KeptTime, 'at'>,
): { readonly at: number; readonly isSameRun: boolean; readonly isRecent: boolean } {
  const wallGap = now.wall - kept.wall;
  const uptimeGap = now.uptime - kept.uptime;
  const isSameRun =
    kept.bootId !== undefined && now.bootId !== undefined
      ? kept.bootId === now.bootId
      : uptimeGap >= 0 && Math.abs(wallGap - uptimeGap) <= DRIFT_MS;
  // The time of day may have been set meanwhile; how long the computer has been running cannot be.
  if (isSameRun) return { at: kept.at + Math.max(0, uptimeGap), isSameRun, isRecent: uptimeGap <= RECENT_MS };
  const isRecent = wallGap >= 0 && wallGap <= RECENT_MS;
  return { at: kept.at + (isRecent ? wallGap : 0), isSameRun, isRecent };
}
