/**
 * The history file in a thread of its own. SQLite waits for the disk inside of its calls, and a disk may fail to answer
 * for minutes, or for ever, in the very moment the power goes: then that thread stands still and nothing else does.
 */
import { Worker } from 'node:worker_threads';
import { HistoryError } from '#domain/errors.ts';
import type { Text } from '#domain/messages/message.ts';
import { phrase } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { QUESTIONS, type HistoryFile, type OpenHistoryFile } from './history-store.ts';
import { toldError, type DeskCall, type SetAside } from './sqlite-desk.ts';
import { cannotWrite, tellAside } from './sqlite-file.ts';
import type { ThreadAnswer, ThreadCall } from './sqlite-thread.ts';

/** Far more than the longest answer needs; beyond it this thread ends, and not the program. */
const HEAP_MB = 256;

/** Where calls to the file are carried out. */
export interface Desk {
  /** Rejects with what the desk said, or with HistoryError history/ended. */
  ask(call: DeskCall, asked: readonly unknown[]): Promise<unknown>;
  /** Once the file is closed. */
  end(): Promise<void>;
}

export const openInThread: OpenHistoryFile = (file, log, now) => openAt(startThread(file), file, log, now);

/** Opens the file at a desk. @throws HistoryError history/cannot-write, history/newer-file, history/ended */
export async function openAt(desk: Desk, ...[file, log, now]: Parameters<OpenHistoryFile>): Promise<HistoryFile> {
  try {
    const found = (await desk.ask('open', [now()])) as SetAside | undefined;
    if (found) tellAside(log, file, found.aside, toldError(found.why));
  } catch (error) {
    await desk.end();
    throw cannotWrite(error, file);
  }
  const questions = QUESTIONS.map((name) => [name, (...asked: unknown[]) => desk.ask(name, asked)] as const);
  return {
    ...(Object.fromEntries(questions) as unknown as Omit<HistoryFile, 'startAnew' | 'close'>),
    startAnew: async (at) => String(await desk.ask('startAnew', [at])),
    async close() {
      try {
        await desk.ask('close', []);
      } finally {
        await desk.end();
      }
    },
  };
}

function startThread(file: string): Desk {
  const thread = new Worker(new URL('./sqlite-thread.ts', import.meta.url), {
    name: 'history',
    workerData: file,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const waiting = new Map<
    number,
    { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let lastId = 0;
  let why: Text = phrase('reason.was-ended', {});
  let isOver = false;
  const ended = (): HistoryError => new HistoryError('history/ended', { file, reason: why });
  thread.on('message', (told: ThreadAnswer) => {
    const asker = waiting.get(told.id);
    waiting.delete(told.id);
    if ('error' in told) asker?.reject(toldError(told.error));
    else asker?.resolve(told.answer);
  });
  thread.on('error', (error) => (why = reasonOf(error)));
  thread.on('exit', () => {
    isOver = true;
    for (const { reject } of waiting.values()) reject(ended());
    waiting.clear();
  });
  return {
    ask: (call, asked) =>
      new Promise((resolve, reject) => {
        if (isOver) {
          reject(ended());
          return;
        }
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        thread.postMessage({ id: lastId, call, asked } satisfies ThreadCall);
      }),
    async end() {
      await thread.terminate();
    },
  };
}
