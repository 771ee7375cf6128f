import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Driver, DriverEvent } from '#engine/drivers/driver.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog, type RememberingLog } from '#tests/support/silent-log.ts';
import { createDummyDriver } from './dummy-driver.ts';

let folder: string;
let clock: FakeClock;
let log: RememberingLog;
let store: UpsStore;
let events: DriverEvent[];
let driver: Driver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dummy-'));
  clock = createFakeClock();
  log = createRememberingLog();
  store = createUpsStore(clock);
  events = [];
});
afterEach(async () => {
  await driver.stop();
  store.stop();
  await rm(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const types = (): string[] => events.map((event) => event.type);

function start(port: string, options: Readonly<Record<string, string | true>> = {}): void {
  const config = { name: 'x', driver: 'dummy-ups', port, options };
  store.add(config, 15);
  driver = createDummyDriver({
    config,
    confDir: folder,
    clock,
    log,
    sink: (event) => {
      events.push(event);
      store.dispatch('x', event);
    },
  });
  driver.start();
}

const value = (name: string): string | undefined => store.get('x')?.variables.get(name)?.value;
const traits = (name: string) => store.get('x')?.variables.get(name)?.traits;
/** Lets the driver look at its file, which is on a real disk, until it shows what is expected. */
const shows = (name: string, expected: string | undefined): Promise<void> =>
  vi.waitFor(async () => {
    await clock.advance(0);
    expect(value(name)).toBe(expected);
  });
const looksAgain = (): Promise<void> => clock.advance(2_000);

describe('a .dev file', () => {
  test('its variables are shown, with names of nobody where it gives none', async () => {
    await write('a.dev', 'ups.status: OL CHRG\nbattery.charge: 90\nups.mfr: Dummy\nups.beeper.status: enabled\n');
    start('a.dev');
    await shows('ups.status', 'OL CHRG');
    expect(Object.fromEntries([...store.get('x')!.variables].map(([name, { value: text }]) => [name, text]))).toEqual({
      'battery.charge': '90',
      'ups.beeper.status': 'enabled',
      'ups.mfr': 'Dummy',
      'ups.model': 'Dummy UPS',
      'ups.status': 'OL CHRG',
    });
    expect(types()).toEqual(['connected', 'update', 'ready']);
  });

  test('no status is made up where the file gives none', async () => {
    await write('a.dev', '');
    start('a.dev');
    await shows('ups.model', 'Dummy UPS');
    expect(value('ups.status')).toBeUndefined();
  });

  test('variables can be written, and say what they take as those of NUT do', async () => {
    await write('a.dev', 'battery.charge: 90\nups.id: x\nmy.own: y\n');
    start('a.dev');
    await shows('my.own', 'y');
    expect(traits('battery.charge')).toEqual({ isWritable: true });
    expect(traits('ups.id')).toEqual({ isWritable: true, kind: 'string', maxLength: 16 });
    expect(traits('my.own')).toEqual({ isWritable: true, kind: 'string', maxLength: 32 });
  });

  test('it is read again when it changes, and variables it no longer names stay', async () => {
    await write('a.dev', 'ups.status: OL\nups.load: 3\n');
    start('a.dev');
    await shows('ups.status', 'OL');
    await write('a.dev', 'ups.status: OB LB\n');
    await looksAgain();
    await shows('ups.status', 'OB LB');
    expect(value('ups.load')).toBe('3');
    expect(types().filter((type) => type === 'connected')).toHaveLength(1);
  });

  test.each([
    ['2 s, as NUT does', {}, 2_000],
    ['what pollinterval says', { pollinterval: '60' }, 60_000],
  ])('it is looked at each %s, and the data stay fresh in between', async (_, options, interval) => {
    await write('a.dev', 'ups.status: OL\n');
    start('a.dev', options);
    await shows('ups.status', 'OL');
    await write('a.dev', 'ups.status: OB\n');
    await clock.advance(interval - 1);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the disk would have answered by now
    await clock.advance(0);
    expect(value('ups.status')).toBe('OL');
    expect(store.get('x')?.availability).toBe('available');
    await clock.advance(1);
    await shows('ups.status', 'OB');
  });

  test('an empty value takes a variable away', async () => {
    await write('a.dev', 'ups.status: OL\nups.load: 3\n');
    start('a.dev');
    await shows('ups.load', '3');
    await write('a.dev', 'ups.status: OL\nups.load:\n');
    await looksAgain();
    await shows('ups.load', undefined);
  });

  test('while it does not change there is a sign of life at every look', async () => {
    await write('a.dev', 'ups.status: OL\n');
    start('a.dev');
    await shows('ups.status', 'OL');
    for (let look = 0; look < 30; look++) {
      const before = events.length;
      await looksAgain();
      await vi.waitFor(() => expect(events.length).toBeGreaterThan(before));
    }
    expect(store.get('x')?.availability).toBe('available');
    expect(new Set(types().slice(3))).toEqual(new Set(['alive']));
  });

  test('a timer stops at the state before it and goes on after it, once', async () => {
    await write('a.dev', 'ups.status: OL\nTIMER 60\nups.status: OB\n');
    start('a.dev');
    await shows('ups.status', 'OL');
    await clock.advance(59_000);
    expect(value('ups.status')).toBe('OL');
    await clock.advance(1_000);
    expect(value('ups.status')).toBe('OB');
    await clock.advance(300_000);
    expect(value('ups.status')).toBe('OB');
  });

  test('a change of the file ends a timer of the old one', async () => {
    await write('a.dev', 'ups.status: OL\nTIMER 60\nups.status: OB\n');
    start('a.dev');
    await shows('ups.status', 'OL');
    await write('a.dev', 'ups.status: OL CHRG\n');
    await looksAgain();
    await shows('ups.status', 'OL CHRG');
    await clock.advance(120_000);
    expect(value('ups.status')).toBe('OL CHRG');
  });

  test('an alarm shows in ups.alarm and ups.status until it is taken back', async () => {
    await write('a.dev', 'ups.status: OL\nALARM Fan is broken!\nTIMER 10\nALARM\n');
    start('a.dev');
    await shows('ups.alarm', 'Fan is broken!');
    expect(value('ups.status')).toBe('ALARM OL');
    await clock.advance(10_000);
    expect(value('ups.alarm')).toBeUndefined();
    expect(value('ups.status')).toBe('OL');
  });

  test('bad lines are noted with file and line, and the rest of the file is used', async () => {
    await write('a.dev', 'ups.status: OL\nTIMER soon\nups.load: 3\n');
    start('a.dev');
    await shows('ups.load', '3');
    const text = `${join(folder, 'a.dev')}:2: TIMER needs a number of seconds.`;
    await vi.waitFor(() => expect(store.get('x')?.notes).toMatchObject([{ code: 'bad-line', text }]));
    expect(log.lines.map((line) => line.message)).toEqual([
      `${text} Correct the file; it is read again when it changes.`,
    ]);
    await write('a.dev', 'ups.status: OL\nups.load: 4\n');
    await looksAgain();
    await shows('ups.load', '4');
    expect(store.get('x')?.notes).toEqual([]);
  });

  test('a file that is not there is waited for', async () => {
    start('late.dev');
    await vi.waitFor(() => expect(types()).toEqual(['disconnected']));
    expect(store.get('x')?.error?.message).toBe(`Cannot read ${join(folder, 'late.dev')}: it does not exist.`);
    await looksAgain();
    await write('late.dev', 'ups.status: OL\n');
    await looksAgain();
    await shows('ups.status', 'OL');
    expect(store.get('x')?.availability).toBe('available');
    expect(types().filter((type) => type === 'disconnected')).toHaveLength(1);
  });

  test('data of a file that went away are old until it is back', async () => {
    await write('a.dev', 'ups.status: OL\n');
    start('a.dev');
    await shows('ups.status', 'OL');
    await rm(join(folder, 'a.dev'));
    await looksAgain();
    await vi.waitFor(() => expect(store.get('x')?.availability).toBe('stale'));
    expect(value('ups.status')).toBe('OL');
    await write('a.dev', 'ups.status: OB\n');
    await looksAgain();
    await vi.waitFor(() => expect(store.get('x')?.availability).toBe('available'));
    expect(value('ups.status')).toBe('OB');
  });

  test('a folder, or a file far too large, is refused', async () => {
    start('.');
    await vi.waitFor(() => expect(store.get('x')?.error?.message).toMatch(/it is no file/));
    await driver.stop();
    await write('big.dev', 'x'.repeat((1 << 20) + 1));
    start('big.dev');
    await vi.waitFor(() => expect(store.get('x')?.error?.message).toMatch(/larger than 1048576 bytes/));
  });
});

describe('writing to a .dev file', () => {
  beforeEach(async () => {
    await write('a.dev', 'ups.status: OL\nups.mfr: Dummy\n');
    start('a.dev');
    await shows('ups.status', 'OL');
  });

  test('any variable takes any value, new ones are made', async () => {
    expect(await driver.setVariable('UPS.Status', 'OB "q" \\ #')).toBe('handled');
    expect(await driver.setVariable('nope', '1')).toBe('handled');
    expect(value('ups.status')).toBe('OB "q" \\ #');
    expect(value('nope')).toBe('1');
    expect(traits('nope')).toEqual({ isWritable: true, kind: 'string', maxLength: 32 });
  });

  test('an empty value takes the variable away', async () => {
    expect(await driver.setVariable('ups.mfr', '')).toBe('handled');
    expect(value('ups.mfr')).toBeUndefined();
  });

  test('names of driver and server, and what is no name, are refused', async () => {
    for (const name of ['driver.name', 'server.info', '', 'a b', '..']) {
      expect(await driver.setVariable(name, '1')).toBe('invalid');
    }
  });

  test('what was written stays until the file changes and says otherwise', async () => {
    await driver.setVariable('ups.status', 'OB');
    await looksAgain();
    expect(value('ups.status')).toBe('OB');
    await write('a.dev', 'ups.status: OL LB\n');
    await looksAgain();
    await shows('ups.status', 'OL LB');
  });

  test('commands are not known and there is no power to cut', async () => {
    expect(store.get('x')?.commands).toEqual(['load.off']);
    expect(await driver.runCommand('load.off')).toBe('unknown');
    expect(await driver.killPower()).toBe('unknown');
  });
});

describe('a .seq file', () => {
  test('it is played over and over, with a second between two rounds', async () => {
    await write('a.seq', 'ups.status: OL\nTIMER 60\nups.status: OB\nTIMER 30\nups.status: OB LB\nTIMER 10\n');
    start('a.seq');
    await shows('ups.status', 'OL');
    for (let round = 0; round < 3; round++) {
      await clock.advance(60_000);
      expect(value('ups.status')).toBe('OB');
      await clock.advance(30_000);
      expect(value('ups.status')).toBe('OB LB');
      await clock.advance(11_000);
      expect(value('ups.status')).toBe('OL');
    }
  });

  test('without a timer each round forgets what was written', async () => {
    await write('a.seq', 'ups.status: OL\n');
    start('a.seq');
    await shows('ups.status', 'OL');
    await driver.setVariable('ups.status', 'OB');
    expect(value('ups.status')).toBe('OB');
    await clock.advance(1_000);
    expect(value('ups.status')).toBe('OL');
  });

  test('a changed file is played from its beginning', async () => {
    await write('a.seq', 'ups.status: OL\nTIMER 600\n');
    start('a.seq');
    await shows('ups.status', 'OL');
    await write('a.seq', 'ups.status: OB\nTIMER 600\nups.status: OL\n');
    await looksAgain();
    await shows('ups.status', 'OB');
  });

  test('the mode option wins over the name of the file', async () => {
    await write('a.seq', 'ups.status: OL\nTIMER 5\nups.status: OB\n');
    start('a.seq', { mode: 'dummy-once' });
    await shows('ups.status', 'OL');
    await clock.advance(100_000);
    expect(value('ups.status')).toBe('OB');
    await driver.stop();
    store.remove('x');
    await write('a.dev', 'ups.status: OL\nTIMER 5\nups.status: OB\nTIMER 5\n');
    start('a.dev', { mode: 'dummy-loop' });
    await shows('ups.status', 'OL');
    await clock.advance(5_000);
    expect(value('ups.status')).toBe('OB');
    await clock.advance(6_000);
    expect(value('ups.status')).toBe('OL');
  });

  test('a timer of years does not fire at once', async () => {
    await write('a.seq', 'ups.status: OL\nTIMER 999999999\nups.status: OB\n');
    start('a.seq');
    await shows('ups.status', 'OL');
    await clock.advance(60_000);
    expect(value('ups.status')).toBe('OL');
  });
});

test('nothing is told and nothing waits after the end', async () => {
  await write('a.seq', 'ups.status: OL\nTIMER 5\nups.status: OB\n');
  start('a.seq');
  await shows('ups.status', 'OL');
  await driver.stop();
  const before = events.length;
  await write('a.seq', 'ups.status: OB LB\n');
  await clock.advance(60_000);
  expect(events.length).toBe(before);
  expect(await driver.setVariable('ups.status', 'x')).not.toBe('handled');
});

test('an absolute path is taken as it is', async () => {
  await write('a.dev', 'ups.status: OL\n');
  start(join(folder, 'a.dev'));
  await shows('ups.status', 'OL');
});

test('a repeater whose port names no UPS says so', () => {
  start('@nowhere:0', { mode: 'repeater' });
  expect(store.get('x')?.error?.message).toBe(
    'Option port of x cannot be used: "@nowhere:0" is no ups@host or ups@host:port.',
  );
});
