/** What the settings make of an outage, seen from outside of `serve`: commands that run, what clients and drivers are told. */
import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endProcess } from '#tests/support/end-process.ts';
import { isGone } from '#tests/support/is-gone.ts';
import { openRawClient } from '#tests/support/nut-server.ts';
import { askOnce, freePort, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { writeProgram } from '#tests/support/scripted-driver.ts';
import { buildProgram, ridethrough, startProgram, until, type RunningProgram } from '#tests/support/served-program.ts';

const UPSMON = '/lib/nut/upsmon';
const programs = await ensurePrograms([
  ...UPSD_PROGRAMS,
  ...['upsc', UPSMON].map((program) => ({ program, package: 'nut-client' })),
]);

/** A computer that goes down by leaving a file, in which the UPS says how it stood then. */
interface Computer {
  readonly port: number;
  /** The one that runs now. */
  readonly program: RunningProgram;
  /** `kill -9`, and a new start. */
  kill(): Promise<void>;
  set(...pairs: string[]): Promise<void>;
  /** What the UPS said when the shutdown command ran; undefined while it did not. */
  down(): Promise<Readonly<Record<string, string>> | undefined>;
  isDown(): Promise<void>;
}

let folder: string;
const running: RunningProgram[] = [];

beforeAll(buildProgram);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-outage-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
  await rm(folder, { recursive: true, force: true });
});

/** What the UPS says, in one step. */
async function say(values: Readonly<Record<string, string | number>>): Promise<void> {
  const file = join(folder, 'ups.dev');
  const text = Object.entries({ 'battery.charge': 90, 'battery.runtime': 1800, ...values })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

let computers = 0;
async function start(settings: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Promise<Computer> {
  computers += 1;
  const data = join(folder, `data-${computers}`);
  const file = join(folder, `down-${computers}`);
  const port = await freePort();
  const set = async (...pairs: string[]): Promise<void> => {
    const { status, stderr } = await ridethrough(['config', 'set', ...pairs, '--data-dir', data]);
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/ error| cannot be /)]);
  };
  const defaults = {
    'ups.0.identifier': 'ups',
    'ups.0.driver': 'dummy-ups',
    'ups.0.port': join(folder, 'ups.dev'),
    'ups.0.options': 'pollinterval = 0.2',
    'ups.0.shutdowncmd': `upsc ups@127.0.0.1:${port} > ${file}.new 2>&1; mv ${file}.new ${file}`,
    'server.remoteport': String(port),
    'server.monpwd': 'own-pw',
  };
  await set(...Object.entries({ ...defaults, ...settings }).flat());
  const run = (): RunningProgram => {
    const started = startProgram(['serve', '--data-dir', data, '--no-web'], { env });
    running.push(started);
    return started;
  };
  let program = run();
  await program.ready();
  await program.logged(/is on (mains|line) power/);
  const down = async (): Promise<Readonly<Record<string, string>> | undefined> => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return text === undefined
      ? undefined
      : Object.fromEntries(text.split('\n').map((line) => line.split(': ') as [string, string]));
  };
  return {
    port,
    get program() {
      return program;
    },
    async kill() {
      await program.end('SIGKILL');
      program = run();
      await program.ready();
    },
    set,
    down,
    isDown: () =>
      until(
        'it is shut down',
        async () => (await down()) !== undefined,
        () => program.stderr(),
      ),
  };
}

