/**
 * `settings.json` of a data folder. The file holds what was set and nothing else, so that a better default reaches those
 * who never chose.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';
import { Settings, SETTINGS_VERSION } from '#domain/schema/settings.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import { nearestName } from './nut-conf/nearest-name.ts';
import { SETTING_KEYS, settingText, type SettingKey } from './setting-keys.ts';

export const SETTINGS_FILE = 'settings.json';

export interface StoredSettings {
  /** What stands in the file. */
  readonly given: object;
  /** The same with every default. */
  readonly settings: Settings;
}

/** A key and the text of its new value; an empty text goes back to the default. */
export type SettingChange = readonly [key: string, text: string];

/**
 * Reads the settings; a folder without any has the defaults.
 * @throws SettingsError settings/cannot-read, settings/bad-file, settings/newer-file; the file is left as it is
 */
export async function readSettings(dataDir: string): Promise<StoredSettings> {
  const file = join(dataDir, SETTINGS_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return stored({});
    throw new SettingsError('settings/cannot-read', { file, reason: reasonOf(error) }, error);
  }
  const given = parseJson(text, file);
  if (typeof given.version === 'number' && given.version > SETTINGS_VERSION) {
    throw new SettingsError('settings/newer-file', { file });
  }
  try {
    return stored(given);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new SettingsError('settings/bad-file', { file, reason: error.issues.map(inWords).join('; ') }, error);
  }
}

/**
 * The settings with changes, checked as a whole. Writes nothing.
 * @throws SettingsError settings/unknown-key, settings/mistyped-key, settings/bad-value, settings/missing-value
 */
export function changeSettings(before: StoredSettings, changes: readonly SettingChange[]): StoredSettings {
  let given: object = before.given;
  for (const [key, text] of changes) {
    const setting = findSetting(key);
    given = withValue(given, setting.path, text === '' ? undefined : setting.fromText(text));
  }
  try {
    return stored(given);
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    if (!issue) throw error;
    const key = keyOf(issue);
    if (isMissing(issue)) {
      throw new SettingsError('settings/missing-value', { key, because: issue.message }, error);
    }
    const value = changes.findLast(([changed]) => changed === key)?.[1] ?? '';
    throw new SettingsError('settings/bad-value', { key, value, expected: issue.message }, error);
  }
}

/** @throws SettingsError settings/cannot-keep */
export async function writeSettings(dataDir: string, { given }: StoredSettings): Promise<void> {
  const file = join(dataDir, SETTINGS_FILE);
  try {
    await replaceFile(file, `${JSON.stringify({ version: SETTINGS_VERSION, ...given }, undefined, 2)}\n`);
  } catch (error) {
    throw new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error);
  }
}

/**
 * The setting of a key.
 * @param others keys that are known besides those of the schema, for the guess at what was meant
 * @throws SettingsError settings/unknown-key, settings/mistyped-key
 */
export function findSetting(key: string, others: readonly string[] = []): SettingKey {
  const setting = SETTING_KEYS.get(key);
  if (setting) return setting;
  const nearest = nearestName(key, [...SETTING_KEYS.keys(), ...others]);
  throw nearest === undefined
    ? new SettingsError('settings/unknown-key', { key })
    : new SettingsError('settings/mistyped-key', { key, nearest });
}

/** The value of every key as text, empty where nothing is set. */
export const listSettings = (settings: Settings): ReadonlyMap<string, string> =>
  new Map([...SETTING_KEYS].map(([key, setting]) => [key, settingText(settings, setting)]));

const stored = (given: object): StoredSettings => ({
  given,
  settings: Settings.parse({ version: SETTINGS_VERSION, ...given }),
});

function parseJson(text: string, file: string): { readonly version?: unknown } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SettingsError('settings/bad-file', { file, reason: reasonOf(error) }, error);
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  throw new SettingsError('settings/bad-file', { file, reason: 'it holds no JSON object' });
}

/** A group with a value at a path; undefined takes away what is there. Groups on the way are made. */
function withValue(group: object | undefined, [name, ...rest]: readonly string[], value: unknown): object {
  if (name === undefined) return {};
  const inner = (group as Readonly<Record<string, object>> | undefined)?.[name];
  return { ...group, [name]: rest.length > 0 ? withValue(inner, rest, value) : value };
}

/** The key an issue is about; that of a list, not of its third item. */
const keyOf = ({ path }: z.core.$ZodIssue): string => path.filter((name) => typeof name !== 'number').join('.');

const isMissing = (issue: z.core.$ZodIssue): boolean => issue.code === 'custom' && issue.params?.isMissing === true;

function inWords(issue: z.core.$ZodIssue): string {
  const key = keyOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((name) => (key === '' ? name : `${key}.${name}`));
    return `${names.join(', ')}: not known`;
  }
  if (isMissing(issue)) return `${key}: missing, and ${issue.message}`;
  return `${key}: write ${issue.message}`;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
