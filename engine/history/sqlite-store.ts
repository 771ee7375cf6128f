/** History in one SQLite file. Rows hold many values each (chunk-codec.ts); what is fresh stands in a journal. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Incident } from '#domain/schema/snapshot.ts';
import { columnsOf, type Span } from './downsample.ts';
import type { CheckedPart, HistoryStore, IncidentQuery, SeriesColumns, StatusChange } from './history-store.ts';
import { replay, type JournalRow } from './journal.ts';
import { LEVELS, levelFor } from './levels.ts';
import { addStretch, createBins, type Bins } from './rollup.ts';
import { adderTo, createChunks, FULL_RATE } from './sqlite-chunks.ts';
import { createNames } from './sqlite-names.ts';
import { createSession, number, type Row } from './sqlite-session.ts';
import { createUpkeep, readJournalRow } from './sqlite-upkeep.ts';

/** SQLite's name for a database without a file. */
export const IN_MEMORY = ':memory:';
/** Shorter times of which nothing is known are no gap: two readings of a slow unit lie further apart. */
const GAP_MS = 1000;

const QUARTERS = LEVELS.findIndex(({ table }) => table === 'quarters');
/** A bucket on the edge of two periods is shared out by time: of a hundred in each, that is nothing one could see. */
const STEPS_IN_PERIOD = 90;

