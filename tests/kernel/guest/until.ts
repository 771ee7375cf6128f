import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for an emulated machine on a busy host; a proof that passes never waits for it. */
const PATIENCE_MS = 30_000;

/**
 * Asks again and again until there is an answer.
 * @param what completes the sentence "never came: …"
 * @param probe returns undefined for "not yet"
 * @returns the first answer
 * @throws Error when there was none in time, with what the probe last threw as its cause
 */
export async function until<T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(50);
  }
  throw new Error(`never came: ${what}`, { cause });
}
