import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { Driver, DriverEvent } from '#engine/drivers/driver.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { connectUps, type ServedUps, startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createDummyDriver } from './dummy-driver.ts';

const OFFICE: ServedUps = {
  variables: {
    'ups.status': 'OL CHRG',
    'battery.charge': '90',
    'ups.delay.start': '30',
    'input.sensitivity': 'high',
    'ups.id': 'He said "hi" \\ #1',
    'driver.name': 'usbhid-ups',
    'driver.debug': '0',
  },
  traits: {
    'ups.delay.start': { isWritable: true, ranges: [{ min: 10, max: 60 }] },
    'input.sensitivity': { isWritable: true, kind: 'string', maxLength: 8, values: ['low', 'high'] },
    'driver.debug': { isWritable: true, kind: 'number' },
  },
  commands: ['load.off', 'test.battery.start', 'driver.reload'],
};

let folder: string;
let server: TestServer;
let store: UpsStore;
let events: DriverEvent[];
let driver: Driver | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repeater-'));
  store = createUpsStore(systemClock);
  events = [];
  driver = undefined;
  server = await startTestServer({
    ups: { office: OFFICE },
    outcome: (what) => (what === 'test.battery.start' ? 'failed' : 'handled'),
  });
});
afterEach(async () => {
  await driver?.stop();
  await server.stop();
  store.stop();
  await rm(folder, { recursive: true, force: true });
});

function repeat(port: string, options: Readonly<Record<string, string>> = {}): Driver {
  const config = { name: 'x', driver: 'dummy-ups', port, options: { pollinterval: '0.1', ...options } };
  store.add(config, 15);
  const started = createDummyDriver({
    config,
    confDir: folder,
    clock: systemClock,
    log: createRememberingLog(),
    sink: (event) => {
      events.push(event);
      store.dispatch('x', event);
    },
  });
  driver = started;
  started.start();
  return started;
}

const shown = () => store.get('x');
const value = (name: string): string | undefined => shown()?.variables.get(name)?.value;
const becomes = (availability: string): Promise<void> =>
  vi.waitFor(() => expect(shown()?.availability).toBe(availability), { timeout: 10_000 });
const isComplete = (): Promise<void> =>
  vi.waitFor(() => expect(events.map((event) => event.type)).toContain('ready'), { timeout: 10_000 });
const credentials = (password = 'secret'): Promise<void> =>
  writeFile(join(folder, 'nutauth.conf'), `[admin@localhost:${server.port}]\npassword = ${password}\n`);

