/** What the web host keeps to itself: the key that signs sessions, and password hashes. One file, for its owner only. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';

const FILE = 'web-secrets.json';

const WebSecretsFile = z.object({
  signingKey: z.base64url().min(32),
  passwords: z.object({ control: z.string().optional(), read: z.string().optional() }),
});

export interface WebSecrets {
  readonly signingKey: Buffer;
  readonly passwords: { readonly control?: string; readonly read?: string };
}

/**
 * Reads the secrets of a data folder; makes them at the first start.
 * @throws SettingsError settings/cannot-read for a file that is there and cannot be used
 */
export async function readWebSecrets(dataDir: string): Promise<WebSecrets> {
  const file = join(dataDir, FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return makeSecrets(file);
    throw new SettingsError('settings/cannot-read', { file, reason: String(error) }, error);
  }
  try {
    const { signingKey, passwords } = WebSecretsFile.parse(JSON.parse(text));
    return {
      signingKey: Buffer.from(signingKey, 'base64url'),
      passwords: {
        ...(passwords.control === undefined ? {} : { control: passwords.control }),
        ...(passwords.read === undefined ? {} : { read: passwords.read }),
      },
    };
  } catch (error) {
    throw new SettingsError('settings/cannot-read', { file, reason: 'it is not what this program wrote' }, error);
  }
}

async function makeSecrets(file: string): Promise<WebSecrets> {
  const signingKey = randomBytes(32);
  await writeSecrets(file, { signingKey, passwords: {} });
  return { signingKey, passwords: {} };
}

/** Atomic: a power cut leaves the old file or the new one. */
async function writeSecrets(file: string, { signingKey, passwords }: WebSecrets): Promise<void> {
  const draft = `${file}.new`;
  const content = { signingKey: signingKey.toString('base64url'), passwords };
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
