/**
 * What goes into the journal: the values of every UPS as they change, in rows of which each lies within one hour, so
 * that an hour can be read by itself. No clock, no disk.
 */
import type { HistoryBatch } from './history-store.ts';
import { HOUR_MS } from './levels.ts';

type Rows = HistoryBatch['rows'][number][];

/** Longer than this without a word: the computer slept, or its clock was set. What held before is not known to have held. */
const PAUSE_MS = 30_000;
/** A clock that is put right by so little is no jump. */
const SETBACK_MS = 2000;

interface OpenRow {
  readonly since: number;
  readonly changes: { readonly at: number; readonly key: string; readonly value: number }[];
}

interface Recorded {
  /** What holds now. */
  readonly values: Map<string, number>;
  row: OpenRow | undefined;
  seenAt: number;
}

export interface Recording {
  /** A variable has a value from now on; undefined: it is unknown. */
  note(ups: string, at: number, variable: string, value: number | undefined): void;
  /** Nothing is known of a UPS from now on. */
  lose(ups: string, at: number): void;
  /** Hands out what was recorded up to now, oldest first. */
  take(at: number): Rows;
  rename(ups: string, next: string): void;
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

export function createRecording(): Recording {
  const recorded = new Map<string, Recorded>();
  let rows: Rows = [];

  const begin = (known: Recorded, at: number): void => {
    known.row = { since: at, changes: [...known.values].map(([key, value]) => ({ at, key, value })) };
  };
  const end = (ups: string, known: Recorded, until: number): void => {
    if (!known.row) return;
    const isHeld = known.values.size > 0 && until > known.row.since;
    if (isHeld || known.row.changes.length > 0) rows.push({ ups, until, ...known.row });
    known.row = undefined;
  };

  /** Time has come to a moment. @returns the moment, never before one that was told already */
  const reach = (ups: string, known: Recorded, at: number): number => {
    if (at - known.seenAt > PAUSE_MS || known.seenAt - at > SETBACK_MS) {
      end(ups, known, known.seenAt);
      known.seenAt = at;
    }
    const now = Math.max(at, known.seenAt);
    if (!known.row) begin(known, now);
    while (known.row && hourOf(known.row.since) < hourOf(now)) {
      const edge = (hourOf(known.row.since) + 1) * HOUR_MS;
      end(ups, known, edge);
      begin(known, edge);
    }
    known.seenAt = now;
    return now;
  };

  const of = (ups: string, at: number): Recorded => {
    const known = recorded.get(ups) ?? { values: new Map<string, number>(), row: undefined, seenAt: at };
    recorded.set(ups, known);
    return known;
  };

  const note = (ups: string, at: number, variable: string, value: number | undefined): void => {
    const known = of(ups, at);
    if (known.values.get(variable) === value) return;
    const now = reach(ups, known, at);
    if (value === undefined) known.values.delete(variable);
    else known.values.set(variable, value);
    known.row?.changes.push({ at: now, key: variable, value: value ?? NaN });
  };

  return {
    note,
    lose(ups, at) {
      for (const variable of [...(recorded.get(ups)?.values.keys() ?? [])]) note(ups, at, variable, undefined);
    },
    take(at) {
      for (const [ups, known] of recorded) {
        const now = reach(ups, known, at);
        end(ups, known, now);
        // Goes on where this row ends, so nothing has to be told again.
        if (known.values.size > 0) known.row = { since: now, changes: [] };
        else recorded.delete(ups);
      }
      const taken = rows;
      rows = [];
      return taken;
    },
    rename(ups, next) {
      const known = recorded.get(ups);
      if (!known) return;
      recorded.delete(ups);
      recorded.set(next, known);
      rows = rows.map((row) => (row.ups === ups ? { ...row, ups: next } : row));
    },
  };
}
