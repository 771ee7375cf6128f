/** The history file in the words that people read: why it cannot be used, and how it is opened in this thread. */
import { existsSync } from 'node:fs';
import { AppError, describeError, HistoryError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { loadSqlite } from '#engine/adapters/sqlite.ts';
import type { Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { HistoryStore } from './history-store.ts';
import { isBroken, moveAside, NEWER_FILE, openStore, openStoreToRead, sqliteCode } from './sqlite-open.ts';

export const HISTORY_FILE = 'history.sqlite';

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const CODE = { corrupt: 11, notADatabase: 26, full: 13, readOnly: 8, cannotOpen: 14, denied: 3 } as const;

/** Why SQLite failed, in the words that are used for every file. */
export function historyReason(error: unknown): Text {
  switch (sqliteCode(error)) {
    case CODE.full:
      return phrase('reason.no-space', {});
    case CODE.readOnly:
      return phrase('reason.read-only', {});
    case CODE.denied:
    case CODE.cannotOpen:
      return phrase('reason.permission-denied', {});
    case CODE.corrupt:
    case CODE.notADatabase:
      return phrase('reason.damaged', {});
    default:
      return reasonOf(error);
  }
}

/**
 * Opens the history to write it, in this thread, and makes it where there is none. A file that is no history is set aside.
 * @throws HistoryError history/cannot-write, history/newer-file
 */
export async function openHistory(file: string, log: Log, now: () => number): Promise<HistoryStore> {
  const sqlite = await loadSqlite();
  try {
    return openStore(sqlite, file);
  } catch (error) {
    if (!isBroken(error)) throw cannotWrite(error, file);
    try {
      tellAside(log, file, moveAside(file, now()), error);
      return openStore(sqlite, file);
    } catch (again) {
      throw cannotWrite(again, file);
    }
  }
}

/**
 * Opens the history to read it, beside a program that may be writing it.
 * @throws HistoryError history/none, history/cannot-read, history/newer-file
 */
export async function readHistory(file: string): Promise<HistoryStore> {
  if (!existsSync(file)) throw new HistoryError('history/none', { file });
  const sqlite = await loadSqlite();
  try {
    return openStoreToRead(sqlite, file);
  } catch (error) {
    if (isNewer(error)) throw new HistoryError('history/newer-file', { file }, error);
    throw new HistoryError('history/cannot-read', { file, reason: historyReason(error) }, error);
  }
}

const isNewer = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === NEWER_FILE;

/** What keeps a file from being written, as an error of ours. */
export function cannotWrite(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error as AppError;
  if (isNewer(error)) return new HistoryError('history/newer-file', { file }, error);
  return new HistoryError('history/cannot-write', { file, reason: historyReason(error) }, error);
}

/** @param why what SQLite said, or what a look through the file found */
export const tellAside = (log: Log, file: string, aside: string, why: unknown): void =>
  log.error(
    describeError(
      new HistoryError('history/broken', { file, aside, reason: typeof why === 'string' ? why : historyReason(why) }),
    ),
  );
