import type { Clock } from '#engine/ports.ts';

/** A pause that can be cut short. */
export interface Waiter {
  /** Resolves after the time, at once when woken meanwhile, or at once when woken since the last wait. */
  wait(ms: number): Promise<void>;
  wake(): void;
}

export function createWaiter(clock: Clock): Waiter {
  let isWoken = false;
  let finish: (() => void) | undefined;
  return {
    async wait(ms) {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const stop = clock.after(ms, resolve);
          finish = () => {
            stop();
            resolve();
          };
        });
        finish = undefined;
      }
      isWoken = false;
    },
    wake() {
      isWoken = true;
      finish?.();
    },
  };
}

/** What `work` gives, or the error when it takes longer. The work itself goes on; nobody listens to it any more. */
export async function withDeadline<Result>(
  clock: Clock,
  ms: number,
  work: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  let stop: (() => void) | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    stop = clock.after(ms, () => reject(late()));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    stop?.();
  }
}

/** Waits for the work, but no longer than this. */
export async function waitAtMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let stop: (() => void) | undefined;
  const limit = new Promise<void>((resolve) => {
    stop = clock.after(ms, resolve);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    stop?.();
  }
}
