/**
 * What the web host keeps to itself: the key that signs sessions, and password hashes. One file, for its owner only, which
 * has one writer at a time: the turn of the settings beside it is the turn of this file too.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describeError, SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { LONGEST_WEB_PASSWORD, type WebSecretKey } from '#domain/schema/settings/settings.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Log } from '#engine/ports.ts';
import { withSettingsLock } from '#engine/settings/settings-lock.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { hashPassword } from './sessions.ts';

export const WEB_SECRETS_FILE = 'web-secrets.json';

const WebSecretsFile = z.object({
  signingKey: z.base64url().min(32),
  passwords: z.object({ control: z.string().exactOptional(), read: z.string().exactOptional() }),
});

export interface WebSecrets {
  readonly signingKey: Buffer;
  readonly passwords: { readonly control?: string; readonly read?: string };
}

/** Which password a key of the settings stands for. */
export const PASSWORD_OF_KEY = {
  'web.password': 'control',
  'web.readPassword': 'read',
} as const satisfies Record<WebSecretKey, keyof WebSecrets['passwords']>;

/** @throws SettingsError settings/bad-password for what could not be typed into the log-in page */
export function checkPassword(key: WebSecretKey, password: string): void {
  const reason =
    password.length > LONGEST_WEB_PASSWORD
      ? phrase('reason.too-long', { most: LONGEST_WEB_PASSWORD })
      : /[\r\n\0]/.test(password)
        ? phrase('reason.not-one-line', {})
        : undefined;
  if (reason !== undefined) throw new SettingsError('settings/bad-password', { key, reason });
}

/**
 * Makes the secrets of a data folder at the first start. Where nothing can be written, sessions last as long as the
 * program: the interface in which that is seen has to come up.
 * @throws SettingsError settings/cannot-read for a file that is there and cannot be used
 */
export async function makeWebSecrets(dataDir: string, log: Log): Promise<WebSecrets> {
  const kept = await findWebSecrets(dataDir);
  if (kept) return kept;
  const made = { signingKey: randomBytes(32), passwords: {} };
  try {
    // A password that is set at this moment is not to be written over.
    return await withSettingsLock(dataDir, async () => {
      const meanwhile = await findWebSecrets(dataDir);
      if (!meanwhile) await writeSecrets(dataDir, made);
      return meanwhile ?? made;
    });
  } catch (error) {
    log.warn(`Browsers have to sign in again after the next start. ${describeError(error)}`);
    return made;
  }
}

/**
 * The secrets of a data folder, undefined where there are none yet.
 * @throws SettingsError settings/cannot-read
 */
export async function findWebSecrets(dataDir: string): Promise<WebSecrets | undefined> {
  const file = join(dataDir, WEB_SECRETS_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SettingsError('settings/cannot-read', { file, reason: reasonOf(error) }, error);
  }
  try {
    const { signingKey, passwords } = WebSecretsFile.parse(JSON.parse(text));
    return { signingKey: Buffer.from(signingKey, 'base64url'), passwords };
  } catch (error) {
    throw new SettingsError('settings/cannot-read', { file, reason: phrase('reason.not-what-was-written', {}) }, error);
  }
}

/**
 * Sets passwords, or takes them away with an empty text. The signing key is a new one afterwards: whoever got in with
 * an old password is logged out. Changes that come at once, from pages and command lines, are made one after the other.
 * @throws SettingsError settings/cannot-read, settings/cannot-keep
 */
export async function changePasswords(dataDir: string, changes: ReadonlyMap<WebSecretKey, string>): Promise<void> {
  // Before the turn: a hash takes long, and the others wait.
  const changed = new Map<string, string | undefined>();
  for (const [key, password] of changes) {
    changed.set(PASSWORD_OF_KEY[key], password === '' ? undefined : await hashPassword(password));
  }
  await withSettingsLock(dataDir, async () => {
    const before = (await findWebSecrets(dataDir))?.passwords ?? {};
    const hashes = [...new Map([...Object.entries(before), ...changed])];
    const passwords = Object.fromEntries(hashes.filter(([, hash]) => hash !== undefined));
    await writeSecrets(dataDir, { signingKey: randomBytes(32), passwords });
  });
}

async function writeSecrets(dataDir: string, { signingKey, passwords }: WebSecrets): Promise<void> {
  const file = join(dataDir, WEB_SECRETS_FILE);
  const content = { signingKey: signingKey.toString('base64url'), passwords };
  try {
    await replaceFile(file, `${JSON.stringify(content)}\n`);
  } catch (error) {
    throw new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error);
  }
}
