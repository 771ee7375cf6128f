/** Fronted drivers that really are NUT's: dummy-ups found running or started by us, snmp-ups against an SNMP agent. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { probePort } from '#engine/drivers/probe-port.ts';
import { scanNetwork } from '#engine/drivers/network-scan/scan-network.ts';
import { endProcess } from '#tests/support/end-process.ts';
import { type FrontedUps, frontUps, isAlive } from '#tests/support/fronted-ups.ts';
import { freePort, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';

const run = promisify(execFile);
const needs = await ensurePrograms([
  ...UPSD_PROGRAMS,
  { program: 'upsc', package: 'nut-client' },
  { program: '/lib/nut/snmp-ups', package: 'nut-snmp' },
  { program: 'snmpd', package: 'snmpd' },
]);

const DEV = 'ups.status: OL CHRG\nbattery.charge: 90\nups.model: Desk UPS\nups.load: 12\n';

let folder: string;
let runFolder: string;
let fronted: FrontedUps | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nut-driver-'));
  await chmod(folder, 0o755); // drivers started by root become another user
  runFolder = join(folder, 'run');
  await writeFile(join(folder, 'desk.dev'), DEV);
});
afterEach(async () => {
  await fronted?.stop();
  fronted = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** The process that serves a UPS for us. */
async function ownedPid(driver: string): Promise<number> {
  const owner = JSON.parse(await readFile(join(runFolder, `${driver}-office`, 'owner.json'), 'utf8')) as {
    driver: number;
  };
  return owner.driver;
}

