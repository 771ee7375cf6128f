/** The end of a session: decided once, and everything that waits in it ends with it. */
import type { AppError } from '#domain/errors.ts';
import type { Clock } from '#engine/ports.ts';

/** `gone`: unplugged. `silent`: it no longer answers. `restart`: opening it again is wanted although it answers. */
export type SessionEnd =
  { readonly why: 'stopped' } | { readonly why: 'gone' | 'silent' | 'restart'; readonly error: AppError };

export interface SessionLife {
  isOver(): boolean;
  readonly ended: Promise<SessionEnd>;
  /** The first call counts. */
  finish(how: SessionEnd): void;
  /** Called with the end. */
  onEnd(run: () => void): void;
  /**
   * What the work gives. Rejects with `late()` when it takes longer, and with why it ended when the session ends first:
   * the answer would be nobody's then.
   */
  within<Result>(ms: number, work: Promise<Result>, late: () => Error): Promise<Result>;
  /** Resolves after the time, when the work is done, or with the end of the session. */
  pause(ms: number, work?: Promise<unknown>): Promise<void>;
  /** @throws why it ended, once it has */
  throwIfOver(): void;
}

/** @param stopped what those get that still wait when the session is stopped */
export function createSessionLife(clock: Clock, stopped: () => AppError): SessionLife {
  // A set of what waits right now: racing each request against one promise would keep a trace of every one for ever.
  const waiting = new Set<() => void>();
  let end: SessionEnd | undefined;
  let resolveEnd: (end: SessionEnd) => void = () => undefined;
  const ended = new Promise<SessionEnd>((resolve) => (resolveEnd = resolve));
  const endError = (): AppError => (end === undefined || end.why === 'stopped' ? stopped() : end.error);

  /** Settles once: by the work, by time, or by the end. */
  const limited = <Result>(
    ms: number,
    work: Promise<Result>,
    outcomes: (settle: { resolve: (value: Result) => void; reject: (error: unknown) => void }) => {
      readonly onTime: () => void;
      readonly onEnd: () => void;
    },
  ): Promise<Result> =>
    new Promise((resolve, reject) => {
      const { onTime, onEnd } = outcomes({ resolve, reject });
      const stopTimer = clock.after(ms, () => settle(onTime));
      const leave = (): void => settle(onEnd);
      const settle = (how: () => void): void => {
        stopTimer();
        waiting.delete(leave);
        how();
      };
      waiting.add(leave);
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
      if (end) leave();
    });

  return {
    isOver: () => end !== undefined,
    ended,
    finish(how) {
      if (end) return;
      end = how;
      for (const leave of [...waiting]) leave();
      resolveEnd(how);
    },
    onEnd: (run) => void waiting.add(run),
    within: (ms, work, late) =>
      limited(ms, work, ({ reject }) => ({ onTime: () => reject(late()), onEnd: () => reject(endError()) })),
    pause: (ms, work = new Promise<never>(() => undefined)) =>
      limited<unknown>(ms, work, ({ resolve }) => ({
        onTime: () => resolve(undefined),
        onEnd: () => resolve(undefined),
      })).then(() => undefined),
    throwIfOver() {
      if (end) throw endError();
    },
  };
}
