/**
 * The owner of history: follows every UPS, writes what happened in batches, and answers what is asked of the past. While
 * the file cannot be written, or its disk does not answer, what happens is held in memory. Nothing here waits for the disk
 * that somebody else would have to wait for.
 */
import type { AppError } from '#domain/errors.ts';
import { findVariable } from '#domain/nut/variables.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { Stop } from '#engine/ports.ts';
import { numberOf } from '#engine/state/readings.ts';
import type { UpsChange } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { gridOf, joinSpans, type Grid, type Span } from './downsample.ts';
import { createFileKeeper, type FileKeeperParts } from './file-keeper.ts';
import { createHeldHistory } from './held-history.ts';
import type {
  HistoryFile,
  HistoryRow,
  IncidentQuery,
  Integral,
  SeriesColumns,
  StatusChange,
  TextChange,
} from './history-store.ts';
import { HOUR_MS } from './levels.ts';
import { createRecording } from './recording.ts';

/** How often what happened is written: a power cut takes no more than this. */
const BATCH_MS = 10_000;
/** Beginnings and ends of incidents do not wait for it; what listens to them goes first. */
const SOON_MS = 200;
/** Hours are worked on one after the other, with time for everything else between. */
const TURN_MS = 20;

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
  /** This and what follows reject with HistoryError history/no-answer, where the disk does not answer. */
  range(question: RangeQuestion): Promise<RangeAnswer>;
  incidents(query: IncidentQuery): Promise<readonly Incident[]>;
  statuses(ups: string, span: Span, limit: number): Promise<readonly StatusChange[]>;
  /** What a person said about a UPS, kept with what the UPS says. */
  note(ups: string, variable: string, value: string): void;
  /** How words about a UPS changed, oldest first. */
  texts(ups: string, variables: readonly string[]): Promise<readonly TextChange[]>;
  /** Readings as finely as they are kept, by variable and time. */
  rows(ups: string, span: Span, variables: readonly string[]): Promise<readonly HistoryRow[]>;
  /** A variable added up between each two edges. */
  integrals(ups: string, variable: string, edges: readonly number[]): Promise<readonly Integral[]>;
  /** The history of a UPS goes on under its new name, from what comes next. */
  renameUps(name: string, next: string): void;
  /** Why nothing is written at present. */
  readonly problem: AppError | undefined;
  /** Resolves when everything is in the file and it is closed: never, where the disk does not answer. */
  stop(): Promise<void>;
}

