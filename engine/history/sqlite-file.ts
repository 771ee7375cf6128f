/** Opening the history file: tables are made, a file that cannot be used is told or set aside. */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { AppError, describeError, HistoryError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { loadSqlite } from '#engine/adapters/sqlite.ts';
import type { Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { HistoryStore } from './history-store.ts';
import { createSqliteStore, IN_MEMORY } from './sqlite-store.ts';

export const HISTORY_FILE = 'history.sqlite';
const VERSION = 2;

/** Set for every connection. Little is held in memory: the computer's own cache of the file serves reading as well. */
const SETTINGS = `
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -256;
  PRAGMA wal_autocheckpoint = 200;
  PRAGMA journal_size_limit = 1048576;
`;

/** Since version 2. */
const TEXTS = `
  CREATE TABLE texts (
    ups INTEGER NOT NULL, variable TEXT NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (ups, variable, at)
  ) WITHOUT ROWID;
`;

const TABLES = `
  BEGIN;
  CREATE TABLE ups (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
  CREATE TABLE series (id INTEGER PRIMARY KEY, ups INTEGER NOT NULL, variable TEXT NOT NULL, UNIQUE (ups, variable));
  CREATE TABLE journal (
    ups INTEGER NOT NULL, id INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, changes TEXT NOT NULL,
    PRIMARY KEY (ups, id)
  ) WITHOUT ROWID;
  CREATE TABLE full_rate (
    series INTEGER NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (series, start)
  ) WITHOUT ROWID;
  ${['minutes', 'quarters', 'watches']
    .map(
      (table) => `CREATE TABLE ${table} (
        series INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (series, start)
      ) WITHOUT ROWID;`,
    )
    .join('')}
  CREATE TABLE status (
    ups INTEGER NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (ups, at)
  ) WITHOUT ROWID;
  CREATE TABLE incident (
    id INTEGER PRIMARY KEY, ups INTEGER NOT NULL, kind TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
    facts TEXT NOT NULL
  );
  ${TEXTS}
  CREATE INDEX incident_of_ups ON incident (ups, kind, started_at);
  CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
  COMMIT;
`;

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const CODE = { corrupt: 11, notADatabase: 26, full: 13, readOnly: 8, cannotOpen: 14, denied: 3 } as const;

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

export const isBroken = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === CODE.corrupt || code === CODE.notADatabase;
};

/** Why SQLite failed, in the words that are used for every file. */
export function historyReason(error: unknown): Text {
  switch (codeOf(error)) {
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
 * Opens the history to write it, and makes it where there is none. A file that is no history is set aside.
 * @throws HistoryError history/cannot-write, history/newer-file
 */
export async function openHistory(file: string, log: Log, now: () => number): Promise<HistoryStore> {
  try {
    return await open(file);
  } catch (error) {
    if (!isBroken(error)) throw asHistoryError(error, file);
    setAside(file, historyReason(error), log, now());
    try {
      return await open(file);
    } catch (again) {
      throw asHistoryError(again, file);
    }
  }
}

async function open(file: string): Promise<HistoryStore> {
  // Made here, so that nobody else may read it; its log takes over its rights.
  if (file !== IN_MEMORY) closeSync(openSync(file, 'a', 0o600));
  const database = await connect(file, false);
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > VERSION) throw new HistoryError('history/newer-file', { file });
    if (version === 0) {
      database.exec('PRAGMA page_size = 2048; PRAGMA journal_mode = WAL;');
      database.exec(TABLES);
    }
    if (version === 1) database.exec(`BEGIN; ${TEXTS} PRAGMA user_version = ${VERSION}; COMMIT;`);
    database.exec(SETTINGS);
    return createSqliteStore(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the history to read it, beside a program that may be writing it.
 * @throws HistoryError history/none, history/cannot-read, history/newer-file
 */
export async function readHistory(file: string): Promise<HistoryStore> {
  if (!existsSync(file)) throw new HistoryError('history/none', { file });
  const database = await connect(file, true).catch((error: unknown) => {
    throw new HistoryError('history/cannot-read', { file, reason: historyReason(error) }, error);
  });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > VERSION) throw new HistoryError('history/newer-file', { file });
    return createSqliteStore(database, file);
  } catch (error) {
    database.close();
    if (error instanceof AppError) throw error;
    throw new HistoryError('history/cannot-read', { file, reason: historyReason(error) }, error);
  }
}

async function connect(file: string, isReader: boolean): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  return new DatabaseSync(file, { readOnly: isReader, timeout: 2000 });
}

function asHistoryError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error as AppError;
  return new HistoryError('history/cannot-write', { file, reason: historyReason(error) }, error);
}

/** Moves a broken file out of the way with its log, from which more may be saved than from the file alone. */
export function setAside(file: string, reason: Text, log: Log, now: number): void {
  const aside = file.replace(/\.sqlite$/, `.broken-${new Date(now).toISOString().replace(/[:.]/g, '-')}.sqlite`);
  for (const end of ['', '-wal']) if (existsSync(file + end)) renameSync(file + end, aside + end);
  rmSync(`${file}-shm`, { force: true });
  log.error(describeError(new HistoryError('history/broken', { file, aside, reason })));
}
