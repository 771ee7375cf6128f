/** `config get`, `config set` and `config check`: the settings of a data folder, from the command line. */
import { join, resolve } from 'node:path';
import { describeError, WebError } from '#domain/errors.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { WEB_SECRET_KEYS, type Settings, type WebSecretKey } from '#domain/schema/settings/settings.ts';
import {
  changeSettings,
  findSetting,
  keysAfter,
  listSettings,
  type SettingChange,
} from '#engine/settings/change-settings.ts';
import { checkSettings, describeFieldProblem, errorsFirst } from '#engine/settings/check-settings.ts';
import { fileProblems } from '#engine/settings/configuration.ts';
import { consoleProblems } from '#engine/settings/console-ports.ts';
import { readWhole } from '#engine/settings/read-import.ts';
import { openSecretBook } from '#engine/settings/secret-file.ts';
import { keysOfSettings, type SettingKey } from '#engine/settings/setting-keys.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { readSettings, SETTINGS_FILE, updateSettings } from '#engine/settings/settings-store.ts';
import { describeConfigError, describeInFile, lostInFile } from '../error-place.ts';
import { EXIT, UsageError } from '../io.ts';
import type { NutCommandIo } from '../nut-commands/nut-command.ts';
import { Prompt } from '../nut-commands/prompt.ts';
import { changePasswords, checkPassword, findWebSecrets, PASSWORD_OF_KEY } from '../web/secrets.ts';
import { readCertificateFiles } from '../web/web-tls.ts';
import { makeDataFolder } from './data-folder.ts';

const isWebSecret = (key: string): key is WebSecretKey => WEB_SECRET_KEYS.some((secret) => secret === key);

/**
 * Prints the value of one key, or every key with its value. In the list a value of several lines is written as one, with
 * `\\n` between them.
 * @throws UsageError for an unknown key
 * @throws SettingsError for settings that cannot be read
 */
export async function getSettings(keys: readonly string[], dataDir: string, io: NutCommandIo): Promise<number> {
  const [key] = keys;
  if (keys.length > 1) throw new UsageError('"config get" takes one key, or none for all');
  const { settings } = await readSettings(dataDir);
  if (key !== undefined) checkKey(key, keysOfSettings(settings));
  const passwords = (await findWebSecrets(dataDir))?.passwords ?? {};
  const values = new Map<string, string>(listSettings(settings));
  for (const secret of WEB_SECRET_KEYS) values.set(secret, told(passwords[PASSWORD_OF_KEY[secret]]));
  if (key !== undefined) io.stdout.write(`${(values.get(key) ?? '').replace(/\n$/, '')}\n`);
  else for (const [name, value] of values) io.stdout.write(pairLine(name, value));
  return EXIT.ok;
}

const told = (password: string | undefined): string =>
  password === undefined || password === '' ? '(not set)' : '(set)';

const pairLine = (name: string, value: string): string =>
  `${`${name} = ${value.replace(/\n$/, '').replaceAll('\n', '\\n')}`.trimEnd()}\n`;

/**
 * Takes `KEY VALUE` pairs. All are checked before the first is written.
 * @param consoles where the system tells of its consoles, if not where it does
 * @throws UsageError for words that are no pairs of known keys and values
 * @throws SettingsError for a value that does not fit, or files that cannot be read or written
 */
export async function setSettings(
  words: readonly string[],
  dataDir: string,
  io: NutCommandIo,
  consoles?: ConsolePlaces,
): Promise<number> {
  const before = await readSettings(dataDir);
  const written = readPairs(words);
  const keys = keysAfter(before.settings, written);
  for (const [key] of written) checkKey(key, keys);
  const pairs = await withTypedPasswords(written, keys, io);
  if (pairs === undefined) return EXIT.failed;
  const changes = pairs.filter(([key]) => !isWebSecret(key)).map((change) => withWholePath(change, keys));
  const changed = changeSettings(before, changes);
  const here = await consoleProblems(changed.settings, before.settings, consoles);
  if (!(await checkMeaning(changed.settings, here, io, describeFieldProblem))) return EXIT.configuration;
  const passwords = new Map(pairs.filter((pair): pair is [WebSecretKey, string] => isWebSecret(pair[0])));
  for (const [key, password] of passwords) checkPassword(key, password);
  await makeDataFolder(dataDir);
  if (passwords.size > 0) await changePasswords(dataDir, passwords);
  // Once more on what is there now: somebody else may have changed something meanwhile.
  if (changes.length > 0) await updateSettings(dataDir, (now) => changeSettings(now, changes));
  const texts = listSettings(changed.settings);
  // A UPS that was taken away has no values any more.
  for (const [key] of pairs) {
    const value = isWebSecret(key) ? told(passwords.get(key)) : texts.get(key);
    io.stdout.write(pairLine(key, value ?? ''));
  }
  if (passwords.size > 0) io.stdout.write('Everybody who was logged in to the web interface has to log in again.\n');
  return EXIT.ok;
}

