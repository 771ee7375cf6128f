/** kill -9 at any point of a save leaves the old settings or the new ones, with the passwords they were saved with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecretBook } from '#engine/settings/secret-file.ts';
import { LAST_GOOD_FILE, readSettings, readSettingsFile } from '#engine/settings/settings-store.ts';
import { lostPasswords } from '#engine/settings/stored-settings.ts';

const SAVER = fileURLToPath(new URL('./support/settings-saver.ts', import.meta.url));
const TIMES = 200;
/** Savers at a time, each in a folder of its own. */
const AT_ONCE = 4;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ridethrough-killed-'));
});
afterEach(() => rm(root, { recursive: true }));

/** @returns the user of the mail server, which says which save is in force */
async function whatIsThere(folder: string): Promise<string> {
  const stored = await readSettings(folder);
  expect(lostPasswords(stored)).toEqual([]);
  const { server, mail, web } = stored.settings;
  expect({ monpwd: server.monpwd, password: mail.password, hosts: web.hostNames }).toEqual({
    monpwd: `server-${mail.user}`,
    password: `mail-${mail.user}`,
    hosts: [`host-${mail.user}`],
  });
  // What would be gone back to is whole as well.
  const good = await readSettingsFile(join(folder, LAST_GOOD_FILE), await openSecretBook(folder));
  expect(good.settings.server.monpwd).toBeDefined();
  return mail.user;
}

async function killOnce(folder: string, afterMs: number): Promise<string> {
  const child = spawn(process.execPath, [SAVER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // It is started 200 times.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') },
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await delay(afterMs);
  child.kill('SIGKILL');
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return whatIsThere(folder);
}

test(`${TIMES} times`, async () => {
  const seen = new Set<string>();
  const brokenOff: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      const folder = join(root, String(lane));
      await mkdir(folder);
      for (let turn = 0; turn < TIMES / AT_ONCE; turn += 1) {
        // A save takes a few milliseconds: this falls into each part of one.
        seen.add(await killOnce(folder, ((turn * 7) % 23) + lane * 0.25));
        brokenOff.push(...(await readdir(folder)).filter((name) => /\.new$|\.lock$/.test(name)));
      }
    }),
  );
  expect(seen.size).toBe(TIMES);
  // Saves were hit in the middle, not only between two of them.
  expect(brokenOff.length).toBeGreaterThan(TIMES / 10);
}, 900_000);
