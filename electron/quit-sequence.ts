/** The order of an end: each step has its turn, none can hold the others up for longer than the whole may take. */
import { describeError } from '#domain/errors.ts';
import type { Clock, Log } from '#engine/ports.ts';

export interface QuitStep {
  /** For the log, after "Ending: ". */
  readonly name: string;
  run(): void | Promise<void>;
}

export interface QuitSequence {
  /**
   * Runs the steps one after the other; called again it is the same end. Resolves when all is done or time is up.
   * @returns whether all was done
   */
  run(): Promise<boolean>;
  readonly isRunning: boolean;
}

/** Systems that shut down give a program a few seconds; people give it less. */
export const QUIT_LIMIT_MS = 1_900;

export function createQuitSequence(steps: readonly QuitStep[], clock: Clock, log: Log): QuitSequence {
  let ending: Promise<boolean> | undefined;

  const runSteps = async (): Promise<boolean> => {
    let isAll = true;
    const limit = new AbortController();
    const timeIsUp = clock.sleep(QUIT_LIMIT_MS, limit.signal).then(
      () => 'late' as const,
      () => 'cancelled' as const,
    );
    for (const step of steps) {
      const result = await Promise.race([runStep(step), timeIsUp]);
      // Later steps still get their start: flushing a file takes no time, and what can be saved is saved.
      if (result !== 'late') continue;
      isAll = false;
      log.warn(`Ending: "${step.name}" was not waited for`);
    }
    limit.abort();
    return isAll;
  };

  const runStep = async (step: QuitStep): Promise<void> => {
    try {
      await step.run();
    } catch (error) {
      log.error(`Ending: "${step.name}" failed: ${describeError(error)}`);
    }
  };

  return {
    run: () => (ending ??= runSteps()),
    get isRunning() {
      return ending !== undefined;
    },
  };
}
