/** The keyring: a key beside the program's own data, so that it lasts as long as the person does. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';

const ALGORITHM = 'aes-256-gcm';

function key(): Buffer {
  const file = join(app.getPath('userData'), 'stand-in.keyring');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

/** Which keyring a desktop has, as Electron finds out. */
const BACKENDS: Readonly<Record<string, string>> = { GNOME: 'gnome_libsecret', KDE: 'kwallet6' };

export const safeStorage = {
  isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(true),
  getSelectedStorageBackend: (): string => BACKENDS[process.env.XDG_CURRENT_DESKTOP ?? ''] ?? 'basic_text',
  encryptStringAsync(text: string): Promise<Buffer> {
    const iv = randomBytes(12);
    const cipher = createCipheriv(ALGORITHM, key(), iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Promise.resolve(Buffer.concat([iv, cipher.getAuthTag(), body]));
  },
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    await Promise.resolve();
    const decipher = createDecipheriv(ALGORITHM, key(), sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    const result = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
    return { result, shouldReEncrypt: false };
  },
};
