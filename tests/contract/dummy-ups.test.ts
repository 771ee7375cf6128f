/** Our dummy-ups beside NUT's own: the same file shows the same, and the repeater lives on NUT's own server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { withDriverCore } from '#engine/drivers/core.ts';
import type { Driver } from '#engine/drivers/driver.ts';
import { createDummyDriver } from '#engine/drivers/dummy/dummy-driver.ts';
import { connectNutClient, type NutClient } from '#engine/nut/client.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { type NutUpsd, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';

const needs = await ensurePrograms(UPSD_PROGRAMS);

const MIXED = `# a unit with a bit of everything
ups.mfr: Dummy
ups.status: OL CHRG
battery.charge: 90
battery.charge.low: 20
ups.model: He said "hi" \\ back # hash
input.transfer.low: 100
input.voltage: 230.1
input.voltage: 231
input.sensitivity: H
ups.delay.start: 30
ups.beeper.status: enabled
ups.firmware: FW 1.2
ups.test.result: a = b
ups.id: "quoted  text"
outlet.1.status: on
my.own.variable: something
ups.serial: 0042
`;
const SMALL = 'ups.status: OB\nbattery.charge: 50\n';
const USERS = '[admin]\n  password = secret\n  actions = SET\n  instcmds = ALL\n';
const OF_THE_DRIVER = 'driver.';
const PATIENCE = { timeout: 15_000 };

describe.skipIf(!needs.ok)(`dummy-ups ${needs.reason}`, () => {
  let upsd: NutUpsd;
  let client: NutClient;
  let folder: string;
  let store: UpsStore;
  let driver: Driver | undefined;

  beforeAll(async () => {
    upsd = await startNutUpsd({ devices: { mixed: { dev: MIXED }, small: { dev: SMALL } }, users: USERS });
    client = await connectNutClient({ host: upsd.host, port: upsd.port, clock: systemClock });
  });
  afterAll(async () => {
    await client.close();
    await upsd.stop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dummy-ups-'));
    store = createUpsStore(systemClock);
  });
  afterEach(async () => {
    await driver?.stop();
    store.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (port: string): Promise<Driver> => {
    const config = { name: 'x', driver: 'dummy-ups', port, options: { pollinterval: '0.2' } };
    store.add(config, 15);
    const sink = (event: Parameters<typeof store.dispatch>[1]): void => store.dispatch('x', event);
    const started = withDriverCore({
      config,
      sink,
      log: createRememberingLog(),
      version: '1',
      internalVersion: '1',
      reload: () => Promise.resolve('failed'),
      create: (inner) => createDummyDriver({ ...inner, config, confDir: folder, clock: systemClock }),
    });
    driver = started;
    started.start();
    await vi.waitFor(() => expect(store.get('x')?.isReady).toBe(true), PATIENCE);
    return started;
  };
  const shown = () => [...store.get('x')!.variables.values()].filter(({ name }) => !name.startsWith(OF_THE_DRIVER));
  const ours = (): Record<string, string> => Object.fromEntries(shown().map(({ name, value }) => [name, value]));
  const theirs = async (ups: string): Promise<Record<string, string>> => {
    const listed = await client.listVariables(ups);
    if (!listed.ok) throw new Error(listed.error);
    return Object.fromEntries([...listed.value].filter(([name]) => !name.startsWith(OF_THE_DRIVER)));
  };
  /** What the server says a client may do with each variable. */
  const theirTypes = async (ups: string): Promise<Record<string, string>> => {
    const names = Object.keys(await theirs(ups));
    const types = await Promise.all(names.map((name) => client.command(['GET', 'TYPE', ups, name])));
    return Object.fromEntries(
      names.map((name, index) => [name, types[index]!.ok ? types[index]!.words.slice(3).join(' ') : 'ERR']),
    );
  };
  const ourTypes = (): Record<string, string> =>
    Object.fromEntries(
      shown().map(({ name, traits }) => [
        name,
        [
          ...(traits.isWritable ? ['RW'] : []),
          traits.kind === 'string' ? `STRING:${traits.maxLength ?? 0}` : 'NUMBER',
        ].join(' '),
      ]),
    );

  test.each([
    ['mixed', MIXED],
    ['small', SMALL],
  ])('the file of %s shows the same variables with the same types as NUT makes of it', async (name, text) => {
    await writeFile(join(folder, 'file.dev'), text);
    await start('file.dev');
    expect(ours()).toEqual(await theirs(name));
    expect(ourTypes()).toEqual(await theirTypes(name));
    const commands = await client.list('CMD', name);
    expect(store.get('x')!.commands).toEqual(
      expect.arrayContaining(commands.ok ? commands.value.map(([command]) => command) : ['none']),
    );
  });

  test('a repeater of a UPS on upsd shows the same with the same types', async () => {
    await start(`mixed@${upsd.address}`);
    expect(ours()).toEqual(await theirs('mixed'));
    expect(ourTypes()).toEqual(await theirTypes('mixed'));
  });

  test('a repeater sets variables on upsd when it has a password', async () => {
    await writeFile(join(folder, 'nutauth.conf'), `[admin@${upsd.address}]\npassword = secret\n`);
    const repeater = await start(`small@${upsd.address}`);
    expect(await repeater.setVariable('battery.charge', '61')).toBe('handled');
    await vi.waitFor(() => expect(ours()['battery.charge']).toBe('61'), PATIENCE);
    expect(await repeater.runCommand('nope')).toBe('unknown');
    expect(await repeater.setVariable('nope', '1')).toBe('unknown');
  });

  test('a repeater follows the end and the return of the driver behind upsd', async () => {
    await start(`small@${upsd.address}`);
    await upsd.stopDriver('small');
    await vi.waitFor(() => expect(store.get('x')?.availability).toBe('not-connected'), PATIENCE);
    await upsd.startDriver('small');
    await vi.waitFor(() => expect(store.get('x')?.availability).toBe('available'), PATIENCE);
    await vi.waitFor(() => expect(ours()['ups.status']).toBe('OB'), PATIENCE);
  });
});
