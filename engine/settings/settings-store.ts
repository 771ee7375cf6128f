/**
 * `settings.json` of a data folder. The file holds what was set and nothing else, so that a better default reaches those
 * who never chose; passwords are in a file of their own.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';
import { SECRET_NAMES } from '#domain/schema/settings/parts.ts';
import { SETTINGS_VERSION } from '#domain/schema/settings/settings.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import { jsonFault, lineOfPath } from '#engine/json-lines.ts';
import type { SecretSeal } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { LINES_NAMES, linesWithReferences, linesWithSecrets, referencesInLines } from './hidden-lines.ts';
import { migrate } from './migrations.ts';
import { withFollowedNames } from './renamed-upses.ts';
import { isSecretReference, openSecretBook, type SecretBook } from './secret-file.ts';
import { withSettingsLock } from './settings-lock.ts';
import { inWords, isGroup, stored, type Group, type StoredSettings } from './stored-settings.ts';

export const SETTINGS_FILE = 'settings.json';
/** The same once more: what is gone back to when the file breaks. */
export const LAST_GOOD_FILE = 'settings.last-good.json';
/** The settings before the last change: the way back from an import or a slip of the hand. */
export const PREVIOUS_FILE = 'settings.previous.json';

/**
 * Reads the settings; a folder without any has the defaults. Passwords that cannot be had count as not set.
 * @throws SettingsError settings/cannot-read, settings/bad-file, settings/newer-file; the file is left as it is
 */
export async function readSettings(dataDir: string, seal?: SecretSeal): Promise<StoredSettings> {
  const book = await openSecretBook(dataDir, seal);
  return readSettingsFile(join(dataDir, SETTINGS_FILE), book);
}

/** The same, and the last good ones or the defaults in place of a file that broke. @throws SettingsError for any other reason */
export async function readUsableSettings(dataDir: string, seal?: SecretSeal): Promise<StoredSettings> {
  const isBroken = (error: unknown): boolean => error instanceof SettingsError && error.code === 'settings/bad-file';
  try {
    return await readSettings(dataDir, seal);
  } catch (error) {
    if (!isBroken(error)) throw error;
  }
  try {
    return await readSettingsFile(join(dataDir, LAST_GOOD_FILE), await openSecretBook(dataDir, seal));
  } catch (error) {
    if (!isBroken(error)) throw error;
    return stored({}, '');
  }
}

export async function readSettingsFile(file: string, book: SecretBook): Promise<StoredSettings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return stored({}, '');
    throw new SettingsError('settings/cannot-read', { file, reason: reasonOf(error) }, error);
  }
  const content = parseJson(text, file);
  if (typeof content.version === 'number' && content.version > SETTINGS_VERSION) {
    throw new SettingsError('settings/newer-file', { file, line: lineOfPath(text, ['version']) });
  }
  const given = migrate(content);
  if (given === undefined) {
    const reason = `version: write ${SETTINGS_VERSION}`;
    throw new SettingsError('settings/bad-file', { file, line: lineOfPath(text, ['version']), reason });
  }
  try {
    return stored(withSecrets(given, book), createHash('sha256').update(text).digest('hex'));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const line = Math.min(...error.issues.map((issue) => lineOfPath(text, placeOf(issue))));
    throw new SettingsError('settings/bad-file', { file, line, reason: error.issues.map(inWords).join('; ') }, error);
  }
}

/** An unknown key is an issue of the group it stands in. */
const placeOf = (issue: z.core.$ZodIssue): readonly PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;

/** What becomes of settings: the new ones, and which of their passwords the program made and nobody was shown yet. */
export type SettingsChange = (
  before: StoredSettings,
) => StoredSettings | { readonly next: StoredSettings; readonly unseen: ReadonlySet<string> };

/**
 * Reads, changes and writes the settings while nobody else does.
 * @param change pure; what it throws is thrown, and nothing is written
 * @returns the settings as they are on disk now
 * @throws SettingsError as reading does, and settings/cannot-keep
 */
export function updateSettings(dataDir: string, change: SettingsChange, seal?: SecretSeal): Promise<StoredSettings> {
  return withSettingsLock(dataDir, async () => {
    const before = await readSettings(dataDir, seal);
    const changed = change(before);
    const { next, unseen } = 'next' in changed ? changed : { next: changed, unseen: new Set<string>() };
    await writeSettings(dataDir, withFollowedNames(before, next), seal, unseen);
    return readSettings(dataDir, seal);
  });
}

