/**
 * The owner of history: follows every UPS, writes what happened in batches, and answers what is asked of the past.
 * A disk that cannot be written to is told once and tried again; meanwhile what happens is held in memory.
 */
import { AppError, describeError, HistoryError } from '#domain/errors.ts';
import { findVariable } from '#domain/nut/variables.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { numberOf } from '#engine/state/readings.ts';
import type { UpsChange } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { gridOf, joinSpans, type Grid, type Span } from './downsample.ts';
import {
  CHECKED_PARTS,
  type HistoryBatch,
  type HistoryRow,
  type HistoryStore,
  type IncidentQuery,
  type Integral,
  type SeriesColumns,
  type StatusChange,
  type TextChange,
} from './history-store.ts';
import { HOUR_MS } from './levels.ts';
import { createRecording } from './recording.ts';
import { historyReason, isBroken, openHistory, setAside } from './sqlite-file.ts';

/** How often what happened is written: a power cut takes no more than this. */
const BATCH_MS = 10_000;
/** Beginnings and ends of incidents do not wait for it; what listens to them goes first. */
const SOON_MS = 200;
/** Hours and parts of the file are worked on one after the other, with time for everything else between. */
const TURN_MS = 20;
/** What is held while the disk cannot be written to; about five hours of a talkative UPS. */
const MOST_HELD_CHANGES = 50_000;

export interface RangeAnswer extends Grid {
  readonly series: readonly SeriesColumns[];
  readonly outages: readonly (Span & { readonly ups: string })[];
  /** Where history of these UPSes begins. */
  readonly oldest: number | undefined;
}

export interface RangeQuestion extends Span {
  readonly ups: readonly string[];
  readonly variables: readonly string[];
  readonly points: number;
}

export interface History {
  /** Opens the file. @returns incidents that lasted when the program ended, and the newest ones, newest first */
  start(): Promise<readonly Incident[]>;
  /** Until when a UPS was watched before this start. */
  watchedUntil(ups: string): number | undefined;
  /** An incident began, changed or ended. */
  record(incident: Incident): void;
  range(question: RangeQuestion): RangeAnswer;
  incidents(query: IncidentQuery): readonly Incident[];
  statuses(ups: string, span: Span, limit: number): readonly StatusChange[];
  /** What a person said about a UPS, kept with what the UPS says. */
  note(ups: string, variable: string, value: string): void;
  /** How words about a UPS changed, oldest first. */
  texts(ups: string, variables: readonly string[]): readonly TextChange[];
  /** Readings as finely as they are kept, by variable and time. */
  rows(ups: string, span: Span, variables: readonly string[]): readonly HistoryRow[];
  /** A variable added up between each two edges. */
  integrals(ups: string, variable: string, edges: readonly number[]): readonly Integral[];
  /** The history of a UPS goes on under its new name. */
  renameUps(name: string, next: string): void;
  /** Why nothing is written at present. */
  readonly problem: AppError | undefined;
  stop(): Promise<void>;
}

export interface HistoryParts {
  readonly store: UpsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly file: string;
}

const RESTORED_INCIDENTS = 200;

/** Words of which every change is kept: what tells a new battery, and how its tests went. */
const KEPT_TEXTS = new Set(['battery.date', 'battery.mfr.date', 'ups.test.date', 'ups.test.result']);

/** Numbers that are measured or set; what only looks like a number, as a serial number, is none. */
function isRecorded(variable: string): boolean {
  if (/^driver\./i.test(variable)) return false;
  const info = findVariable(variable);
  return info ? info.type === 'number' : !/^(device|experimental)\./i.test(variable);
}

