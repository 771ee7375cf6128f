/**
 * The word parser that NUT's configuration files, its network protocol and its driver socket have in common.
 *
 * A line is a list of words. Blanks separate words, `#` begins a comment, `=` is a word of its own, a word that begins
 * with `"` runs to the next `"`, a backslash takes the next character as it is and joins lines. Bytes that are no
 * printable ASCII are dropped from words. Source: observed behaviour of NUT's parser (upsd 2.8.0 to 2.8.5).
 */

/**
 * What a reader may want to tell a person about a line that is right by the grammar: a quote that was not closed on its
 * line, text that was dropped because it is no printable ASCII, words or characters beyond the limits.
 */
export type LineOddity = 'quote-over-lines' | 'dropped-text' | 'cut';

/** One line of input. `line` is the number of the physical line it begins on, from 1. */
export type ParsedLine =
  | {
      readonly words: readonly string[];
      readonly line: number;
      readonly oddity?: LineOddity;
      readonly error?: undefined;
    }
  /** An unescaped `#` inside quotes: the line says nothing. */
  | { readonly error: 'hash-in-quotes'; readonly line: number; readonly words?: undefined };

export interface WordParserOptions {
  /** Words beyond this number are ignored. Default 32. */
  readonly maxWords?: number;
  /** Characters of a word beyond this number are cut off. Default 512. */
  readonly maxWordLength?: number;
  /** What a syntax error costs: the rest of its line (files, default), or the rest of the chunk (upsd's sockets). */
  readonly errorCosts?: 'line' | 'chunk';
}

const ORDINARY = 0;
const DROPPED = 1;
const SPACE = 2;
const NEWLINE = 3;
const HASH = 4;
const QUOTE = 5;
const BACKSLASH = 6;
const EQUALS = 7;

const KIND_OF_CHARACTER: Readonly<Record<string, number>> = {
  '\n': NEWLINE,
  ' ': SPACE,
  '\t': SPACE,
  '\v': SPACE,
  '\f': SPACE,
  '\r': SPACE,
  '#': HASH,
  '"': QUOTE,
  '\\': BACKSLASH,
  '=': EQUALS,
};
const isKept = (code: number): boolean => code >= 0x20 && code <= 0x7f;
const KIND = Uint8Array.from(
  { length: 256 },
  (_, code) => KIND_OF_CHARACTER[String.fromCharCode(code)] ?? (isKept(code) ? ORDINARY : DROPPED),
);

type State = 'between' | 'word' | 'escape' | 'quoted' | 'quoted-escape' | 'comment' | 'error';

/** Splits a stream of bytes into lines of words; chunks may end anywhere. Holds at most one line of limited words. */
export class WordParser {
  readonly #maxWords: number;
  readonly #maxWordLength: number;
  readonly #errorCosts: 'line' | 'chunk';

  #state: State = 'between';
  /** True while nothing of the current line has been seen, so that the fast path may try it. */
  #isAtLineStart = true;
  #words: string[] = [];
  #word = '';
  #oddity: LineOddity | undefined;
  /** Physical line being read, and the one on which the current line began. */
  #physicalLine = 1;
  #firstLine = 1;

  constructor(options: WordParserOptions = {}) {
    this.#maxWords = options.maxWords ?? 32;
    this.#maxWordLength = options.maxWordLength ?? 512;
    this.#errorCosts = options.errorCosts ?? 'line';
  }

  /** Takes the next bytes. @returns the lines they complete; an empty line has no words */
  push(chunk: Uint8Array): ParsedLine[] {
    const bytes = chunk instanceof Buffer ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#read(bytes.toString('latin1'));
  }