/** Secrets first: the settings on disk always find the passwords that they name. */
async function writeSettings(
  dataDir: string,
  { given }: StoredSettings,
  seal: SecretSeal | undefined,
  unseen: ReadonlySet<string>,
): Promise<void> {
  const file = join(dataDir, SETTINGS_FILE);
  const lastGood = join(dataDir, LAST_GOOD_FILE);
  const previous = join(dataDir, PREVIOUS_FILE);
  const book = await openSecretBook(dataDir, seal);
  const content = { version: SETTINGS_VERSION, ...withReferences(given, (text) => book.keep(text, unseen.has(text))) };
  await book.save();
  try {
    const before = await readIfThere(file);
    if (before !== undefined) await replaceFile(previous, before);
    const text = `${JSON.stringify(content, undefined, 2)}\n`;
    await replaceFile(file, text);
    await replaceFile(lastGood, text);
  } catch (error) {
    throw new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error);
  }
  await book.sweep(new Set([...referencesIn(content), ...(await referencesOf(previous))]));
}

/**
 * Takes the file as it is for the last good one: somebody else wrote it, and it can be used.
 * @throws SettingsError settings/cannot-keep
 */
export async function keepAsLastGood(dataDir: string, seal?: SecretSeal): Promise<void> {
  const file = join(dataDir, SETTINGS_FILE);
  const lastGood = join(dataDir, LAST_GOOD_FILE);
  const isSame = async (): Promise<boolean> => (await readIfThere(file)) === (await readIfThere(lastGood));
  try {
    if (await isSame()) return;
    await withSettingsLock(dataDir, async () => {
      // It may have been broken meanwhile.
      await readSettings(dataDir, seal);
      const text = await readIfThere(file);
      if (text !== undefined && !(await isSame())) await replaceFile(lastGood, text);
    });
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError('settings/cannot-keep', { file: lastGood, reason: reasonOf(error) }, error);
  }
}

/** @throws Error of the file system */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string, file: string): Group {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SettingsError('settings/bad-file', { file, ...jsonFault(text, error) }, error);
  }
  if (isGroup(content)) return { ...content };
  throw new SettingsError('settings/bad-file', { file, line: 1, reason: 'it holds no JSON object' });
}

/** References become the passwords they stand for; one whose password cannot be had here stays one. */
function withSecrets(value: Group, book: SecretBook): Group {
  const at = (part: unknown): unknown => {
    if (isSecretReference(part)) {
      return book.open(part.secret) ?? (book.isSealed(part.secret) ? { ...part, isSealed: true } : part);
    }
    if (Array.isArray(part)) return part.map(at);
    if (!isGroup(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, inner]) => {
        const isLines = typeof inner === 'string' && LINES_NAMES.has(name);
        return [name, isLines ? linesWithSecrets(inner, book) : at(inner)];
      }),
    );
  };
  return at(value) as Group;
}

/** And back. What is not set leaves nothing behind. */
function withReferences(value: Group, keep: (text: string) => string): Group {
  const at = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(at);
    if (!isGroup(part)) return part;
    return Object.fromEntries(
      Object.entries(part).flatMap(([name, inner]) => {
        if (typeof inner === 'string' && LINES_NAMES.has(name)) return [[name, linesWithReferences(inner, keep)]];
        if (!SECRET_NAMES.has(name)) return [[name, at(inner)]];
        if (isSecretReference(inner)) return [[name, { secret: inner.secret }]];
        return typeof inner === 'string' ? [[name, { secret: keep(inner) }]] : [];
      }),
    );
  };
  return at(value) as Group;
}

function referencesIn(value: unknown): string[] {
  if (isSecretReference(value)) return [value.secret];
  if (typeof value === 'string') return referencesInLines(value).map(({ reference }) => reference);
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return isGroup(value) ? Object.values(value).flatMap(referencesIn) : [];
}

/** References of a file that may not be there, or be damaged: then it names none. */
async function referencesOf(file: string): Promise<string[]> {
  const text = await readIfThere(file);
  try {
    return text === undefined ? [] : referencesIn(JSON.parse(text));
  } catch {
    return []; // the settings before are only a way back; without them nothing in force is lost
  }
}
