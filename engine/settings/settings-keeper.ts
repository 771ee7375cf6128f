/**
 * The settings of a data folder while the program runs: read once, changed one after the other, and followed when
 * somebody else changes the file.
 */
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, SettingsError, type AppError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import { removeLeftDrafts } from '#engine/atomic-file.ts';
import type { Clock, Log, SecretSeal, Stop } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { newPassword } from './new-password.ts';
import { openSecretBook, SECRETS_FILE } from './secret-file.ts';
import { withSettingsLock } from './settings-lock.ts';
import {
  keepAsLastGood,
  LAST_GOOD_FILE,
  PREVIOUS_FILE,
  readSettings,
  readSettingsFile,
  SETTINGS_FILE,
  updateSettings,
  type SettingsChange,
} from './settings-store.ts';
import { lostPasswordErrors, lostPasswords, stored, type StoredSettings } from './stored-settings.ts';

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
  const listeners = new Set<(now: StoredSettings) => void>();
  let notice: AppError | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Tells what a person should know; the first of it stays in sight until the settings are saved. */
  const tell = (error: AppError, level: 'warn' | 'error' = 'error'): void => {
    notice ??= error;
    log[level](describeError(error));
  };

  const { damage } = await openSecretBook(dataDir, seal);
  if (damage) {
    tell(damage);
    await setAside(join(dataDir, SECRETS_FILE), clock, log);
  }
  /** The files as they were read last; undefined: they were written from here, and are looked at once more. */
  let seen: string | undefined = await fingerprint(dataDir);
  let current = await readSettings(dataDir, seal).catch(async (error: unknown) => {
    if (!(error instanceof SettingsError) || error.code !== 'settings/bad-file') throw error;
    tell(error);
    return goBack(dataDir, clock, log, seal);
  });
  for (const error of lostPasswordErrors(current)) tell(error);
  if (needsPassword(current)) {
    try {
      // Somebody else may have set one meanwhile.
      current = await updateSettings(dataDir, withOwnPassword, seal);
      seen = undefined;
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      // Watching and shutting down need no disk.
      current = withPassword(current, newPassword());
      tell(error, 'warn');
    }
  } else if (current.revision !== '') {
    await keepLastGood();
  }
  await removeLeftDrafts(dataDir, [SETTINGS_FILE, LAST_GOOD_FILE, PREVIOUS_FILE, SECRETS_FILE], clock.now()).catch(
    (error: unknown) =>
      log.warn(`What broken-off saves left in ${dataDir} stays there: ${textIn(reasonOf(error)) ?? ''}`),
  );

  /** What was read can be used: it is what will be gone back to. */
  async function keepLastGood(): Promise<void> {
    try {
      await keepAsLastGood(dataDir, seal);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
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

  const look = async (): Promise<void> => {
    const now = await fingerprint(dataDir);
    if (now === seen) return;
    seen = now;
    try {
      let next = await readSettings(dataDir, seal);
      // Passwords may be back from a backup with the settings as they were.
      if (next.revision === current.revision && isSame(next, current)) return;
      // The account of this computer always has a password: without one its own monitor could not log in.
      if (needsPassword(next)) {
        next = await updateSettings(dataDir, withOwnPassword, seal);
        seen = undefined;
      } else await keepLastGood();
      take(next);
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
      inTurn(() =>
        withSettingsLock(dataDir, async () => {
          const { monpwd } = current.settings.server;
          const book = await openSecretBook(dataDir, seal);
          if (monpwd === undefined || !book.isUnseen(monpwd)) return undefined;
          book.markSeen(monpwd);
          await book.save();
          return monpwd;
        }),
      ),
    change: (change) =>
      inTurn(async () => {
        const next = await updateSettings(dataDir, (before) => withOwnPassword(change(before)), seal);
        notice = undefined;
        seen = undefined;
        take(next);
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

const withPassword = (before: StoredSettings, monpwd: string): StoredSettings => {
  const { server } = before.given;
  return stored({ ...before.given, server: { ...(server as object | undefined), monpwd } }, before.revision);
};

/** Whether the account of this computer has no password. One that is sealed is there, for whoever can open it. */
const needsPassword = ({ given, settings }: StoredSettings): boolean => {
  if (settings.server.monpwd !== undefined) return false;
  return !lostPasswords({ given }).some(({ key, isSealed }) => isSealed && key === 'server.monpwd');
};

/** With a password for the account of this computer, where there is none. */
function withOwnPassword(before: StoredSettings): ReturnType<SettingsChange> {
  if (!needsPassword(before)) return before;
  const password = newPassword();
  return { next: withPassword(before, password), unseen: new Set([password]) };
}

/** @returns the name the file has now; undefined where it could not be moved, which is told */
async function setAside(file: string, clock: Clock, log: Log): Promise<string | undefined> {
  const aside = `${file}.broken-${new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    await rename(file, aside);
    log.warn(`${file} was kept as ${aside}`);
    return aside;
  } catch (error) {
    log.error(
      describeError(new SettingsError('settings/cannot-keep', { file: aside, reason: reasonOf(error) }, error)),
    );
    return undefined;
  }
}

/** Puts the broken file aside and the last good one in its place. @returns what is in force now */
async function goBack(dataDir: string, clock: Clock, log: Log, seal: SecretSeal | undefined): Promise<StoredSettings> {
  const file = join(dataDir, SETTINGS_FILE);
  const lastGood = join(dataDir, LAST_GOOD_FILE);
  const book = await openSecretBook(dataDir, seal);
  const before = await readSettingsFile(lastGood, book).catch((error: unknown) => {
    log.warn(`The last good copy cannot be used either: ${describeError(error)}`);
    return stored({}, '');
  });
  const isThere = before.revision !== '';
  log.warn(`In force are ${isThere ? 'the last good settings' : 'the defaults: there is no good copy to go back to'}`);
  if ((await setAside(file, clock, log)) === undefined || !isThere) return before;
  try {
    // A name is moved and nothing written: a full disk has room for that.
    await rename(lastGood, file);
  } catch (error) {
    log.error(describeError(new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error)));
  }
  return before;
}

const isSame = (one: StoredSettings, other: StoredSettings): boolean =>
  JSON.stringify(one.settings) === JSON.stringify(other.settings);

/** Changes whenever one of the files is replaced. */
async function fingerprint(dataDir: string): Promise<string> {
  const of = async (name: string): Promise<string> => {
    try {
      const { ino, size, mtimeNs } = await stat(join(dataDir, name), { bigint: true });
      return `${ino}:${size}:${mtimeNs}`;
    } catch {
      return 'none'; // reading it tells what is wrong with a file that is there
    }
  };
  return (await Promise.all([SETTINGS_FILE, SECRETS_FILE].map(of))).join(' ');
}
