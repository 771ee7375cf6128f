/** The machine's state on disk: written before anything is done, read at the start. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ShutdownError } from '#domain/errors.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { KeptTime } from './machine-clock.ts';
import { MonitorState } from './monitor-state.ts';

const KeptFile = z.object({
  time: z.object({ at: z.number(), wall: z.number(), uptime: z.number(), bootId: z.string().optional() }),
  state: MonitorState,
});

export interface Kept {
  readonly time: KeptTime;
  readonly state: MonitorState;
}

/** Where the machine's state outlives the program. */
export interface StateKeeper {
  /** @returns undefined where nothing was kept @throws ShutdownError monitor/state-unusable */
  read(): Promise<Kept | undefined>;
  /** Resolves when a power cut would no longer lose it. @throws ShutdownError monitor/not-kept */
  write(kept: Kept): Promise<void>;
}

export const keepInFile = (file: string): StateKeeper => ({
  async read() {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new ShutdownError('monitor/state-unusable', { file, reason: reasonOf(error) }, error);
    }
    try {
      return KeptFile.parse(JSON.parse(text));
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
      throw new ShutdownError('monitor/state-unusable', { file, reason }, error);
    }
  },
  async write(kept) {
    try {
      await replaceFile(file, JSON.stringify(kept));
    } catch (error) {
      throw new ShutdownError('monitor/not-kept', { file, reason: reasonOf(error) }, error);
    }
  },
});

/** What changes with every look says nothing about a decision and is not worth a write. */
const PASSING = new Set(['heardAt', 'fineAt', 'charge', 'runtime']);

/** Two states with the same text need not both be written. */
export const essenceOf = (state: MonitorState): string =>
  JSON.stringify(state, (key, value: unknown) => (PASSING.has(key) ? undefined : value));
