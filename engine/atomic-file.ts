import { chown, open, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';

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
}
