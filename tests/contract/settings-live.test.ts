/** Settings changed by `config set` while `serve` runs, and what NUT's own programs see of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endProcess } from '#tests/support/end-process.ts';
import { openRawClient } from '#tests/support/nut-server.ts';
import { freePort, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { writeProgram } from '#tests/support/scripted-driver.ts';
import {
  buildProgram,
  childrenOf,
  isListening,
  ridethrough,
  type RunningProgram,
  startProgram,
  until,
} from '#tests/support/served-program.ts';

const UPSMON = '/lib/nut/upsmon';
const programs = await ensurePrograms([
  ...UPSD_PROGRAMS,
  ...['upsc', 'upscmd', 'upsrw', UPSMON].map((program) => ({ program, package: 'nut-client' })),
]);
/** Under which other computers would reach this one. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let folder: string;
let data: string;
let port: number;
let program: RunningProgram;
const children: ChildProcess[] = [];

/** The program under test acts: nothing of what is played here may shut this computer down. */
const HARMLESS = ['ups.0.shutdownaction', 'nothing'] as const;

// Low on line is no outage.
const DEV = 'ups.status: OL LB\nbattery.charge: 90\nbattery.charge.low: 20\nups.delay.shutdown: 20\nups.mfr: ACME\n';

async function set(...pairs: string[]): Promise<void> {
  const { status, stderr } = await ridethrough(['config', 'set', ...pairs, '--data-dir', data]);
  expect([status, stderr.split('\n').filter((line) => / cannot be | error/i.test(line))]).toEqual([0, []]);
}
const upsc = (...args: string[]): Promise<ProgramRun> => runProgram('upsc', args);
const at = (name = 'ups', where = port): string => `${name}@127.0.0.1:${where}`;
const valueOf = async (variable: string, name = 'ups'): Promise<string> =>
  (await upsc(at(name), variable)).stdout.trim();
const becomes = (variable: string, value: string | RegExp, name = 'ups'): Promise<void> =>
  until(
    `${variable} ${String(value)}`,
    async () => {
      const now = await valueOf(variable, name);
      return typeof value === 'string' ? now === value : value.test(now);
    },
    () => program.stderr(),
  );

beforeAll(buildProgram);

