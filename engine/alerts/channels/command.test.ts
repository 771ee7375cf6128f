/** A hook that is a real script. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError } from '#domain/errors.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { isGone } from '#tests/support/is-gone.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { BACK, channelOf, OUTAGE } from '../test-support.ts';
import { commandWords, createCommandChannel } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-hook-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function hook(lines: string): Promise<string> {
  const file = join(folder, 'my hook.sh');
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
}

const run = (command: string, timeout = 30) =>
  createCommandChannel(
    channelOf({ type: 'command', command, timeout }),
    createSystemPower({ clock: systemClock, log: createRememberingLog(), folder, env: process.env }),
  );

test('words: blanks part them, quotes keep them together, a backslash is one', () => {
  expect(commandWords(`"/opt/my hook" --to 'a b' C:\\x\\y.exe x"y z"`)).toEqual([
    '/opt/my hook',
    '--to',
    'a b',
    'C:\\x\\y.exe',
    'xy z',
  ]);
  expect(commandWords('  ')).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('a hook', () => {
  test('gets NUT’s environment and more, and the message as its last word', async () => {
    const file = await hook(
      `printf '%s\\n' "$NOTIFYTYPE" "$UPSNAME" "$NOTIFYMSG" "$RIDETHROUGH_KIND" "$RIDETHROUGH_SEVERITY" "$RIDETHROUGH_BATTERY_CHARGE" "$1" "$2" "$#" >> "${folder}/told"`,
    );
    await run(`"${file}" --loud`).send([OUTAGE, BACK]);
    expect((await readFile(join(folder, 'told'), 'utf8')).trim().split('\n')).toEqual([
      ...['ONBATT', 'ups', OUTAGE.title, 'on-battery', 'danger', '87', '--loud', OUTAGE.title, '2'],
      ...['ONLINE', 'ups', BACK.title, 'on-battery', 'danger', '87', '--loud', BACK.title, '2'],
    ]);
  });

  test('is read by no shell: what a UPS says runs nothing', async () => {
    const file = await hook(`printf '%s' "$1" > "${folder}/told"`);
    const title = `ups: $(touch ${folder}/broken) \`touch ${folder}/broken\`; touch ${folder}/broken`;
    await run(`"${file}"`).send([{ ...OUTAGE, title }]);
    expect(await readFile(join(folder, 'told'), 'utf8')).toBe(title);
    await expect(readFile(join(folder, 'broken'))).rejects.toThrow('ENOENT');
  });

  const failure = (sending: Promise<void>): Promise<string> =>
    sending.then(
      () => 'sent',
      (error: unknown) => describeError(error),
    );

  test('that fails is told with its exit status; one that is not there with why', async () => {
    const file = await hook('exit 3');
    expect(await failure(run(`"${file}"`).send([OUTAGE]))).toContain(`command: ${file} did not end well: `);
    expect(await failure(run(`"${file}"`).send([OUTAGE]))).toMatch(/status 3/);
    expect(await failure(run('/nowhere/hook').send([OUTAGE]))).toMatch(/\/nowhere\/hook/);
  });

  test('that hangs is ended with all it began', async () => {
    const file = await hook(`sleep 600 & echo $! > "${folder}/child"; wait`);
    expect(await failure(run(`"${file}"`, 1).send([OUTAGE]))).toMatch(/1 s/);
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isGone(child), { timeout: 10_000 }).toBe(true);
  });
});
