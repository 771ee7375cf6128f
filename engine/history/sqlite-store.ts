/** History in one SQLite file. Rows hold many values each (chunk-codec.ts); what is fresh stands in a journal. */
import { open } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Incident } from '#domain/schema/snapshot.ts';
import {
  decodeBuckets,
  decodeChanges,
  encodeBuckets,
  encodeChanges,
  type BucketColumns,
  type Change,
} from './chunk-codec.ts';
import { columnsOf, type Span } from './downsample.ts';
import type { CheckedPart, HistoryStore, IncidentQuery, SeriesColumns, StatusChange } from './history-store.ts';
import { replay, type JournalRow } from './journal.ts';
import {
  FULL_RATE_MS,
  HOUR_MS,
  KEPT_INCIDENTS,
  keptSpans,
  LEVELS,
  levelFor,
  OUTAGES,
  partsWithin,
  STATUSES_MS,
  type Level,
} from './levels.ts';
import { addStretch, createBins, meanOf, type Bins } from './rollup.ts';

type Row = Record<string, null | number | bigint | string | NodeJS.NonSharedUint8Array>;
type TellStretch = (start: number, end: number, min: number, max: number, mean: number, known: number) => void;

/** SQLite's name for a database without a file. */
export const IN_MEMORY = ':memory:';
/** Before the first of LEVELS. */
const FULL_RATE = -1;
/** Shorter times of which nothing is known are no gap: two readings of a slow unit lie further apart. */
const GAP_MS = 1000;

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
const number = (value: Row[string] | undefined): number => Number(value);
const bytes = (value: Row[string] | undefined): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());

