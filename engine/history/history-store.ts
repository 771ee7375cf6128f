/** Where history is kept, and what can be asked of it. */
import type { Incident } from '#domain/schema/snapshot.ts';
import type { Log } from '#engine/ports.ts';
import type { Columns, Grid, Span } from './downsample.ts';
import type { JournalRow } from './journal.ts';

/** What happened since the batch before. */
export interface HistoryBatch {
  readonly rows: readonly (JournalRow<string> & { readonly ups: string })[];
  readonly statuses: readonly StatusChange[];
  /** One that says what the newest one of its variable says already is passed over. */
  readonly texts: readonly TextChange[];
  /** Incidents that are new or changed. */
  readonly incidents: readonly Incident[];
}

export interface StatusChange {
  readonly ups: string;
  readonly at: number;
  readonly status: string;
}

/** A word about a UPS that is kept for ever, as the date of its battery and the result of a self test. */
export interface TextChange {
  readonly ups: string;
  readonly at: number;
  readonly variable: string;
  readonly value: string;
}

/** A variable added up over a time. */
export interface Integral {
  /** Value times milliseconds, of the time in which it is known. */
  readonly sum: number;
  readonly knownMs: number;
}

export interface SeriesColumns extends Columns {
  readonly ups: string;
  readonly variable: string;
}

/** A time of a variable for export. Undefined values: unknown from then on. */
export interface HistoryRow {
  readonly at: number;
  readonly variable: string;
  readonly value: { readonly min: number; readonly mean: number; readonly max: number } | undefined;
}

export interface IncidentQuery {
  readonly ups?: readonly string[];
  readonly kinds?: readonly Incident['kind'][];
  /** Only those that began before this one. */
  readonly beforeId?: number;
  /** Only those that ended at this moment or later, or still last. */
  readonly since?: number;
  readonly limit: number;
}

/** Synchronous: SQLite is, and waits for the disk as long as that takes. Every call may throw what SQLite says. */
export interface HistoryStore {
  /** All or nothing; the first one after the opening may be in the file already, and is then not there twice. */
  write(batch: HistoryBatch): void;
  /** Puts what was written onto the disk itself, so that a power cut does not take it. */
  sync(): void;
  /** Turns one hour of one UPS from the journal into buckets. @returns whether there was one */
  compact(now: number): boolean;
  /** Takes away what need not be kept any more. */
  retain(now: number): void;
  /** Looks one part of the file through. @returns what is wrong, undefined when nothing is */
  check(part: CheckedPart): string | undefined;

  /** UPSes and the variables that are known of them. */
  variables(): readonly { readonly ups: string; readonly variable: string }[];
  range(ups: string, variables: readonly string[], grid: Grid): readonly SeriesColumns[];
  /** A variable added up between each two edges; they are sorted. */
  integrals(ups: string, variable: string, edges: readonly number[]): readonly Integral[];
  /** When the UPS ran on its battery, oldest first; an open end is `now`. */
  outages(ups: string, span: Span, now: number): readonly Span[];
  /** Where history of a UPS begins. */
  oldest(ups: string): number | undefined;
  /** Newest first. */
  incidents(query: IncidentQuery): readonly Incident[];
  /** Status changes of a time, oldest first, with the one that was in force before. */
  statuses(ups: string, span: Span, limit: number): readonly StatusChange[];
  /** Oldest first. */
  texts(ups: string, variables: readonly string[]): readonly TextChange[];
  /** As finely as it is kept, by variable and time; all variables where none are named. */
  rows(ups: string, span: Span, variables?: readonly string[]): Iterable<HistoryRow>;
  /** Until when a UPS was watched. */
  watchedUntil(ups: string): number | undefined;
  /** History goes with the UPS. A history that the new name has already is put aside under `NEW (before DATE)`. */
  renameUps(name: string, next: string, now: number): void;
  close(): void;
}

/** Questions to a store that another thread may answer. */
export const QUESTIONS = [
  'write',
  'sync',
  'compact',
  'retain',
  'check',
  'range',
  'integrals',
  'outages',
  'oldest',
  'incidents',
  'statuses',
  'texts',
  'rows',
  'watchedUntil',
  'renameUps',
] as const satisfies readonly (keyof HistoryStore)[];
export type Question = (typeof QUESTIONS)[number];

type AnswerTo<Name extends Question> =
  ReturnType<HistoryStore[Name]> extends Iterable<infer One> ? readonly One[] : ReturnType<HistoryStore[Name]>;

/**
 * The history file as the rest of the program has it: it is asked, and answers when its disk does, which may be never.
 * Calls are carried out in the order they were made in. They reject with what SQLite says, or with a HistoryError.
 */
export type HistoryFile = {
  readonly [Name in Question]: (...asked: Parameters<HistoryStore[Name]>) => Promise<AnswerTo<Name>>;
} & {
  /** Sets the file aside, as it is broken, and begins a new one. @returns where the broken one is now */
  startAnew(now: number): Promise<string>;
  close(): Promise<void>;
};

/** @throws HistoryError history/cannot-write, history/newer-file */
export type OpenHistoryFile = (file: string, log: Log, now: () => number) => Promise<HistoryFile>;

export const CHECKED_PARTS = [
  'ups',
  'series',
  'journal',
  'full_rate',
  'minutes',
  'quarters',
  'watches',
  'status',
  'texts',
  'incident',
] as const;
export type CheckedPart = (typeof CHECKED_PARTS)[number];
