/** The few ways in which /sys, /proc and /dev are read; a test gives another root. What is not there is absent, never an error. */
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface ReadFs {
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Names in a folder, sorted; empty where there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Target of a link as it is written. */
  linkTarget(path: string): Promise<string | undefined>;
  /** The path with every link followed, below the same root. */
  resolve(path: string): Promise<string | undefined>;
  /** Changes when owner, rights or the file itself change. */
  changeMark(path: string): Promise<string | undefined>;
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EINVAL', 'ESRCH', 'ENODEV', 'ENXIO', 'ELOOP', 'EIO']);

export function createReadFs(root = '/'): ReadFs {
  const at = (path: string): string => join(root, path);
  return {
    readText: (path) => orAbsent(readFile(at(path), 'utf8')),
    readBytes: (path) => orAbsent(readFile(at(path))),
    list: async (path) => ((await orAbsent(readdir(at(path)))) ?? []).sort(),
    linkTarget: (path) => orAbsent(readlink(at(path))),
    async resolve(path) {
      const [resolved, base] = await Promise.all([orAbsent(realpath(at(path))), orAbsent(realpath(root))]);
      if (resolved === undefined || base === undefined) return undefined;
      return base === '/' ? resolved : resolved.startsWith(`${base}/`) ? resolved.slice(base.length) : undefined;
    },
    async changeMark(path) {
      const found = await orAbsent(stat(at(path)));
      return found && `${found.ino}:${found.ctimeMs}:${found.mode}`;
    },
  };
}

async function orAbsent<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