/** @param file of the database that is open and has its tables (sqlite-file.ts) */
export function createSqliteStore(database: DatabaseSync, file: string): HistoryStore {
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known) return known;
    const made = database.prepare(text);
    prepared.set(text, made);
    return made;
  };
  const all = (text: string, ...values: (number | string | null)[]): Row[] => sql(text).all(...values);
  const get = (text: string, ...values: (number | string | null)[]): Row | undefined => sql(text).get(...values);
  const run = (text: string, ...values: (number | string | Uint8Array | null)[]): void => {
    sql(text).run(...values);
  };
  const inTransaction = (change: () => void): void => {
    database.exec('BEGIN IMMEDIATE');
    try {
      change();
      database.exec('COMMIT');
    } catch (error) {
      // Some errors have ended the transaction already.
      if (database.isTransaction) database.exec('ROLLBACK');
      upsIds.clear();
      seriesIds.clear();
      throw error;
    }
  };

  const upsIds = new Map<string, number>();
  const seriesIds = new Map<string, number>();
  const findUps = (name: string): number | undefined => {
    const known = upsIds.get(name.toLowerCase());
    if (known !== undefined) return known;
    const row = get('SELECT id FROM ups WHERE name = ?', name);
    if (row) upsIds.set(name.toLowerCase(), number(row.id));
    return row && number(row.id);
  };
  const upsOf = (name: string): number => {
    const known = findUps(name);
    if (known !== undefined) return known;
    run('INSERT INTO ups (name) VALUES (?)', name);
    return upsOf(name);
  };
  const seriesOf = (ups: number, variable: string): number => {
    const key = `${ups} ${variable}`;
    const known = seriesIds.get(key);
    if (known !== undefined) return known;
    run('INSERT OR IGNORE INTO series (ups, variable) VALUES (?, ?)', ups, variable);
    const id = number(get('SELECT id FROM series WHERE ups = ? AND variable = ?', ups, variable)?.id);
    seriesIds.set(key, id);
    return id;
  };
  const seriesOfUps = (ups: number): { id: number; variable: string }[] =>
    all('SELECT id, variable FROM series WHERE ups = ? ORDER BY variable', ups).map((row) => ({
      id: number(row.id),
      variable: String(row.variable),
    }));

  let lastRow = number(get('SELECT max(id) AS id FROM journal')?.id);

  const journalOf = (ups: number): JournalRow<number>[] =>
    all('SELECT since, until, changes FROM journal WHERE ups = ? ORDER BY id', ups).map(readRow);

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

  const compactHour = (ups: number, hour: number): void => {
    const start = hour * HOUR_MS;
    const rows = all(
      'SELECT since, until, changes FROM journal WHERE ups = ? AND since >= ? AND since < ? ORDER BY id',
      ups,
      start,
      start + HOUR_MS,
    ).map(readRow);
    const hours = new Map<number, HourOfSeries>();
    replay(rows, (series, from, to, value) => {
      let gathered = hours.get(series);
      if (!gathered) hours.set(series, (gathered = emptyHour(start)));
      addToHour(gathered, from, to, value);
    });
    for (const [series, { runs, minutes, quarters }] of hours) {
      for (const one of runs) putFullRate(series, one);
      putBuckets(series, LEVELS[0], minutes);
      putBuckets(series, LEVELS[1], quarters);
      const { slotMs } = LEVELS[2];
      const watch = createBins(Math.floor(start / slotMs) * slotMs, slotMs, 1);
      bucketsIn(series, LEVELS[1], { from: watch.from, to: watch.from + slotMs }, adderTo(watch));
      putBuckets(series, LEVELS[2], watch);
    }
    run('DELETE FROM journal WHERE ups = ? AND since >= ? AND since < ?', ups, start, start + HOUR_MS);
  };

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

  const incidentOf = (row: Row): Incident => ({
    id: number(row.id),
    ups: String(row.name),
    kind: String(row.kind) as Incident['kind'],
    startedAt: number(row.started_at),
    ...(row.ended_at === null ? {} : { endedAt: number(row.ended_at) }),
    ...(JSON.parse(String(row.facts)) as Partial<Incident>),
  });

  const trimFullRate = (ups: number, window: Span, spans: readonly Span[]): void => {
    for (const { id } of seriesOfUps(ups)) {
      const rows = all(
        'SELECT start, until, data FROM full_rate WHERE series = ? AND start >= ? AND start < ?',
        id,
        window.from,
        window.to,
      );
      for (const row of rows) {
        const start = number(row.start);
        const until = number(row.until);
        const parts = partsWithin({ from: start, to: until }, spans);
        if (parts[0]?.from === start && parts[0].to === until) continue;
        run('DELETE FROM full_rate WHERE series = ? AND start = ?', id, start);
        for (const part of parts) {
          const kept: Run = { from: part.from, until: part.from, changes: [] };
          decodeChanges(bytes(row.data), start, until, (from, to, value) => {
            if (to < part.from || from > part.to) return;
            extend(kept, Math.max(from, part.from), Math.min(to, part.to), value);
          });
          if (kept.changes.length > 0) putFullRate(id, kept);
        }
      }
    }
  };

  /** A bound up to which something was done already, so that it is not looked at again. */
  const mark = (name: string, now: number): number => {
    const before = number(get('SELECT value FROM mark WHERE name = ?', name)?.value ?? 0);
    run('INSERT OR REPLACE INTO mark (name, value) VALUES (?, ?)', name, now);
    return before;
  };

  return {
    write({ rows, statuses, incidents }) {
      inTransaction(() => {
        for (const { ups: name, since, until, changes } of rows) {
          const ups = upsOf(name);
          const told = changes.flatMap(({ at, key, value }) => [
            at - since,
            seriesOf(ups, key),
            Number.isNaN(value) ? null : value,
          ]);
          lastRow += 1;
          run(
            'INSERT INTO journal (ups, id, since, until, changes) VALUES (?, ?, ?, ?, ?)',
            ups,
            lastRow,
            since,
            until,
            JSON.stringify(told),
          );
        }
        for (const { ups, at, status } of statuses) {
          run('INSERT OR REPLACE INTO status (ups, at, status) VALUES (?, ?, ?)', upsOf(ups), at, status);
        }
        for (const { id, ups, kind, startedAt, endedAt, ...facts } of incidents) {
          run(
            'INSERT OR REPLACE INTO incident (id, ups, kind, started_at, ended_at, facts) VALUES (?, ?, ?, ?, ?, ?)',
            id,
            upsOf(ups),
            kind,
            startedAt,
            endedAt ?? null,
            JSON.stringify(facts),
          );
        }
      });
    },

    async sync() {
      if (file === IN_MEMORY) return;
      // What a commit adds stands in the log beside the file; the file itself is synced when the log is taken over.
      const log = await open(`${file}-wal`, 'r+');
      try {
        await log.datasync();
      } finally {
        await log.close();
      }
    },

    compact(now) {
      const row = get(
        `SELECT ups, since / ${HOUR_MS} AS hour FROM journal WHERE since / ${HOUR_MS} <> ? ORDER BY id LIMIT 1`,
        hourOf(now),
      );
      if (!row) return false;
      inTransaction(() => compactHour(number(row.ups), number(row.hour)));
      return true;
    },

    retain(now) {
      inTransaction(() => {
        const fullWindow = { to: now - FULL_RATE_MS, from: mark('full', now - FULL_RATE_MS) };
        const statusWindow = { to: now - STATUSES_MS, from: mark('status', now - STATUSES_MS) };
        for (const { id: ups } of all('SELECT id FROM ups').map((row) => ({ id: number(row.id) }))) {
          const kept = keptSpans(
            all('SELECT kind, started_at, ended_at FROM incident WHERE ups = ?', ups).map((row) => ({
              kind: String(row.kind) as Incident['kind'],
              startedAt: number(row.started_at),
              ...(row.ended_at === null ? {} : { endedAt: number(row.ended_at) }),
            })),
            now,
          );
          trimFullRate(ups, fullWindow, kept);
          for (const { at } of all(
            'SELECT at FROM status WHERE ups = ? AND at >= ? AND at < ?',
            ups,
            statusWindow.from,
            statusWindow.to,
          ).map((row) => ({ at: number(row.at) }))) {
            if (!kept.some(({ from, to }) => from <= at && at <= to)) {
              run('DELETE FROM status WHERE ups = ? AND at = ?', ups, at);
            }
          }
          for (const { id: series } of seriesOfUps(ups)) {
            for (const { table, keptMs, slotMs, slots } of LEVELS) {
              run(`DELETE FROM ${table} WHERE series = ? AND start < ?`, series, now - keptMs - slotMs * slots);
            }
          }
          const kinds = OUTAGES.map((kind) => `'${kind}'`).join(', ');
          run(
            `DELETE FROM incident WHERE ups = ?1 AND kind NOT IN (${kinds}) AND id <= (
               SELECT id FROM incident WHERE ups = ?1 AND kind NOT IN (${kinds})
               ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_INCIDENTS})`,
            ups,
          );
        }
      });
    },

    check(part: CheckedPart) {
      const [told] = Object.values(database.prepare(`PRAGMA quick_check(${part})`).get() ?? {});
      return told === 'ok' ? undefined : String(told);
    },

    variables: () =>
      all('SELECT ups.name, variable FROM series JOIN ups ON ups.id = series.ups ORDER BY ups.name, variable').map(
        (row) => ({ ups: String(row.name), variable: String(row.variable) }),
      ),

    range(name, variables, grid) {
      const ups = findUps(name);
      if (ups === undefined) return [];
      const wanted = new Set(variables.map((variable) => variable.toLowerCase()));
      const span = { from: grid.from, to: grid.from + grid.stepMs * grid.count };
      const gathered = new Map<number, { variable: string; bins: Bins }>();
      for (const { id, variable } of seriesOfUps(ups)) {
        if (!wanted.has(variable.toLowerCase())) continue;
        const bins = createBins(grid.from, grid.stepMs, grid.count);
        gathered.set(id, { variable, bins });
        stretchesIn(id, levelFor(grid.stepMs), span, adderTo(bins));
      }
      replay(journalOf(ups), (series, start, end, value) => {
        const bins = gathered.get(series)?.bins;
        if (bins && start < span.to && end >= span.from) addStretch(bins, start, end, value, value, value);
      });
      return [...gathered.values()].map(({ variable, bins }): SeriesColumns => ({
        ups: name,
        variable,
        ...columnsOf(bins),
      }));
    },

    outages(name, { from, to }, now) {
      const ups = findUps(name);
      if (ups === undefined) return [];
      return all(
        `SELECT started_at, ended_at FROM incident
         WHERE ups = ? AND kind = 'on-battery' AND started_at < ? AND (ended_at IS NULL OR ended_at > ?) ORDER BY id`,
        ups,
        to,
        from,
      ).map((row) => ({ from: number(row.started_at), to: row.ended_at === null ? now : number(row.ended_at) }));
    },

    oldest(name) {
      const ups = findUps(name);
      if (ups === undefined) return undefined;
      const found = [
        ...seriesOfUps(ups).map(({ id }) => get('SELECT min(start) AS at FROM full_rate WHERE series = ?', id)?.at),
        ...seriesOfUps(ups).map(({ id }) => get('SELECT min(start) AS at FROM quarters WHERE series = ?', id)?.at),
        get('SELECT min(since) AS at FROM journal WHERE ups = ?', ups)?.at,
      ].flatMap((at) => (typeof at === 'number' ? [at] : []));
      return found.length === 0 ? undefined : Math.min(...found);
    },

    incidents({ ups, kinds, beforeId, since, limit }: IncidentQuery) {
      const list = (values: readonly string[]): string => JSON.stringify(values);
      return all(
        `SELECT incident.id, ups.name, kind, started_at, ended_at, facts FROM incident JOIN ups ON ups.id = incident.ups
         WHERE (?1 IS NULL OR ups.name IN (SELECT value FROM json_each(?1)))
           AND (?2 IS NULL OR kind IN (SELECT value FROM json_each(?2)))
           AND (?3 IS NULL OR incident.id < ?3)
           AND (?4 IS NULL OR ended_at IS NULL OR ended_at >= ?4)
         ORDER BY incident.id DESC LIMIT ?5`,
        ups ? list(ups) : null,
        kinds ? list(kinds) : null,
        beforeId ?? null,
        since ?? null,
        limit,
      ).map(incidentOf);
    },

    statuses(name, { from, to }, limit) {
      const ups = findUps(name);
      if (ups === undefined) return [];
      const read = (row: Row): StatusChange => ({ ups: name, at: number(row.at), status: String(row.status) });
      return [
        ...all('SELECT at, status FROM status WHERE ups = ? AND at < ? ORDER BY at DESC LIMIT 1', ups, from),
        ...all(
          'SELECT at, status FROM status WHERE ups = ? AND at >= ? AND at <= ? ORDER BY at LIMIT ?',
          ups,
          from,
          to,
          limit,
        ),
      ].map(read);
    },

    *rows(name, span) {
      const ups = findUps(name);
      if (ups === undefined) return;
      const fresh = journalOf(ups);
      for (const { id, variable } of seriesOfUps(ups)) {
        const stretches: (Span & { readonly min: number; readonly mean: number; readonly max: number })[] = [];
        stretchesIn(id, FULL_RATE, span, (from, to, min, max, mean) => {
          stretches.push({ from, to, min, mean, max });
        });
        replay(fresh, (series, start, end, value) => {
          const from = Math.max(start, span.from);
          const to = Math.min(end, span.to);
          if (series === id && from <= to) stretches.push({ from, to, min: value, mean: value, max: value });
        });
        stretches.sort((a, b) => a.from - b.from);
        let reached: number | undefined;
        for (const { from, to, ...value } of stretches) {
          if (reached !== undefined && from - reached > GAP_MS) yield { at: reached, variable, value: undefined };
          yield { at: from, variable, value };
          reached = to;
        }
      }
    },

    watchedUntil(name) {
      const ups = findUps(name);
      if (ups === undefined) return undefined;
      const found = [
        get('SELECT max(until) AS at FROM journal WHERE ups = ?', ups)?.at,
        ...seriesOfUps(ups).map(
          ({ id }) => get('SELECT until AS at FROM full_rate WHERE series = ? ORDER BY start DESC LIMIT 1', id)?.at,
        ),
      ].flatMap((at) => (typeof at === 'number' ? [at] : []));
      return found.length === 0 ? undefined : Math.max(...found);
    },

    renameUps(name, next, now) {
      const ups = findUps(name);
      if (ups === undefined) return;
      inTransaction(() => {
        const other = findUps(next);
        if (other !== undefined && other !== ups) {
          const date = new Date(now).toISOString().slice(0, 19);
          run('UPDATE ups SET name = ? WHERE id = ?', `${next} (before ${date})`, other);
        }
        run('UPDATE ups SET name = ? WHERE id = ?', next, ups);
      });
      upsIds.clear();
    },

    close() {
      prepared.clear();
      if (database.isOpen) database.close();
    },
  };
}

