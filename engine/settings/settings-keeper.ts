/**
 * The settings of a data folder while the program runs: read once, changed one after the other, and followed when
 * somebody else changes the file.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, SettingsError, type AppError } from '#domain/errors.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Clock, Log, SecretSeal, Stop } from '#engine/ports.ts';
import { openSecretBook } from './secret-file.ts';
import { LAST_GOOD_FILE, readSettings, readSettingsFile, SETTINGS_FILE, writeSettings } from './settings-store.ts';
import { stored, type StoredSettings } from './stored-settings.ts';

const LOOK_EVERY_MS = 1_000;

export interface SettingsKeeperParts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly seal?: SecretSeal;
}

export interface SettingsKeeper {
  readonly current: StoredSettings;
  /** What a person should know about the file: it was set aside, or could not be written. */
  readonly notice: AppError | undefined;
  /** The account's password was made by the program and nobody has seen it yet. */
  hasUnseenPassword(): Promise<boolean>;
  /** Shows that password, this once. Undefined when it was shown before, or is a person's own. */
  revealPassword(): Promise<string | undefined>;
  /**
   * Changes the settings as they are on disk now.
   * @param change pure; what it throws is thrown
   * @throws SettingsError as reading and writing do
   */
  change(change: (before: StoredSettings) => StoredSettings): Promise<StoredSettings>;
  /** Calls back after every change, whoever made it. */
  onChange(changed: (now: StoredSettings) => void): Stop;
  stop(): void;
}

/**
 * Opens the settings for a program that runs on them. A file that cannot be used is set aside and the last good one, or
 * the defaults, take its place, for watching must go on; one of a newer version is left alone.
 * @throws SettingsError settings/newer-file, settings/cannot-read
 */
export async function openSettingsKeeper(parts: SettingsKeeperParts): Promise<SettingsKeeper> {
  const { dataDir, clock, log, seal } = parts;
  const file = join(dataDir, SETTINGS_FILE);
  const listeners = new Set<(now: StoredSettings) => void>();
  let notice: AppError | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  let current = await readSettings(dataDir, seal).catch(async (error: unknown) => {
    if (!(error instanceof SettingsError) || error.code !== 'settings/bad-file') throw error;
    notice = error;
    log.error(describeError(error));
    return goBack(dataDir, file, clock, log, seal);
  });
  if (current.settings.server.monpwd === undefined) {
    const password = newPassword();
    current = withPassword(current, password);
    try {
      await writeSettings(dataDir, current, seal, new Set([password]));
      current = await readSettings(dataDir, seal);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      // Watching and shutting down need no disk.
      notice ??= error;
      log.warn(describeError(error));
    }
  }

  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(run);
    turn = done.catch(() => undefined); // whoever asked is told
    return done;
  };

  const take = (next: StoredSettings): void => {
    current = next;
    for (const listener of listeners) listener(next);
  };

  let seen = await fingerprint(file);
  const look = async (): Promise<void> => {
    const now = await fingerprint(file);
    if (now === seen) return;
    seen = now;
    try {
      const next = await readSettings(dataDir, seal);
      if (next.revision !== current.revision) take(next);
    } catch (error) {
      log.error(`The changed settings were not taken up: ${describeError(error)}`);
    }
  };
  let looking: Promise<void> | undefined;
  const stopLooking = clock.every(LOOK_EVERY_MS, () => {
    looking ??= inTurn(look).finally(() => (looking = undefined));
  });

  return {
    get current() {
      return current;
    },
    get notice() {
      return notice;
    },
    async hasUnseenPassword() {
      const { monpwd } = current.settings.server;
      return monpwd !== undefined && (await openSecretBook(dataDir, seal)).isUnseen(monpwd);
    },
    revealPassword: () =>
      inTurn(async () => {
        const { monpwd } = current.settings.server;
        const book = await openSecretBook(dataDir, seal);
        if (monpwd === undefined || !book.isUnseen(monpwd)) return undefined;
        book.markSeen(monpwd);
        await book.save();
        return monpwd;
      }),
    change: (change) =>
      inTurn(async () => {
        const changed = change(await readSettings(dataDir, seal));
        await writeSettings(dataDir, changed, seal);
        notice = undefined;
        seen = await fingerprint(file);
        take(await readSettings(dataDir, seal));
        return current;
      }),
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    stop() {
      stopLooking();
      listeners.clear();
    },
  };
}

/** Nobody has to type it: as long as a key, and without letters that look alike. */
export function newPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return [...randomBytes(20)].map((byte) => letters[byte % letters.length]).join('');
}

const withPassword = (before: StoredSettings, monpwd: string): StoredSettings => {
  const { server } = before.given;
  return stored({ ...before.given, server: { ...(server as object | undefined), monpwd } }, before.revision);
};

/** Puts the broken file aside and the last good one in its place. @returns what is in force now */
async function goBack(
  dataDir: string,
  file: string,
  clock: Clock,
  log: Log,
  seal: SecretSeal | undefined,
): Promise<StoredSettings> {
  const aside = `${file}.broken-${new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
  const lastGood = join(dataDir, LAST_GOOD_FILE);
  const book = await openSecretBook(dataDir, seal);
  const before = await readSettingsFile(lastGood, book).catch((error: unknown) => {
    log.warn(`There is no good copy to go back to: ${describeError(error)}`);
    return stored({}, '');
  });
  await rename(file, aside);
  if (before.revision !== '') await replaceFile(file, await readFile(lastGood, 'utf8'));
  log.warn(
    `${file} was kept as ${aside}; ${before.revision === '' ? 'the defaults' : 'the settings before'} are in force`,
  );
  return before;
}

/** Changes whenever the file is replaced. */
async function fingerprint(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return 'none'; // reading it tells what is wrong with a file that is there
  }
}
