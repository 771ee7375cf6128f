/**
 * One program at a time runs on a data folder: two would take each other's history and state of the shutdown away. The
 * hold is a lock that the system itself gives up when the process ends, however it ends: after a power cut nothing is in
 * the way of the next start, as a file with a process number would be.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#domain/errors.ts';
import type { Log, Stop } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { textIn } from '#domain/messages/message.ts';
import { loadSqlite } from './sqlite.ts';

const LOCK_FILE = 'running.lock';
/** SQLite's primary result code for a file that somebody else has locked (sqlite.org/rescode.html). */
const BUSY = 5;
/** A lock that nobody refers to would be collected, and given up with that. */
const held = new Set<DatabaseSync>();

/**
 * Holds the folder until the program ends, or lets it go when called back. A folder that cannot be written to is not
 * held, for watching needs no disk.
 * @throws AppError shell/folder-in-use
 */
export async function holdDataFolder(folder: string, log: Log): Promise<Stop> {
  const { DatabaseSync: Database } = await loadSqlite();
  try {
    const lock = new Database(join(folder, LOCK_FILE), { timeout: 0 });
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
    log.warn(`Whether another program runs on ${folder} is not known: ${textIn(reasonOf(error)) ?? ''}`);
    return () => undefined;
  }
}