export function createHistory({ store, clock, log, file }: HistoryParts): History {
  const recording = createRecording();
  /** UPSes of which something is known at present. */
  const known = new Set<string>();
  const isRecordedName = new Map<string, boolean>();
  let rows: HistoryBatch['rows'] = [];
  let statuses: StatusChange[] = [];
  let texts: TextChange[] = [];
  const incidents = new Map<number, Incident>();
  const announced = new Set<number>();

  let kept: HistoryStore | undefined;
  /** Nothing is written to a file before it was looked through. */
  let isChecked = false;
  let problem: AppError | undefined;
  let isOpening = false;
  let isStopped = false;
  let workedHour: number | undefined;
  let syncing: Promise<void> = Promise.resolve();
  const stops: Stop[] = [];
  let cancelSoon: Stop | undefined;
  let cancelTurn: Stop | undefined;

  const cannotWrite = (error: unknown): AppError =>
    error instanceof AppError
      ? (error as AppError)
      : new HistoryError('history/cannot-write', { file, reason: historyReason(error) }, error);
  const fail = (error: AppError): void => {
    if (!problem) log.warn(describeError(error));
    problem = error;
  };

  const setAsideBroken = (reason: Parameters<typeof setAside>[1]): void => {
    const broken = kept;
    kept = undefined;
    isChecked = false;
    cancelTurn?.();
    const replace = async (): Promise<void> => {
      try {
        broken?.close();
        setAside(file, reason, log, clock.now());
      } catch (error) {
        fail(cannotWrite(error));
      }
      await openAgain();
    };
    void replace();
  };

  /** Does something with the file; what fails is told once. @returns undefined when it was not done */
  const attempt = <Result>(act: (history: HistoryStore) => Result): { readonly result: Result } | undefined => {
    if (!kept) return undefined;
    try {
      return { result: act(kept) };
    } catch (error) {
      if (isBroken(error)) setAsideBroken(historyReason(error));
      else fail(cannotWrite(error));
      return undefined;
    }
  };

  const openAgain = async (): Promise<void> => {
    if (isOpening || isStopped || kept) return;
    isOpening = true;
    try {
      kept = await openHistory(file, log, () => clock.now());
      checkFrom(0);
    } catch (error) {
      fail(cannotWrite(error));
    } finally {
      isOpening = false;
    }
  };

  const checkFrom = (place: number): void => {
    const part = CHECKED_PARTS[place];
    if (part === undefined) {
      isChecked = true;
      return;
    }
    cancelTurn = clock.after(TURN_MS, () => {
      const looked = attempt((history) => history.check(part));
      if (looked?.result !== undefined) setAsideBroken(looked.result);
      else if (looked) checkFrom(place + 1);
    });
  };

  const follow = (change: UpsChange): void => {
    const state = store.get(change.ups);
    if (!state) return;
    const { name } = state.config;
    if (state.availability !== 'available') {
      recording.lose(name, change.at);
      known.delete(name);
      return;
    }
    const names = known.has(name)
      ? [...Object.keys(change.set), ...change.removed]
      : [...state.variables.values()].map((variable) => variable.name);
    known.add(name);
    for (const variable of names) {
      let isNumber = isRecordedName.get(variable);
      if (isNumber === undefined) isRecordedName.set(variable, (isNumber = isRecorded(variable)));
      if (isNumber) recording.note(name, change.at, variable, numberOf(state, variable.toLowerCase()));
      const value = state.variables.get(variable)?.value;
      if (value !== undefined && variable === 'ups.status') statuses.push({ ups: name, at: change.at, status: value });
      if (value !== undefined && KEPT_TEXTS.has(variable)) texts.push({ ups: name, at: change.at, variable, value });
    }
  };

  const gather = (): void => {
    const now = clock.now();
    for (const name of known) {
      if (store.get(name)?.config.name === name) continue;
      recording.lose(name, now);
      known.delete(name);
    }
    const taken = recording.take(now);
    if (taken.length > 0) rows = [...rows, ...taken];
    let held = 0;
    const from = rows.findLastIndex(({ changes }) => (held += changes.length) > MOST_HELD_CHANGES);
    if (from >= 0) rows = rows.slice(from + 1);
  };

  const flush = (): void => {
    gather();
    if (!kept) void openAgain();
    const isNothing = rows.length + statuses.length + texts.length + incidents.size === 0;
    if (!kept || !isChecked || isNothing) return;
    if (!attempt((history) => history.write({ rows, statuses, texts, incidents: [...incidents.values()] }))) return;
    rows = [];
    statuses = [];
    texts = [];
    incidents.clear();
    if (problem) log.info('History is written again.');
    problem = undefined;
    const written = kept;
    // One after the other; the caller does not wait for the disk.
    syncing = syncing
      .then(() => written.sync())
      .catch((error: unknown) => {
        if (kept === written) fail(cannotWrite(error));
      });
  };

  /** Full hours become buckets, one in each turn; then what is too old goes. */
  const work = (): void => {
    const now = clock.now();
    const compacted = attempt((history) => history.compact(now));
    if (!compacted) return;
    if (compacted.result) {
      cancelTurn = clock.after(TURN_MS, work);
      return;
    }
    if (attempt((history) => history.retain(now))) workedHour = Math.floor(now / HOUR_MS);
  };

  const batch = (): void => {
    flush();
    if (kept && isChecked && !problem && workedHour !== Math.floor(clock.now() / HOUR_MS)) {
      cancelTurn?.();
      cancelTurn = clock.after(TURN_MS, work);
    }
  };

  /** What was asked of a file that turns out to be broken is answered as if there were none. */
  const read = <Result>(otherwise: Result, ask: (history: HistoryStore) => Result): Result => {
    flush();
    return attempt(ask)?.result ?? otherwise;
  };

  return {
    async start() {
      stops.push(store.subscribe(follow), clock.every(BATCH_MS, batch));
      await openAgain();
      const found = attempt((history) => [
        ...history.incidents({ limit: RESTORED_INCIDENTS }),
        ...history.incidents({ since: Number.MAX_SAFE_INTEGER, limit: RESTORED_INCIDENTS }),
      ]);
      const restored = new Map(found?.result.map((incident) => [incident.id, incident]));
      for (const id of restored.keys()) announced.add(id);
      return [...restored.values()];
    },
    watchedUntil(ups) {
      return attempt((history) => history.watchedUntil(ups))?.result;
    },
    record(incident) {
      incidents.set(incident.id, incident);
      if (announced.has(incident.id) && incident.endedAt === undefined) return;
      announced.add(incident.id);
      cancelSoon?.();
      cancelSoon = clock.after(SOON_MS, flush);
    },
    range({ ups, variables, from, to, points }) {
      const grid = gridOf(from, to, points);
      return read({ ...grid, series: [], outages: [], oldest: undefined }, (history) => {
        const oldest = ups.flatMap((name) => history.oldest(name) ?? []);
        return {
          ...grid,
          series: ups.flatMap((name) => history.range(name, variables, grid)),
          outages: ups.flatMap((name) =>
            joinSpans(history.outages(name, { from, to }, clock.now()), grid.stepMs).map((span) => ({
              ...span,
              ups: name,
            })),
          ),
          oldest: oldest.length === 0 ? undefined : Math.min(...oldest),
        };
      });
    },
    incidents: (query) => read<readonly Incident[]>([], (history) => history.incidents(query)),
    statuses: (ups, span, limit) => read<readonly StatusChange[]>([], (history) => history.statuses(ups, span, limit)),
    note(ups, variable, value) {
      texts.push({ ups, at: clock.now(), variable, value });
      flush();
    },
    texts: (ups, variables) => read<readonly TextChange[]>([], (history) => history.texts(ups, variables)),
    rows: (ups, span, variables) =>
      read<readonly HistoryRow[]>([], (history) => [...history.rows(ups, span, variables)]),
    integrals: (ups, variable, edges) =>
      read<readonly Integral[]>(
        edges.slice(1).map(() => ({ sum: 0, knownMs: 0 })),
        (history) => history.integrals(ups, variable, edges),
      ),
    renameUps(name, next) {
      // What is held for it goes into the file under the old name first.
      flush();
      recording.rename(name, next);
      if (known.delete(name)) known.add(next);
      attempt((history) => history.renameUps(name, next, clock.now()));
    },
    get problem() {
      return problem;
    },
    async stop() {
      if (isStopped) return;
      for (const stop of stops) stop();
      cancelSoon?.();
      cancelTurn?.();
      // What little there is goes into a file that was not looked through yet as well.
      isChecked = true;
      flush();
      isStopped = true;
      await syncing;
      kept?.close();
      kept = undefined;
    },
  };
}
