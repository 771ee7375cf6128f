/** Waits for a disk, but not for ever: one that hangs must keep neither the start nor the shutdown from going on. */
import type { Clock } from '#engine/ports.ts';

const DISK_LIMIT_MS = 5_000;
/** The same for people to read, s. */
export const DISK_LIMIT_SECONDS = DISK_LIMIT_MS / 1000;

/**
 * @param disk what it is to answer
 * @param onTooLong called once, when the disk has not answered in time; what it returns stands for the answer
 */
export async function withinLimit<Answer>(
  clock: Clock,
  disk: Promise<Answer>,
  onTooLong: () => Answer,
): Promise<Answer> {
  const limit = new AbortController();
  const never = new Promise<never>(() => undefined);
  const tooLong = clock.sleep(DISK_LIMIT_MS, limit.signal).then(
    onTooLong,
    () => never, // the disk was quicker
  );
  try {
    return await Promise.race([disk, tooLong]);
  } finally {
    limit.abort();
  }
}
