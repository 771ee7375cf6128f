/**
 * All that is done with the history file, one call after the other, in whatever thread may wait for its disk. What goes in
 * and comes out can be sent from thread to thread.
 */
import { QUESTIONS, type HistoryStore, type Question } from './history-store.ts';
import { isBroken, moveAside, openStore } from './sqlite-open.ts';

/** An error as it goes from thread to thread: the copy of one keeps its message alone. */
export interface ToldError {
  readonly message: string;
  /** SQLite's code. */
  readonly errcode?: number;
  /** The system's code, or NEWER_FILE. */
  readonly code?: string;
}

/** A file that was no history, found when it was opened. */
export interface SetAside {
  readonly aside: string;
  readonly why: ToldError;
}

export type DeskCall = Question | 'open' | 'startAnew' | 'close';

/**
 * open (now): opens the file, makes it where there is none, sets it aside where it is no history (SetAside).
 * startAnew (now): sets it aside and begins a new one; returns where it is. close. Else the questions of a store.
 */
export type HistoryDesk = (call: DeskCall, asked: readonly unknown[]) => unknown;

/** @throws what SQLite and the system say */
export function createHistoryDesk(sqlite: typeof import('node:sqlite'), file: string): HistoryDesk {
  let store: HistoryStore | undefined;
  const close = (): void => {
    store?.close();
    store = undefined;
  };
  const open = (now: number): SetAside | undefined => {
    try {
      store = openStore(sqlite, file);
      return undefined;
    } catch (error) {
      if (!isBroken(error)) throw error;
      const aside = moveAside(file, now);
      store = openStore(sqlite, file);
      return { aside, why: tellError(error) };
    }
  };
  const startAnew = (now: number): string => {
    close();
    const aside = moveAside(file, now);
    store = openStore(sqlite, file);
    return aside;
  };
  return (call, asked) => {
    if (call === 'open') return open(Number(asked[0]));
    if (call === 'startAnew') return startAnew(Number(asked[0]));
    if (call === 'close') {
      close();
      return undefined;
    }
    if (!store) throw new Error('the history file is not open');
    if (!QUESTIONS.includes(call)) throw new Error(`the history has no "${call as string}"`);
    const answer = (store[call] as (...asked: readonly unknown[]) => unknown)(...asked);
    // Rows come one by one; another thread has them all at once.
    return call === 'rows' ? [...(answer as Iterable<unknown>)] : answer;
  };
}

export function tellError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, errcode, code } = error as Error & { errcode?: unknown; code?: unknown };
  return {
    message,
    ...(typeof errcode === 'number' ? { errcode } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

export const toldError = ({ message, ...codes }: ToldError): Error => Object.assign(new Error(message), codes);
