/**
 * Definition files of dummy-ups: lines of `variable: value` as upsc prints them, with `TIMER seconds` and `ALARM text`
 * in between. Pure: bytes in, steps out.
 */
import { parseLines } from '#engine/nut/words.ts';

export type DevStep =
  /** An empty value removes the variable. */
  | { readonly type: 'set'; readonly variable: string; readonly value: string }
  /** What holds from here on; an empty text is the end of it. */
  | { readonly type: 'alarm'; readonly text: string }
  | { readonly type: 'wait'; readonly seconds: number };

export interface DevFile {
  readonly steps: readonly DevStep[];
  /** Lines that say nothing or not all they hold. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

const VARIABLE_NAME = /^[a-z][\w-]*(?:\.[\w-]+)*$/i;

export const isVariableName = (text: string): boolean => VARIABLE_NAME.test(text);

/** Belong to the driver that reads and the server that serves, not to the UPS a file describes. */
export const isReservedName = (variable: string): boolean => /^(?:driver|server)\./i.test(variable);

const ODDITIES = {
  'quote-over-lines': 'a quote is not closed and swallows the lines below',
  'dropped-text': 'characters other than printable ASCII are lost',
  cut: 'the line is too long and was cut',
} as const;

export function parseDevFile(bytes: Uint8Array): DevFile {
  const steps: DevStep[] = [];
  const problems: { line: number; reason: string }[] = [];
  for (const parsed of parseLines(bytes)) {
    const { line } = parsed;
    if (parsed.words === undefined) {
      problems.push({ line, reason: 'a # inside quotes needs a backslash' });
      continue;
    }
    if (parsed.oddity !== undefined) problems.push({ line, reason: ODDITIES[parsed.oddity] });
    if (parsed.words.length === 0) continue;
    const read = readStep(parsed.words);
    if (typeof read === 'string') problems.push({ line, reason: read });
    else if (read.type !== 'set' || !isReservedName(read.variable)) steps.push(read);
  }
  return { steps, problems };
}

/** @returns the step, or why there is none */
function readStep(words: readonly string[]): DevStep | string {
  const [first = '', ...rest] = words;
  if (first === 'TIMER') {
    const [seconds = ''] = rest;
    if (!/^\d{1,9}(?:\.\d+)?$/.test(seconds)) return 'TIMER needs a number of seconds';
    return { type: 'wait', seconds: Number(seconds) };
  }
  if (first === 'ALARM') return { type: 'alarm', text: rest.join(' ') };
  return readAssignment(first, rest);
}

/** `name: value`, `name : value`, `name = value`, `name:value`, and `name value` where the name has a dot. */
function readAssignment(first: string, rest: readonly string[]): DevStep | string {
  const colon = first.indexOf(':');
  const variable = colon >= 0 ? first.slice(0, colon) : first;
  if (!isVariableName(variable)) return `"${variable}" is no name of a variable`;
  if (colon >= 0) {
    const behind = first.slice(colon + 1);
    return { type: 'set', variable, value: (behind === '' ? rest : [behind, ...rest]).join(' ') };
  }
  const isMarked = rest[0] === ':' || rest[0] === '=';
  if (!isMarked && !variable.includes('.')) return 'the line is no "variable: value"';
  return { type: 'set', variable, value: rest.slice(isMarked ? 1 : 0).join(' ') };
}