describe.skipIf(!programs.ok)(`an outage ${programs.reason}`, { timeout: 120_000 }, () => {
  test('shutdown, shutdowntimer, shutdowncmd: after a time, or once the battery is low', async () => {
    await say({ 'ups.status': 'OL' });
    const [timed, patient, low] = await Promise.all([
      start({ 'ups.0.shutdown': 'BATT', 'ups.0.shutdowntimer': '1' }),
      start({ 'ups.0.shutdown': 'BATT', 'ups.0.shutdowntimer': '3600' }),
      start({ 'ups.0.shutdown': 'LOWBATT', 'ups.0.shutdowntimer': '1' }),
    ]);
    await say({ 'ups.status': 'OB' });
    await timed.isDown();
    expect((await timed.down())?.['ups.status']).toMatch(/^(FSD )?OB$/);
    // That is the time of the form, and not the one that there is without it.
    expect(timed.program.stderr()).toMatch(/ups has been on battery for [1-9]\ss\./);
    expect(await patient.down()).toBeUndefined();
    // A save in the midst of the outage counts for it.
    await patient.set('ups.0.shutdowntimer', '2');
    await patient.isDown();
    expect((await patient.down())?.['ups.status']).toMatch(/^(FSD )?OB$/);
    expect(await low.down()).toBeUndefined();
    await say({ 'ups.status': 'OB LB' });
    await low.isDown();
    expect((await low.down())?.['ups.status']).toBe('FSD OB LB');
  });

  test('shutdowncharge, shutdownruntime: also at so much, and not before', async () => {
    await say({ 'ups.status': 'OL' });
    const rules = { 'ups.0.shutdowntimer': '86400' };
    const [byCharge, byRuntime] = await Promise.all([
      start({ ...rules, 'ups.0.shutdowncharge': '50' }),
      start({ ...rules, 'ups.0.shutdownruntime': '600' }),
    ]);
    await say({ 'ups.status': 'OB', 'battery.charge': 51, 'battery.runtime': 601 });
    for (const { program } of [byCharge, byRuntime]) await program.logged(/on battery/);
    await say({ 'ups.status': 'OB', 'battery.charge': 50, 'battery.runtime': 601 });
    await byCharge.isDown();
    expect((await byCharge.down())?.['battery.charge']).toBe('50');
    expect(await byRuntime.down()).toBeUndefined();
    await say({ 'ups.status': 'OB', 'battery.charge': 90, 'battery.runtime': 600 });
    await byRuntime.isDown();
    expect((await byRuntime.down())?.['battery.runtime']).toBe('600');
  });

  test('shutdownignore: an outage that is shorter starts nothing', async () => {
    await say({ 'ups.status': 'OL' });
    const [hasty, calm] = await Promise.all([
      start({ 'ups.0.shutdowntimer': '0' }),
      start({ 'ups.0.shutdowntimer': '0', 'ups.0.shutdownignore': '3600' }),
    ]);
    await say({ 'ups.status': 'OB', 'battery.charge': 77 });
    await hasty.isDown();
    expect((await hasty.down())?.['battery.charge']).toBe('77');
    expect(await calm.down()).toBeUndefined();
    await say({ 'ups.status': 'OL', 'battery.charge': 78 });
    await calm.program.logged(/on line power/);
    await calm.set('ups.0.shutdownignore', '0');
    await say({ 'ups.status': 'OB', 'battery.charge': 79 });
    await calm.isDown();
    expect((await calm.down())?.['battery.charge']).toBe('79');
  });

  test('shutdownaction: nothing is only watched', async () => {
    await say({ 'ups.status': 'OL' });
    const [acting, watching] = await Promise.all([
      start({ 'ups.0.shutdownaction': 'command' }),
      start({ 'ups.0.shutdownaction': 'nothing' }),
    ]);
    await say({ 'ups.status': 'OB LB' });
    await acting.isDown();
    await watching.program.logged(/on battery/);
    expect(await askOnce(watching.port, 'GET VAR ups ups.status')).toBe('VAR ups ups.status "OB LB"\n');
    expect(await watching.down()).toBeUndefined();
    await watching.set('ups.0.shutdownaction', 'command');
    await watching.isDown();
  });

  test('shutdownbefore, shutdownafter: each once around the action, with its environment', async () => {
    await say({ 'ups.status': 'OL' });
    const file = join(folder, 'around');
    const computer = await start({
      'ups.0.shutdownbefore': `echo "before $NOTIFYTYPE $UPSNAME $RIDETHROUGH_ACTION" >> ${file}; sleep 4; exit 3`,
      'ups.0.shutdowncmd': `echo action >> ${file}`,
      'ups.0.shutdownafter': `echo "after $RIDETHROUGH_STEP: $NOTIFYMSG" >> ${file}`,
    });
    await say({ 'ups.status': 'OB LB' });
    // In the midst of it: who comes later waits for its end, and goes on from there.
    await until('it has begun', async () => (await readFile(file, 'utf8').catch(() => '')) !== '');
    await computer.kill();
    await computer.program.logged('The command after the action is done');
    expect((await readFile(file, 'utf8')).split('\n')).toEqual([
      'before SHUTDOWN ups command',
      'action',
      'after after: The battery of ups is low.',
      '',
    ]);
    expect(computer.program.stderr()).toContain('The command before the action failed (exit status 3)');
    // A new start of the program in the same run of the computer does nothing of it again.
    await computer.kill();
    await computer.program.logged('The monitor goes on where it stood');
    await until('FSD is set again', async () =>
      (await askOnce(computer.port, 'GET VAR ups ups.status')).includes('FSD OB LB'),
    );
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
  });

  test('shutdownextratimeout: a command that hangs is ended then, and the shutdown goes on', async () => {
    await say({ 'ups.status': 'OL' });
    const hanging = `echo $$ > ${folder}/pid; sleep 600`;
    const [short, long] = await Promise.all([
      start({ 'ups.0.shutdownbefore': hanging, 'ups.0.shutdownextratimeout': '1' }),
      // No longer than the test, whose program does not live to end it.
      start({
        'ups.0.shutdownbefore': `while [ -e ${folder} ]; do sleep 1; done`,
        'ups.0.shutdownextratimeout': '3600',
      }),
    ]);
    await say({ 'ups.status': 'OB LB' });
    await short.isDown();
    await short.program.logged('The command before the action failed (it did not end within 1 s)');
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await until('it is ended', () => isGone(pid));
    await long.program.logged('The command before the action runs; it has 3600 s');
    expect(await long.down()).toBeUndefined();
  });

  test('hostsync: so long the others have to log out, and no longer', async () => {
    await say({ 'ups.status': 'OL' });
    const [short, long] = await Promise.all([start({ 'ups.0.hostsync': '1' }), start({ 'ups.0.hostsync': '3600' })]);
    const others = [await openRawClient(short.port), await openRawClient(long.port)];
    for (const other of others) {
      for (const line of ['USERNAME upsmon', 'PASSWORD own-pw', 'LOGIN ups']) expect(await other.ask(line)).toBe('OK');
    }
    await say({ 'ups.status': 'OB LB' });
    // They are told at once, and the one that stays is left behind.
    await until('told', async () => (await others[0]?.ask('GET VAR ups ups.status'))?.includes('FSD') === true);
    await short.isDown();
    expect(await others[0]?.ask('GET NUMLOGINS ups')).toBe('NUMLOGINS ups 1');
    await until('told', async () => (await others[1]?.ask('GET VAR ups ups.status'))?.includes('FSD') === true);
    expect(await long.down()).toBeUndefined();
    await others[1]?.ask('LOGOUT');
    await long.isDown();
    for (const other of others) other.destroy();
  });

  test('aliases: who logged in under one is waited for', async () => {
    await say({ 'ups.status': 'OL' });
    const primary = await start({ 'ups.0.hostsync': '3600', 'ups.0.aliases': 'qnapups' });
    const { port } = primary;
    const nas = await mkdtemp(join(folder, 'nas-'));
    // What says that the NAS is down waits for us to look.
    const command = `touch ${nas}/called; while [ ! -e ${nas}/let-go ]; do sleep 0.1; done`;
    await writeFile(
      join(nas, 'upsmon.conf'),
      `MONITOR qnapups@127.0.0.1:${port} 1 upsmon own-pw secondary\nSHUTDOWNCMD "${command}"\n` +
        'POLLFREQ 1\nPOLLFREQALERT 1\nFINALDELAY 0\nRUN_AS_USER root\n',
      { mode: 0o640 },
    );
    const upsmon = spawn(...withOwnPidFolder(UPSMON, ['-D', '-p', '-u', 'root']), {
      env: { ...process.env, NUT_CONFPATH: nas, NUT_ALTPIDPATH: nas, NUT_STATEPATH: nas },
      stdio: 'ignore',
    });
    const upsc = async (...args: string[]): Promise<string> => (await runProgram('upsc', args)).stdout;
    try {
      await until('it logged in', async () => (await upsc('-c', `qnapups@127.0.0.1:${port}`)) === '127.0.0.1\n');
      expect(await upsc('-c', `ups@127.0.0.1:${port}`)).toBe('127.0.0.1\n');
      await say({ 'ups.status': 'OB LB' });
      await until('it goes down', () =>
        access(join(nas, 'called')).then(
          () => true,
          () => false,
        ),
      );
      expect(await primary.down()).toBeUndefined();
      await writeFile(join(nas, 'let-go'), '');
      await primary.isDown();
    } finally {
      await writeFile(join(nas, 'let-go'), '');
      await endProcess(upsmon);
    }
  });

  test('hostsync of a secondary: so long it waits for the word of the primary', async () => {
    const other = await startNutUpsd({ devices: { ups: { dev: 'ups.status: OL\n' } } });
    try {
      const far = {
        'ups.0.mode': 'SLAVE',
        'ups.0.remotehost': '127.0.0.1',
        'ups.0.remoteport': String(other.port),
        'ups.0.monuser': 'admin',
        'ups.0.monpwd': 'secret',
        'ups.0.shutdown': 'LOWBATT',
        'ups.0.options': '',
      };
      const [short, long] = await Promise.all([
        start({ ...far, 'ups.0.hostsync': '1' }),
        start({ ...far, 'ups.0.hostsync': '3600' }),
      ]);
      await other.writeDevice('ups', 'ups.status: OB LB\n');
      await short.isDown();
      expect(await long.down()).toBeUndefined();
      await other.writeDevice('ups', 'ups.status: FSD OB LB\n');
      await long.isDown();
    } finally {
      await other.stop();
    }
  });

  test('powerdown: the UPS is told to cut the power after the shutdown, and only when that is wanted', async () => {
    writeProgram(folder, 'scripted-ups');
    const settings = {
      'ups.0.driver': 'scripted-ups',
      'ups.0.port': 'cuts',
      'ups.0.options': '',
      'server.extrausers': '[admin]\n password = secret\n instcmds = ALL\n',
      'ups.0.hostsync': '0',
    };
    const cuts = async (): Promise<string> => readFile(join(folder, 'cuts.log'), 'utf8').catch(() => '');
    const env = { NUT_DRIVERPATH: folder };
    const fail = async ({ port }: Computer, ups = 'ups'): Promise<void> => {
      const words = ['upscmd', '-u', 'admin', '-p', 'secret', `${ups}@127.0.0.1:${port}`, 'play.outage'];
      expect(await ridethrough(words)).toMatchObject({ status: 0, stderr: 'OK\n' });
    };
    const staying = await start(settings, env);
    await fail(staying);
    await staying.isDown();
    expect(await cuts()).toBe('');
    const cutting = await start({ ...settings, 'ups.0.powerdown': 'yes' }, env);
    await fail(cutting);
    await cutting.isDown();
    // Time enough for this computer, in whole minutes.
    expect(await cuts()).toMatch(/^INSTCMD load\.off\.delay "?180"? TRACKING \S+\n$/);
    await cutting.program.end('SIGKILL');
    // Of several UPSes those stay on whose box is not ticked, or that are left out of the order.
    const names = ['ups', 'second', 'third'];
    const others = names.slice(1).flatMap((name, index) => [
      [`ups.${index + 1}.identifier`, name],
      [`ups.${index + 1}.driver`, 'scripted-ups'],
      [`ups.${index + 1}.port`, 'cuts'],
      [`ups.${index + 1}.powerdown`, 'yes'],
    ]);
    const several = await start(
      { ...settings, ...(Object.fromEntries(others) as Record<string, string>), 'ups.1.options': 'sdorder = -1' },
      env,
    );
    // A start waits for the first of them.
    for (const name of names) await several.program.logged(`${name} is on mains power`);
    for (const name of names) await fail(several, name);
    await several.isDown();
    expect((await cuts()).trim().split('\n')).toHaveLength(2);
    expect(several.program.stderr()).toMatch(/third was told to switch off/);
  });
});