/**
 * Tells what is wrong with the settings of the folder, and changes nothing.
 * @param consoles where the system tells of its consoles, if not where it does
 * @throws SettingsError for settings that cannot be read
 */
export async function checkFolder(dataDir: string, io: NutCommandIo, consoles?: ConsolePlaces): Promise<number> {
  const { damage } = await openSecretBook(dataDir);
  const found = await readSettings(dataDir);
  const file = join(dataDir, SETTINGS_FILE);
  const text = found.revision === '' ? '' : (await readWhole(file)).toString('utf8');
  const lost = lostInFile(found, file, text);
  for (const error of damage ? [damage, ...lost] : lost) io.stderr.write(`${describeConfigError(error)}\n`);
  const here = await fileProblems(found.settings, dataDir, consoles);
  const canBeUsed = await checkMeaning(found.settings, here, io, (problem) => describeInFile(problem, file, text));
  // What the desktop program sealed is there, only not for this one.
  const isWhole = !damage && lost.every(({ code }) => code === 'settings/sealed-passwords');
  if (!canBeUsed || !isWhole) return EXIT.configuration;
  io.stdout.write(usableLine(file, found.settings.ups));
  return EXIT.ok;
}

/** @param ups those that a configuration names */
export const usableLine = (where: string, { length }: readonly unknown[]): string =>
  `${where}: usable, ${length} UPS${length === 1 ? '' : 'es'}\n`;

/** What the schema cannot see: files that are named, lines for NUT. Tells all of it. @returns whether it can be used */
async function checkMeaning(
  settings: Settings,
  here: readonly FieldProblem[],
  io: NutCommandIo,
  describe: (problem: FieldProblem) => string,
): Promise<boolean> {
  const problems = errorsFirst([...checkSettings(settings), ...here]);
  for (const problem of problems) io.stderr.write(`${describe(problem)}\n`);
  if (problems.some(({ severity }) => severity === 'error')) return false;
  if (settings.web.tls !== 'files') return true;
  try {
    await readCertificateFiles(settings.web);
    return true;
  } catch (error) {
    if (!(error instanceof WebError)) throw error;
    io.stderr.write(`${describeConfigError(error)}\n`);
    return false;
  }
}

function readPairs(words: readonly string[]): SettingChange[] {
  if (words.length === 0) throw new UsageError('"config set" takes a key and its value, or several such pairs');
  const pairs = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [key = '', value] = words.slice(at, at + 2);
    if (value === undefined) throw new UsageError(`${key} has no value; write "" to go back to the default`);
    if (pairs.has(key)) throw new UsageError(`${key} is given twice`);
    pairs.set(key, value);
  }
  return [...pairs];
}

function checkKey(key: string, keys: ReadonlyMap<string, SettingKey>): void {
  if (isWebSecret(key)) return;
  try {
    findSetting(key, keys, WEB_SECRET_KEYS);
  } catch (error) {
    throw new UsageError(describeError(error), { cause: error });
  }
}

const withWholePath = ([key, text]: SettingChange, keys: ReadonlyMap<string, SettingKey>): SettingChange => [
  key,
  text !== '' && keys.get(key)?.isPath ? resolve(text) : text,
];

/** The pairs with passwords given as `-` asked for. @returns undefined when none was typed that can be used */
async function withTypedPasswords(
  pairs: readonly SettingChange[],
  keys: ReadonlyMap<string, SettingKey>,
  io: NutCommandIo,
): Promise<readonly SettingChange[] | undefined> {
  const prompt = new Prompt(io);
  const typed: SettingChange[] = [];
  for (const [key, given] of pairs) {
    const isPassword = isWebSecret(key) || keys.get(key)?.kind === 'secret';
    const text = isPassword && given === '-' ? await askPassword(prompt, key, io) : given;
    if (text === undefined) return undefined;
    typed.push([key, text]);
  }
  return typed;
}

async function askPassword(prompt: Prompt, key: string, io: NutCommandIo): Promise<string | undefined> {
  const password = await prompt.askSecret(`${key}: `);
  if (password === undefined || password === '') {
    io.stderr.write('No password was typed; nothing is changed.\n');
    return undefined;
  }
  // What nobody sees while typing is typed twice; a script knows what it sends.
  if (io.stdin?.isTTY && (await prompt.askSecret('Once more: ')) !== password) {
    io.stderr.write('The two differ; nothing is changed.\n');
    return undefined;
  }
  return password;
}
