/** Against a logind that only pretends, on a message bus of its own: the computer under test goes on. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { SleepMoment, Stop } from '#engine/ports.ts';
import { endProcess } from '#tests/support/end-process.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { watchLogindSleep } from './logind-sleep.ts';
import { systemClock } from './system-clock.ts';

const MOCK = '/usr/lib/python3/dist-packages/dbusmock/__main__.py';
const found = await ensurePrograms([
  { program: 'dbus-daemon', package: 'dbus-daemon' },
  { program: 'dbus-monitor', package: 'dbus-bin' },
  { program: 'systemd-inhibit', package: 'systemd' },
  { program: 'busctl', package: 'systemd' },
  { program: MOCK, package: 'python3-dbusmock' },
]);
const PATIENCE = { timeout: 20_000, interval: 50 };

const children: ChildProcess[] = [];
let stop: Stop = () => undefined;
afterEach(async () => {
  stop();
  for (const child of children.splice(0).reverse()) await endProcess(child, 'SIGTERM');
});

/** @returns the environment in which that bus is the system's */
async function startBus(): Promise<NodeJS.ProcessEnv> {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(bus);
  const [address] = (await once(bus.stdout.setEncoding('utf8'), 'data')) as [string];
  return { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: address.trim(), DBUS_SESSION_BUS_ADDRESS: address.trim() };
}

async function startLogind(env: NodeJS.ProcessEnv) {
  const mock = spawn('/usr/bin/python3', ['-m', 'dbusmock', '--system', '--template', 'logind'], {
    env,
    stdio: 'ignore',
  });
  children.push(mock);
  const call = async (...words: string[]): Promise<string> => {
    const manager = ['org.freedesktop.login1', '/org/freedesktop/login1'];
    return (await promisify(execFile)('busctl', ['--system', 'call', ...manager, ...words], { env })).stdout;
  };
  const isUp = (): Promise<boolean> =>
    call('org.freedesktop.login1.Manager', 'ListInhibitors').then(
      () => true,
      () => false,
    );
  await expect.poll(isUp, PATIENCE).toBe(true);
  return {
    locks: () => call('org.freedesktop.login1.Manager', 'ListInhibitors'),
    prepareForSleep: (isStarting: boolean) =>
      call(
        'org.freedesktop.DBus.Mock',
        'EmitSignal',
        'sssav',
        'org.freedesktop.login1.Manager',
        'PrepareForSleep',
        'b',
        '1',
        'b',
        String(isStarting),
      ),
  };
}

describe.skipIf(!found.ok)(`sleep as logind tells it ${found.reason}`, () => {
  test(
    'is held back until what has to be done before is done, and held back anew after it',
    { timeout: 90_000 },
    async () => {
      const env = await startBus();
      const logind = await startLogind(env);
      const told: SleepMoment[] = [];
      const { promise: isDone, resolve: done } = Promise.withResolvers<undefined>();
      stop = watchLogindSleep({ env, clock: systemClock, log: createRememberingLog() }, async (moment) => {
        told.push(moment);
        if (moment === 'starting') await isDone;
      });
      const isLocked = async (): Promise<boolean> => (await logind.locks()).includes('"sleep" "Ridethrough"');
      await expect.poll(isLocked, PATIENCE).toBe(true);
      // The watch may come up a little later than the lock.
      const begin = async (): Promise<number> => {
        if (told.length === 0) await logind.prepareForSleep(true);
        return told.length;
      };
      await expect.poll(begin, PATIENCE).toBeGreaterThan(0);
      expect(told[0]).toBe('starting');
      expect(await isLocked()).toBe(true);
      done(undefined);
      await expect.poll(isLocked, PATIENCE).toBe(false);
      await logind.prepareForSleep(false);
      await expect.poll(() => told.at(-1), PATIENCE).toBe('finished');
      await expect.poll(isLocked, PATIENCE).toBe(true);
      stop();
      await expect.poll(isLocked, PATIENCE).toBe(false);
    },
  );

  test('is not told where there is no bus, and that is no error', async () => {
    const log = createRememberingLog();
    const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere/bus' };
    stop = watchLogindSleep({ env, clock: systemClock, log }, () => Promise.reject(new Error('there was no sleep')));
    await expect
      .poll(() => log.lines.map(({ message }) => message), PATIENCE)
      .toContainEqual(expect.stringContaining('not told beforehand'));
    expect(log.lines.every(({ level }) => level === 'debug')).toBe(true);
  });
});
