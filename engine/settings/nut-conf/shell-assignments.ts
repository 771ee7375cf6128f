/**
 * `NAME=value` lines with the shell's quoting, as nut.conf has them. Nothing is carried out: a value that would need a
 * shell (`$NAME`, a command in backticks) is told and skipped, as service managers read the same file without one.
 */
import type { Problems } from './problem.ts';

export interface ShellAssignment {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

const BLANK = new Set([' ', '\t', '\r']);
/** Characters that begin an expansion outside single quotes. */
const EXPANSION = new Set(['$', '`']);
/** In double quotes the backslash is kept before any other character. */
const ESCAPED_IN_DOUBLE_QUOTES = new Set(['$', '`', '"', '\\']);

interface ShellWord {
  readonly text: string;
  /** True: `=` and the name before it stand outside quotes. */
  readonly assignment: { readonly name: string; readonly value: string } | undefined;
  readonly isExpansion: boolean;
}

export function readShellAssignments(bytes: Uint8Array, problems: Problems): ShellAssignment[] {
  const assignments: ShellAssignment[] = [];
  for (const { words, line } of readCommands(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
    problems,
  )) {
    const [first, second] = words[0]?.text === 'export' && words.length > 1 ? words.slice(1) : words;
    if (!first) continue;
    if (!first.assignment) {
      if (second?.text.startsWith('=')) problems.error('spaces-around-equals', line, { name: first.text });
      else problems.warning('not-an-assignment', line, {});
      continue;
    }
    const { name, value } = first.assignment;
    if (value === '' && second) {
      problems.error('spaces-around-equals', line, { name });
      continue;
    }
    if (first.isExpansion) {
      problems.warning('shell-expansion', line, { name });
      continue;
    }
    if (second) problems.warning('extra-words', line, { extra: second.text });
    assignments.push({ name, value, line });
  }
  return assignments;
}

/** Simple commands: words up to a newline or a semicolon. */
function readCommands(text: string, problems: Problems): { words: ShellWord[]; line: number }[] {
  const commands: { words: ShellWord[]; line: number }[] = [];
  let words: ShellWord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '\n' || character === ';') {
      if (words.length > 0) commands.push({ words, line });
      words = [];
      if (character === '\n') line++;
      at++;
    } else if (BLANK.has(character)) {
      at++;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('\\\n', at)) {
      line++;
      at += 2;
    } else {
      const read = readWord(text, at);
      if (read.isUnclosed) problems.error('unclosed-quote', line, {});
      else words.push(read.word);
      line += read.lines;
      at = read.end;
    }
  }
  if (words.length > 0) commands.push({ words, line });
  return commands;
}

function readWord(text: string, start: number): { word: ShellWord; end: number; lines: number; isUnclosed: boolean } {
  let value = '';
  let quoteMark = '';
  let assignment: { readonly name: string; readonly valueStart: number } | undefined;
  let isPlain = true;
  let isExpansion = false;
  let at = start;
  let lines = 0;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quoteMark === '' && (character === '\n' || character === ';' || BLANK.has(character))) break;
    if (character === '\n') lines++;
    if (quoteMark === "'") {
      if (character === "'") quoteMark = '';
      else value += character;
    } else if (character === '\\') {
      at++;
      const next = text[at] ?? '';
      if (next === '\n') lines++;
      else value += quoteMark === '"' && !ESCAPED_IN_DOUBLE_QUOTES.has(next) ? `\\${next}` : next;
      if (assignment === undefined) isPlain = false;
    } else if (character === '"' && quoteMark === '"') {
      quoteMark = '';
    } else if (quoteMark === '' && (character === '"' || character === "'")) {
      quoteMark = character;
      if (assignment === undefined) isPlain = false;
    } else {
      if (EXPANSION.has(character)) isExpansion = true;
      if (
        character === '=' &&
        quoteMark === '' &&
        assignment === undefined &&
        isPlain &&
        /^[A-Za-z_]\w*$/.test(value)
      ) {
        assignment = { name: value, valueStart: value.length + 1 };
      }
      value += character;
    }
  }
  const named = assignment && { name: assignment.name, value: value.slice(assignment.valueStart) };
  return { word: { text: value, assignment: named, isExpansion }, end: at, lines, isUnclosed: quoteMark !== '' };
}

/** One line that a shell and a service manager read back as the same value. */
export function writeShellAssignment(name: string, value: string): string {
  if (/^[\w./:@,+-]*$/.test(value)) return `${name}=${value}\n`;
  if (!value.includes("'")) return `${name}='${value}'\n`;
  return `${name}="${value.replace(/[$`"\\]/g, '\\$&')}"\n`;
}
