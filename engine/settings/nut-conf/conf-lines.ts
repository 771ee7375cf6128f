/** The lines of a configuration file in NUT's word grammar, and what is odd about them. */
import { parseLines } from '#engine/nut/words.ts';
import type { Problems } from './problem.ts';

/** A line that holds something: a first word and what follows it. */
export interface ConfLine {
  readonly first: string;
  readonly rest: readonly string[];
  readonly line: number;
}

const UTF8_BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Lines with words. A syntax error costs its line, never the file. */
export function readConfLines(bytes: Uint8Array, problems: Problems): ConfLine[] {
  // Editors on Windows put a byte order mark in front, which would stick to the first word.
  const hasMark = UTF8_BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
  const lines: ConfLine[] = [];
  for (const parsed of parseLines(hasMark ? bytes.subarray(3) : bytes)) {
    const { line } = parsed;
    if (parsed.words === undefined) {
      problems.error('hash-in-quotes', line, {});
      continue;
    }
    // Text that is lost leaves a line that can be used; a quote that runs on eats lines that were to mean something.
    if (parsed.oddity === 'quote-over-lines') problems.error(parsed.oddity, line, {});
    else if (parsed.oddity !== undefined) problems.warning(parsed.oddity, line, {});
    const [first, ...rest] = parsed.words;
    if (first !== undefined) lines.push({ first, rest, line });
  }
  return lines;
}
