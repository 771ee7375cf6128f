/** The program's end of the line to the host. */
import type { FromHost, FromProgram, Question } from './messages.ts';

let unsent: Promise<unknown> = Promise.resolve();

export function tellHost(message: FromProgram): void {
  if (!process.connected) return;
  const sent = new Promise<void>((resolve) => process.send?.(message, () => resolve()));
  unsent = Promise.all([unsent, sent]);
}

/** Resolves when the host has been told everything so far. */
export const allTold = (): Promise<unknown> => unsent;

/** @param answer carries a question out; what it throws goes back to the host */
export function listenToHost(
  answer: (question: Question) => unknown,
  loaded: (window: number, problem: string | undefined) => void,
): void {
  process.on('message', (message: FromHost) => {
    if (message.type === 'loaded') {
      loaded(message.window, message.problem);
      return;
    }
    const { question } = message;
    Promise.resolve(message)
      .then(answer)
      .then((value) => tellHost({ type: 'answer', question, value }))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        tellHost({ type: 'failed', question, reason });
      });
  });
  // The line must not keep a program alive that has otherwise ended.
  process.channel?.unref();
}
