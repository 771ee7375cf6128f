/**
 * Single options of the lines that people write for ups.conf and upsd.conf, as an input shows and changes them. The text
 * stays the owner: a change touches the one line, and no other byte. Pure. Grammar: NUT's words (engine/nut/words.ts).
 */

export interface LineOption {
  readonly name: string;
  /** A word that stands alone. */
  readonly isFlag: boolean;
  /** What stands between a name and its value: ups.conf has `name = value`, upsd.conf `NAME value`. */
  readonly separator: ' = ' | ' ';
}

/** Lines count from 1. */
export type OptionView =
  | { readonly kind: 'absent' }
  /** `true` for a flag. */
  | { readonly kind: 'given'; readonly value: string | true; readonly line: number }
  /** More or less than one value, or given twice: only the text can show it. The line is the first of them. */
  | { readonly kind: 'unclear'; readonly line: number };

const TOKEN =
  /[ \t\v\f\r]+|#[^\n]*|(?<end>\n)|(?<word>"(?:[^"\\#]|\\[^])*"|=|(?:[^ \t\v\f\r\n"#\\=]|\\[^])(?:[^ \t\v\f\r\n#\\=]|\\[^])*)|(?<bad>"(?:[^"\\#]|\\[^])*#[^\n]*)|(?<open>(?:"(?:[^"\\#]|\\[^])*)?)\\?$/gy;

interface Word {
  readonly raw: string;
  readonly start: number;
}

interface Line {
  readonly words: readonly Word[];
  readonly start: number;
  /** Behind its newline. */
  readonly end: number;
  /** `broken`: it runs over lines, or has a `#` within quotes. `open`: it would go on behind the text. */
  readonly oddity: 'broken' | 'open' | undefined;
}

/** The lines of the UPS itself: in ups.conf, up to another section. */
function linesOf(text: string, { separator }: LineOption): readonly Line[] {
  const lines: Line[] = [];
  let words: Word[] = [];
  let start = 0;
  let oddity: Line['oddity'];
  const close = (end: number): void => {
    if (end > start) lines.push({ words, start, end, oddity });
    [words, start, oddity] = [[], end, undefined];
  };
  for (const { 0: raw, index, groups: { word, bad, open, end } = {} } of text.matchAll(TOKEN)) {
    // A quote that never ends is the last word.
    const read = word ?? (open && `${open}"`);
    if (read && separator === ' = ' && words.length === 0 && nameIn(read).startsWith('[')) return lines;
    if (read) words.push({ raw: read, start: index });
    if (bad !== undefined || word?.includes('\n')) oddity = 'broken';
    const isLast = index + raw.length === text.length;
    if ((open !== undefined && raw !== '') || (isLast && word?.endsWith('\n'))) oddity = 'open';
    if (end !== undefined) close(index + 1);
  }
  close(text.length);
  return lines;
}

const isQuoted = (raw: string): boolean => raw.startsWith('"');
const plain = (raw: string): string =>
  (isQuoted(raw) ? raw.slice(1, -1) : raw).replaceAll(/\\([^])/g, (_whole, next: string) =>
    next === '\n' ? '' : next,
  );
/** Other letters do not count. */
const nameIn = (raw: string): string => plain(raw).replaceAll(/[^\x20-\x7f]/g, '');

/** What a line gives to the option, with its place; undefined where it is nothing that an input can show. */
function valueIn({ words: [, ...rest], oddity }: Line, { isFlag, separator }: LineOption): Word | true | undefined {
  if (oddity) return undefined;
  if (isFlag) return rest.length === 0 ? true : undefined;
  if (separator === ' = ' && rest.shift()?.raw !== '=') return undefined;
  const [value, ...more] = rest;
  if (value === undefined || more.length > 0 || value.raw === '=') return undefined;
  return plain(value.raw) === '' ? undefined : value;
}

function linesWith(text: string, option: LineOption): readonly Line[] {
  // Directives of upsd.conf are what they are in capitals only.
  const asCompared = (word: string): string => (option.separator === ' ' ? word : word.toLowerCase());
  return linesOf(text, option).filter(
    ({ words: [first] }) => first && asCompared(nameIn(first.raw)) === asCompared(option.name),
  );
}

export function viewOption(text: string, option: LineOption): OptionView {
  const [line, ...more] = linesWith(text, option);
  if (line === undefined) return { kind: 'absent' };
  const value = valueIn(line, option);
  const number = text.slice(0, line.start).split('\n').length;
  if (value === undefined || more.length > 0) return { kind: 'unclear', line: number };
  return { kind: 'given', value: value === true ? true : plain(value.raw), line: number };
}

/**
 * @param value empty takes the line away; anything else sets a flag
 * @returns the text with the option so; as it was where it is so already, or where only the text can say it
 */
export function withOption(text: string, option: LineOption, value: string): string {
  const { name, isFlag, separator } = option;
  const [line, ...more] = linesWith(text, option);
  if (line === undefined) {
    if (value === '') return text;
    return withLine(text, isFlag ? name : `${name}${separator}${asWord(value, false)}`, option);
  }
  const word = valueIn(line, option);
  if (word === undefined || more.length > 0) return text;
  if (value === '') return withoutLine(text, line);
  if (word === true || plain(word.raw) === value) return text;
  const written = asWord(value, isQuoted(word.raw));
  return text.slice(0, word.start) + written + text.slice(word.start + word.raw.length);
}

const asWord = (value: string, isInQuotes: boolean): string => {
  const kept = value.replaceAll(/\p{Cc}/gu, '');
  if (!isInQuotes && /^[\w.,:;/@%*+-]+$/.test(kept)) return kept;
  return `"${kept.replaceAll(/["#\\]/g, String.raw`\$&`)}"`;
};

/** Behind the last line of the UPS itself. */
function withLine(text: string, line: string, option: LineOption): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const at = linesOf(text, option).findLast(({ oddity }) => oddity !== 'open')?.end ?? 0;
  const [before, behind] = [text.slice(0, at), text.slice(at)];
  if (before !== '' && !before.endsWith('\n')) return before + newline + line;
  return before + line + (text === '' ? '' : newline) + behind;
}

/** Behind a last line no newline is left that was not there. */
const withoutLine = (text: string, { start, end }: Line): string =>
  end === text.length && !text.endsWith('\n')
    ? text.slice(0, start).replace(/\r?\n$/, '')
    : text.slice(0, start) + text.slice(end);
