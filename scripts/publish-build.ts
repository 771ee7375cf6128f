/**
 * Puts a build that was made beside it in the place of the one before, so that at no moment a program cannot be started
 * and that none that runs loses the pieces it has yet to load.
 */
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Pieces of earlier builds stay for programs that were started from them. */
const KEEP_MS = 7 * 86_400_000;

/**
 * @param made folder of the new build; gone afterwards
 * @param place where it belongs
 * @param entry the file of the build that refers to all others: it is exchanged last, and says since when the build holds
 * @param startedAt when the making began, in ms: sources changed later are not in it
 */
export async function publishBuild(made: string, place: string, entry: string, startedAt: number): Promise<void> {
  const files = await filesIn(made);
  if (!files.includes(entry)) throw new Error(`the build has no ${entry}`);
  for (const file of [...files.filter((name) => name !== entry), entry]) {
    const target = join(place, file);
    await mkdir(dirname(target), { recursive: true });
    if (file === entry) await utimes(join(made, file), startedAt / 1000, startedAt / 1000);
    await rename(join(made, file), target);
  }
  await rm(made, { recursive: true });
  await forgetOldPieces(place, new Set(files));
}

/** Pieces carry their content in their name and lie in folders of their own; what lies beside the entry is exchanged. */
async function forgetOldPieces(place: string, current: ReadonlySet<string>): Promise<void> {
  const folders = new Set([...current].map((file) => dirname(file)).filter((folder) => folder !== '.'));
  for (const file of await filesIn(place)) {
    if (current.has(file) || !folders.has(dirname(file))) continue;
    const { mtimeMs } = await stat(join(place, file));
    if (Date.now() - mtimeMs > KEEP_MS) await rm(join(place, file));
  }
}

/** Paths within a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
