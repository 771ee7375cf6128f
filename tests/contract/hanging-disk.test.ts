/**
 * The disk with the data folder hangs, really: calls to it do not come back. The UPS is watched and served on, and the
 * computer is shut down.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OUTBOX_FILE } from '#engine/alerts/outbox.ts';
import { HISTORY_FILE } from '#engine/history/sqlite-file.ts';
import { WEB_SECRETS_FILE } from '#headless/web/secrets.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import {
  buildProgram,
  createGuardedFolder,
  ridethrough,
  startProgram,
  until,
  type NutFolder,
  type RunningProgram,
} from '#tests/support/served-program.ts';

const SOURCE = fileURLToPath(new URL('../support/hanging-disk.c', import.meta.url));
const found = await ensurePrograms([
  { program: 'gcc', package: 'gcc' },
  { program: 'upsc', package: 'nut-client' },
]);

describe.skipIf(process.platform !== 'linux' || !found.ok)(`a disk that hangs ${found.reason}`, () => {
  let folder: NutFolder;
  let program: RunningProgram;
  beforeAll(buildProgram);
  beforeEach(async () => {
    folder = await createGuardedFolder();
    const built = await runProgram('gcc', ['-shared', '-fPIC', '-o', file('hanging.so'), SOURCE, '-ldl']);
    expect(built).toMatchObject({ status: 0 });
    await mkdir(folder.data);
    program = start();
    await program.ready();
    await program.logged('is on mains power');
  });
  afterEach(async () => {
    await rm(file('hang'), { force: true });
    await program.end('SIGKILL');
    await folder.remove();
  });

  const file = (name: string): string => join(folder.conf, name);
  const start = (data = folder.data): RunningProgram =>
    startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', data, '--web', '127.0.0.1:0'], {
      env: { LD_PRELOAD: file('hanging.so'), HANG_UNDER: folder.data, HANG_WHILE: file('hang') },
    });
  const text = (name: string): Promise<string> => readFile(file(name), 'utf8').catch(() => '');
  /** As NUT's own client is told it; it gives up after a while. */
  const status = async (): Promise<string> =>
    (await runProgram('upsc', [`ups@${folder.address}`, 'ups.status'], { timeoutMs: 5000 })).stdout.trim();
  const known = (): string => program.stderr();
  const isStatus = (wanted: string): Promise<void> =>
    until(`upsc says ${wanted}`, async () => (await status()) === wanted, known);
  const hang = async (): Promise<void> => {
    await writeFile(file('hang'), '');
    await until('the history hangs', async () => (await text('hang.met')).includes('history.sqlite'), known);
  };

  test('the UPS is served on, its outage is seen, and the shutdown command runs', async () => {
    await hang();
    await isStatus('OL');
    await folder.write('ups.dev', 'ups.status: OB DISCHRG\nbattery.charge: 60\n');
    await isStatus('OB DISCHRG');
    await program.logged('The disk with the history');
    await isStatus('OB DISCHRG');
    await folder.write('ups.dev', 'ups.status: OB DISCHRG LB\nbattery.charge: 5\n');
    await until('the shutdown command has run', async () => (await text('down')) === 'down\n', known);
    await isStatus('FSD OB DISCHRG LB');
    // It hangs to the end: what asks the program to end is obeyed.
    expect(await program.end()).toBe('SIGTERM');
  });

  test('where it hangs at the start already, the UPS is watched and served all the same, the web page once it answers', async () => {
    expect(await program.end()).toBe(0);
    const made = ['devices/own.json', OUTBOX_FILE, 'alerts.json'];
    const read = ['running.lock', WEB_SECRETS_FILE, HISTORY_FILE, ...made];
    await mkdir(join(folder.data, 'devices'));
    for (const name of made) await writeFile(join(folder.data, name), '{}');
    await writeFile(file('hang'), '');
    program = start();
    expect(await program.ready()).toBe(`ridethrough ready nut=${folder.address} web=off`);
    await isStatus('OL');
    const met = await text('hang.met');
    for (const name of read) expect(met).toContain(join(folder.data, name));
    await folder.write('ups.dev', 'ups.status: OB DISCHRG LB\nbattery.charge: 5\n');
    await until('the shutdown command has run', async () => (await text('down')) === 'down\n', known);
    await rm(file('hang'));
    await program.logged('The web interface is open: http');
    expect(program.stdout()).toBe(`ridethrough ready nut=${folder.address} web=off\n`);
    expect(await program.end()).toBe(0);
  });

  test('a start that fails ends all the same, as failed', async () => {
    await hang();
    const second = start(join(folder.data, 'second'));
    expect(await second.ended).toBe('SIGKILL');
    expect(second.stderr()).toContain('the port is in use');
  });

  test('what happened meanwhile is in the history once the disk answers again', async () => {
    await hang();
    await folder.write('ups.dev', 'ups.status: OB DISCHRG\nbattery.charge: 60\n');
    await isStatus('OB DISCHRG');
    await folder.write('ups.dev', 'ups.status: OL CHRG\nbattery.charge: 55\n');
    await isStatus('OL CHRG');
    await program.logged('The disk with the history');
    await rm(file('hang'));
    await program.logged('The disk with the history answers again.');
    expect(await program.end()).toBe(0);
    const { stdout } = await ridethrough(['log', '--json', '--data-dir', folder.data]);
    const told = (JSON.parse(stdout) as { kind: string; endedAt?: string }[]).filter(
      ({ kind }) => kind === 'on-battery',
    );
    expect(told).toMatchObject([{ kind: 'on-battery', endedAt: expect.any(String) as string }]);
  });
});
