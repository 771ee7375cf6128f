/** Settings as they are kept: what was set, and what that amounts to with every default. */
import { SettingsError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import type { FieldPath } from '#domain/schema/field-problem.ts';
import { becauseText, expectedOf, missingOf } from '#domain/schema/settings/issue-text.ts';
import { Settings, SETTINGS_VERSION } from '#domain/schema/settings/settings.ts';
import type { z } from 'zod';
import { referencesInLines } from './hidden-lines.ts';
import { isSecretReference } from './secret-file.ts';

export type Group = Readonly<Record<string, unknown>>;

export interface StoredSettings {
  /** What was set, with passwords as they are; a reference where the password cannot be had here. */
  readonly given: Group;
  /** The same with every default. */
  readonly settings: Settings;
  /** Changes with every change of the file; empty where there is none. */
  readonly revision: string;
}

/** @throws z.ZodError for what does not fit */
export const stored = (given: Group, revision: string): StoredSettings => ({
  given,
  settings: Settings.parse({ version: SETTINGS_VERSION, ...withoutReferences(given) }),
  revision,
});

/** A password that cannot be had counts as not set; its reference stays in what was given, for whoever can open it. */
function withoutReferences(given: Group): Group {
  const at = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(at);
    if (!isGroup(part)) return part;
    return Object.fromEntries(
      Object.entries(part).flatMap(([name, inner]) => (isSecretReference(inner) ? [] : [[name, at(inner)]])),
    );
  };
  return at(given) as Group;
}

interface LostPassword {
  readonly key: string;
  /** Where it stands in the file. */
  readonly path: FieldPath;
  /** The program that sealed it still has it. */
  readonly isSealed: boolean;
}

/** What to tell of passwords that were set and cannot be had here; empty where there are none. */
export function lostPasswordErrors(of: Pick<StoredSettings, 'given'>): SettingsError[] {
  const lost = lostPasswords(of);
  const keys = (wanted: boolean): string =>
    lost.flatMap(({ key, isSealed }) => (isSealed === wanted ? [key] : [])).join(', ');
  return [
    ...(keys(false) === '' ? [] : [new SettingsError('settings/lost-passwords', { keys: keys(false) })]),
    ...(keys(true) === '' ? [] : [new SettingsError('settings/sealed-passwords', { keys: keys(true) })]),
  ];
}

/** The passwords that were set and cannot be had here. */
export function lostPasswords({ given }: Pick<StoredSettings, 'given'>): LostPassword[] {
  const at = (part: unknown, path: FieldPath): LostPassword[] => {
    const place = { key: path.join('.'), path };
    if (isSecretReference(part)) return [{ ...place, isSealed: part.isSealed === true }];
    if (typeof part === 'string') return referencesInLines(part).map(({ isSealed }) => ({ ...place, isSealed }));
    if (Array.isArray(part)) return part.flatMap((inner, index) => at(inner, [...path, index]));
    return isGroup(part) ? Object.entries(part).flatMap(([name, inner]) => at(inner, [...path, name])) : [];
  };
  return at(given, []);
}

export const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The key an issue is about; that of a list, not of its third item. */
export function keyOf({ path }: z.core.$ZodIssue): string {
  const at = path.indexOf('users');
  if (at > 0) return [...path.slice(0, at), 'extrausers'].join('.');
  return (typeof path.at(-1) === 'number' && path.length > 2 ? path.slice(0, -1) : path).join('.');
}

/** The key of a neighbour in the same group. */
export const beside = (key: string, name: string): string => [...key.split('.').slice(0, -1), name].join('.');

/** An issue as half a sentence of its own. */
export function inWords(issue: z.core.$ZodIssue): string {
  const key = keyOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((name) => (key === '' ? name : `${key}.${name}`));
    return `${names.join(', ')}: not known`;
  }
  const missing = missingOf(issue);
  if (missing)
    return `${key}: missing, and ${textIn(becauseText({ ...missing, key: beside(key, missing.key) })) ?? ''}`;
  return `${key}: write ${textIn(expectedOf(issue)) ?? ''}`;
}
