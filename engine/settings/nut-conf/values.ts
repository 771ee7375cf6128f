/** How NUT reads numbers and yes/no. */
import { phrase, type Text } from '#domain/messages/message.ts';

/** What the texts of a bad value say would be right. */
export const expected = {
  wholeNumber: phrase('expected.whole-number', {}),
  wholeNumberFrom1: phrase('expected.whole-number-from-1', {}),
  listenAddress: phrase('expected.listen-address', {}),
  number: phrase('expected.number', {}),
  hexNumber: phrase('expected.hex-number', {}),
  boolean: phrase('expected.boolean', {}),
  pattern: phrase('expected.pattern', {}),
  port: phrase('expected.port', {}),
  oneOf: (values: readonly string[]): Text => phrase('expected.one-of', { values: values.join(', ') }),
  shutdownExit: phrase('expected.shutdown-exit', {}),
  flags: phrase('expected.flags', {}),
  role: phrase('expected.role', {}),
  certHost: phrase('expected.certhost', {}),
  certIdent: phrase('expected.certident', {}),
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