describe.skipIf(!needs.ok)(`installed NUT drivers ${needs.reason}`, () => {
  describe('a driver that others run', () => {
    test('says to us what it says to upsd, and runs on when we stop', async () => {
      const upsd = await startNutUpsd({ devices: { office: { dev: DEV } } });
      try {
        const ups = frontUps({ driver: 'dummy-ups', port: 'office.dev' }, { statePath: upsd.folder, runFolder });
        fronted = ups;
        await ups.ready();
        expect(ups.events.map((event) => event.type).slice(0, 3)).toEqual(['connected', 'update', 'ready']);
        const served = async (): Promise<string[]> =>
          (await run('upsc', [`office@${upsd.address}`])).stdout
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('driver.state'));
        const ours = (): string[] =>
          [...ups.state().variables.values()]
            .map(({ name, value }) => `${name}: ${value}`)
            .filter((line) => !line.startsWith('driver.state'));
        expect(ours()).toEqual(await served());

        await upsd.writeDevice('office', DEV.replace('OL CHRG', 'OB DISCHRG').replace('90', '55'));
        await ups.until('on battery', () => ups.value('ups.status') === 'OB DISCHRG');
        await ups.until('charge', () => ups.value('battery.charge') === '55');
        expect(ours()).toEqual(await served());

        await ups.stop();
        expect(await served()).toContain('ups.status: OB DISCHRG');
        await expect(stat(runFolder)).rejects.toThrow();
      } finally {
        await upsd.stop();
      }
    });

    test('takes values and commands, and tells how they ended', async () => {
      const upsd = await startNutUpsd({ devices: { office: { dev: DEV } } });
      try {
        const ups = frontUps({ driver: 'dummy-ups', port: 'office.dev' }, { statePath: upsd.folder, runFolder });
        fronted = ups;
        await ups.ready();
        expect(await ups.driver.setVariable('ups.model', 'plain')).toBe('handled');
        expect(ups.value('ups.model')).toBe('plain');
        // Live lines are not escaped: only the dump that follows has it right.
        expect(await ups.driver.setVariable('ups.model', 'a "b" \\ #c')).toBe('handled');
        await ups.until('the value in full', () => ups.value('ups.model') === 'a "b" \\ #c');
        expect(await ups.driver.setVariable('not.there', '1')).toBe('unknown');
        expect(await ups.driver.setVariable('driver.name', 'x')).toBe('invalid');
        expect(await ups.driver.runCommand('not.there')).toBe('unknown');
        expect(ups.state().commands).toContain('load.off');
      } finally {
        await upsd.stop();
      }
    });

    test('that ends takes its data with it, and they are back when it is', async () => {
      const upsd = await startNutUpsd({ devices: { office: { dev: DEV } } });
      try {
        const ups = frontUps({ driver: 'dummy-ups', port: 'office.dev' }, { statePath: upsd.folder, runFolder });
        fronted = ups;
        await ups.ready();
        await upsd.stopDriver('office');
        await ups.until('gone', () => ups.state().availability === 'not-connected');
        expect(ups.state().variables.size).toBe(0);
        expect(ups.state().error?.code).toBe('driver/socket-lost');
        await upsd.startDriver('office');
        await ups.until('back', () => ups.value('ups.status') === 'OL CHRG');
        await expect(stat(runFolder)).rejects.toThrow();
      } finally {
        await upsd.stop();
      }
    });
  });

  describe('a driver of ours', () => {
    const dummy = (options: Record<string, string | true> = {}): FrontedUps =>
      frontUps(
        { driver: 'dummy-ups', port: join(folder, 'desk.dev'), options },
        { statePath: join(folder, 'none'), runFolder, environment: { PATH: process.env.PATH } },
      );

    beforeEach(() => mkdir(join(folder, 'none'), { mode: 0o755 }));

    test('is started, served and stopped, and nothing of it stays', async () => {
      const ups = dummy({ maxretry: '3', sdorder: '0', 'override.battery.charge.low': '33' });
      fronted = ups;
      await ups.ready();
      expect(ups.value('ups.status')).toBe('OL CHRG');
      expect(ups.value('battery.charge.low')).toBe('33');
      const pid = await ownedPid('dummy-ups');
      expect(isAlive(pid)).toBe(true);
      await ups.stop();
      expect(isAlive(pid)).toBe(false);
      expect(await readdir(runFolder)).toEqual([]);
    });

    test('runs as NUT’s own user in a folder of its own where none is configured', async () => {
      const environment = { PATH: process.env.PATH };
      const ups = frontUps({ name: 'alone', driver: 'dummy-ups', port: join(folder, 'desk.dev') }, { runFolder, environment }); // prettier-ignore
      fronted = ups;
      await ups.ready();
      const home = join(runFolder, 'dummy-ups-alone');
      expect((await stat(join(home, 'ups.conf'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(home, 'state'))).mode & 0o777).toBe(0o700);
      if (process.getuid?.() === 0) {
        const { driver } = JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')) as { driver: number };
        expect((await stat(`/proc/${driver}`)).uid).not.toBe(0);
      }
    });

    test.each([
      ['closed to others, as data folders are', (base: string) => base],
      ['too deep for a socket', (base: string) => join(base, 'd'.repeat(100))],
    ])('works from a run folder that is %s', async (_, placeIn) => {
      const closed = join(folder, 'closed');
      const place = join(placeIn(closed), 'run');
      await mkdir(place, { recursive: true });
      await chmod(closed, 0o700);
      const environment = { PATH: process.env.PATH };
      const ups = frontUps({ name: 'far', driver: 'dummy-ups', port: join(folder, 'desk.dev') }, { runFolder: place, environment }); // prettier-ignore
      fronted = ups;
      await ups.ready();
      expect(ups.value('ups.status')).toBe('OL CHRG');
      await ups.stop();
      expect(await readdir(place)).toEqual([]);
    });

    test('reads its own section of NUT’s ups.conf', async () => {
      await writeFile(join(folder, 'ups.conf'), '[office]\ndriver = dummy-ups\nport = desk.dev\ndesc = "Office"\n');
      const ups = frontUps(
        { driver: 'dummy-ups', port: 'desk.dev' },
        { statePath: join(folder, 'none'), confDir: folder, runFolder },
      );
      fronted = ups;
      await ups.ready();
      expect(ups.value('driver.parameter.port')).toBe('desk.dev');
      expect(ups.value('battery.charge')).toBe('90');
    });

    test('that is killed is told so and started again', async () => {
      const ups = dummy({ retrydelay: '1' });
      fronted = ups;
      await ups.ready();
      const first = await ownedPid('dummy-ups');
      process.kill(first, 'SIGKILL');
      await ups.until('told', () => ups.state().availability === 'not-connected');
      expect(ups.state().error).toMatchObject({ code: 'driver/ended', message: expect.stringContaining('SIGKILL') as string }); // prettier-ignore
      await ups.ready();
      const second = await ownedPid('dummy-ups');
      expect(second).not.toBe(first);
      await ups.stop();
      expect(isAlive(second)).toBe(false);
    });

    test.each([
      ['an option it does not know', { nonsense: '1' }, 'nonsense'],
      ['a port that is not there', {}, 'gone.dev'],
    ])('that refuses %s says why', async (_, options, reason) => {
      if (reason === 'gone.dev') await rm(join(folder, 'desk.dev'));
      const port = join(folder, reason === 'gone.dev' ? 'gone.dev' : 'desk.dev');
      const ups = frontUps({ driver: 'dummy-ups', port, options }, { statePath: join(folder, 'none'), runFolder });
      fronted = ups;
      await ups.until('told', () => ups.events.some((event) => event.type === 'disconnected'));
      expect(ups.state().error).toMatchObject({ code: 'driver/start-failed', message: expect.stringContaining(reason) as string }); // prettier-ignore
    });

    test('that cannot cut the power says so and runs on', async () => {
      const ups = dummy();
      fronted = ups;
      await ups.ready();
      expect(await ups.driver.killPower()).toBe('failed');
      await ups.ready();
      expect(ups.lines.join('\n')).toMatch(/shutdown not supported/i);
    });

    test('that a dead run of ours left behind is ended before the next is started', async () => {
      const owner = spawn(process.execPath, ['-e', '']);
      await once(owner, 'exit');
      const home = join(runFolder, 'dummy-ups-office');
      const state = join(folder, 'left');
      await mkdir(home, { recursive: true });
      await mkdir(state);
      const left = spawn('/lib/nut/dummy-ups', ['-F', '-u', 'root', '-s', 'office', '-x', `port=${folder}/desk.dev`], {
        env: { NUT_STATEPATH: state, NUT_CONFPATH: folder },
        stdio: 'ignore',
      });
      const gone = once(left, 'exit');
      await writeFile(
        join(home, 'owner.json'),
        JSON.stringify({ driver: left.pid, program: '/lib/nut/dummy-ups', owner: owner.pid }),
      );
      const ups = dummy();
      fronted = ups;
      await ups.ready();
      await gone;
      expect(left.signalCode).toBe('SIGTERM');
    });

    test('of another run of ours that lives is left alone', async () => {
      const home = join(runFolder, 'dummy-ups-office');
      await mkdir(home, { recursive: true });
      const other = spawn('/lib/nut/dummy-ups', ['-F', '-u', 'root', '-s', 'office', '-x', `port=${folder}/desk.dev`], {
        env: { NUT_STATEPATH: home, NUT_CONFPATH: folder },
        stdio: 'ignore',
      });
      try {
        const owner = JSON.stringify({ driver: other.pid, program: '/lib/nut/dummy-ups', owner: process.ppid });
        await writeFile(join(home, 'owner.json'), owner);
        const ups = dummy();
        fronted = ups;
        await ups.until('told', () => ups.events.some((event) => event.type === 'disconnected'));
        expect(ups.state().error?.code).toBe('driver/held-by-other');
        expect(other.exitCode).toBeNull();
        expect(other.signalCode).toBeNull();
      } finally {
        const gone = once(other, 'exit');
        other.kill('SIGKILL');
        await gone;
      }
    });
  });

  test('snmp-ups reads an RFC 1628 agent, and follows it', async () => {
    const port = await freePort();
    let agent = await startAgent(port, { status: 3, charge: 87 });
    try {
      const ups = frontUps(
        {
          driver: 'snmp-ups',
          port: `127.0.0.1:${port}`,
          options: { mibs: 'ietf', snmp_version: 'v2c', community: 'public', pollfreq: '1', pollinterval: '1' },
        },
        { runFolder, environment: { PATH: process.env.PATH } },
      );
      fronted = ups;
      await ups.ready();
      expect(ups.value('ups.status')).toBe('OL');
      expect(ups.value('battery.charge')).toBe('87');
      expect(ups.value('battery.runtime')).toBe('2520');
      expect(ups.value('ups.mfr')).toBe('Acme');
      expect(ups.state().variables.get('device.contact')?.traits).toEqual({
        isWritable: true,
        kind: 'string',
        maxLength: 128,
      });
      expect(ups.state().commands).toContain('test.battery.start.quick');
      // What a search of the network finds is what was configured above.
      const hosts = ['127.0.0.1'];
      const [found] = await scanNetwork({ hosts, community: 'public', takenNames: [], clock: systemClock, ports: { nut: 9, snmp: port } }); // prettier-ignore
      expect(found?.section).toBe(`[ups]\n  driver = snmp-ups\n  port = 127.0.0.1:${port}\n  desc = "RFC 1628"\n`);
      const asked = { driver: 'snmp-ups', port: `127.0.0.1:${port}`, options: '' };
      expect(await probePort(asked, systemClock)).toMatchObject({
        isGood: true,
        text: { params: { title: 'RFC 1628' } },
      });
      // The agent answers, and refuses.
      expect(await ups.driver.runCommand('load.off')).not.toBe('handled');

      await endProcess(agent);
      agent = await startAgent(port, { status: 5, charge: 40 });
      await ups.until('on battery', () => ups.value('ups.status') === 'OB');
      await ups.until('charge', () => ups.value('battery.charge') === '40');

      await endProcess(agent);
      await ups.until('stale', () => ups.state().availability === 'stale');
      expect(ups.value('battery.charge')).toBe('40');
      agent = await startAgent(port, { status: 3, charge: 41 });
      await ups.until('fresh', () => ups.state().availability === 'available' && ups.value('ups.status') === 'OL');
      const pid = await ownedPid('snmp-ups');
      await ups.stop();
      expect(isAlive(pid)).toBe(false);
    } finally {
      await endProcess(agent);
    }
  });

  /** Debian's snmpd with the few objects of the UPS-MIB that snmp-ups asks for first. */
  async function startAgent(
    port: number,
    ups: { readonly status: number; readonly charge: number },
  ): Promise<ChildProcess> {
    const objects: [string, 'octet_str' | 'integer', string | number][] = [
      ['1.1.0', 'octet_str', '"Acme"'],
      ['1.2.0', 'octet_str', '"RFC 1628"'],
      ['1.5.0', 'octet_str', '"agent"'],
      ['2.1.0', 'integer', 2],
      ['2.3.0', 'integer', 42],
      ['2.4.0', 'integer', ups.charge],
      ['3.2.0', 'integer', 1],
      ['3.3.1.3.1', 'integer', 231],
      ['4.1.0', 'integer', ups.status],
      ['4.3.0', 'integer', 1],
    ];
    const conf = join(folder, 'snmpd.conf');
    const lines = objects.map(([oid, type, value]) => `override .1.3.6.1.2.1.33.1.${oid} ${type} ${value}`);
    await writeFile(conf, `sysobjectid .1.3.6.1.2.1.33\n${lines.join('\n')}\n`);
    const args = ['-f', '-Lo', '-r', '-C', '-c', conf, '-I', 'system_mib,override', `udp:127.0.0.1:${port}`];
    const agent = spawn('/usr/sbin/snmpd', args, {
      env: { PATH: process.env.PATH, MIBS: '', SNMP_PERSISTENT_DIR: join(folder, 'snmp') },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    for await (const chunk of agent.stdout.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      if (text.includes('NET-SNMP version')) break;
    }
    agent.stdout.resume();
    if (!text.includes('NET-SNMP version')) throw new Error(`snmpd did not start: ${text.slice(-500)}`);
    return agent;
  }
});
