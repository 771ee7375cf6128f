import type { Clock, Stop } from './ports.ts';

/** A disk that hangs must keep neither a start nor a message nor a shutdown from going on. */
export const DISK_LIMIT_MS = 5_000;
/** The same for people to read, s. */
export const DISK_LIMIT_SECONDS = DISK_LIMIT_MS / 1000;

/**
 * Waits for something, but not for ever.
 * @param onTooLong called once, when it has not come in time; what it returns, or throws, stands for the answer
 */
export async function withinLimit<Answer>(
  clock: Pick<Clock, 'after'>,
  limitMs: number,
  work: Promise<Answer>,
  onTooLong: () => Answer,
): Promise<Answer> {
  let cancel: Stop = () => undefined;
  const tooLong = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve);
  }).then(onTooLong);
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    cancel();
  }
}
