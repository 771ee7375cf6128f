import { chown, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

/**
 * Replaces a file, readable by its owner only. A power cut leaves the old one or the new one.
 * @throws Error of the file system; the old file is untouched then
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // root changes the settings of a service that runs as somebody else, who must go on reading them
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(dirname(file));
      await chown(draft, uid, gid);
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** What a folder that cannot be synchronised says: Windows has no such call, nor have some network file systems. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EACCES']);

/** The new name is on the disk before the next file is written: one that names what stands in another comes after it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && NO_FOLDER_SYNC.has(String(error.code)))) throw error;
  }
}

/** Drafts of a write that was broken off are older than this. */
const DRAFT_IS_LEFT_AFTER_MS = 60_000;

/**
 * Removes what writes of these files left behind that were broken off.
 * @throws Error of the file system
 */
export async function removeLeftDrafts(folder: string, names: readonly string[], now: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    const of = /^(.+)\.[0-9a-f]{8}\.new$/.exec(entry)?.[1];
    if (of === undefined || !names.includes(of)) continue;
    const path = join(folder, entry);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > DRAFT_IS_LEFT_AFTER_MS) await rm(path, { force: true });
  }
}
