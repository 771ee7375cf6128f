/**
 * Passwords within the lines that people write for NUT's files: `authPassword` of snmp-ups, `CERTIDENT` of upsd.conf.
 * Whoever looks sees `(set)`, and who sends that back means the one there is; the file of the settings has a reference to
 * where each is kept. Pure.
 */
import { SECRET_OPTIONS } from './nut-conf/secret-options.ts';
import type { SecretBook } from './secret-file.ts';
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

/** What stands in the file; `sealed`: read where only another program can open it. */
const REFERENCE = /^\((secret|sealed):([0-9a-f]+)\)$/;

/** The keys of settings that hold such lines. */
export const LINES_NAMES: ReadonlySet<string> = new Set(['options', 'optionsupsd']);

/** The lines as they are written to the file. @param keep the reference of a password */
export const linesWithReferences = (lines: string, keep: (secret: string) => string): string =>
  eachSecret(lines, (secret) => (isKept(secret) ? secret : `(secret:${REFERENCE.exec(secret)?.[2] ?? keep(secret)})`));

/** And as they are read from it. A password that cannot be had stays a reference. */
export const linesWithSecrets = (lines: string, book: Pick<SecretBook, 'open' | 'isSealed'>): string =>
  eachSecret(lines, (secret) => {
    const reference = REFERENCE.exec(secret)?.[2];
    if (reference === undefined) return secret;
    return book.open(reference) ?? `(${book.isSealed(reference) ? 'sealed' : 'secret'}:${reference})`;
  });

/** The references that stand in lines. */
export function referencesInLines(
  lines: string,
): readonly { readonly reference: string; readonly isSealed: boolean }[] {
  const found: { reference: string; isSealed: boolean }[] = [];
  eachSecret(lines, (secret) => {
    const [, kind, reference] = REFERENCE.exec(secret) ?? [];
    if (reference !== undefined) found.push({ reference, isSealed: kind === 'sealed' });
    return secret;
  });
  return found;
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
