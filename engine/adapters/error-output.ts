import { write, writeSync } from 'node:fs';

/** Standard error, written without ever waiting for who reads it. */
export interface ErrorOutput {
  /** Takes whole lines. What nobody reads is kept up to a limit; what is lost beyond it is told once there is room. */
  write(lines: string): void;
  /** @returns whether everything is written; false where nobody took it for a second. An end in order would wait for that. */
  settled(): Promise<boolean>;
}

/** Of one that nobody reads, as of a log that lies on a disk that hangs. */
const MOST_CHARACTERS = 1_000_000;
const STUCK_MS = 1_000;
const AGAIN_MS = 50;

/**
 * A terminal that is stopped, a pipe that nobody empties or a journal whose disk hangs must not keep a computer from
 * being shut down, so nothing is written from the thread that decides. It begins at once, so that the last line before a
 * power cut is there.
 */
export function createErrorOutput(descriptor: number): ErrorOutput {
  let queue = '';
  let lost = 0;
  /** Since when a piece is being written, ms of the monotonic clock. */
  let writingSince: number | undefined;
  let isGone = false;
  const waiting = new Set<(isWritten: boolean) => void>();

  const next = (): void => {
    if (lost > 0) {
      queue += `${lost} lines of this log were lost here: nobody took them in time.\n`;
      lost = 0;
    }
    if (queue === '') {
      writingSince = undefined;
      for (const resolve of waiting) resolve(true);
      waiting.clear();
      return;
    }
    const bytes = Buffer.from(queue);
    queue = '';
    put(bytes);
  };

  const put = (bytes: Buffer, since = performance.now()): void => {
    writingSince = since;
    write(descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(put, AGAIN_MS, bytes, since);
      // Its reader is gone for good; a full disk may have room again.
      if (error?.code === 'EPIPE') isGone = true;
      if (!error && written < bytes.length) put(bytes.subarray(written));
      else next();
    });
  };

  process.on('exit', () => {
    const isStuck = writingSince !== undefined && performance.now() - writingSince >= STUCK_MS;
    if (isGone || isStuck || queue === '') return;
    try {
      writeSync(descriptor, queue);
    } catch {
      // Nothing is left that could be told, and nobody to tell it to.
    }
  });

  return {
    write(lines) {
      if (isGone) return;
      if (queue.length + lines.length > MOST_CHARACTERS) lost += 1;
      else queue += lines;
      if (writingSince === undefined) next();
    },
    settled: () =>
      new Promise((resolve) => {
        if (writingSince === undefined) return resolve(true);
        waiting.add(resolve);
        setTimeout(resolve, STUCK_MS, false);
      }),
  };
}

const STANDARD_ERROR = 2;

/** Where all logs of this process go. */
export const logOutput = createErrorOutput(STANDARD_ERROR);
