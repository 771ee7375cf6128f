/**
 * Definition files of dummy-ups: lines of `variable: value` as upsc prints them, with `TIMER seconds` and `ALARM text`
 * in between. Pure: bytes in, steps out.
 */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
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
  readonly problems: readonly { readonly line: number; readonly reason: Text }[];
}

const VARIABLE_NAME = /^[a-z][\w-]*(?:\.[\w-]+)*$/i;

export const isVariableName = (text: string): boolean => VARIABLE_NAME.test(text);

/** Belong to the driver that reads and the server that serves, not to the UPS a file describes. */
export const isReservedName = (variable: string): boolean => /^(?:driver|server)\./i.test(variable);

const ODDITIES = {
  'quote-over-lines': phrase('reason.open-quote', {}),
  'dropped-text': phrase('reason.not-ascii', {}),
  cut: phrase('reason.line-cut', {}),
} as const;

export function parseDevFile(bytes: Uint8Array): DevFile {
  const steps: DevStep[] = [];
  const problems: { line: number; reason: Text }[] = [];
  for (const parsed of parseLines(bytes)) {
    const { line } = parsed;
    if (parsed.words === undefined) {
      problems.push({ line, reason: phrase('reason.bare-hash', {}) });
      continue;
    }
    if (parsed.oddity !== undefined) problems.push({ line, reason: ODDITIES[parsed.oddity] });
    if (parsed.words.length === 0) continue;
    const read = readStep(parsed.words);
    if ('phrase' in read) problems.push({ line, reason: read });
    else if (read.type !== 'set' || !isReservedName(read.variable)) steps.push(read);
  }
  return { steps, problems };
}

/** @returns the step, or why there is none */
function readStep(words: readonly string[]): DevStep | Phrase {
  const [first = '', ...rest] = words;
  if (first === 'TIMER') {
    const [seconds = ''] = rest;
    if (!/^\d{1,9}(?:\.\d+)?$/.test(seconds)) return phrase('reason.timer-number', {});
    return { type: 'wait', seconds: Number(seconds) };
  }
  if (first === 'ALARM') return { type: 'alarm', text: rest.join(' ') };
  return readAssignment(first, rest);
}

/** `name: value`, `name : value`, `name = value`, `name:value`, and `name value` where the name has a dot. */
function readAssignment(first: string, rest: readonly string[]): DevStep | Phrase {
  const colon = first.indexOf(':');
  const variable = colon >= 0 ? first.slice(0, colon) : first;
  if (!isVariableName(variable)) return phrase('reason.no-variable-name', { name: variable });
  if (colon >= 0) {
    const behind = first.slice(colon + 1);
    return { type: 'set', variable, value: (behind === '' ? rest : [behind, ...rest]).join(' ') };
  }
  const isMarked = rest[0] === ':' || rest[0] === '=';
  if (!isMarked && !variable.includes('.')) return phrase('reason.no-assignment', {});
  return { type: 'set', variable, value: rest.slice(isMarked ? 1 : 0).join(' ') };
}