/** @param edges sorted @returns the place of the last one that is not after a moment, 0 at least */
function lastAtOrBefore(edges: readonly number[], at: number): number {
  let [low, high] = [0, edges.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** @param file of the database that is open and has its tables (sqlite-file.ts) */
export function createSqliteStore(database: DatabaseSync, file: string): HistoryStore {
  const session = createSession(database);
  const { all, get, run, inTransaction } = session;
  const names = createNames(session);
  const chunks = createChunks(session);
  const upkeep = createUpkeep(session, names, chunks);

  let lastRow = number(get('SELECT max(id) AS id FROM journal')?.id);
  /** What is written first after an opening may be there: its thread ended before it could say so. */
  let isFirst = true;
  const isThere = (ups: number, since: number, until: number, changes: string): boolean =>
    get(
      'SELECT 1 FROM journal WHERE ups = ? AND since = ? AND until = ? AND changes = ?',
      ups,
      since,
      until,
      changes,
    ) !== undefined;

  const journalOf = (ups: number): JournalRow<number>[] =>
    all('SELECT since, until, changes FROM journal WHERE ups = ? ORDER BY id', ups).map(readJournalRow);

  const incidentOf = (row: Row): Incident => ({
    id: number(row.id),
    ups: String(row.name),
    kind: String(row.kind) as Incident['kind'],
    startedAt: number(row.started_at),
    ...(row.ended_at === null ? {} : { endedAt: number(row.ended_at) }),
    ...(JSON.parse(String(row.facts)) as Partial<Incident>),
  });

  return {
    write({ rows, statuses, texts, incidents }) {
      inTransaction(() => {
        for (const { ups: name, since, until, changes } of rows) {
          const ups = names.of(name);
          const told = changes.flatMap(({ at, key, value }) => [
            at - since,
            names.seriesOf(ups, key),
            Number.isNaN(value) ? null : value,
          ]);
          const text = JSON.stringify(told);
          if (isFirst && isThere(ups, since, until, text)) continue;
          lastRow += 1;
          run(
            'INSERT INTO journal (ups, id, since, until, changes) VALUES (?, ?, ?, ?, ?)',
            ups,
            lastRow,
            since,
            until,
            text,
          );
        }
        for (const { ups, at, status } of statuses) {
          run('INSERT OR REPLACE INTO status (ups, at, status) VALUES (?, ?, ?)', names.of(ups), at, status);
        }
        for (const { ups: name, at, variable, value } of texts) {
          const ups = names.of(name);
          const newest = get('SELECT value FROM texts WHERE ups = ? AND variable = ? ORDER BY at DESC', ups, variable);
          if (newest?.value === value) continue;
          run('INSERT OR REPLACE INTO texts (ups, variable, at, value) VALUES (?, ?, ?, ?)', ups, variable, at, value);
        }
        for (const { id, ups, kind, startedAt, endedAt, ...facts } of incidents) {
          run(
            'INSERT OR REPLACE INTO incident (id, ups, kind, started_at, ended_at, facts) VALUES (?, ?, ?, ?, ?, ?)',
            id,
            names.of(ups),
            kind,
            startedAt,
            endedAt ?? null,
            JSON.stringify(facts),
          );
        }
      });
      isFirst = false;
    },

    sync() {
      if (file === IN_MEMORY) return;
      // What a commit adds stands in the log beside the file; the file itself is synced when the log is taken over.
      const log = openSync(`${file}-wal`, 'r+');
      try {
        fdatasyncSync(log);
      } finally {
        closeSync(log);
      }
    },

    compact: (now) => upkeep.compact(now),
    retain: (now) => upkeep.retain(now),

    check(part: CheckedPart) {
      const [told] = Object.values(database.prepare(`PRAGMA quick_check(${part})`).get() ?? {});
      return told === 'ok' ? undefined : String(told);
    },

    variables: () =>
      all('SELECT ups.name, variable FROM series JOIN ups ON ups.id = series.ups ORDER BY ups.name, variable').map(
        (row) => ({ ups: String(row.name), variable: String(row.variable) }),
      ),

    range(name, variables, grid) {
      const ups = names.find(name);
      if (ups === undefined) return [];
      const wanted = new Set(variables.map((variable) => variable.toLowerCase()));
      const span = { from: grid.from, to: grid.from + grid.stepMs * grid.count };
      const gathered = new Map<number, { variable: string; bins: Bins }>();
      for (const { id, variable } of names.allSeries(ups)) {
        if (!wanted.has(variable.toLowerCase())) continue;
        const bins = createBins(grid.from, grid.stepMs, grid.count);
        gathered.set(id, { variable, bins });
        chunks.stretchesIn(id, levelFor(grid.stepMs), span, adderTo(bins));
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

    integrals(name, variable, edges) {
      const sums = edges.slice(1).map(() => ({ sum: 0, knownMs: 0 }));
      const ups = names.find(name);
      const [from, to] = [edges[0], edges.at(-1)];
      if (ups === undefined || from === undefined || to === undefined) return sums;
      const add = (start: number, end: number, mean: number, known: number): void => {
        for (let place = lastAtOrBefore(edges, start); place < sums.length; place += 1) {
          const [begin = 0, close = 0, period] = [edges[place], edges[place + 1], sums[place]];
          if (begin >= end || !period) return;
          const ms = Math.max(0, Math.min(end, close) - Math.max(start, begin)) * known;
          period.sum += ms * mean;
          period.knownMs += ms;
        }
      };
      const shortest = Math.min(...sums.map((_, place) => (edges[place + 1] ?? 0) - (edges[place] ?? 0)));
      const fresh = journalOf(ups);
      for (const { id, variable: known } of names.allSeries(ups)) {
        if (known.toLowerCase() !== variable.toLowerCase()) continue;
        const level = Math.max(QUARTERS, levelFor(shortest / STEPS_IN_PERIOD));
        chunks.stretchesIn(id, level, { from, to }, (start, end, _min, _max, mean, share) =>
          add(start, end, mean, share),
        );
        replay(fresh, (series, start, end, value) => {
          if (series === id && start < to && end > from) add(Math.max(start, from), Math.min(end, to), value, 1);
        });
      }
      return sums;
    },

    outages(name, { from, to }, now) {
      const ups = names.find(name);
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
      const ups = names.find(name);
      if (ups === undefined) return undefined;
      const found = [
        ...names.allSeries(ups).map(({ id }) => get('SELECT min(start) AS at FROM full_rate WHERE series = ?', id)?.at),
        ...names.allSeries(ups).map(({ id }) => get('SELECT min(start) AS at FROM quarters WHERE series = ?', id)?.at),
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
      const ups = names.find(name);
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

    texts(name, variables) {
      const ups = names.find(name);
      if (ups === undefined) return [];
      return all(
        `SELECT variable, at, value FROM texts
         WHERE ups = ? AND variable IN (SELECT value FROM json_each(?)) ORDER BY at, variable`,
        ups,
        JSON.stringify(variables),
      ).map((row) => ({
        ups: name,
        at: number(row.at),
        variable: String(row.variable),
        value: String(row.value),
      }));
    },

    *rows(name, span, variables) {
      const ups = names.find(name);
      if (ups === undefined) return;
      const fresh = journalOf(ups);
      for (const { id, variable } of names.allSeries(ups)) {
        if (variables?.includes(variable) === false) continue;
        const stretches: (Span & { readonly min: number; readonly mean: number; readonly max: number })[] = [];
        chunks.stretchesIn(id, FULL_RATE, span, (from, to, min, max, mean) => {
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
      const ups = names.find(name);
      if (ups === undefined) return undefined;
      const found = [
        get('SELECT max(until) AS at FROM journal WHERE ups = ?', ups)?.at,
        ...names
          .allSeries(ups)
          .map(
            ({ id }) => get('SELECT until AS at FROM full_rate WHERE series = ? ORDER BY start DESC LIMIT 1', id)?.at,
          ),
      ].flatMap((at) => (typeof at === 'number' ? [at] : []));
      return found.length === 0 ? undefined : Math.max(...found);
    },

    renameUps(name, next, now) {
      const ups = names.find(name);
      if (ups === undefined) return;
      inTransaction(() => {
        const other = names.find(next);
        if (other !== undefined && other !== ups) {
          const date = new Date(now).toISOString().slice(0, 19);
          run('UPDATE ups SET name = ? WHERE id = ?', `${next} (before ${date})`, other);
        }
        run('UPDATE ups SET name = ? WHERE id = ?', next, ups);
      });
      names.forget();
    },

    close: () => session.close(),
  };
}
