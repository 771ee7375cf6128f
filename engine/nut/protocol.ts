/**
 * Words of the NUT network protocol that client and server share. Pure.
 * Source: RFC 9271, and upsd 2.8.5 where it differs.
 */
import { quote } from './words.ts';

export const NUT_PORT = 3493;

/** Protocol version this server speaks and answers to NETVER and PROTVER. */
export const PROTOCOL_VERSION = '1.3';

/** Longest reply line in bytes, its line end included. */
export const MAX_REPLY_BYTES = 512;

/** What may follow `ERR`. The last five are results that only GET TRACKING gives, or words of old servers. */
export const ERROR_WORDS = [
  'ACCESS-DENIED',
  'UNKNOWN-UPS',
  'VAR-NOT-SUPPORTED',
  'CMD-NOT-SUPPORTED',
  'INVALID-ARGUMENT',
  'INVALID-VALUE',
  'INSTCMD-FAILED',
  'SET-FAILED',
  'READONLY',
  'TOO-LONG',
  'FEATURE-NOT-SUPPORTED',
  'FEATURE-NOT-CONFIGURED',
  'ALREADY-SSL-MODE',
  'DRIVER-NOT-CONNECTED',
  'DATA-STALE',
  'ALREADY-LOGGED-IN',
  'ALREADY-SET-USERNAME',
  'ALREADY-SET-PASSWORD',
  'USERNAME-REQUIRED',
  'PASSWORD-REQUIRED',
  'UNKNOWN-COMMAND',
  'UNKNOWN',
  'FAILED',
  'INVALID-USERNAME',
  'INVALID-PASSWORD',
] as const;

export type ErrorWord = (typeof ERROR_WORDS)[number];

/** A reply line that says no, line end included. */
export const errorLine = (word: ErrorWord): string => `ERR ${word}\n`;

/** Characters that mean nothing to the word parser, so that a word of them needs no quotes. */
const PLAIN_WORD = /^[\w.:@,;/+-]+$/;

/** A command line as clients send it, without the line end. Text that is no printable ASCII is lost on the way. */
export function formatCommand(words: readonly string[]): string {
  return words.map((word) => (PLAIN_WORD.test(word) ? word : quote(word))).join(' ');
}

/** Letters that are written with others where there is only ASCII. */
const SPELT: Readonly<Record<string, string>> = {
  ...{ ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss', æ: 'ae', Æ: 'Ae', ø: 'o', Ø: 'O' },
  ...{ œ: 'oe', Œ: 'Oe', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D' },
};

/** What people wrote, as it can travel: without accents. Empty where none of it can. */
export const plainText = (text: string): string =>
  wireText(
    text
      .normalize('NFC')
      .replace(/\P{ASCII}/gu, (letter) => SPELT[letter] ?? letter)
      .normalize('NFKD'),
  );

/** Text as it can travel: the protocol's readers drop everything but printable ASCII, so it is dropped before. */
export const wireText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');

/**
 * A reply line with its line end, cut to what clients read. upsd cuts the closing quote and the line end off too, so
 * that the next reply runs into this one; here a cut value is still a value and a line still a line.
 */
export function replyLine(text: string): string {
  if (text.length < MAX_REPLY_BYTES) return `${text}\n`;
  let end = MAX_REPLY_BYTES - 2;
  let backslashes = 0;
  while (text[end - 1 - backslashes] === '\\') backslashes += 1;
  // A backslash that lost its character would take the quote for it.
  if (backslashes % 2 === 1) end -= 1;
  return `${text.slice(0, end)}"\n`;
}
