/**
 * Whether icons in the tray can be seen. Windows and macOS always show them; a Linux desktop needs a program that
 * watches for status notifier items, and plain GNOME has none.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Log } from '#engine/ports.ts';

/** Owner of the tray on the session bus (freedesktop.org StatusNotifierItem, under the name KDE gave it). */
const WATCHER = 'org.kde.StatusNotifierWatcher';
const ASK_LIMIT_MS = 1_000;

/** Desktops that bring a tray of their own, by the names of XDG_CURRENT_DESKTOP. */
const WITH_TRAY = new Set([
  'kde',
  'xfce',
  'lxqt',
  'lxde',
  'mate',
  'x-cinnamon',
  'cinnamon',
  'unity',
  'budgie',
  'deepin',
]);

/** What the desktop's names let expect. Not knowing means no: a minimised window can be found again, a closed one not. */
export const isTrayExpected = (desktop: string | undefined): boolean =>
  (desktop ?? '').split(':').some((name) => WITH_TRAY.has(name.trim().toLowerCase()));

/** Reads `(true,)` of gdbus or `b true` of busctl. */
export function readOwnerAnswer(output: string): boolean | undefined {
  const word = /\b(true|false)\b/.exec(output)?.[1];
  return word === undefined ? undefined : word === 'true';
}

const BUS = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner'] as const;
const ASK: readonly (readonly [string, readonly string[]])[] = [
  ['busctl', ['--user', 'call', ...BUS, 's', WATCHER]],
  [
    'gdbus',
    ['call', '--session', '--dest', BUS[0], '--object-path', BUS[1], '--method', `${BUS[2]}.${BUS[3]}`, WATCHER],
  ],
];

const run = promisify(execFile);

export async function hasTray(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, log: Log): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [program, args] of ASK) {
    try {
      const { stdout } = await run(program, [...args], { timeout: ASK_LIMIT_MS });
      const isOwned = readOwnerAnswer(stdout);
      if (isOwned !== undefined) return isOwned;
    } catch (error) {
      log.debug(`${program} does not tell whether there is a tray`, {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return isTrayExpected(env.XDG_CURRENT_DESKTOP);
}