function readRow(row: Row): JournalRow<number> {
  const since = number(row.since);
  const told = JSON.parse(String(row.changes)) as (number | null)[];
  const changes: { at: number; key: number; value: number }[] = [];
  for (let place = 0; place + 2 < told.length; place += 3) {
    changes.push({ at: since + (told[place] ?? 0), key: told[place + 1] ?? 0, value: told[place + 2] ?? NaN });
  }
  return { since, until: number(row.until), changes };
}

/** A time without a break in the full rate. */
interface Run {
  readonly from: number;
  until: number;
  readonly changes: Change[];
}

/** @param from not before the end of the run */
function extend(run: Run, from: number, to: number, value: number): void {
  if (from > run.until && run.changes.length > 0) run.changes.push({ at: run.until, value: NaN });
  run.changes.push({ at: from, value });
  run.until = to;
}

interface HourOfSeries {
  readonly runs: Run[];
  readonly minutes: Bins;
  readonly quarters: Bins;
}

const emptyHour = (start: number): HourOfSeries => {
  const binsOf = ({ slotMs }: Level): Bins => createBins(start, slotMs, HOUR_MS / slotMs);
  return { runs: [], minutes: binsOf(LEVELS[0]), quarters: binsOf(LEVELS[1]) };
};

function addToHour({ runs, minutes, quarters }: HourOfSeries, from: number, to: number, value: number): void {
  addStretch(minutes, from, to, value, value, value);
  addStretch(quarters, from, to, value, value, value);
  const last = runs.at(-1);
  // Before the end of the last run only after the clock was set back.
  if (last && from >= last.until) extend(last, from, to, value);
  else runs.push({ from, until: to, changes: [{ at: from, value }] });
}

const adderTo =
  (bins: Bins): TellStretch =>
  (start, end, min, max, mean, known) =>
    addStretch(bins, start, end, min, max, mean, known);

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
