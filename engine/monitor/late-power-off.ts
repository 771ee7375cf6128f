/**
 * The late power-off: a hook of systemd-shutdown switches the UPS off when every file system is read-only and nothing is
 * left that a power cut could harm. This program does not run any more then and its folders may be gone, so it leaves
 * word in /run what is to be switched off; /run is there to the end and empty after the next start.
 */
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { isNativeDriver } from '#engine/drivers/native-drivers.ts';
import type { MonitorPolicy } from './policy.ts';

/** Where resources/systemd/late-power-off.sh puts the hook, and where the hook looks for word. */
export const LATE_HOOK_FILES = {
  hook: '/usr/lib/systemd/system-shutdown/ridethrough',
  word: '/run/ridethrough/late-power-off.json',
} as const;

/** Whole minutes, like every delay (power-off.ts). What comes after the hook takes a second. */
export const LATE_DELAY_SECONDS = 60;

const LateWord = z.object({
  upses: z.array(
    z.object({
      name: z.string(),
      driver: z.string(),
      port: z.string(),
      options: z.record(z.string(), z.union([z.string(), z.literal(true)])),
    }),
  ),
  /** Where relative ports start. */
  baseDir: z.string(),
});
export type LateWord = Readonly<z.infer<typeof LateWord>>;

/** @throws Error where the text is no word of ours */
export const readLateWord = (text: string): LateWord => LateWord.parse(JSON.parse(text));

/** A computer that sleeps, or starts anew, never gets to the hook. */
export const isHookReached = ({ action }: Pick<MonitorPolicy, 'action'>): boolean =>
  action.kind === 'shutdown' || action.kind === 'command';

export interface LateHook {
  /** Whether it is installed and could do it for these. */
  isReady(upses: readonly UpsConfig[]): Promise<boolean>;
  /** @returns false where no hook is installed, or it can do nothing for one of these: they are to be told beforehand */
  leaveWord(upses: readonly UpsConfig[]): Promise<boolean>;
  /** The computer goes on: its next ordinary shutdown must leave the UPS alone. @throws when the word stays there */
  takeBack(): Promise<void>;
}

export const NO_LATE_HOOK: LateHook = {
  isReady: () => Promise.resolve(false),
  leaveWord: () => Promise.resolve(false),
  takeBack: () => Promise.resolve(),
};

export function createLateHook(
  baseDir: string,
  files: Readonly<Record<'hook' | 'word', string>> = LATE_HOOK_FILES,
): LateHook {
  const isReady = async (upses: readonly UpsConfig[]): Promise<boolean> => {
    // NUT's own drivers are what NUT's own late script is for; they need folders that are gone by then.
    if (upses.length === 0 || !upses.every(({ driver }) => isNativeDriver(driver))) return false;
    try {
      await access(files.hook, constants.X_OK);
      return true;
    } catch {
      return false; // not installed
    }
  };
  return {
    isReady,
    async leaveWord(upses) {
      if (!(await isReady(upses))) return false;
      const word: LateWord = {
        upses: upses.map(({ name, driver, port, options }) => ({ name, driver, port, options: { ...options } })),
        baseDir,
      };
      try {
        await mkdir(dirname(files.word), { recursive: true, mode: 0o755 });
        await writeFile(`${files.word}.new`, JSON.stringify(word), { mode: 0o600 });
        await rename(`${files.word}.new`, files.word);
        return true;
      } catch {
        return false; // the caller tells the UPS beforehand, and says so
      }
    },
    takeBack: () => rm(files.word, { force: true }),
  };
}
