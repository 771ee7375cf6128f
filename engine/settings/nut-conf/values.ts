/** How NUT reads numbers and yes/no. */
import { message } from '#domain/messages/message.ts';

/** What the texts of a bad value say would be right. */
export const expected = {
  wholeNumber: message('expected.whole-number', {}),
  number: message('expected.number', {}),
  hexNumber: message('expected.hex-number', {}),
  boolean: message('expected.boolean', {}),
  pattern: message('expected.pattern', {}),
  port: message('expected.port', {}),
  oneOf: (values: readonly string[]): string => message('expected.one-of', { values: values.join(', ') }),
  shutdownExit: message('expected.shutdown-exit', {}),
  flags: message('expected.flags', {}),
  role: message('expected.role', {}),
  certHost: message('expected.certhost', {}),
  certIdent: message('expected.certident', {}),
} as const;

const TRUE_WORDS = new Set(['true', 'on', 'yes', '1']);
const FALSE_WORDS = new Set(['false', 'off', 'no', '0']);

/** NUT's words for true and false, without case. @returns undefined for anything else */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}

export type ParsedInteger =
  { readonly value: number; readonly isSloppy: boolean } | { readonly value: undefined; readonly isSloppy: boolean };

/** NUT takes the number a text begins with: `20s` is 20, and sloppy. Beyond nine digits it is no number. */
export function parseInteger(text: string, isSigned: boolean): ParsedInteger {
  const match = (isSigned ? /^\s*([+-]?\d{1,9})(?!\d)(.*)$/s : /^(\d{1,9})(?!\d)(.*)$/s).exec(text);
  if (!match) return { value: undefined, isSloppy: false };
  return { value: Number(match[1]), isSloppy: match[2]?.trim() !== '' };
}
