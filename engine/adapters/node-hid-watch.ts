import { describeError } from '#domain/errors.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';

export interface WatchParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Text that is another whenever devices came, went or changed their rights. */
  readonly fingerprint: () => Promise<string>;
  readonly intervalMs: number;
}

/**
 * Compares fingerprints at intervals. A watch on /dev itself would wake with each write of any program to /dev/null,
 * and misses containers whose /dev is not the system's; looking is cheap and sees both.
 */
export function watchByFingerprint({ clock, log, fingerprint, intervalMs }: WatchParts, onChange: () => void): Stop {
  let last: string | undefined;
  let isStopped = false;
  let isLooking = false;
  let hasComplained = false;
  const look = async (): Promise<void> => {
    // One look at a time: a slow one must not be overtaken by the next.
    if (isLooking) return;
    isLooking = true;
    try {
      const now = await fingerprint();
      const isChanged = last !== undefined && now !== last;
      last = now;
      if (isChanged && !isStopped) onChange();
    } catch (error) {
      if (!hasComplained) log.warn(`Cannot watch for devices: ${describeError(error)}`);
      hasComplained = true;
    } finally {
      isLooking = false;
    }
  };
  void look();
  const stop = clock.every(intervalMs, () => void look());
  return () => {
    isStopped = true;
    stop();
  };
}
