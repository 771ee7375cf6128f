/** `config get` and `config set`: the settings of a data folder, from the command line. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeError, SettingsError, WebError } from '#domain/errors.ts';
import { SECRET_KEYS, type SecretKey } from '#domain/schema/settings.ts';
import {
  changeSettings,
  findSetting,
  listSettings,
  readSettings,
  writeSettings,
  type SettingChange,
} from '#engine/settings/settings-store.ts';
import { EXIT, UsageError } from '../io.ts';
import type { NutCommandIo } from '../nut-commands/nut-command.ts';
import { Prompt } from '../nut-commands/prompt.ts';
import { changePasswords, checkPassword, findWebSecrets, PASSWORD_OF_KEY } from '../web/secrets.ts';
import { readCertificateFiles } from '../web/web-tls.ts';

const isSecret = (key: string): key is SecretKey => SECRET_KEYS.some((secret) => secret === key);

/**
 * Prints the value of one key, or every key with its value.
 * @throws UsageError for an unknown key
 * @throws SettingsError for settings that cannot be read
 */
export async function getSettings(keys: readonly string[], dataDir: string, io: NutCommandIo): Promise<number> {
  const [key] = keys;
  if (keys.length > 1) throw new UsageError('"config get" takes one key, or none for all');
  if (key !== undefined) checkKey(key);
  const passwords = (await findWebSecrets(dataDir))?.passwords ?? {};
  const values = new Map<string, string>(listSettings((await readSettings(dataDir)).settings));
  for (const secret of SECRET_KEYS) {
    values.set(secret, passwords[PASSWORD_OF_KEY[secret]] === undefined ? '(not set)' : '(set)');
  }
  if (key !== undefined) io.stdout.write(`${values.get(key) ?? ''}\n`);
  else for (const [name, value] of values) io.stdout.write(`${`${name} = ${value}`.trimEnd()}\n`);
  return EXIT.ok;
}

/**
 * Takes `KEY VALUE` pairs. All are checked before the first is written.
 * @throws UsageError for words that are no pairs of known keys and values
 * @throws SettingsError for a value that does not fit, or files that cannot be read or written
 */
export async function setSettings(words: readonly string[], dataDir: string, io: NutCommandIo): Promise<number> {
  const pairs = readPairs(words);
  const changes = pairs.filter(([key]) => !isSecret(key)).map(withWholePath);
  const changed = changeSettings(await readSettings(dataDir), changes);
  if (changed.settings.web.tls === 'files') {
    try {
      await readCertificateFiles(changed.settings.web);
    } catch (error) {
      if (!(error instanceof WebError)) throw error;
      io.stderr.write(`${error.message} (${error.remedy})\n`);
      return EXIT.configuration;
    }
  }
  const passwords = await readPasswords(pairs, io);
  if (passwords === undefined) return EXIT.failed;
  await makeFolder(dataDir);
  if (passwords.size > 0) await changePasswords(dataDir, passwords);
  if (changes.length > 0) await writeSettings(dataDir, changed);
  const texts = listSettings(changed.settings);
  for (const [key] of pairs) {
    const value = isSecret(key) ? (passwords.get(key) === '' ? '(not set)' : '(set)') : (texts.get(key) ?? '');
    io.stdout.write(`${`${key} = ${value}`.trimEnd()}\n`);
  }
  if (passwords.size > 0) io.stdout.write('Everybody who was logged in to the web interface has to log in again.\n');
  return EXIT.ok;
}

function readPairs(words: readonly string[]): SettingChange[] {
  if (words.length === 0) throw new UsageError('"config set" takes a key and its value, or several such pairs');
  const pairs = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [key = '', value] = words.slice(at, at + 2);
    checkKey(key);
    if (value === undefined) throw new UsageError(`${key} has no value; write "" to go back to the default`);
    if (pairs.has(key)) throw new UsageError(`${key} is given twice`);
    pairs.set(key, value);
  }
  return [...pairs];
}

function checkKey(key: string): void {
  if (isSecret(key)) return;
  try {
    findSetting(key, SECRET_KEYS);
  } catch (error) {
    throw new UsageError(describeError(error), { cause: error });
  }
}

const withWholePath = ([key, text]: SettingChange): SettingChange => [
  key,
  text !== '' && findSetting(key).isPath ? resolve(text) : text,
];

/** Passwords given, those given as `-` asked for. @returns undefined when none was typed that can be used */
async function readPasswords(
  pairs: readonly SettingChange[],
  io: NutCommandIo,
): Promise<ReadonlyMap<SecretKey, string> | undefined> {
  const prompt = new Prompt(io);
  const passwords = new Map<SecretKey, string>();
  for (const [key, given] of pairs) {
    if (!isSecret(key)) continue;
    const password = given === '-' ? await askPassword(prompt, key, io) : given;
    if (password === undefined) return undefined;
    checkPassword(key, password);
    passwords.set(key, password);
  }
  return passwords;
}

async function askPassword(prompt: Prompt, key: SecretKey, io: NutCommandIo): Promise<string | undefined> {
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

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError('settings/cannot-keep', { file: folder, reason }, error);
  }
}
