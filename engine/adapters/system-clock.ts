import { setTimeout as delay } from 'node:timers/promises';
import { asMonotonic, asTimestamp } from '#domain/units.ts';
import type { Clock } from '#engine/ports.ts';

/** The computer's own clocks and timers. */
export const systemClock: Clock = {
  now: () => asTimestamp(Date.now()),
  monotonic: () => asMonotonic(performance.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    return () => clearInterval(timer);
  },
  async sleep(delayMs, signal) {
    try {
      await delay(delayMs, undefined, signal ? { signal } : {});
    } catch (error) {
      // Node rejects with an AbortError of its own; who aborted knows only its reason.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
