/** The rows that hold many values of one variable each (chunk-codec.ts): put, and told in stretches of time. */
import {
  decodeBuckets,
  decodeChanges,
  encodeBuckets,
  encodeChanges,
  type BucketColumns,
  type Change,
} from './chunk-codec.ts';
import type { Span } from './downsample.ts';
import { HOUR_MS, LEVELS, type Level } from './levels.ts';
import { addStretch, meanOf, type Bins } from './rollup.ts';
import { bytes, number, type SqliteSession } from './sqlite-session.ts';

/** A time in which a value lay between two limits; `known` is how much of it is known, 0 to 1. */
export type TellStretch = (start: number, end: number, min: number, max: number, mean: number, known: number) => void;

/** Before the first of LEVELS. */
export const FULL_RATE = -1;

/** A time without a break in the full rate. */
export interface Run {
  readonly from: number;
  until: number;
  readonly changes: Change[];
}

/** @param from not before the end of the run */
export function extend(run: Run, from: number, to: number, value: number): void {
  if (from > run.until && run.changes.length > 0) run.changes.push({ at: run.until, value: NaN });
  run.changes.push({ at: from, value });
  run.until = to;
}

export const adderTo =
  (bins: Bins): TellStretch =>
  (start, end, min, max, mean, known) =>
    addStretch(bins, start, end, min, max, mean, known);

export interface SqliteChunks {
  /** What is known already stays where nothing new is known. */
  readonly putBuckets: (series: number, level: Level, fresh: Bins) => void;
  readonly putFullRate: (series: number, run: Run) => void;
  /** @returns the times of which this level has no rows */
  readonly bucketsIn: (series: number, level: Level, span: Span, tell: TellStretch) => Span[];
  /** Tells a time as finely as asked for, and where that is not kept any more, as finely as it is. Not in order. */
  readonly stretchesIn: (series: number, level: number, span: Span, tell: TellStretch) => void;
}

export function createChunks({ all, get, run }: SqliteSession): SqliteChunks {
  /** Puts buckets into the rows they belong to; what is known already stays where nothing new is known. */
  const putBuckets = (series: number, { table, slotMs, slots }: Level, fresh: Bins): void => {
    const chunkMs = slotMs * slots;
    const end = fresh.from + fresh.stepMs * fresh.count;
    for (let start = Math.floor(fresh.from / chunkMs) * chunkMs; start < end; start += chunkMs) {
      const columns = emptyColumns(slots);
      const before = get(`SELECT data FROM ${table} WHERE series = ? AND start = ?`, series, start);
      if (before) {
        decodeBuckets(bytes(before.data), (slot, min, max, mean, known) => {
          setBucket(columns, slot, min, max, mean, known);
        });
      }
      for (let place = 0; place < fresh.count; place++) {
        const slot = (fresh.from + place * slotMs - start) / slotMs;
        const min = fresh.min[place] ?? NaN;
        if (slot < 0 || slot >= slots || Number.isNaN(min)) continue;
        const known = Math.min(1, (fresh.knownMs[place] ?? 0) / slotMs);
        setBucket(columns, slot, min, fresh.max[place] ?? min, meanOf(fresh, place), known);
      }
      run(
        `INSERT OR REPLACE INTO ${table} (series, start, data) VALUES (?, ?, ?)`,
        series,
        start,
        encodeBuckets(columns),
      );
    }
  };

  const putFullRate = (series: number, { from, until, changes }: Run): void =>
    run(
      'INSERT OR REPLACE INTO full_rate (series, start, until, data) VALUES (?, ?, ?, ?)',
      series,
      from,
      until,
      encodeChanges(changes, from),
    );

  /** Tells the buckets of one level within a time. @returns the times of which this level has no rows */
  const bucketsIn = (series: number, { table, slotMs, slots }: Level, span: Span, tell: TellStretch): Span[] => {
    const chunkMs = slotMs * slots;
    const rows = all(
      `SELECT start, data FROM ${table} WHERE series = ? AND start > ? AND start < ? ORDER BY start`,
      series,
      span.from - chunkMs,
      span.to,
    );
    const holes: Span[] = [];
    let reached = span.from;
    for (const row of rows) {
      const start = number(row.start);
      if (start > reached) holes.push({ from: reached, to: start });
      reached = start + chunkMs;
      decodeBuckets(bytes(row.data), (slot, min, max, mean, known) => {
        const from = start + slot * slotMs;
        const to = from + slotMs;
        if (from < span.to && to > span.from) {
          tell(Math.max(from, span.from), Math.min(to, span.to), min, max, mean, known);
        }
      });
    }
    if (reached < span.to) holes.push({ from: reached, to: span.to });
    return holes;
  };

  const fullIn = (series: number, span: Span, tell: TellStretch): Span[] => {
    // No run is longer than an hour, which the key can be searched by.
    const rows = all(
      'SELECT start, until, data FROM full_rate WHERE series = ? AND start > ? AND start < ? AND until > ? ORDER BY start',
      series,
      span.from - HOUR_MS,
      span.to,
      span.from,
    );
    const holes: Span[] = [];
    let reached = span.from;
    for (const row of rows) {
      const start = number(row.start);
      const until = number(row.until);
      if (start > reached) holes.push({ from: reached, to: start });
      reached = Math.max(reached, until);
      decodeChanges(bytes(row.data), start, until, (from, to, value) => {
        if (from < span.to && to >= span.from) {
          tell(Math.max(from, span.from), Math.min(to, span.to), value, value, value, 1);
        }
      });
    }
    if (reached < span.to) holes.push({ from: reached, to: span.to });
    return holes;
  };

  /** Tells a time as finely as asked for, and where that is not kept any more, as finely as it is. Not in order. */
  const stretchesIn = (series: number, level: number, span: Span, tell: TellStretch): void => {
    if (level >= LEVELS.length) return;
    const coarser = (hole: Span): void => stretchesIn(series, level + 1, hole, tell);
    const kept = LEVELS[level];
    const holes = kept ? bucketsIn(series, kept, span, tell) : fullIn(series, span, tell);
    holes.forEach(coarser);
  };

  return { putBuckets, putFullRate, bucketsIn, stretchesIn };
}

const emptyColumns = (slots: number): BucketColumns => ({
  min: new Float64Array(slots).fill(NaN),
  max: new Float64Array(slots).fill(NaN),
  mean: new Float64Array(slots).fill(NaN),
  known: new Float64Array(slots),
});

function setBucket(columns: BucketColumns, slot: number, min: number, max: number, mean: number, known: number): void {
  columns.min[slot] = min;
  columns.max[slot] = max;
  columns.mean[slot] = mean;
  columns.known[slot] = known;
}