export interface HistoryParts extends FileKeeperParts {
  readonly store: UpsStore;
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

export function createHistory({ store, ...parts }: HistoryParts): History {
  const { clock, log } = parts;
  const keeper = createFileKeeper(parts);
  const recording = createRecording();
  const held = createHeldHistory();
  /** UPSes of which something is known at present. */
  const known = new Set<string>();
  const isRecordedName = new Map<string, boolean>();
  const announced = new Set<number>();
  /** Of before this start. */
  const watched = new Map<string, number>();

  let isDropTold = false;
  let flushing: Promise<void> | undefined;
  let isUnsynced = false;
  let isStopped = false;
  let isWorking = false;
  let workedHour: number | undefined;
  const stops: Stop[] = [];
  let cancelSoon: Stop | undefined;
  let cancelTurn: Stop | undefined;

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
      if (value === undefined) continue;
      if (variable === 'ups.status') held.addStatus({ ups: name, at: change.at, status: value });
      if (KEPT_TEXTS.has(variable)) held.addText({ ups: name, at: change.at, variable, value });
    }
  };

  const gather = (): void => {
    const now = clock.now();
    for (const name of known) {
      if (store.get(name)?.config.name === name) continue;
      recording.lose(name, now);
      known.delete(name);
    }
    held.addRows(recording.take(now));
    if (!held.trim() || isDropTold) return;
    isDropTold = true;
    log.warn('History could not be written for so long that its oldest readings are dropped; incidents are kept.');
  };

  /** Carries out what is held, one step after the other. */
  const carryOut = async (): Promise<void> => {
    let isDone = false;
    for (let step = keeper.isReady ? held.next() : undefined; step; step = held.next()) {
      const now = step;
      const done = await keeper.attempt((history) =>
        now.type === 'write' ? history.write(now) : history.renameUps(now.name, now.next, now.at),
      );
      if (!done) {
        held.failed();
        return;
      }
      held.done();
      isDone = isUnsynced = true;
    }
    if (!isDone) return;
    keeper.written();
    isDropTold = false;
  };

  const flush = (): Promise<void> => {
    gather();
    void keeper.open();
    return (flushing ??= carryOut().finally(() => (flushing = undefined)));
  };

  /** What was written is put onto the disk itself, so that a power cut does not take it. */
  const save = async (): Promise<void> => {
    await flush();
    if (!isUnsynced) return;
    isUnsynced = false;
    if (!(await keeper.attempt((history) => history.sync()))) isUnsynced = true;
  };

  /** Full hours become buckets, one in each turn; then what is too old goes. */
  const work = async (): Promise<void> => {
    const now = clock.now();
    const compacted =
      keeper.isReady && !isStopped ? await keeper.attempt((history) => history.compact(now)) : undefined;
    if (compacted?.result === true) {
      cancelTurn = clock.after(TURN_MS, () => void work());
      return;
    }
    if (compacted && (await keeper.attempt((history) => history.retain(now)))) workedHour = Math.floor(now / HOUR_MS);
    isWorking = false;
  };

  const batch = async (): Promise<void> => {
    await save();
    const isDue = workedHour !== Math.floor(clock.now() / HOUR_MS);
    if (!keeper.isReady || keeper.problem || isWorking || isStopped || !isDue) return;
    isWorking = true;
    cancelTurn = clock.after(TURN_MS, () => void work());
  };

  /** What was asked of a file that turns out to be broken is answered as if there were none. */
  const read = async <Result>(otherwise: Result, ask: (history: HistoryFile) => Promise<Result>): Promise<Result> => {
    if (keeper.isHanging) throw keeper.noAnswer();
    const answer = flush().then(() => keeper.attempt(ask));
    const told = await withinLimit(clock, DISK_LIMIT_MS, answer, () => {
      throw keeper.noAnswer();
    });
    return told?.result ?? otherwise;
  };

  /** Incidents that lasted when the program ended, the newest ones, and until when their UPSes were watched. */
  const restore = async (history: HistoryFile): Promise<readonly Incident[]> => {
    const found = await Promise.all([
      history.incidents({ limit: RESTORED_INCIDENTS }),
      history.incidents({ since: Number.MAX_SAFE_INTEGER, limit: RESTORED_INCIDENTS }),
    ]);
    const restored = new Map(found.flat().map((incident) => [incident.id, incident]));
    const lasting = [...restored.values()].filter(({ endedAt }) => endedAt === undefined);
    for (const ups of new Set(lasting.map((incident) => incident.ups))) {
      const until = await history.watchedUntil(ups);
      if (until !== undefined) watched.set(ups, until);
    }
    return [...restored.values()];
  };

  return {
    async start() {
      stops.push(
        store.subscribe(follow),
        clock.every(BATCH_MS, () => void batch()),
      );
      // What is known of the past is waited for, but guarding this computer does not depend on it.
      const restored = keeper.open().then(() => keeper.attempt(restore));
      const found = (await withinLimit(clock, DISK_LIMIT_MS, restored, () => undefined))?.result ?? [];
      for (const { id } of found) announced.add(id);
      return found;
    },
    watchedUntil: (ups) => watched.get(ups),
    record(incident) {
      held.addIncident(incident);
      if (announced.has(incident.id) && incident.endedAt === undefined) return;
      announced.add(incident.id);
      cancelSoon?.();
      cancelSoon = clock.after(SOON_MS, () => void save());
    },
    range({ ups, variables, from, to, points }) {
      const grid = gridOf(from, to, points);
      const now = clock.now();
      return read<RangeAnswer>({ ...grid, series: [], outages: [], oldest: undefined }, async (history) => {
        const [series, outages, oldest] = await Promise.all([
          Promise.all(ups.map((name) => history.range(name, variables, grid))),
          Promise.all(
            ups.map(async (name) =>
              joinSpans(await history.outages(name, { from, to }, now), grid.stepMs).map((span) => ({
                ...span,
                ups: name,
              })),
            ),
          ),
          Promise.all(ups.map(async (name) => (await history.oldest(name)) ?? Infinity)),
        ]);
        const begin = Math.min(...oldest);
        return {
          ...grid,
          series: series.flat(),
          outages: outages.flat(),
          oldest: begin === Infinity ? undefined : begin,
        };
      });
    },
    incidents: (query) => read<readonly Incident[]>([], (history) => history.incidents(query)),
    statuses: (ups, span, limit) => read<readonly StatusChange[]>([], (history) => history.statuses(ups, span, limit)),
    note(ups, variable, value) {
      held.addText({ ups, at: clock.now(), variable, value });
      void save();
    },
    texts: (ups, variables) => read<readonly TextChange[]>([], (history) => history.texts(ups, variables)),
    rows: (ups, span, variables) => read<readonly HistoryRow[]>([], (history) => history.rows(ups, span, variables)),
    integrals: (ups, variable, edges) =>
      read<readonly Integral[]>(
        edges.slice(1).map(() => ({ sum: 0, knownMs: 0 })),
        (history) => history.integrals(ups, variable, edges),
      ),
    renameUps(name, next) {
      // What is held for it goes into the file under the old name first.
      gather();
      held.rename(name, next, clock.now());
      recording.rename(name, next);
      if (known.delete(name)) known.add(next);
      void save();
    },
    get problem() {
      return keeper.problem;
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const stop of stops) stop();
      cancelSoon?.();
      cancelTurn?.();
      await keeper.finish();
      await save();
      await keeper.close();
    },
  };
}
