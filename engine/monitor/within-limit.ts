/** Waits for a disk, but not for ever: one that hangs must not keep the computer from going down. */
import type { Clock } from '#engine/ports.ts';

const DISK_LIMIT_MS = 5_000;
/** The same for people to read, s. */
export const DISK_LIMIT_SECONDS = DISK_LIMIT_MS / 1000;

/** @param disk does not fail @param onTooLong called once, when the disk has not answered in time */
export async function withinLimit(clock: Clock, disk: Promise<unknown>, onTooLong: () => void): Promise<void> {
  const limit = new AbortController();
  const isTooLong = clock.sleep(DISK_LIMIT_MS, limit.signal).then(
    onTooLong,
    () => undefined, // the disk was quicker
  );
  await Promise.race([disk, isTooLong]);
  limit.abort();
}
