import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';

export interface ConfFile {
  readonly bytes: Uint8Array;
  /** Everybody on this computer may read it. Always false where the system has no such mark. */
  readonly isWorldReadable: boolean;
}

/** A folder of configuration files. */
export interface ConfFolder {
  /** For messages. */
  pathOf(name: string): string;
  /** Undefined: there is no such file. @throws SettingsError settings/cannot-read when there is but it cannot be read */
  read(name: string): Promise<ConfFile | undefined>;
}

const errorCode = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** The folder on disk. @throws SettingsError settings/cannot-read when it is no folder that can be looked into */
export async function openConfFolder(folder: string): Promise<ConfFolder> {
  const cannotRead = (path: string, error: unknown): SettingsError =>
    new SettingsError('settings/cannot-read', { file: path, reason: reasonOf(error) }, error);
  const found = await stat(folder).catch((error: unknown) => {
    throw cannotRead(folder, error);
  });
  if (!found.isDirectory()) {
    throw new SettingsError('settings/cannot-read', { file: folder, reason: phrase('reason.no-folder', {}) });
  }
  return {
    pathOf: (name) => join(folder, name),
    async read(name) {
      const path = join(folder, name);
      try {
        const bytes = await readFile(path);
        const { mode } = await stat(path);
        return { bytes, isWorldReadable: process.platform !== 'win32' && (mode & 0o004) !== 0 };
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw cannotRead(path, error);
      }
    },
  };
}
