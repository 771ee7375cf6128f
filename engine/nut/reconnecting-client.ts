/** For those who live on a NUT server for days: connects, runs a session, and connects again when it breaks. */
import type { Clock } from '#engine/ports.ts';
import type { NutClient } from './client.ts';

export interface KeepConnectedOptions {
  readonly clock: Clock;
  /** Makes one connection, for example `() => connectNutClient(options)`. */
  readonly connect: () => Promise<NutClient>;
  /**
   * Uses the connection: logs in, asks again and again. Runs until it throws or returns; the connection is closed
   * then and a new one is made. It must end soon after the signal is aborted.
   */
  readonly session: (client: NutClient, signal: AbortSignal) => Promise<void>;
  /** Called with each failed connection and each session that ended in an error. */
  readonly onFailure: (error: unknown) => void;
  /** Pause after the first failure. Default 1 s. */
  readonly firstPauseMs?: number;
  /** The pause doubles up to this. Default 10 s, so that a server that returns is found within a poll or two. */
  readonly longestPauseMs?: number;
}

/** Ends everything and resolves when nothing is left. */
export interface KeptConnection {
  stop(): Promise<void>;
}

/** Begins at once, and goes on until stopped. */
export function keepConnected(options: KeepConnectedOptions): KeptConnection {
  const { clock, firstPauseMs = 1_000, longestPauseMs = 10_000 } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const isStopped = (): boolean => signal.aborted;

  const runOnce = async (): Promise<void> => {
    const client = await unlessAborted(options.connect(), signal);
    // The session waits for its own timers: it must hear at once when the connection is gone.
    const broken = new AbortController();
    const unlisten = client.onClosed((error) => broken.abort(error));
    try {
      await options.session(client, AbortSignal.any([signal, broken.signal]));
    } finally {
      unlisten();
      await client.close();
    }
  };

  const run = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!isStopped()) {
      const began = clock.monotonic();
      try {
        await runOnce();
      } catch (error) {
        if (!isStopped()) options.onFailure(error);
      }
      if (isStopped()) return;
      // A connection that held for a while was a good one: the next failure is a new one.
      if (clock.monotonic() - began > longestPauseMs) pauseMs = firstPauseMs;
      await clock.sleep(pauseMs, signal).catch((error: unknown) => {
        if (!isStopped()) throw error;
      });
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  };

  const done = run();
  return {
    stop() {
      ending.abort();
      return done;
    },
  };
}

/** A connection that comes after the end was asked for is closed by itself. */
async function unlessAborted(connecting: Promise<NutClient>, signal: AbortSignal): Promise<NutClient> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    connecting.then(
      (late) => late.close(),
      () => undefined, // it failed: nothing to close
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