describe('a repeater', () => {
  test('shows what the other server shows, without the driver behind it', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    expect(Object.fromEntries([...shown()!.variables].map(([name, { value: text }]) => [name, text]))).toEqual({
      'ups.status': 'OL CHRG',
      'battery.charge': '90',
      'ups.delay.start': '30',
      'input.sensitivity': 'high',
      'ups.id': 'He said "hi" \\ #1',
    });
    expect(shown()?.variables.get('ups.delay.start')?.traits).toEqual({
      isWritable: true,
      ranges: [{ min: 10, max: 60 }],
    });
    expect(shown()?.variables.get('input.sensitivity')?.traits).toEqual({
      isWritable: true,
      kind: 'string',
      maxLength: 8,
      values: ['low', 'high'],
    });
    expect(shown()?.variables.get('battery.charge')?.traits).toEqual({});
    expect(shown()?.commands).toEqual(['load.off', 'test.battery.start']);
  });

  test('follows changes, and forgets what is gone', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    server.store.dispatch('office', {
      type: 'update',
      set: { 'ups.status': 'OB', 'battery.runtime': '600' },
      remove: ['ups.id'],
    });
    await vi.waitFor(() => expect(value('ups.status')).toBe('OB'));
    expect(value('battery.runtime')).toBe('600');
    expect(value('ups.id')).toBeUndefined();
  });

  test('shows a forced shutdown of the other server', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    server.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    await vi.waitFor(() => expect(value('ups.status')).toBe('FSD OL CHRG'));
  });

  test('logs in nowhere', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    const client = await server.open();
    expect(await client.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 0');
  });

  test('says that data are old when the other server says so, and that they are good again', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    const error = new DriverError('driver/unplugged', { device: 'it' });
    server.store.dispatch('office', { type: 'stale', error });
    await becomes('stale');
    expect(value('ups.status')).toBe('OL CHRG');
    server.store.dispatch('office', { type: 'fresh' });
    await becomes('available');
  });

  test('forgets all data when the driver behind the other server is gone, and reads them anew', async () => {
    repeat(`office@localhost:${server.port}`);
    await isComplete();
    const error = new DriverError('driver/unplugged', { device: 'it' });
    server.store.dispatch('office', { type: 'disconnected', error });
    await becomes('not-connected');
    expect(value('ups.status')).toBeUndefined();
    expect(shown()?.error?.message).toBe(
      `The server of office@localhost:${server.port} does not show this UPS: DRIVER-NOT-CONNECTED.`,
    );
    connectUps(server.store, 'office', { variables: { 'ups.status': 'OB' } });
    await becomes('available');
    expect(value('ups.status')).toBe('OB');
    expect(shown()?.commands).toEqual([]);
  });

  test('says so when the other server does not know the UPS', async () => {
    repeat(`nosuch@localhost:${server.port}`);
    await vi.waitFor(() => expect(shown()?.error?.message).toMatch(/does not show this UPS: UNKNOWN-UPS\.$/));
  });

  test('says so when nobody listens, and comes back when somebody does', async () => {
    const { port } = server;
    await server.stop();
    repeat(`office@127.0.0.1:${port}`);
    await vi.waitFor(() => expect(events.map((event) => event.type)).toEqual(['disconnected']));
    server = await startTestServer({ ups: { office: OFFICE }, config: { listen: [{ host: '127.0.0.1', port }] } });
    await becomes('available');
  });

  test('forgets all data when the connection breaks', async () => {
    repeat(`office@127.0.0.1:${server.port}`);
    await isComplete();
    await server.stop();
    await becomes('not-connected');
    expect(shown()?.variables.size).toBe(0);
  });
});

describe('acting through a repeater', () => {
  test('without credentials nothing is passed on', async () => {
    const repeater = repeat(`office@localhost:${server.port}`);
    await isComplete();
    expect(await repeater.runCommand('load.off')).toBe('failed');
    expect(await repeater.setVariable('ups.delay.start', '20')).toBe('failed');
    expect(server.acts).toEqual([]);
  });

  test('with credentials requests are passed on and their true result comes back', async () => {
    await credentials();
    const repeater = repeat(`office@localhost:${server.port}`);
    await isComplete();
    expect(await repeater.runCommand('load.off', '5')).toBe('handled');
    expect(await repeater.runCommand('test.battery.start')).toBe('failed');
    expect(await repeater.runCommand('nope')).toBe('unknown');
    expect(await repeater.setVariable('ups.delay.start', '20')).toBe('handled');
    expect(await repeater.setVariable('ups.delay.start', '99')).toBe('invalid');
    expect(await repeater.setVariable('battery.charge', '1')).toBe('invalid');
    expect(server.acts).toEqual(['office load.off 5', 'office test.battery.start', 'office ups.delay.start 20']);
    await vi.waitFor(() => expect(value('ups.delay.start')).toBe('20'));
  });

  test('with a wrong password data are shown all the same', async () => {
    await credentials('wrong');
    const repeater = repeat(`office@localhost:${server.port}`);
    await isComplete();
    expect(await repeater.runCommand('load.off')).toBe('failed');
    expect(server.acts).toEqual([]);
  });

  test('authconf names another file, or none', async () => {
    await credentials();
    const without = repeat(`office@localhost:${server.port}`, { authconf: 'none' });
    await isComplete();
    expect(await without.runCommand('load.off')).toBe('failed');
    await without.stop();
    store.remove('x');
    repeat(`office@localhost:${server.port}`, { authconf: 'missing.conf' });
    await vi.waitFor(() =>
      expect(shown()?.error?.message).toBe(`Cannot read ${join(folder, 'missing.conf')}: it does not exist.`),
    );
  });

  test('the power of a UPS that others hang on is not cut from here', async () => {
    await credentials();
    const repeater = repeat(`office@localhost:${server.port}`);
    await isComplete();
    expect(await repeater.killPower()).toBe('unknown');
    expect(server.acts).toEqual([]);
  });
});