  /** The input is over: a last line without a newline ends here. The parser is then as new, line numbers go on. */
  end(): ParsedLine[] {
    if (this.#isAtLineStart) return [];
    const lines: ParsedLine[] = [];
    if (this.#state === 'quoted' || this.#state === 'quoted-escape') this.#oddity = 'quote-over-lines';
    const isError = this.#state === 'error';
    if (this.#state !== 'between' && this.#state !== 'comment' && !isError) this.#endWord();
    if (isError || this.#words.length === 0) this.#beginLine();
    else this.#finishLine(0, lines);
    return lines;
  }

  #read(text: string): ParsedLine[] {
    const lines: ParsedLine[] = [];
    let at = 0;
    while (at < text.length) {
      if (this.#isAtLineStart) {
        const next = this.#readPlainLine(text, at, lines);
        if (next !== undefined) {
          at = next;
          continue;
        }
      }
      at = this.#readAnyLine(text, at, lines);
    }
    return lines;
  }

  /**
   * Most requests are a few plain words that arrive whole: one pass, one substring per word.
   * @returns the place after the newline; undefined when the line needs the state machine, nothing is changed then
   */
  #readPlainLine(text: string, start: number, lines: ParsedLine[]): number | undefined {
    const words: string[] = [];
    let wordStart = -1;
    for (let at = start; at < text.length; at++) {
      const kind = KIND[text.charCodeAt(at)];
      if (kind === ORDINARY) {
        if (wordStart < 0) wordStart = at;
      } else if (kind === SPACE || kind === NEWLINE) {
        if (wordStart >= 0) {
          if (words.length === this.#maxWords || at - wordStart > this.#maxWordLength) return undefined;
          words.push(text.substring(wordStart, at));
          wordStart = -1;
        }
        if (kind === NEWLINE) {
          lines.push({ words, line: this.#physicalLine });
          this.#physicalLine++;
          return at + 1;
        }
      } else {
        return undefined;
      }
    }
    return undefined;
  }

  /** The whole grammar, one state at a time. @returns the place after the line, or the end of the text */
  #readAnyLine(text: string, start: number, lines: ParsedLine[]): number {
    if (this.#isAtLineStart) {
      this.#isAtLineStart = false;
      this.#firstLine = this.#physicalLine;
    }
    let at = start;
    while (at < text.length) {
      const kind = KIND[text.charCodeAt(at)];
      if (kind === NEWLINE) this.#physicalLine++;
      switch (this.#state) {
        case 'between':
          if (kind === SPACE) break;
          if (kind === QUOTE) this.#state = 'quoted';
          else if (kind === ORDINARY || kind === DROPPED) at = this.#readRun(text, at, 'word');
          else if (this.#endsOutsideQuotes(kind)) return this.#finishLine(at + 1, lines);
          break;
        case 'word':
          if (kind === ORDINARY || kind === DROPPED || kind === QUOTE) {
            at = this.#readRun(text, at, 'word');
          } else if (kind === BACKSLASH) {
            this.#state = 'escape';
          } else {
            this.#endWord();
            if (kind !== SPACE && this.#endsOutsideQuotes(kind)) return this.#finishLine(at + 1, lines);
          }
          break;
        case 'quoted':
          if (kind === QUOTE) {
            this.#endWord();
          } else if (kind === BACKSLASH) {
            this.#state = 'quoted-escape';
          } else if (kind === HASH) {
            lines.push({ error: 'hash-in-quotes', line: this.#firstLine });
            if (this.#errorCosts === 'chunk') {
              this.#countRestOfChunk(text, at);
              this.#beginLine();
              return text.length;
            }
            this.#state = 'error';
          } else if (kind === NEWLINE) {
            this.#oddity = 'quote-over-lines';
          } else {
            at = this.#readRun(text, at, 'quoted');
          }
          break;
        case 'escape':
        case 'quoted-escape':
          if (isKept(text.charCodeAt(at))) this.#append(text, at, at + 1);
          else if (kind !== NEWLINE) this.#oddity ??= 'dropped-text';
          this.#state = this.#state === 'escape' ? 'word' : 'quoted';
          break;
        case 'comment':
          if (kind === NEWLINE) return this.#finishLine(at + 1, lines);
          break;
        case 'error':
          if (kind === NEWLINE) {
            this.#beginLine();
            return at + 1;
          }
          break;
      }
      at++;
    }
    return at;
  }

  /** A character between words that is neither blank nor the beginning of text. @returns true at the end of the line */
  #endsOutsideQuotes(kind: number | undefined): boolean {
    if (kind === NEWLINE) return true;
    if (kind === HASH) this.#state = 'comment';
    else if (kind === BACKSLASH) this.#state = 'escape';
    else if (kind === EQUALS) {
      this.#word = '=';
      this.#endWord();
    }
    return false;
  }

  /** Takes text up to the next character with a meaning. @returns the place of the last character taken */
  #readRun(text: string, start: number, state: 'word' | 'quoted'): number {
    this.#state = state;
    const isQuoted = state === 'quoted';
    let runStart = start;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const kind = KIND[code];
      if (kind === ORDINARY || (isQuoted ? kind === EQUALS : kind === QUOTE)) continue;
      if (kind === DROPPED || (isQuoted && kind === SPACE)) {
        if (isKept(code)) continue;
        this.#append(text, runStart, at);
        this.#oddity ??= 'dropped-text';
        runStart = at + 1;
        continue;
      }
      break;
    }
    this.#append(text, runStart, at);
    return at - 1;
  }

  /** Adds text[start, end) to the word as far as its limit allows. */
  #append(text: string, start: number, end: number): void {
    const room = this.#maxWordLength - this.#word.length;
    if (end - start > room) this.#oddity ??= 'cut';
    if (room > 0) this.#word += text.substring(start, Math.min(end, start + room));
  }

  #endWord(): void {
    if (this.#words.length < this.#maxWords) this.#words.push(this.#word);
    else this.#oddity ??= 'cut';
    this.#word = '';
    this.#state = 'between';
  }

  #finishLine(next: number, lines: ParsedLine[]): number {
    const line = { words: this.#words, line: this.#firstLine };
    lines.push(this.#oddity === undefined ? line : { ...line, oddity: this.#oddity });
    this.#beginLine();
    return next;
  }

  #beginLine(): void {
    this.#state = 'between';
    this.#isAtLineStart = true;
    this.#words = [];
    this.#word = '';
    this.#oddity = undefined;
  }

  #countRestOfChunk(text: string, start: number): void {
    for (let at = text.indexOf('\n', start); at >= 0; at = text.indexOf('\n', at + 1)) this.#physicalLine++;
  }
}

/** The lines of a whole text that is at hand, such as a file. */
export function parseLines(bytes: Uint8Array, options?: WordParserOptions): ParsedLine[] {
  const parser = new WordParser(options);
  return [...parser.push(bytes), ...parser.end()];
}

/**
 * A value as one quoted word: `"`, `\` and `#` get a backslash. Control characters are left out: every reader drops
 * them, and a newline would cut a reply in two.
 */
export function quote(value: string): string {
  let isPlain = true;
  for (let at = 0; at < value.length && isPlain; at++) {
    const code = value.charCodeAt(at);
    isPlain = code >= 0x20 && code !== 0x22 && code !== 0x23 && code !== 0x5c;
  }
  if (isPlain) return `"${value}"`;
  let quoted = '"';
  for (const character of value) {
    if (character < ' ') continue;
    quoted += character === '"' || character === '\\' || character === '#' ? `\\${character}` : character;
  }
  return `${quoted}"`;
}
