/**
 * The owner of history: follows every UPS, writes what happened in batches, and answers what is asked of the past.
 * A disk that cannot be written to, or does not answer, is told once and tried again; meanwhile what happens is held in
 * memory. Nothing here waits for the disk that somebody else would have to wait for.
 */
import { AppError, describeError, HistoryError } from '#domain/errors.ts';
import { findVariable } from '#domain/nut/variables.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { numberOf } from '#engine/state/readings.ts';
import type { UpsChange } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS, withinLimit } from '#engine/within-limit.ts';
import { gridOf, joinSpans, type Grid, type Span } from './downsample.ts';
import { createHeldHistory } from './held-history.ts';
import {
  CHECKED_PARTS,
  type HistoryFile,
  type HistoryRow,
  type IncidentQuery,
  type Integral,
  type OpenHistoryFile,
  type SeriesColumns,
  type StatusChange,
  type TextChange,
} from './history-store.ts';
import { HOUR_MS } from './levels.ts';
import { createRecording } from './recording.ts';
import { cannotWrite, tellAside } from './sqlite-file.ts';
import { isBroken } from './sqlite-open.ts';

/** How often what happened is written: a power cut takes no more than this. */
const BATCH_MS = 10_000;
/** Beginnings and ends of incidents do not wait for it; what listens to them goes first. */
const SOON_MS = 200;
/** Hours and parts of the file are worked on one after the other, with time for everything else between. */
const TURN_MS = 20;
/** A file whose keeper has ended is opened again after a batch, and ever later when that happens again and again. */
const LONGEST_PAUSE_MS = 600_000;

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

