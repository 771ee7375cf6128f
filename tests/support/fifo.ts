/** A named pipe: what is written to it waits until somebody reads it, and the writer with it. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Fifo {
  /** For who writes; such a write waits while the pipe is full. */
  readonly writer: number;
  /** Until it takes nothing more. */
  fill(): void;
  /** Takes what is there, without what it was filled with. */
  read(): string;
  /** Nobody will ever read it again. */
  leave(): void;
  remove(): void;
}

const FILLING = '#'.repeat(4096);
const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

export function createFifo(): Fifo {
  const folder = mkdtempSync(join(tmpdir(), 'ridethrough-fifo-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  let isRead = true;
  const writer = openSync(path, O_WRONLY);
  const isEmptyOrFull = (error: unknown): boolean =>
    error instanceof Error && 'code' in error && error.code === 'EAGAIN';
  const leave = (): void => {
    if (isRead) closeSync(reader);
    isRead = false;
  };
  return {
    writer,
    fill() {
      const filler = openSync(path, O_WRONLY | O_NONBLOCK);
      try {
        for (;;) writeSync(filler, FILLING);
      } catch (error) {
        if (!isEmptyOrFull(error)) throw error;
      } finally {
        closeSync(filler);
      }
    },
    read() {
      const buffer = Buffer.alloc(65_536);
      let text = '';
      try {
        for (let length = 1; length > 0;) {
          length = readSync(reader, buffer);
          text += buffer.toString('utf8', 0, length);
        }
      } catch (error) {
        if (!isEmptyOrFull(error)) throw error;
      }
      return text.replaceAll('#', '');
    },
    leave,
    remove() {
      leave();
      closeSync(writer);
      rmSync(folder, { recursive: true });
    },
  };
}
