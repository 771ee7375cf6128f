/** What `config export` writes is started by Debian's NUT, and shuts down when the form says so. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endProcess } from '#tests/support/end-process.ts';
import { freePort, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { buildProgram, ridethrough, until } from '#tests/support/served-program.ts';

const needs = await ensurePrograms([
  ...UPSD_PROGRAMS,
  { program: '/sbin/upsdrvctl', package: 'nut-server' },
  ...['/lib/nut/upsmon', '/sbin/upssched', 'upsc'].map((program) => ({ program, package: 'nut-client' })),
]);

/** NUT's daemons know each other by files and numbers of processes: they get a place of their own for both. */
const ALONE = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const canBeAlone =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', [...ALONE, 'mount', '-t', 'tmpfs', 'none', '/run/nut']).status === 0;

let folder: string;
let data: string;
let conf: string;
let port: number;

const dev = (status: string): string => `ups.status: ${status}\nbattery.charge: 90\nbattery.charge.low: 20\n`;
const config = (...args: string[]): Promise<ProgramRun> => ridethrough(['config', ...args, '--data-dir', data]);
const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-export-'));
  data = join(folder, 'data');
  conf = join(folder, 'nut');
  port = await freePort();
  await writeFile(join(folder, 'office.dev'), dev('OL'));
  await writeFile(join(folder, 'cellar.dev'), dev('OL'));
  const { status, stderr } = await config(
    'set',
    ...['server.remoteport', String(port), 'server.monpwd', "a'b$c%[d]"],
    ...[
      'server.extrausers',
      '[nas]\n password = "nas-pw"\n upsmon secondary\n[admin]\n password = x\n actions = SET\n instcmds = ALL\n',
    ],
    ...['server.optionsupsd', 'MAXAGE 20'],
    ...['ups.0.identifier', 'office', 'ups.0.driver', 'dummy-ups', 'ups.0.port', join(folder, 'office.dev')],
    ...[
      'ups.0.description',
      'He said "hi" \\ to # 1',
      'ups.0.options',
      'pollinterval = 1\noverride.battery.charge.low = 40',
    ],
    ...['ups.0.shutdowntimer', '2', 'ups.0.shutdowncmd', `touch "${folder}/down"`, 'ups.0.shutdowncharge', '35'],
    // One that hangs: NUT has to go on without it, and with all its signs in their places.
    ...['ups.0.shutdownbefore', `echo 'it '"isn't" \\ "$((1 + 1))" >> ${folder}/around; sleep 600`],
    ...['ups.0.shutdownafter', `echo after >> ${folder}/around`, 'ups.0.shutdownextratimeout', '2'],
    ...['ups.0.aliases', 'qnapups'],
    ...['ups.1.identifier', 'cellar', 'ups.1.driver', 'dummy-ups', 'ups.1.port', join(folder, 'cellar.dev')],
    ...['ups.1.shutdown', 'LOWBATT', 'ups.1.shutdownaction', 'nothing'],
  );
  expect([status, stderr]).toEqual([0, '']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('config export', () => {
  const FILES = ['nut.conf', 'ups.conf', 'upsd.conf', 'upsd.users', 'upsmon.conf', 'upssched-cmd', 'upssched.conf'];

  test('writes the files for NUT alone, and tells what they cannot say', async () => {
    const { status, stdout, stderr } = await config('export', '--nut-conf', conf);
    expect([status, stderr]).toEqual([0, '']);
    expect((await readdir(conf)).sort()).toEqual(FILES);
    for (const name of FILES) {
      const { mode } = await stat(join(conf, name));
      expect([name, mode & 0o777]).toEqual([name, name === 'upssched-cmd' ? 0o755 : 0o640]);
      expect(stdout).toContain(`${join(conf, name)}\n`);
    }
    expect(stdout).toContain('ups.0.shutdowncharge = 35 has no counterpart in NUT.\n');
    expect(stdout).toContain('under "qnapups" a driver repeats office');
    expect(stdout).toContain(`upssched.conf names the script in ${conf}`);
    expect(stdout).not.toContain('nas-pw');
    expect((await runProgram('sh', ['-n', join(conf, 'upssched-cmd')])).status).toBe(0);
  });

  test('never writes over a file, unless it is told to', async () => {
    await writeFile(join(conf, 'ups.conf'), '# mine\n');
    const refused = await config('export', '--nut-conf', conf);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`${join(conf, 'ups.conf')} is there already; --force replaces it.`);
    expect(await readFile(join(conf, 'ups.conf'), 'utf8')).toBe('# mine\n');
    expect((await config('export', '--nut-conf', conf, '--force')).status).toBe(0);
    expect(await readFile(join(conf, 'ups.conf'), 'utf8')).toContain('[office]');
    expect((await readdir(conf)).sort()).toEqual(FILES);
  });

  test('is checked without a complaint, and moves in again as it was', async () => {
    const checked = await ridethrough(['config', 'check', '--nut-conf', conf]);
    // What only upssched needs is told to have no effect here.
    const complaints = ({ stderr }: ProgramRun): string[] =>
      stderr.split('\n').filter((line) => line !== '' && !line.includes('has no effect'));
    expect([checked.status, complaints(checked)]).toEqual([0, []]);
    const other = join(folder, 'again');
    const moved = await ridethrough(['config', 'import', '--nut-conf', conf, '--data-dir', other]);
    expect([moved.status, complaints(moved)]).toEqual([0, []]);
    const all = async (dir: string): Promise<string[]> =>
      (await ridethrough(['config', 'get', '--data-dir', dir])).stdout
        .split('\n')
        // What NUT has no word for, and how the options are quoted.
        .filter(
          (line) => !/shutdowncharge|\.options |optionsupsd|isDone|shutdowntimer = 30|ups\.1\.shutdowncmd/.test(line),
        );
    expect(await all(other)).toEqual(await all(data));
  });

  test('without a UPS there is nothing to write', async () => {
    const empty = await ridethrough([
      'config',
      'export',
      '--nut-conf',
      join(folder, 'x'),
      '--data-dir',
      join(folder, 'y'),
    ]);
    expect(empty).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/There is no UPS in the settings/) as string,
    });
    expect(await isThere(join(folder, 'x'))).toBe(false);
  });

  test.each([
    ['OL', false],
    ['OL CHRG LB', false],
    ['OB DISCHRG', true],
    ['', true],
  ])('the script with a UPS that says "%s"', async (status, isDown) => {
    const stubs = await mkdtemp(join(folder, 'stubs-'));
    await writeFile(
      join(stubs, 'upsc'),
      `#!/bin/sh\necho "$@" >> ${stubs}/asked\n[ -n "${status}" ] || exit 1\necho "${status}"\n`,
      { mode: 0o755 },
    );
    await writeFile(join(stubs, 'upsmon'), `#!/bin/sh\necho "$@" > ${stubs}/told\n`, { mode: 0o755 });
    const env = { PATH: `${stubs}:/usr/bin:/bin` };
    expect((await runProgram(join(conf, 'upssched-cmd'), ['shutdown-office'], { env })).status).toBe(0);
    expect(await readFile(join(stubs, 'asked'), 'utf8')).toBe(`office@localhost:${port} ups.status\n`);
    expect(await isThere(join(stubs, 'told'))).toBe(isDown);
    if (isDown) expect(await readFile(join(stubs, 'told'), 'utf8')).toBe('-c fsd\n');
    expect((await runProgram(join(conf, 'upssched-cmd'), ['other'], { env })).status).toBe(0);
  });
});

