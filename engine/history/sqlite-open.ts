/**
 * Opening the history file and setting it aside, in the thread that may wait for its disk. Errors are SQLite's and the
 * system's own: no word for people is loaded here, for a thread has a heap of its own to fill.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { HistoryStore } from './history-store.ts';
import { createSqliteStore, IN_MEMORY } from './sqlite-store.ts';

type Sqlite = typeof import('node:sqlite');

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

/** The code of the error for a file that a newer version of this program wrote. */
export const NEWER_FILE = 'HISTORY_NEWER_FILE';

/** Opens the history to write it, and makes it where there is none. */
export function openStore(sqlite: Sqlite, file: string): HistoryStore {
  // Made here, so that nobody else may read it; its log takes over its rights.
  if (file !== IN_MEMORY) closeSync(openSync(file, 'a', 0o600));
  return storeIn(sqlite, file, (database) => {
    const version = versionOf(database);
    if (version === 0) {
      database.exec('PRAGMA page_size = 2048; PRAGMA journal_mode = WAL;');
      database.exec(TABLES);
    }
    if (version === 1) database.exec(`BEGIN; ${TEXTS} PRAGMA user_version = ${VERSION}; COMMIT;`);
    database.exec(SETTINGS);
  });
}

/** Opens the history to read it, beside a program that may be writing it. */
export const openStoreToRead = (sqlite: Sqlite, file: string): HistoryStore =>
  storeIn(sqlite, file, versionOf, { readOnly: true });

function storeIn(
  { DatabaseSync: Database }: Sqlite,
  file: string,
  prepare: (database: DatabaseSync) => void,
  options: { readonly readOnly?: boolean } = {},
): HistoryStore {
  const database = new Database(file, { ...options, timeout: 2000 });
  try {
    prepare(database);
    return createSqliteStore(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > VERSION) throw Object.assign(new Error('a newer version wrote it'), { code: NEWER_FILE });
  return version;
}

/**
 * Moves a broken file out of the way with its log, from which more may be saved than from the file alone.
 * @returns where it is now
 */
export function moveAside(file: string, now: number): string {
  const aside = file.replace(/\.sqlite$/, `.broken-${new Date(now).toISOString().replace(/[:.]/g, '-')}.sqlite`);
  for (const end of ['', '-wal']) if (existsSync(file + end)) renameSync(file + end, aside + end);
  rmSync(`${file}-shm`, { force: true });
  return aside;
}

/** SQLite's primary result codes of a file that is none (sqlite.org/rescode.html): corrupt, not a database. */
const BROKEN = new Set([11, 26]);

export const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

export const isBroken = (error: unknown): boolean => BROKEN.has(sqliteCode(error) ?? 0);