export interface HistoryParts {
  readonly store: UpsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly file: string;
  readonly open: OpenHistoryFile;
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

export function createHistory({ store, clock, log, file, open }: HistoryParts): History {
  const recording = createRecording();
  const held = createHeldHistory();
  /** UPSes of which something is known at present. */
  const known = new Set<string>();
  const isRecordedName = new Map<string, boolean>();
  const announced = new Set<number>();
  /** Of before this start. */
  const watched = new Map<string, number>();

  let kept: HistoryFile | undefined;
  let openedAt = 0;
  /** Nothing is written to a file before it was looked through. */
  let isChecked = false;
  let problem: AppError | undefined;
  let isDropTold = false;
  let opening: Promise<void> | undefined;
  let pauseMs = BATCH_MS;
  let openNotBefore = -Infinity;
  let flushing: Promise<void> | undefined;
  let isUnsynced = false;
  let isStopped = false;
  let isWorking = false;
  let workedHour: number | undefined;
  /** Calls that the disk did not answer in time, and may still. */
  const late = new Set<Promise<unknown>>();
  const stops: Stop[] = [];
  let cancelSoon: Stop | undefined;
  let cancelTurn: Stop | undefined;

  const fail = (error: AppError): void => {
    if (!problem) log.warn(describeError(error));
    problem = error;
  };
  const noAnswer = (): HistoryError => new HistoryError('history/no-answer', { file, seconds: DISK_LIMIT_SECONDS });

  /** Waits as long as it takes; what takes too long is told, and again when it is over. */
  const watch = async <Result>(call: Promise<Result>): Promise<Result> => {
    const cancel = clock.after(DISK_LIMIT_MS, () => {
      late.add(call);
      fail(noAnswer());
    });
    try {
      return await call;
    } finally {
      cancel();
      late.delete(call);
      if (late.size === 0 && problem?.code === 'history/no-answer') {
        problem = undefined;
        log.info('The disk with the history answers again.');
      }
    }
  };

  /** Nothing more is done with the file as it was opened. */
  const letGo = (): void => {
    kept = undefined;
    isChecked = false;
    isWorking = false;
    cancelTurn?.();
  };

  /** @param why what SQLite said, or what a look through the file found */
  const setAsideBroken = (why: unknown): void => {
    const broken = kept;
    if (!broken || isStopped) return;
    letGo();
    const replace = async (): Promise<void> => {
      try {
        tellAside(log, file, await watch(broken.startAnew(clock.now())), why);
        kept = broken;
        checkFrom(0);
      } catch (error) {
        fail(cannotWrite(error, file));
        await broken
          .close()
          .catch((again: unknown) => log.debug(`The history was not closed: ${describeError(again)}`));
      }
    };
    opening ??= replace().finally(() => (opening = undefined));
  };

  /** Does something with the file; what fails is told once. @returns undefined when it was not done */
  const attempt = async <Result>(
    act: (history: HistoryFile) => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined> => {
    const history = kept;
    if (!history) return undefined;
    try {
      return { result: await watch(act(history)) };
    } catch (error) {
      if (kept !== history) return undefined;
      if (isBroken(error)) setAsideBroken(error);
      else {
        if (error instanceof HistoryError && error.code === 'history/ended') openLater();
        fail(cannotWrite(error, file));
      }
      return undefined;
    }
  };

  const openLater = (): void => {
    letGo();
    const hasLasted = clock.monotonic() - openedAt > LONGEST_PAUSE_MS;
    pauseMs = hasLasted ? BATCH_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    openNotBefore = clock.monotonic() + pauseMs;
  };

  const openAgain = (): Promise<void> => {
    if (isStopped || kept || (!opening && clock.monotonic() < openNotBefore)) return Promise.resolve();
    const openFile = async (): Promise<void> => {
      try {
        const opened = await watch(open(file, log, () => clock.now()));
        kept = opened;
        openedAt = clock.monotonic();
        checkFrom(0);
      } catch (error) {
        fail(cannotWrite(error, file));
      }
    };
    return (opening ??= openFile().finally(() => (opening = undefined)));
  };

  const checkFrom = (place: number): void => {
    const part = CHECKED_PARTS[place];
    if (isStopped) return;
    if (part === undefined) {
      isChecked = true;
      return;
    }
    const look = async (): Promise<void> => {
      const looked = await attempt((history) => history.check(part));
      if (looked?.result !== undefined) setAsideBroken(looked.result);
      else if (looked) checkFrom(place + 1);
    };
    cancelTurn = clock.after(TURN_MS, () => void look());
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
    for (let step = kept && isChecked ? held.next() : undefined; step; step = held.next()) {
      const now = step;
      const done = await attempt((history) =>
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
    if (problem) log.info('History is written again.');
    problem = undefined;
    isDropTold = false;
  };

  const flush = (): Promise<void> => {
    gather();
    if (!kept) void openAgain();
    return (flushing ??= carryOut().finally(() => (flushing = undefined)));
  };

  /** What was written is put onto the disk itself, so that a power cut does not take it. */
  const save = async (): Promise<void> => {
    await flush();
    if (!isUnsynced) return;
    isUnsynced = false;
    if (!(await attempt((history) => history.sync()))) isUnsynced = true;
  };

  /** Full hours become buckets, one in each turn; then what is too old goes. */
  const work = async (): Promise<void> => {
    const now = clock.now();
    const compacted = await attempt((history) => history.compact(now));
    if (compacted?.result === true) {
      cancelTurn = clock.after(TURN_MS, () => void work());
      return;
    }
    if (compacted && (await attempt((history) => history.retain(now)))) workedHour = Math.floor(now / HOUR_MS);
    isWorking = false;
  };

  const batch = async (): Promise<void> => {
    await save();
    const isDue = workedHour !== Math.floor(clock.now() / HOUR_MS);
    if (!kept || !isChecked || problem || isWorking || isStopped || !isDue) return;
    isWorking = true;
    cancelTurn = clock.after(TURN_MS, () => void work());
  };

  /** What was asked of a file that turns out to be broken is answered as if there were none. */
  const read = async <Result>(otherwise: Result, ask: (history: HistoryFile) => Promise<Result>): Promise<Result> => {
    if (late.size > 0) throw noAnswer();
    const answer = flush().then(() => attempt(ask));
    const told = await withinLimit(clock, DISK_LIMIT_MS, answer, () => {
      throw noAnswer();
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
      const restored = openAgain().then(() => attempt(restore));
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
      return problem;
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const stop of stops) stop();
      cancelSoon?.();
      cancelTurn?.();
      await opening;
      // What little there is goes into a file that was not looked through yet as well.
      isChecked = true;
      await save();
      await attempt((history) => history.close());
      kept = undefined;
    },
  };
}
