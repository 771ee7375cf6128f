/**
 * Passwords within the lines that people write for NUT's files: `authPassword` of snmp-ups, `CERTIDENT` of upsd.conf. They
 * stand in the settings, in a file for its owner, and nowhere else: whoever looks sees `(set)`, and who sends that back
 * means the one there is. Pure.
 */
import { SECRET_OPTIONS } from './nut-conf/secret-options.ts';
import { KEPT_PASSWORD } from './users-text.ts';

/** A word of NUT's grammar: in quotes with escapes, or up to a blank. */
const WORD = String.raw`"(?:[^"\\]|\\.)*"|(?:[^\s"#\\]|\\.)+`;
const SECRETS = new RegExp(
  String.raw`^([^\S\n]*(?:(${SECRET_OPTIONS.join('|')})[^\S\n]*=[^\S\n]*|(CERTIDENT)[^\S\n]+(?:${WORD})[^\S\n]+))(${WORD})`,
  'gim',
);

/** Calls back for each password. @returns the text with what it gave back in its place */
const eachSecret = (text: string, to: (secret: string, name: string) => string): string =>
  text.replaceAll(
    SECRETS,
    (_whole, head: string, option: string | undefined, directive: string | undefined, secret: string) =>
      `${head}${to(secret, (option ?? directive ?? '').toLowerCase())}`,
  );

/** The lines without their passwords. */
export const hideSecrets = (lines: string): string => eachSecret(lines, () => KEPT_PASSWORD);

/** And with them again. @param before lines in which the passwords stand that are kept, each in its order */
export function restoreSecrets(lines: string, before: string): string {
  const kept = new Map<string, string[]>();
  eachSecret(before, (secret, name) => {
    kept.set(name, [...(kept.get(name) ?? []), secret]);
    return secret;
  });
  return eachSecret(lines, (secret, name) => {
    const known = kept.get(name)?.shift();
    return isKept(secret) ? (known ?? secret) : secret;
  });
}

const isKept = (secret: string): boolean => [KEPT_PASSWORD, `"${KEPT_PASSWORD}"`].includes(secret);

/** Lines (from 1) in which `(set)` still stands for a password: there was none to put in its place. */
export const linesWithoutSecret = (lines: string): readonly number[] =>
  lines.split('\n').flatMap((line, index) => {
    const secrets: string[] = [];
    eachSecret(line, (secret) => {
      secrets.push(secret);
      return secret;
    });
    return secrets.some(isKept) ? [index + 1] : [];
  });
