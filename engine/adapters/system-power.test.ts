import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { systemClock } from './system-clock.ts';
import { createSystemPower } from './system-power.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'system-power-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const power = (env: NodeJS.ProcessEnv = process.env) =>
  createSystemPower({ clock: systemClock, log: createRememberingLog(), folder: join(folder, 'actions'), env });
const command = (line: string, seconds = 10): ShutdownAction => ({
  kind: 'command',
  command: line,
  timeout: asSeconds(seconds),
});
const lines = async (name: string): Promise<number> =>
  (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;

describe('under test', () => {
  test.each(['shutdown', 'hibernate', 'sleep', 'hybrid-sleep', 'restart'] as const)('%s is refused', async (kind) => {
    for (const env of [{ NODE_ENV: 'test' }, { VITEST: 'true' }, { RIDETHROUGH_NO_POWER: '1' }]) {
      expect(await power({ PATH: '/nowhere', ...env }).act({ kind }, '1-1')).toMatchObject({
        phrase: 'error.monitor/refused-under-test',
      });
    }
  });

  test.each(['/sbin/shutdown -h +0', 'systemctl poweroff', 'sync; echo o > /proc/sysrq-trigger'])(
    'so is the command %s',
    async (line) => {
      expect(await power({ PATH: '/nowhere', VITEST: 'true' }).act(command(line), '1-1')).toMatchObject({
        params: { action: line },
      });
    },
  );
});

describe.skipIf(process.platform === 'win32')('a command', () => {
  test('is run by the shell, and its end is told with its last words', async () => {
    expect(await power().act(command('exit 0'), '1-1')).toBeUndefined();
    expect(await power().act(command('echo first; echo no way >&2; exit 3'), '2-1')).toEqual({
      phrase: 'reason.last-words',
      params: { words: 'no way', how: { phrase: 'reason.exit-status', params: { status: 3 } } },
    });
  });

  test('is run once for one ticket, however often it is asked for at the same time', async () => {
    const line = command(`echo x >> '${folder}/ran'; sleep 0.3; exit 4`);
    const answers = await Promise.all(Array.from({ length: 8 }, () => power().act(line, '1-1')));
    expect(await lines('ran')).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ params: { status: 4 } });
  });

  test('is run again for another ticket', async () => {
    const line = command(`echo x >> '${folder}/ran'`);
    await power().act(line, '1-1');
    await power().act(line, '1-2');
    expect(await lines('ran')).toBe(2);
  });

  test('that was killed half-way counts as failed, so that it is tried again', async () => {
    expect(await power().act(command('kill -9 $PPID; sleep 5'), '1-1')).toBeDefined();
    expect(await power().act(command('true'), '1-1')).toEqual({ phrase: 'reason.was-ended', params: {} });
  });

  test('that does not end is ended', async () => {
    expect(await power().act(command('sleep 60', 1), '1-1')).toEqual({
      phrase: 'reason.not-ended',
      params: { seconds: 1 },
    });
  });

  test('is run even when nothing can be written', async () => {
    await writeFile(join(folder, 'actions'), 'a file where the folder should be');
    expect(await power().act(command(`echo x >> '${folder}/ran'`), '1-1')).toBeUndefined();
    expect(await lines('ran')).toBe(1);
  });

  test('of a notice gets its arguments and its environment', async () => {
    const script = `echo "$1 $NOTIFYTYPE" >> '${folder}/told'`;
    expect(await power().run(['sh', '-c', script, 'sh', 'UPS on battery'], { NOTIFYTYPE: 'ONBATT' })).toBeUndefined();
    expect(await readFile(join(folder, 'told'), 'utf8')).toBe('UPS on battery ONBATT\n');
    expect(await power().run(['/no/such/program'], {})).toMatchObject({ phrase: 'reason.not-started' });
  });
});
