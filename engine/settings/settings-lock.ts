/**
 * One writer of a data folder at a time: the program that runs on it and a `config set` beside it. Both read the files,
 * change them and write them back, and neither may write over what the other one just wrote.
 */
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';

const LOCK_FILE = 'settings.lock';

/** A save takes milliseconds; a lock this old is that of a program that was killed, whoever has its number now. */
const STALE_AFTER_MS = 30_000;
/** Whoever takes it writes its number at once; without one it was killed in between. */
const UNSIGNED_IS_STALE_AFTER_MS = 500;
const TRY_EVERY_MS = 20;
const PATIENCE_MS = 5_000;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Runs while nobody else does in this folder.
 * @throws SettingsError settings/cannot-keep where the folder cannot be written or another writer does not end
 */
export async function withSettingsLock<Result>(dataDir: string, run: () => Promise<Result>): Promise<Result> {
  const file = join(dataDir, LOCK_FILE);
  await take(file).catch((error: unknown) => {
    if (error instanceof SettingsError) throw error;
    // What a person knows of is the file that is guarded.
    throw new SettingsError(
      'settings/cannot-keep',
      { file: join(dataDir, 'settings.json'), reason: reasonOf(error) },
      error,
    );
  });
  try {
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  for (let waited = 0; ; waited += TRY_EVERY_MS) {
    try {
      const handle = await open(file, 'wx', 0o600);
      try {
        await handle.writeFile(String(process.pid));
      } finally {
        await handle.close();
      }
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        // A full disk takes the name and not the number.
        if (codeOf(error) === 'ENOSPC') await rm(file, { force: true });
        throw error;
      }
    }
    if (await isStale(file)) await rm(file, { force: true });
    else if (waited >= PATIENCE_MS) {
      throw new SettingsError('settings/cannot-keep', { file, reason: phrase('reason.other-writer', {}) });
    } else await delay(TRY_EVERY_MS);
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const ageMs = Date.now() - mtimeMs;
    if (ageMs > STALE_AFTER_MS) return true;
    return text === '' ? ageMs > UNSIGNED_IS_STALE_AFTER_MS : !isRunning(Number(text));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false; // given back meanwhile
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it is there, and somebody else's
  }
}
