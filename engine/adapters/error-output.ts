import { write, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Standard error, written without ever waiting for who reads it. */
export interface ErrorOutput {
  /** Takes whole lines. What nobody reads is kept up to a limit; what is lost beyond it is told once there is room. */
  write(lines: string): void;
  /**
   * @returns whether everything is written; false where nobody took anything for a second, or it took five in all. An end
   * in order would wait for that.
   */
  settled(): Promise<boolean>;
}

/** Of one that nobody reads, as of a log that lies on a disk that hangs. */
const MOST_CHARACTERS = 1_000_000;
const STUCK_MS = 1_000;
const SETTLING_MS = 5_000;
const LOOK_MS = 10;
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
  /** What was not taken, and is tried again in a moment. */
  let refused: Buffer | undefined;
  let isGone = false;

  const isStuck = (): boolean => writingSince !== undefined && performance.now() - writingSince >= STUCK_MS;

  const next = (): void => {
    if (lost > 0) {
      queue += `${lost} lines of this log were lost here: nobody took them in time.\n`;
      lost = 0;
    }
    if (queue === '') {
      writingSince = undefined;
      return;
    }
    const bytes = Buffer.from(queue);
    queue = '';
    put(bytes);
  };

  const put = (bytes: Buffer, since = performance.now()): void => {
    writingSince = since;
    refused = undefined;
    write(descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') {
        refused = bytes;
        setTimeout(put, AGAIN_MS, bytes, since);
        return;
      }
      // Its reader is gone for good; a full disk may have room again.
      if (error?.code === 'EPIPE') isGone = true;
      if (!error && written < bytes.length) put(bytes.subarray(written));
      else next();
    });
  };

  process.on('exit', () => {
    if (isGone || isStuck()) return;
    let left = Buffer.concat([refused ?? Buffer.alloc(0), Buffer.from(queue)]);
    try {
      while (left.length > 0) left = left.subarray(writeSync(descriptor, left));
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
    async settled() {
      const end = performance.now() + SETTLING_MS;
      while (writingSince !== undefined) {
        if (isStuck() || performance.now() >= end) return false;
        await delay(LOOK_MS);
      }
      return true;
    },
  };
}

const STANDARD_ERROR = 2;

/** Where all logs of this process go. */
export const logOutput = createErrorOutput(STANDARD_ERROR);
