/** What the monitor decided, kept for `ridethrough log`: one line of JSON each, written at once, as power may be gone next. */
import { appendFile, readFile } from 'node:fs/promises';
import { describeError, HistoryError } from '#domain/errors.ts';
import { Decision } from '#domain/schema/monitor.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';

export const DECISIONS_FILE = 'decisions.jsonl';
/** Some thousand decisions: years of a house with few outages. Beyond it the newer half is kept. */
const LONGEST = 1024 * 1024;

export interface DecisionLog {
  add(decision: Decision): void;
  /** Resolves when all that was added is written, or could not be. */
  settled(): Promise<void>;
}

/** @param longest of the file, characters; looked at when the first decision after a start is added */
export function createDecisionLog(file: string, log: Log, longest = LONGEST): DecisionLog {
  let written: Promise<void> | undefined;
  let isTold = false;
  const carryOut = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      isTold = false;
    } catch (error) {
      if (!isTold)
        log.warn(describeError(new HistoryError('history/cannot-write', { file, reason: reasonOf(error) }, error)));
      isTold = true;
    }
  };
  return {
    add(decision) {
      written = (written ?? carryOut(() => prepare(file, longest))).then(() =>
        carryOut(() => appendFile(file, `${JSON.stringify(decision)}\n`, { mode: 0o600 })),
      );
    },
    settled: () => written ?? Promise.resolve(),
  };
}

/** @returns the decisions, oldest first; none where none was taken @throws HistoryError history/cannot-read */
export async function readDecisions(file: string): Promise<readonly Decision[]> {
  try {
    return linesOf(await readFile(file, 'utf8')).flatMap((line) => decisionIn(line) ?? []);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new HistoryError('history/cannot-read', { file, reason: reasonOf(error) }, error);
  }
}

/** A line that a power cut broke off is ended, so that the next one stands by itself. */
async function prepare(file: string, longest: number): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (text.length > longest) {
    const lines = linesOf(text);
    await replaceFile(file, `${lines.slice(Math.ceil(lines.length / 2)).join('\n')}\n`);
  } else if (text !== '' && !text.endsWith('\n')) await appendFile(file, '\n');
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Undefined for a line that was broken off. */
function decisionIn(line: string): Decision | undefined {
  try {
    return Decision.parse(JSON.parse(line));
  } catch {
    return undefined; // the others are told all the same
  }
}
