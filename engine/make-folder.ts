import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are not there yet. Node's own way (`recursive`) never ends, and lets nothing end
 * it, where a file system denies that the folder above is there: so do `/proc` and shares that went away.
 * @param mode of those that are made
 * @throws Error of the file system, ENOTDIR where a file is in the way
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  if (await isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await makeFolder(above, mode);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if (await isFolder(folder)) return; // somebody else was faster
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw Object.assign(new Error(`ENOTDIR: ${folder} is no folder`, { cause: error }), { code: 'ENOTDIR' });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
