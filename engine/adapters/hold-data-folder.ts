/**
 * One program at a time runs on a data folder: two would take each other's history and state of the shutdown away. The
 * hold is a lock that the system itself gives up when the process ends, however it ends: after a power cut nothing is in
 * the way of the next start, as a file with a process number would be.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#domain/errors.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { phrase, textIn, type Text } from '#domain/messages/message.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { loadSqlite } from './sqlite.ts';

const LOCK_FILE = 'running.lock';
/** SQLite's primary result code for a file that somebody else has locked (sqlite.org/rescode.html). */
const BUSY = 5;
/** A lock that nobody refers to would be collected, and given up with that. */
const held = new Set<DatabaseSync>();

/**
 * Holds the folder until the program ends, or lets it go when called back. A folder that cannot be written to, or whose
 * disk does not answer, is not held, for watching needs no disk.
 * @throws AppError shell/folder-in-use
 */
export async function holdDataFolder(folder: string, clock: Clock, log: Log): Promise<Stop> {
  const notHeld = (reason: Text): Stop => {
    log.warn(`Whether another program runs on ${folder} is not known: ${textIn(reason) ?? ''}`);
    return () => undefined;
  };
  const { DatabaseSync: Database } = await loadSqlite();
  const file = join(folder, LOCK_FILE);
  // SQLite would wait for the disk in this thread, and nothing else would go on. Not once it is held: whoever closes a
  // file gives up all locks that its process has on it.
  const answered = readFile(file, { flag: 'a+' }).then(
    () => true,
    () => true, // cannot be had: SQLite says why
  );
  if (!(await withinLimit(clock, DISK_LIMIT_MS, answered, () => false))) {
    return notHeld(phrase('reason.no-answer-in-time', {}));
  }
  try {
    const lock = new Database(file, { timeout: 0 });
    try {
      // Nothing is ever written into it: what counts is the lock, which SQLite takes in every system's own way.
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw error;
    }
    held.add(lock);
    return () => {
      if (held.delete(lock)) lock.close();
    };
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) {
      throw new AppError('shell/folder-in-use', { folder }, error);
    }
    return notHeld(reasonOf(error));
  }
}
