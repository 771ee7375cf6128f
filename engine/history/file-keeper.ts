/**
 * Keeps the history file: opens it, looks through it, sets it aside where it is broken, and opens it again where its thread
 * has ended. What keeps it from being written, a disk that does not answer too, is told once, and when it is over.
 */
import { AppError, describeError, HistoryError } from '#domain/errors.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS } from '#engine/within-limit.ts';
import { CHECKED_PARTS, type HistoryFile, type OpenHistoryFile } from './history-store.ts';
import { cannotWrite, tellAside } from './sqlite-file.ts';
import { isBroken } from './sqlite-open.ts';

/** Parts of the file are looked at one after the other, with time for everything else between. */
const TURN_MS = 20;
/** A file whose thread has ended is opened again after a while, and ever later when that happens again and again. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

export interface FileKeeper {
  /** Opens the file where it is not open and its time has come; calls meanwhile wait for the same. */
  open(): Promise<void>;
  /** It is open and was looked through. Nothing is written to it before. */
  readonly isReady: boolean;
  /** The disk has not answered something in time, and still does not. */
  readonly isHanging: boolean;
  /** Why nothing is written at present. */
  readonly problem: AppError | undefined;
  /** Does something with the file; what fails is told once. @returns undefined when it was not done */
  attempt<Result>(act: (history: HistoryFile) => Promise<Result>): Promise<{ readonly result: Result } | undefined>;
  /** @returns history/no-answer */
  noAnswer(): HistoryError;
  /** What there was to write was written: whatever was in the way is over. */
  written(): void;
  /** Opens it no more. What little there is may go into a file that was not looked through yet as well. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export interface FileKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly file: string;
  readonly open: OpenHistoryFile;
}

export function createFileKeeper({ clock, log, file, open }: FileKeeperParts): FileKeeper {
  let kept: HistoryFile | undefined;
  let openedAt = 0;
  let isChecked = false;
  let problem: AppError | undefined;
  let opening: Promise<void> | undefined;
  /** Twice as long each time. */
  let pauseMs = FIRST_PAUSE_MS / 2;
  let openNotBefore = -Infinity;
  let isFinishing = false;
  /** Calls that the disk did not answer in time, and may still. */
  const late = new Set<Promise<unknown>>();
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
    cancelTurn?.();
  };

  /** @param why what SQLite said, or what a look through the file found */
  const setAsideBroken = (why: unknown): void => {
    const broken = kept;
    if (!broken || isFinishing) return;
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

  const openLater = (): void => {
    letGo();
    const hasLasted = clock.monotonic() - openedAt > LONGEST_PAUSE_MS;
    pauseMs = hasLasted ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    openNotBefore = clock.monotonic() + pauseMs;
  };

  const tellFailed = (error: unknown): void => {
    if (error instanceof HistoryError && error.code === 'history/ended') openLater();
    fail(cannotWrite(error, file));
  };

  const attempt: FileKeeper['attempt'] = async (act) => {
    const history = kept;
    if (!history) return undefined;
    try {
      return { result: await watch(act(history)) };
    } catch (error) {
      if (kept !== history) return undefined;
      if (isBroken(error)) setAsideBroken(error);
      else tellFailed(error);
      return undefined;
    }
  };

  const checkFrom = (place: number): void => {
    const part = CHECKED_PARTS[place];
    if (isFinishing) return;
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

  const openFile = async (): Promise<void> => {
    openedAt = clock.monotonic();
    try {
      kept = await watch(open(file, log, () => clock.now()));
      checkFrom(0);
    } catch (error) {
      tellFailed(error);
    }
  };

  return {
    open() {
      if (isFinishing || kept || (!opening && clock.monotonic() < openNotBefore)) return Promise.resolve();
      return (opening ??= openFile().finally(() => (opening = undefined)));
    },
    get isReady() {
      return kept !== undefined && isChecked;
    },
    get isHanging() {
      return late.size > 0;
    },
    get problem() {
      return problem;
    },
    attempt,
    noAnswer,
    written() {
      if (problem) log.info('History is written again.');
      problem = undefined;
    },
    async finish() {
      isFinishing = true;
      cancelTurn?.();
      await opening;
      isChecked = true;
    },
    async close() {
      await attempt((history) => history.close());
      kept = undefined;
    },
  };
}
