/** What is done with the file now and then: full hours become buckets, and what is too old goes. */
import type { Incident } from '#domain/schema/snapshot.ts';
import { decodeChanges } from './chunk-codec.ts';
import type { Span } from './downsample.ts';
import { replay, type JournalRow } from './journal.ts';
import {
  FULL_RATE_MS,
  HOUR_MS,
  KEPT_INCIDENTS,
  KEPT_TEXTS,
  keptSpans,
  LEVELS,
  OUTAGES,
  partsWithin,
  STATUSES_MS,
  type Level,
} from './levels.ts';
import { addStretch, createBins, type Bins } from './rollup.ts';
import { adderTo, extend, type Run, type SqliteChunks } from './sqlite-chunks.ts';
import type { SqliteNames } from './sqlite-names.ts';
import { bytes, number, type Row, type SqliteSession } from './sqlite-session.ts';

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

export function readJournalRow(row: Row): JournalRow<number> {
  const since = number(row.since);
  const told = JSON.parse(String(row.changes)) as (number | null)[];
  const changes: { at: number; key: number; value: number }[] = [];
  for (let place = 0; place + 2 < told.length; place += 3) {
    changes.push({ at: since + (told[place] ?? 0), key: told[place + 1] ?? 0, value: told[place + 2] ?? NaN });
  }
  return { since, until: number(row.until), changes };
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

export interface SqliteUpkeep {
  /** Turns one hour of one UPS from the journal into buckets. @returns whether there was one */
  compact(now: number): boolean;
  /** Takes away what need not be kept any more. */
  retain(now: number): void;
}

export function createUpkeep(session: SqliteSession, names: SqliteNames, chunks: SqliteChunks): SqliteUpkeep {
  const { all, get, run, inTransaction } = session;
  const { bucketsIn, putBuckets, putFullRate } = chunks;

  const compactHour = (ups: number, hour: number): void => {
    const start = hour * HOUR_MS;
    const rows = all(
      'SELECT since, until, changes FROM journal WHERE ups = ? AND since >= ? AND since < ? ORDER BY id',
      ups,
      start,
      start + HOUR_MS,
    ).map(readJournalRow);
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

  const trimFullRate = (ups: number, window: Span, spans: readonly Span[]): void => {
    for (const { id } of names.allSeries(ups)) {
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
          for (const { id: series } of names.allSeries(ups)) {
            for (const { table, keptMs, slotMs, slots } of LEVELS) {
              run(`DELETE FROM ${table} WHERE series = ? AND start < ?`, series, now - keptMs - slotMs * slots);
            }
          }
          run(
            `DELETE FROM texts WHERE ups = ?1 AND at <= (
               SELECT at FROM texts AS newer WHERE newer.ups = ?1 AND newer.variable = texts.variable
               ORDER BY at DESC LIMIT 1 OFFSET ${KEPT_TEXTS})`,
            ups,
          );
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
  };
}
