/** `ridethrough serve` from the outside: a child process, NUT's own programs, signals and files. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRawClient } from '#tests/support/nut-server.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { writeProgram } from '#tests/support/scripted-driver.ts';
import {
  buildProgram,
  childrenOf,
  createNutFolder,
  isListening,
  type NutFolder,
  type RunningProgram,
  startProgram,
  until,
} from '#tests/support/served-program.ts';

const programs = await ensurePrograms(
  ['upsc', 'upscmd', 'upsrw'].map((program) => ({ program, package: 'nut-client' })),
);
const RECORDING = fileURLToPath(new URL('../fixtures/devices/051d-0002-back-ups-es-850g2', import.meta.url));
const USERS = '[admin]\n password = secret\n actions = SET\n instcmds = ALL\n';
const AS_ADMIN = ['-u', 'admin', '-p', 'secret'];
const DUMMY = '[dummy]\n driver = dummy-ups\n port = office.dev\n';
const MONITOR = 'MONITOR dummy@localhost 0 x y secondary\n';
const DEV = 'ups.status: OL\nbattery.charge: 90\nups.delay.shutdown: 20\n';

let folder: NutFolder | undefined;
const running: RunningProgram[] = [];

beforeAll(buildProgram);
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
  await folder?.remove();
  folder = undefined;
});

async function prepare(files: Readonly<Record<string, string>>): Promise<NutFolder> {
  folder = await createNutFolder({ 'upsd.users': USERS, 'office.dev': DEV, ...files });
  return folder;
}

function serve(where: NutFolder, ...more: string[]): RunningProgram {
  const program = startProgram(['serve', '--nut-conf', where.conf, '--data-dir', where.data, '--no-web', ...more]);
  running.push(program);
  return program;
}

const upsc = (...args: string[]): Promise<ProgramRun> => runProgram('upsc', args);
const valueOf = async (ups: string, variable: string): Promise<string> => (await upsc(ups, variable)).stdout.trim();
const namesOn = async (address: string): Promise<string[]> =>
  (await upsc('-l', address)).stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();

describe.skipIf(!programs.ok)(`serve ${programs.reason}`, () => {
  test('says once that it is ready, and serves a recording, a file and the demo UPS to NUT clients', async () => {
    const where = await prepare({
      'ups.conf': `[recorded]\n driver = usbhid-ups\n port = "recording:${RECORDING}"\n${DUMMY}[demo]\n driver = demo\n port = auto\n`,
    });
    const program = serve(where);
    expect(await program.ready()).toBe(`ridethrough ready nut=${where.address} web=off`);
    expect(await namesOn(where.address)).toEqual(['demo', 'dummy', 'recorded']);

    expect(await valueOf(`dummy@${where.address}`, 'battery.charge')).toBe('90');
    await until(
      'recording read',
      async () => (await upsc(`recorded@${where.address}`, 'ups.status')).stdout !== 'WAIT\n',
    );
    expect(await valueOf(`recorded@${where.address}`, 'ups.model')).toContain('ES 850G2');

    const cut = await runProgram('upscmd', ['-w', ...AS_ADMIN, `demo@${where.address}`, 'demo.mains.off']);
    expect(cut.status).toBe(0);
    await until('on battery', async () =>
      (await valueOf(`demo@${where.address}`, 'ups.status')).split(' ').includes('OB'),
    );
    const set = await runProgram('upsrw', ['-w', '-s', 'ups.delay.shutdown=35', ...AS_ADMIN, `dummy@${where.address}`]);
    expect(set.status).toBe(0);
    expect(await valueOf(`dummy@${where.address}`, 'ups.delay.shutdown')).toBe('35');

    expect(await program.end()).toBe(0);
    expect(program.stdout()).toBe(`ridethrough ready nut=${where.address} web=off\n`);
    expect(program.stderr()).toContain('demo.mains.off');
    expect(program.stderr()).not.toContain('secret');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it at once and cleanly, with a silent client connected and a driver program running',
    async (signal) => {
      const where = await prepare({
        'ups.conf': `driverpath = CONF_DIR\n${DUMMY}[fronted]\n driver = scripted-ups\n port = any\n`,
      });
      writeProgram(where.conf, 'scripted-ups');
      const program = serve(where);
      await program.ready();
      await until('fronted', async () => (await valueOf(`fronted@${where.address}`, 'battery.charge')) === '87');
      const children = await childrenOf(program.pid);
      expect(children.length).toBeGreaterThan(0);
      const silent = await openRawClient(where.port);
      const logged = await openRawClient(where.port);
      await logged.ask('USERNAME admin');

      expect(await program.end(signal)).toBe(0);
      expect(await isListening(where.port)).toBe(false);
      for (const child of children) expect(() => process.kill(child, 0)).toThrow('ESRCH');
      await Promise.all([silent.closed(), logged.closed()]);
    },
  );

  test('ends a driver program that does not want to end', async () => {
    const where = await prepare({
      'ups.conf': 'driverpath = CONF_DIR\n[fronted]\n driver = scripted-ups\n port = "stubborn"\n',
    });
    writeProgram(where.conf, 'scripted-ups');
    const program = serve(where);
    await program.ready();
    await until('fronted', async () => (await valueOf(`fronted@${where.address}`, 'battery.charge')) === '87');
    const children = await childrenOf(program.pid);
    expect(await program.end()).toBe(0);
    for (const child of children) expect(() => process.kill(child, 0)).toThrow('ESRCH');
  });

  test('a signal that comes while it starts is not lost', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = serve(where, '--demo');
    await once(program.child.stderr, 'data');
    expect(await program.ended).toBe(2);
    const second = serve(where);
    await until('listening', () => isListening(where.port));
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('goes on serving when nobody reads its log any more', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = serve(where);
    await program.ready();
    program.child.stderr.destroy();
    program.child.stdout.destroy();
    await runProgram('upscmd', ['-w', ...AS_ADMIN, `dummy@${where.address}`, 'load.off']);
    expect(await valueOf(`dummy@${where.address}`, 'battery.charge')).toBe('90');
    expect(await program.end()).toBe(0);
  });
});

describe.skipIf(!programs.ok)(`serve on SIGHUP ${programs.reason}`, () => {
  const second = '[second]\n driver = dummy-ups\n port = office.dev\n';
  const reload = async (program: RunningProgram, line: string | RegExp): Promise<void> => {
    program.child.kill('SIGHUP');
    await program.logged(line);
  };

  test('takes up UPSes that were added, changed and removed, while the others run on', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = serve(where);
    await program.ready();
    const staying = await openRawClient(where.port);

    await where.write('ups.conf', `${second} desc = "The second"\n${DUMMY}`);
    await reload(program, 'Configuration read again');
    await until('added', async () => (await valueOf(`second@${where.address}`, 'battery.charge')) === '90');

    await where.write('other.dev', DEV.replace('90', '55'));
    await where.write('ups.conf', `${DUMMY}${second.replace('office.dev', 'other.dev')}`);
    await reload(program, /(?:read again[^]*){2}/);
    await until('changed', async () => (await valueOf(`second@${where.address}`, 'battery.charge')) === '55');

    await where.write('ups.conf', second);
    await reload(program, /(?:read again[^]*){3}/);
    expect(await namesOn(where.address)).toEqual(['second']);
    expect(await staying.ask('VER')).toContain('upsd');
    expect(await program.end()).toBe(0);
  });

  test('keeps what runs when the new files are broken, and says where', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = serve(where);
    await program.ready();
    for (const [text, line] of [
      [`${second}[two words]\n driver = demo\n`, 'ups.conf:4'],
      [`${DUMMY}[x]\n driver = no-such-driver\n port = y\n`, 'ups.conf:4'],
      [`[recorded]\n driver = usbhid-ups\n port = recording:nowhere\n`, 'ups.conf:1'],
    ] as const) {
      await where.write('ups.conf', text);
      await reload(program, new RegExp(`not taken up: .*${line}`));
      expect(await namesOn(where.address)).toEqual(['dummy']);
    }
    expect(await valueOf(`dummy@${where.address}`, 'battery.charge')).toBe('90');
  });

  test('takes up other users', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = serve(where);
    await program.ready();
    await where.write('upsd.users', USERS.replace('secret', 'changed'));
    await reload(program, 'Configuration read again');
    const words = ['-w', '-s', 'ups.delay.shutdown=5', '-u', 'admin', '-p', 'changed', `dummy@${where.address}`];
    expect((await runProgram('upsrw', words)).status).toBe(0);
  });
});

describe('serve refuses to start', () => {
  async function failing(
    files: Readonly<Record<string, string>>,
  ): Promise<{ where: NutFolder; program: RunningProgram }> {
    const where = await prepare(files);
    const program = serve(where);
    await Promise.race([program.ended, program.ready()]).catch(() => undefined);
    return { where, program };
  }

  test.each([
    ['a title that is none', { 'ups.conf': `${DUMMY}[two words]\n driver = demo\n` }, 'ups.conf:4: '],
    ['a section without driver', { 'ups.conf': '[x]\n port = auto\n' }, 'ups.conf:1: '],
    [
      'a recording that is missing',
      { 'ups.conf': '[x]\n driver = usbhid-ups\n port = recording:nowhere\n' },
      'ups.conf:1: ',
    ],
    [
      'a file of dummy-ups that is missing',
      { 'ups.conf': '[x]\n driver = dummy-ups\n port = no.dev\n' },
      'ups.conf:1: ',
    ],
    ['an unknown driver', { 'ups.conf': '[x]\n driver = usbhid-usp\n port = auto\n' }, 'ups.conf:1: '],
    ['a port that is none', { 'ups.conf': DUMMY, 'upsd.conf': 'LISTEN 127.0.0.1 99999\n' }, 'upsd.conf:1: '],
    ['a value that cannot be', { 'ups.conf': DUMMY, 'upsd.conf': 'MAXAGE abc\n' }, 'upsd.conf:1: '],
    [
      'a certificate that is missing',
      { 'ups.conf': DUMMY, 'upsd.conf': 'MAXAGE 15\nCERTFILE no.pem\n' },
      'upsd.conf:2: ',
    ],
    ['authorities that are none', { 'ups.conf': DUMMY, 'upsd.conf': 'CERTPATH ups.conf\n' }, 'upsd.conf:1: '],
    ['authorities that are missing', { 'ups.conf': DUMMY, 'upsd.conf': 'CERTPATH no.pem\n' }, 'upsd.conf:1: '],
    [
      'authorities of the monitor that are missing',
      { 'ups.conf': DUMMY, 'upsmon.conf': `${MONITOR}CERTPATH no.pem\n` },
      'upsmon.conf:2: ',
    ],
    [
      'authorities of the monitor that are none',
      { 'ups.conf': DUMMY, 'upsmon.conf': `${MONITOR}CERTPATH ups.conf\n` },
      'upsmon.conf:2: ',
    ],
    [
      'a certificate of the monitor that is none',
      { 'ups.conf': DUMMY, 'upsmon.conf': `${MONITOR}CERTFILE ups.conf\n` },
      'upsmon.conf:2: ',
    ],
    ['a # in quotes', { 'ups.conf': DUMMY, 'upsd.users': '[a]\n password = "a#b"\n' }, 'upsd.users:2: '],
    ['a user with a broken title', { 'ups.conf': DUMMY, 'upsd.users': `${USERS}[two users]\n` }, 'upsd.users:5: '],
  ] as const)('%s: one message with its place, status 78, nothing left running', async (_, files, place) => {
    const { where, program } = await failing(files);
    expect(program.stdout()).toBe('');
    expect(await program.ended).toBe(78);
    const told = program
      .stderr()
      .split('\n')
      .filter((line) => line.includes(join(where.conf, place)));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/ \(.+\)$/);
    expect(program.stderr()).not.toMatch(/\n\s+at /);
    expect(await isListening(where.port)).toBe(false);
  });

  test('of several faults all are told, each with what to do', async () => {
    const { where, program } = await failing({
      'ups.conf': `${DUMMY} pollinterval = soon\n`,
      'upsd.conf': 'MAXAGE abc\n',
    });
    expect(await program.ended).toBe(78);
    const told = program
      .stderr()
      .split('\n')
      .filter((line) => line.includes(where.conf));
    expect(told).toHaveLength(2);
    for (const line of told) expect(line).toMatch(/\.conf:\d+: .+ \(.+\)$/);
  });

  test('a data folder that cannot be made: one message, no stack', async () => {
    const where = await prepare({ 'ups.conf': DUMMY });
    const program = startProgram(['serve', '--no-web', '--nut-conf', where.conf, '--data-dir', join(where.conf, 'ups.conf')]); // prettier-ignore
    expect(await program.ended).toBe(78);
    expect(program.stderr().trim().split('\n')).toHaveLength(1);
    expect(program.stderr()).toContain(join(where.conf, 'ups.conf'));
    expect(program.stdout()).toBe('');
  });

  test('a port in use: one message, status 1, and no driver was started', async () => {
    const where = await prepare({ 'ups.conf': `driverpath = CONF_DIR\n[x]\n driver = scripted-ups\n port = any\n` });
    writeProgram(where.conf, 'scripted-ups');
    const other = createServer().listen(where.port, '127.0.0.1');
    await once(other, 'listening');
    try {
      const program = serve(where);
      expect(await program.ended).toBe(1);
      expect(program.stderr()).toContain(where.address);
      expect(program.stderr().match(/port is in use/g)).toHaveLength(1);
      expect(program.stderr()).not.toContain('scripted driver');
      expect(program.stdout()).toBe('');
    } finally {
      other.close();
    }
  });
});
