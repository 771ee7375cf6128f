/**
 * Passwords of the settings: `secrets.json`, for its owner only. `settings.json` names each by a reference that is new
 * with every new password, so that the settings on disk always find the passwords they were written with: the secrets
 * are written first, the settings make them count, and what nothing names is swept away afterwards.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { SecretSeal } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';

export const SECRETS_FILE = 'secrets.json';

const Entry = z.union([
  z.strictObject({ value: z.string(), isUnseen: z.literal(true).exactOptional() }),
  /** Encrypted by the system's keyring. */
  z.strictObject({ sealed: z.string(), isUnseen: z.literal(true).exactOptional() }),
]);
type Entry = z.output<typeof Entry>;
const SecretsFile = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), Entry) });

/** What stands in the settings instead of a password. */
export interface SecretReference {
  readonly secret: string;
  /** The password is there, but only the program that sealed it can open it. Never written. */
  readonly isSealed?: true;
}

export const isSecretReference = (value: unknown): value is SecretReference =>
  typeof value === 'object' && value !== null && 'secret' in value && typeof value.secret === 'string';

export interface SecretBook {
  /** Why the file that is there cannot be used. Nothing can be opened then, and nothing is written over it. */
  readonly damage: SettingsError | undefined;
  /** Undefined: there is none of that reference, or it was sealed by another program and cannot be opened here. */
  open(reference: string): string | undefined;
  /** Made by the program and not yet shown to anybody. */
  isUnseen(text: string): boolean;
  /** It is there, but only the program that sealed it can open it. */
  isSealed(reference: string): boolean;
  markSeen(text: string): void;
  /** The reference of a password: that of an equal one, else a new one. */
  keep(text: string, isUnseen?: boolean): string;
  /** Writes what is kept, with nothing thrown away. @throws SettingsError settings/cannot-keep, or the damage */
  save(): Promise<void>;
  /** Throws everything else away, and saves where that is something. */
  sweep(used: ReadonlySet<string>): Promise<void>;
}

/** @param seal encrypts what is written; absent: the file's owner is all that guards it */
export async function openSecretBook(dataDir: string, seal?: SecretSeal): Promise<SecretBook> {
  const file = join(dataDir, SECRETS_FILE);
  const read = await readEntries(file);
  const damage = read instanceof SettingsError ? read : undefined;
  const entries = new Map(Object.entries(read instanceof SettingsError ? {} : read));
  let isChanged = false;
  const opened = new Map<string, string>();
  /** References of passwords that have to be sealed before they are written. */
  const unsealed = new Set<string>();
  for (const [reference, entry] of entries) {
    const secret = 'value' in entry ? { text: entry.value, isOutdated: false } : await seal?.open(entry.sealed);
    if (secret === undefined) continue;
    opened.set(reference, secret.text);
    if (!secret.isOutdated) continue;
    unsealed.add(reference);
    isChanged = true;
  }
  const referenceOf = (text: string): string | undefined => [...opened].find(([, known]) => known === text)?.[0];

  const sealNew = async (): Promise<void> => {
    for (const reference of unsealed) {
      const entry = entries.get(reference);
      const text = opened.get(reference);
      if (seal && entry && text !== undefined) {
        entries.set(reference, { sealed: await seal.seal(text), ...(entry.isUnseen ? { isUnseen: true } : {}) });
      }
      unsealed.delete(reference);
    }
  };

  const save = async (): Promise<void> => {
    if (!isChanged) return;
    if (damage) throw damage;
    try {
      await sealNew();
      const content = { version: 1, secrets: Object.fromEntries(entries) };
      await replaceFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
    } catch (error) {
      throw new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error);
    }
    isChanged = false;
  };

  return {
    damage,
    open: (reference) => opened.get(reference),
    isUnseen: (text) => entries.get(referenceOf(text) ?? '')?.isUnseen === true,
    isSealed: (reference) => entries.has(reference) && !opened.has(reference),
    markSeen(text) {
      const reference = referenceOf(text);
      const entry = reference === undefined ? undefined : entries.get(reference);
      if (reference === undefined || !entry?.isUnseen) return;
      const { isUnseen: _isUnseen, ...seen } = entry;
      entries.set(reference, seen);
      isChanged = true;
    },
    keep(text, isUnseen = false) {
      const known = referenceOf(text);
      if (known !== undefined) return known;
      const reference = randomBytes(12).toString('hex');
      entries.set(reference, isUnseen ? { value: text, isUnseen: true } : { value: text });
      unsealed.add(reference);
      opened.set(reference, text);
      isChanged = true;
      return reference;
    },
    save,
    async sweep(used) {
      for (const reference of [...entries.keys()]) {
        if (used.has(reference)) continue;
        entries.delete(reference);
        opened.delete(reference);
        isChanged = true;
      }
      await save();
    },
  };
}

async function readEntries(file: string): Promise<Readonly<Record<string, Entry>> | SettingsError> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    return new SettingsError('settings/bad-secrets', { file, reason: reasonOf(error) }, error);
  }
  try {
    return SecretsFile.parse(JSON.parse(text)).secrets;
  } catch (error) {
    // What it says is a secret: a parser's message would quote it.
    return new SettingsError('settings/bad-secrets', { file, reason: phrase('reason.damaged', {}) }, error);
  }
}
