/** One open database: statements prepared once, and changes that happen wholly or not at all. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Row = Record<string, null | number | bigint | string | NodeJS.NonSharedUint8Array>;
type Value = number | string | null;

export interface SqliteSession {
  readonly all: (text: string, ...values: Value[]) => Row[];
  readonly get: (text: string, ...values: Value[]) => Row | undefined;
  readonly run: (text: string, ...values: (Value | Uint8Array)[]) => void;
  /** All of it or nothing. */
  readonly inTransaction: (change: () => void) => void;
  /** Calls back when a change was taken back: what was remembered of it is not there. */
  readonly onRollback: (forget: () => void) => void;
  readonly close: () => void;
}

export const number = (value: Row[string] | undefined): number => Number(value);
export const bytes = (value: Row[string] | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

export function createSession(database: DatabaseSync): SqliteSession {
  const prepared = new Map<string, StatementSync>();
  const forgetters: (() => void)[] = [];
  const sql = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known) return known;
    const made = database.prepare(text);
    prepared.set(text, made);
    return made;
  };
  return {
    all: (text, ...values) => sql(text).all(...values),
    get: (text, ...values) => sql(text).get(...values),
    run: (text, ...values) => {
      sql(text).run(...values);
    },
    inTransaction(change) {
      database.exec('BEGIN IMMEDIATE');
      try {
        change();
        database.exec('COMMIT');
      } catch (error) {
        // Some errors have ended the transaction already.
        if (database.isTransaction) database.exec('ROLLBACK');
        for (const forget of forgetters) forget();
        throw error;
      }
    },
    onRollback: (forget) => {
      forgetters.push(forget);
    },
    close() {
      prepared.clear();
      if (database.isOpen) database.close();
    },
  };
}
