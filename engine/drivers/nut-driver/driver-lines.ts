/**
 * What a NUT driver says on its socket, line by line.
 * Grammar: the words of engine/nut/words.ts. A dump is escaped, a live line is not (drivers of NUT 2.8): a value with
 * `"`, `\` or `#` can break the line it comes in, and an open quote would swallow the lines behind it. So lines end at
 * the line feed, and only what must be a value with a line feed in it is put together again.
 */
import { WordParser } from '#engine/nut/words.ts';

export type DriverLine =
  | { readonly type: 'set'; readonly variable: string; readonly value: string }
  | { readonly type: 'remove'; readonly variable: string }
  | { readonly type: 'add-value' | 'remove-value'; readonly variable: string; readonly value: string }
  | {
      readonly type: 'add-range' | 'remove-range';
      readonly variable: string;
      readonly min: number;
      readonly max: number;
    }
  | { readonly type: 'length'; readonly variable: string; readonly length: number }
  | { readonly type: 'flags'; readonly variable: string; readonly flags: readonly string[] }
  | { readonly type: 'add-command' | 'remove-command'; readonly command: string }
  | { readonly type: 'tracking'; readonly id: string; readonly code: number }
  | { readonly type: 'data-ok' | 'data-stale' | 'dump-done' | 'answer' };

/** A line as it came. */
export interface ReadLine {
  readonly text: string;
  /** What it says; undefined when it says nothing we know. */
  readonly says: DriverLine | undefined;
  /**
   * The value may have come through wrong because nothing in it was escaped: words left over, a broken quote, or a
   * backslash that is either an escape or itself.
   */
  readonly isDoubtful: boolean;
}

/** Longest line taken, in bytes. Drivers write at most 512; anything beyond this is no driver. */
const MAX_LINE = 16_384;

/** Verbs of lines that carry a value from the device. */
const WITH_VALUE = /^\s*(?:SETINFO|ADDENUM|DELENUM)\s/i;
const ANY_VERB =
  /^\s*(?:SETINFO|DELINFO|ADDENUM|DELENUM|ADDRANGE|DELRANGE|SETAUX|SETFLAGS|ADDCMD|DELCMD|TRACKING|PID)\s|^\s*(?:DATAOK|DATASTALE|DUMPDONE|PONG)\s*$/i;

/** Cuts a stream of bytes into lines. Chunks may end anywhere. */
export class DriverLineReader {
  #rest = '';
  /** A line whose quote is still open. */
  #open: string | undefined;
  #isSkipping = false;

  /** @returns the lines these bytes complete */
  push(chunk: Uint8Array): ReadLine[] {
    const lines: ReadLine[] = [];
    const pieces = (this.#rest + latin1(chunk)).split('\n');
    this.#rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (this.#isSkipping) this.#isSkipping = false;
      else this.#readLine(piece, lines);
    }
    if (this.#rest.length > MAX_LINE) {
      this.#rest = '';
      this.#isSkipping = true;
    }
    return lines;
  }

  #readLine(piece: string, lines: ReadLine[]): void {
    let text = piece;
    if (this.#open !== undefined) {
      if (ANY_VERB.test(piece)) lines.push({ text: this.#open, says: undefined, isDoubtful: true });
      else text = this.#open + piece;
      this.#open = undefined;
    }
    const words = wordsOf(text);
    if (words === 'open' && WITH_VALUE.test(text) && text.length < MAX_LINE) {
      this.#open = text;
      return;
    }
    const hasValue = WITH_VALUE.test(text);
    const says = typeof words === 'string' ? undefined : meaningOf(words);
    lines.push({ text, says, isDoubtful: hasValue && (says === undefined || text.includes('\\')) });
  }
}

/** @returns 'open' when a quote or an escape has no end, 'broken' at a syntax error */
function wordsOf(text: string): readonly string[] | 'open' | 'broken' {
  const [line] = new WordParser().push(Buffer.from(`${text}\n`, 'latin1'));
  if (line === undefined) return 'open';
  return line.words ?? 'broken';
}

const latin1 = (chunk: Uint8Array): string =>
  Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');

const integer = (word: string | undefined): number | undefined =>
  word !== undefined && /^[+-]?\d{1,15}$/.test(word) ? Number(word) : undefined;

/** What the words of a line say. Words too many or too few make a line that says nothing. */
export function meaningOf(words: readonly string[]): DriverLine | undefined {
  const [verb = '', first, second, third] = words;
  const count = words.length - 1;
  switch (verb.toUpperCase()) {
    case 'SETINFO':
      return count === 2 && first && second !== undefined ? { type: 'set', variable: first, value: second } : undefined;
    case 'DELINFO':
      return count === 1 && first ? { type: 'remove', variable: first } : undefined;
    case 'ADDENUM':
    case 'DELENUM':
      return count === 2 && first && second !== undefined
        ? { type: isAdding(verb) ? 'add-value' : 'remove-value', variable: first, value: second }
        : undefined;
    case 'ADDRANGE':
    case 'DELRANGE': {
      const [min, max] = [integer(second), integer(third)];
      return count === 3 && first && min !== undefined && max !== undefined
        ? { type: isAdding(verb) ? 'add-range' : 'remove-range', variable: first, min, max }
        : undefined;
    }
    case 'SETAUX': {
      const length = integer(second);
      return count === 2 && first && length !== undefined ? { type: 'length', variable: first, length } : undefined;
    }
    case 'SETFLAGS':
      return first ? { type: 'flags', variable: first, flags: words.slice(2) } : undefined;
    case 'ADDCMD':
    case 'DELCMD':
      return count === 1 && first
        ? { type: isAdding(verb) ? 'add-command' : 'remove-command', command: first }
        : undefined;
    case 'TRACKING': {
      const code = integer(second);
      return count === 2 && first && code !== undefined ? { type: 'tracking', id: first, code } : undefined;
    }
    case 'DATAOK':
      return { type: 'data-ok' };
    case 'DATASTALE':
      return { type: 'data-stale' };
    case 'DUMPDONE':
      return { type: 'dump-done' };
    case 'PONG':
    case 'PID':
    case 'OK':
      return { type: 'answer' };
    default:
      return undefined;
  }
}

const isAdding = (verb: string): boolean => verb.toUpperCase().startsWith('ADD');
