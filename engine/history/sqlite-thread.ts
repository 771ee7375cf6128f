/**
 * The thread in which the history file lives (threaded-history.ts): a disk that hangs stops nothing but this. It loads
 * no word for people and no schema, as its heap is beside that of the program.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadSqlite } from '#engine/adapters/sqlite.ts';
import { createHistoryDesk, tellError, type DeskCall, type ToldError } from './sqlite-desk.ts';

export interface ThreadCall {
  readonly id: number;
  readonly call: DeskCall;
  readonly asked: readonly unknown[];
}

export type ThreadAnswer =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: ToldError };

const port = parentPort;
if (!port) throw new Error('this is the program of a thread');
const desk = createHistoryDesk(await loadSqlite(), String(workerData));
const answerTo = ({ id, call, asked }: ThreadCall): ThreadAnswer => {
  try {
    return { id, answer: desk(call, asked) };
  } catch (error) {
    return { id, error: tellError(error) };
  }
};
port.on('message', (told: ThreadCall) => {
  port.postMessage(answerTo(told));
  // What a start leaves behind is half of this heap, and would stay for days. Only `serve` asks for it (headless/service-memory.ts).
  if (told.call === 'open') globalThis.gc?.();
});
