/** Nobody reads the log: a terminal that is stopped, a pipe that is full. The computer is shut down all the same. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFifo, type Fifo } from '#tests/support/fifo.ts';
import { buildProgram, CLI, createGuardedFolder, until } from '#tests/support/served-program.ts';

describe.skipIf(process.platform === 'win32')('a log that nobody reads', () => {
  let folder: Awaited<ReturnType<typeof createGuardedFolder>>;
  let fifo: Fifo;
  beforeAll(buildProgram);
  beforeEach(async () => {
    fifo = createFifo();
    folder = await createGuardedFolder();
  });
  afterEach(async () => {
    fifo.remove();
    await folder.remove();
  });

  test('keeps the program neither from starting nor from shutting down nor from ending', async () => {
    fifo.fill();
    const args = ['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--no-web'];
    const child = spawn(process.execPath, [CLI, ...args], {
      stdio: ['ignore', 'pipe', fifo.writer],
      env: { ...process.env, RIDETHROUGH_NO_POWER: '1' },
    });
    const ended = once(child, 'exit');
    try {
      let stdout = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      await until('ready', () => stdout.startsWith('ridethrough ready '));
      await folder.write('ups.dev', 'ups.status: OB LB\nbattery.charge: 3\n');
      const down = (): Promise<string> => readFile(folder.down, 'utf8').catch(() => '');
      await until('the computer goes down', async () => (await down()) === 'down\n');
      let log = '';
      await until('the log is there once somebody reads', () => /battery is low/i.test((log += fifo.read())));
      expect(log).toMatch(/is on mains power/);
      fifo.fill();
      child.kill('SIGTERM');
      await ended;
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});