describe.skipIf(!needs.ok || !canBeAlone)(`Debian's NUT on an exported folder ${needs.reason}`, () => {
  let nut: ChildProcess;
  let log = '';
  const upsc = async (...args: string[]): Promise<string> => (await runProgram('upsc', args)).stdout.trim();
  const at = (name: string): string => `${name}@127.0.0.1:${port}`;

  beforeAll(async () => {
    await config('export', '--nut-conf', conf, '--force');
    const script = [
      'mount -t tmpfs none /run/nut',
      // Debian's wrappers of the programs look there whether they may run.
      `mount --bind ${conf} /etc/nut`,
      // What repeats a UPS of the same server starts once that is there: Debian's units try again until it does.
      '{ /sbin/upsdrvctl -u root start || true; }',
      '/lib/nut/upsd -u root',
      '/sbin/upsdrvctl -u root start qnapups',
      // With -p it is one process. Not the first one: to that one NUT sends no signal.
      '/lib/nut/upsmon -D -F -p -u root',
      'exit 0',
    ].join(' && ');
    nut = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...ALONE, 'sh', '-c', script], {
      env: { ...process.env, NUT_STATEPATH: '/run/nut', NUT_ALTPIDPATH: '/run/nut' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [nut.stdout, nut.stderr]) stream?.on('data', (text: Buffer) => (log += text.toString()));
    await until(
      'served',
      async () => (await upsc(at('office'), 'ups.status')) === 'OL',
      () => log,
    );
  });
  afterAll(() => endProcess(nut));

  test('upsdrvctl and upsd serve both UPSes as the form has them', async () => {
    expect((await runProgram('upsc', ['-L', `127.0.0.1:${port}`])).stdout).toBe(
      'office: He said "hi" \\ to # 1\ncellar: Description unavailable\nqnapups: He said "hi" \\ to # 1\n',
    );
    expect(await upsc(at('office'), 'battery.charge.low')).toBe('40');
    expect(await upsc(at('office'), 'driver.parameter.pollinterval')).toBe('1');
    await until(
      'repeated',
      async () => (await upsc(at('qnapups'), 'battery.charge')) === '90',
      () => log,
    );
  });

  test('the accounts log in with their passwords', async () => {
    const may = await runProgram('upscmd', ['-u', 'admin', '-p', 'x', at('office'), 'load.off']);
    expect(may.status).toBe(0);
    const mayNot = await runProgram('upscmd', ['-u', 'nas', '-p', 'nas-pw', at('office'), 'load.off']);
    expect(mayNot.stderr).toMatch(/access[- ]denied/i);
  });

  test('upsmon logs in to both, and takes every line of its file', async () => {
    for (const name of ['office', 'cellar']) {
      await until(
        `logged in to ${name}`,
        async () => (await upsc('-c', at(name))).includes('127.0.0.1'),
        () => log,
      );
    }
    expect(log).not.toMatch(/unrecogni[sz]ed|invalid directive|ignoring|unknown/i);
  });

  test('an outage of the UPS that is only watched shuts nothing down', async () => {
    await writeFile(join(folder, 'cellar.dev'), dev('OB LB'));
    await until(
      'seen',
      () => /UPS cellar.* battery/i.test(log),
      () => log,
    );
    expect(await isThere(join(folder, 'down'))).toBe(false);
    await writeFile(join(folder, 'cellar.dev'), dev('OL'));
  });

  test('the timer of the form runs out in an outage, and the shutdown command of the form is run', async () => {
    await writeFile(join(folder, 'office.dev'), dev('OB'));
    await until(
      'timer',
      () => /New timer: shutdown-office \(2 seconds\)|on battery/i.test(log),
      () => log,
    );
    await until(
      'down',
      () => isThere(join(folder, 'down')),
      () => log,
    );
    expect(log).toMatch(/User requested FSD/);
    const around = async (): Promise<string> => readFile(join(folder, 'around'), 'utf8');
    await until(
      'the command after',
      async () => (await around()).includes('after'),
      () => log,
    );
    // The command before hung, and was ended.
    expect(await around()).toBe("it isn't  2\nafter\n");
  });
});
