import { asMonotonic, asTimestamp } from '#domain/units.ts';
import type { Clock, Stop } from '#engine/ports.ts';

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
  /** Moves time on and runs what falls due, in order, letting promises settle between two timers. */
  advance(ms: number): Promise<void>;
  /** The computer sleeps: only the wall clock goes on. */
  sleepFor(ms: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

interface Timer {
  at: number;
  readonly interval: number | undefined;
  readonly run: () => void;
  readonly order: number;
}

/** Lets everything that is ready run: promise reactions, and one turn of the event loop for real files and sockets. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createFakeClock(startAt = 1_700_000_000_000): FakeClock {
  let elapsed = 0;
  let slept = 0;
  let order = 0;
  const timers = new Set<Timer>();

  const add = (delayMs: number, interval: number | undefined, run: () => void): Stop => {
    const timer: Timer = { at: elapsed + Math.max(0, delayMs), interval, run, order: order++ };
    timers.add(timer);
    return () => timers.delete(timer);
  };

  return {
    now: () => asTimestamp(startAt + slept + elapsed),
    monotonic: () => asMonotonic(elapsed),
    after: (delayMs, run) => add(delayMs, undefined, run),
    every: (intervalMs, run) => add(intervalMs, Math.max(1, intervalMs), run),
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const abort = () => {
          stop();
          reject(signal?.reason as Error);
        };
        const stop = add(delayMs, undefined, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
    sleepFor(ms) {
      slept += ms;
    },
    async advance(ms) {
      const target = elapsed + ms;
      await settle();
      for (;;) {
        const due = [...timers]
          .filter((timer) => timer.at <= target)
          .sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (!due) break;
        elapsed = due.at;
        if (due.interval === undefined) timers.delete(due);
        else due.at += due.interval;
        due.run();
        await settle();
      }
      elapsed = target;
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}