describe.skipIf(!programs.ok)(`settings changed live ${programs.reason}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-live-'));
    data = join(folder, 'data');
    port = await freePort();
    await writeFile(join(folder, 'office.dev'), DEV);
    await writeFile(join(folder, 'other.dev'), DEV.replace('charge: 90', 'charge: 55'));
    writeProgram(folder, 'scripted-ups');
    await set(
      'server.remoteport',
      String(port),
      'ups.0.identifier',
      'ups',
      'ups.0.driver',
      'dummy-ups',
      'ups.0.port',
      join(folder, 'office.dev'),
      ...HARMLESS,
      'server.monpwd',
      'mon-pw',
    );
    program = startProgram(['serve', '--data-dir', data, '--no-web'], { env: { NUT_DRIVERPATH: folder } });
    await program.ready();
    await becomes('battery.charge', '90');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await endProcess(child);
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('description', async () => {
    await set('ups.0.description', 'The "big" one');
    await until('described', async () => (await upsc('-L', `127.0.0.1:${port}`)).stdout === 'ups: The "big" one\n');
    await set('ups.0.description', 'Größere USV im Büro');
    await until(
      'without accents',
      async () => (await upsc('-L', `127.0.0.1:${port}`)).stdout === 'ups: Groessere USV im Buero\n',
    );
  });

  test('port: another file', async () => {
    await set('ups.0.port', join(folder, 'other.dev'));
    await becomes('battery.charge', '55');
    await set('ups.0.port', join(folder, 'office.dev'));
    await becomes('battery.charge', '90');
  });

  test('options: pollinterval, override, default, ignorelb', async () => {
    expect(await valueOf('ups.status')).toBe('OL LB');
    await set(
      'ups.0.options',
      'pollinterval = 3\noverride.battery.charge.low = 33\ndefault.ups.serial = "a b"\nignorelb',
    );
    await becomes('driver.parameter.pollinterval', '3');
    await becomes('battery.charge.low', '33');
    await becomes('ups.serial', 'a b');
    await becomes('ups.status', 'OL');
    await set('ups.0.options', 'override.battery.charge.low = 95\nignorelb');
    await becomes('ups.status', 'OL LB');
    await set('ups.0.options', '');
    await becomes('battery.charge.low', '20');
  });

  test('identifier: the new name is served, the old one is not', async () => {
    await set('ups.0.identifier', 'qnapups');
    await becomes('battery.charge', '90', 'qnapups');
    expect((await upsc(at('ups'))).stderr).toMatch(/Unknown UPS/);
    await set('ups.0.identifier', 'ups');
    await becomes('battery.charge', '90');
  });

  test('aliases: the UPS is served under each, and its driver does not notice', async () => {
    await set('ups.0.options', 'pollinterval = 3', 'ups.0.aliases', 'qnapups,nas');
    await until('listed', async () => (await upsc('-l', `127.0.0.1:${port}`)).stdout === 'ups\nqnapups\nnas\n');
    expect(await valueOf('battery.charge', 'QnapUPS')).toBe('90');
    expect((await upsc(at('nas'))).stdout).toBe((await upsc(at())).stdout);
    await set('ups.0.aliases', '');
    await until('gone', async () => (await upsc(at('nas'))).stderr.includes('Unknown UPS'));
    expect(program.stderr().match(/WARN.*lost|reconnect/gi)).toBeNull();
    await set('ups.0.options', '');
  });

  test('a second UPS comes, and goes', async () => {
    await set(
      'ups.1.identifier',
      'second',
      'ups.1.shutdownaction',
      'nothing',
      'ups.1.driver',
      'demo',
      'ups.1.port',
      'auto',
    );
    await becomes('ups.status', /OL/, 'second');
    await becomes('driver.name', 'demo', 'second');
    await set('ups.1.identifier', '');
    await until('gone', async () => (await upsc('-l', `127.0.0.1:${port}`)).stdout === 'ups\n');
  });

  test('extrausers: what they may and what they may not', async () => {
    const setDelay = (value: string, user: string, password: string): Promise<ProgramRun> =>
      runProgram('upsrw', ['-w', '-s', `ups.delay.shutdown=${value}`, '-u', user, '-p', password, at()]);
    expect((await setDelay('30', 'admin', 'secret')).stderr).toMatch(/access[- ]denied/i);
    await set(
      'ups.0.extrausers',
      '[admin]\n password = secret\n actions = SET\n[operator]\n password = op\n instcmds = load.off\n',
    );
    await until('may set', async () => (await setDelay('30', 'admin', 'secret')).status === 0);
    expect(await valueOf('ups.delay.shutdown')).toBe('30');
    expect((await setDelay('31', 'operator', 'op')).stderr).toMatch(/access[- ]denied/i);
    const command = (user: string, password: string): Promise<ProgramRun> =>
      runProgram('upscmd', ['-u', user, '-p', password, at(), 'load.off']);
    expect(await command('operator', 'op')).toMatchObject({ status: 0 });
    expect((await command('admin', 'secret')).stderr).toMatch(/access[- ]denied/i);
    await set('ups.0.extrausers', '');
    await until('may not any more', async () => (await setDelay('32', 'admin', 'secret')).status !== 0);
  });

  /** NUT's monitor, which tells whether it may log in. Its shutdown command only leaves a file. */
  async function startUpsmon(user: string, password: string): Promise<() => string> {
    const conf = await mkdtemp(join(folder, 'upsmon-'));
    await writeFile(
      join(conf, 'upsmon.conf'),
      `MONITOR ${at()} 1 ${user} ${password} primary\nSHUTDOWNCMD "touch ${conf}/down"\nPOLLFREQ 1\nRUN_AS_USER root\n`,
      { mode: 0o640 },
    );
    const env = { ...process.env, NUT_CONFPATH: conf, NUT_ALTPIDPATH: conf, NUT_STATEPATH: conf };
    const child = spawn(...withOwnPidFolder(UPSMON, ['-D', '-p', '-u', 'root']), {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()));
    return () => log;
  }
  async function mayLogIn(user: string, password: string): Promise<boolean> {
    const client = await openRawClient(port);
    await client.ask(`USERNAME ${user}`);
    await client.ask(`PASSWORD ${password}`);
    const reply = await client.ask('LOGIN ups');
    client.destroy();
    return reply === 'OK';
  }
  const loggedIn = async (): Promise<boolean> => (await upsc('-c', at())).stdout.includes('127.0.0.1');

  test('monuser and monpwd: upsmon logs in with the account as it is now, and with no other', async () => {
    await set('ups.0.options', 'override.ups.status = OL');
    await becomes('ups.status', 'OL');
    await startUpsmon('upsmon', 'mon-pw');
    await until('logged in', loggedIn);
    const [first] = children;
    first?.kill('SIGKILL');
    await until('logged out', async () => !(await loggedIn()));
    await set('ups.0.monuser', 'watch', 'ups.0.monpwd', "new'pw");
    await until('taken up', () => mayLogIn('watch', "new'pw"));
    const old = await startUpsmon('upsmon', 'mon-pw');
    await until('refused', () => /denied/i.test(old()), old);
    expect(await loggedIn()).toBe(false);
    await startUpsmon('watch', "new'pw");
    await until('logged in anew', loggedIn);
    await set('ups.0.monuser', '', 'ups.0.monpwd', 'mon-pw', 'ups.0.options', '');
  });

  test('optionsupsd: MAXAGE, of a driver that falls silent', async () => {
    await set(
      'ups.0.optionsupsd',
      'MAXAGE 3',
      'ups.1.identifier',
      'fronted',
      'ups.1.shutdownaction',
      'nothing',
      'ups.1.driver',
      'scripted-ups',
      'ups.1.port',
      'any',
    );
    await becomes('battery.charge', '87', 'fronted');
    const [driver] = await childrenOf(program.pid);
    process.kill(driver ?? 0, 'SIGSTOP');
    try {
      await until('stale', async () => (await upsc(at('fronted'), 'battery.charge')).stderr.includes('Data stale'));
      // It would be stale by the default as well; what is said of the same silence then is up to the line alone.
      await set('ups.0.optionsupsd', 'MAXAGE 600');
      await becomes('battery.charge', '87', 'fronted');
      expect(await childrenOf(program.pid)).toEqual([driver]);
    } finally {
      process.kill(driver ?? 0, 'SIGCONT');
    }
    await set('ups.1.identifier', '', 'ups.0.optionsupsd', '');
  });

  test('optionsupsd: LISTEN and MAXCONN', async () => {
    const second = await freePort();
    await set('ups.0.optionsupsd', `LISTEN 127.0.0.1 ${second}\nMAXCONN 2`);
    await until('second port', async () => (await upsc(at('ups', second), 'ups.mfr')).stdout === 'ACME\n');
    expect(await valueOf('ups.mfr')).toBe('ACME');
    // Whoever is logged in keeps its place.
    const first = [await openRawClient(port), await openRawClient(second)];
    for (const client of first) {
      for (const line of ['USERNAME upsmon', 'PASSWORD mon-pw', 'LOGIN ups']) expect(await client.ask(line)).toBe('OK');
    }
    expect((await upsc(at(), 'ups.mfr')).status).toBe(1);
    for (const client of first) client.destroy();
    await becomes('ups.mfr', 'ACME');
    await set('ups.0.optionsupsd', '');
    await until('second port closed', async () => !(await isListening(second)));
  });

  test.skipIf(outside === undefined)('rmonitor: other computers may connect, and may not any more', async () => {
    const fromOutside = (): Promise<ProgramRun> => upsc('-l', `${outside ?? ''}:${port}`);
    expect((await fromOutside()).status).toBe(1);
    await set('ups.0.rmonitor', 'yes');
    await until('open', async () => (await fromOutside()).stdout === 'ups\n');
    expect(await valueOf('ups.mfr')).toBe('ACME');
    await set('ups.0.rmonitor', 'no');
    await until('closed', async () => (await fromOutside()).status === 1);
    await becomes('ups.mfr', 'ACME');
  });

  test('rmonitor is refused with the password that everybody knows', async () => {
    const { status, stderr } = await ridethrough([
      'config',
      'set',
      'ups.0.monpwd',
      'fixmepass',
      'ups.0.rmonitor',
      'yes',
      '--data-dir',
      data,
    ]);
    expect(status).toBe(78);
    expect(stderr).toBe(
      'server.monpwd: everybody knows this password, and other computers may connect (choose another password)\n',
    );
    expect((await ridethrough(['config', 'get', 'ups.0.rmonitor', '--data-dir', data])).stdout).toBe('false\n');
  });

  test.skipIf(outside === undefined)('nor is it served to others when somebody edits settings.json', async () => {
    await set('server.monpwd', 'fixmepass');
    const file = join(data, 'settings.json');
    const before = await readFile(file, 'utf8');
    const { server, ...rest } = JSON.parse(before) as { readonly server: object };
    await writeFile(file, JSON.stringify({ ...rest, server: { ...server, rmonitor: true } }));
    await program.logged(/Other computers may not connect to the NUT server until it has another password/);
    expect((await upsc('-l', `${outside ?? ''}:${port}`)).status).toBe(1);
    expect(await valueOf('ups.mfr')).toBe('ACME');
    await set('server.rmonitor', 'no', 'server.monpwd', 'mon-pw');
  });

  test('remoteport: the server moves', async () => {
    const before = port;
    const next = await freePort();
    await set('ups.0.remoteport', String(next));
    port = next;
    await until('there', () => isListening(next));
    await becomes('ups.mfr', 'ACME');
    expect(await isListening(before)).toBe(false);
  });

  test('mode SLAVE: what hangs on another server is read from there, and shared', async () => {
    const other = await startNutUpsd({
      devices: { ups: { dev: 'ups.status: OL\nbattery.charge: 42\nups.mfr: Elsewhere\n' } },
    });
    try {
      await set('ups.0.mode', 'SLAVE', 'ups.0.remotehost', '127.0.0.1', 'ups.0.remoteport', String(other.port));
      await becomes('ups.mfr', 'Elsewhere');
      await becomes('battery.charge', '42');
      await other.writeDevice('ups', 'ups.status: OL CHRG\nbattery.charge: 41\nups.mfr: Elsewhere\n');
      await becomes('ups.status', 'OL CHRG');
      await set('ups.0.mode', 'MASTER');
      await becomes('ups.mfr', 'ACME');
    } finally {
      await other.stop();
    }
  });

  test('nothing that a person set shows in the log as a password, and the program ran on all the while', async () => {
    for (const secret of ['mon-pw', "new'pw", 'secret']) expect(program.stderr()).not.toContain(secret);
    expect(program.stdout().split('\n')).toHaveLength(2);
    expect(await readFile(join(data, 'settings.json'), 'utf8')).not.toContain('mon-pw');
  });
});
