/** The whole product on real settings and files, with a clock and a computer that only pretend. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RequestName, RequestResult } from '#domain/contract.ts';
import { NutError } from '#domain/errors.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { createFakeDiscovery, type FakeDiscovery } from '#tests/support/fake-discovery.ts';
import { openHere } from '#tests/support/history-here.ts';
import { createFakePower, type FakePower } from '#tests/support/fake-power.ts';
import { isGone } from '#tests/support/is-gone.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { createRememberingLog, type RememberingLog } from '#tests/support/silent-log.ts';
import type { DesktopNote } from './ports.ts';
import { createProduct, type Product, type ProductParts } from './product.ts';
import { changeSettings, type SettingChange } from './settings/change-settings.ts';
import { settingsConfiguration } from './settings/configuration.ts';
import { openSettingsKeeper, type SettingsKeeper } from './settings/settings-keeper.ts';

let folder: string;
let clock: FakeClock;
let discovery: FakeDiscovery;
let log: RememberingLog;
let power: FakePower;
let keeper: SettingsKeeper;
let product: Product;

const set = (...changes: SettingChange[]) => keeper.change((before) => changeSettings(before, changes));
/** Real files are read between two steps of the clock. */
async function until(isSo: () => boolean, readFiles = () => sleep(5)): Promise<void> {
  for (let step = 0; !isSo(); step += 1) {
    if (step > 400) throw new Error('it did not come so');
    await clock.advance(50);
    await readFiles();
  }
}
/** Until nothing more is read or written, however long a disk takes: it counts into no time that the clock shows. */
async function filesAreDone(): Promise<void> {
  do await sleep(5);
  while (process.getActiveResourcesInfo().some((name) => /^(?:FSReq|CloseReq)/.test(name)));
}
/** Time in which real files are read as well. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  await until(() => clock.now() >= end);
}
/** Until the shutdown that was counted down to. The steps before it write real files, whatever the clock shows. */
async function toTheEnd(endsAt: number | undefined): Promise<void> {
  await clock.advance((endsAt ?? Infinity) - clock.now());
  await until(() => power.acts.length > 0);
}
async function ask<Name extends RequestName>(name: Name, params: unknown): Promise<RequestResult<Name>> {
  const answer = await product.api.handle(name, params, 'admin');
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.value;
}
const statusOf = (name: string): string | undefined =>
  product.engine.store.get(name)?.variables.get('ups.status')?.value;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-product-'));
  await writeFile(join(folder, 'one.dev'), 'ups.status: OL\nbattery.charge: 90\n');
  await writeFile(join(folder, 'two.dev'), 'ups.status: OL\nbattery.charge: 50\n');
  clock = createFakeClock();
  power = createFakePower(clock);
  discovery = createFakeDiscovery();
  log = createRememberingLog();
  keeper = await openSettingsKeeper({ dataDir: folder, clock, log });
  const port = String(await freePort());
  await set(
    ['server.remoteport', port],
    ['ups.0.identifier', 'one'],
    ['ups.0.driver', 'dummy-ups'],
    ['ups.0.port', join(folder, 'one.dev')],
    ['ups.0.shutdowntimer', '300'],
    // A simulated UPS puts nothing down; a command that was written for it is run.
    ['ups.0.shutdowncmd', '/bin/true'],
  );
  product = createProduct(productParts());
  await product.start();
  await until(() => statusOf('one') === 'OL');
});

function productParts(): ProductParts {
  return {
    configuration: settingsConfiguration(keeper.current.settings, folder, log),
    settings: keeper,
    dataDir: folder,
    clock,
    log,
    hidPort: {
      name: 'node-hid',
      list: () => Promise.resolve([]),
      open: () => Promise.reject(new Error()),
      watch: () => () => undefined,
    },
    power,
    openHistory: openHere,
    setupSystem: {
      neighbours: () => Promise.resolve([]),
      firewall: () => Promise.resolve(undefined),
      rule: () => Promise.resolve('installed'),
      installRule: () => Promise.resolve({ outcome: 'already', command: '' }),
    },
    discovery,
    scanDevices: () => Promise.resolve([]),
  };
}
afterEach(async () => {
  keeper.stop();
  await product.stop();
  // A certificate of its own may just be made.
  await rm(folder, { recursive: true, maxRetries: 5 });
});

test('a countdown goes on over a save, and over a new name', async () => {
  await writeFile(join(folder, 'one.dev'), 'ups.status: OB\nbattery.charge: 90\n');
  await until(() => product.monitor.view().phase === 'counting-down');
  const { endsAt } = product.monitor.view();
  await pass(5_000);
  await set(['ups.0.description', 'with another description'], ['mail.host', 'mail.example.org']);
  await pass(5_000);
  expect(product.monitor.view().endsAt).toBe(endsAt);

  await set(['ups.0.identifier', 'other']);
  await until(() => statusOf('other') === 'OB');
  await pass(5_000);
  expect(product.monitor.view()).toMatchObject({ phase: 'counting-down', endsAt, supplies: [{ ups: 'other' }] });
  expect(power.acts).toEqual([]);
  await toTheEnd(endsAt);
  expect(power.acts).toHaveLength(1);
});

/** A driver that is started anew has to be heard again before its silence counts as lost contact. */
const DEAD_AFTER_MS = 18_000;
test.each<readonly [string, Readonly<Record<string, string>>]>([
  ['its mails', { 'ups.0.emailnotify': 'yes', 'ups.0.toemail': 'a@example.org', 'mail.port': '2525' }],
  ['other ways to tell', { 'alerts.limits.load': '80', 'alerts.desktop.enabled': 'no' }],
  ['the accounts', { 'server.monpwd': 'new-pw', 'server.extrausers': '[nas]\npassword = x\nupsmon secondary' }],
  ['the NUT server', { 'server.optionsupsd': 'MAXAGE 20\nMAXCONN 30' }],
  ['the web interface', { 'web.hostNames': 'nas.example.org', 'setup.isDone': 'yes' }],
  ['its driver', { 'ups.0.options': 'pollinterval = 3' }],
  ['where it is read', { 'ups.0.port': 'same.dev' }],
  ['another condition', { 'ups.0.shutdowncharge': '20', 'ups.0.hostsync': '30', 'ups.0.nocommwarntime': '60' }],
  ['its command', { 'ups.0.shutdowncmd': '/bin/false', 'ups.0.powerdown': 'yes' }],
  [
    'another UPS',
    {
      ...{ 'ups.1.identifier': 'two', 'ups.1.driver': 'dummy-ups', 'ups.1.port': 'two.dev' },
      'ups.1.shutdownaction': 'nothing',
    },
  ],
])('a countdown goes on over a save of %s', async (what, changes) => {
  const outage = 'ups.status: OB\nbattery.charge: 90\n';
  for (const name of ['one.dev', 'same.dev']) await writeFile(join(folder, name), outage);
  await until(() => product.monitor.view().phase === 'counting-down');
  const { endsAt } = product.monitor.view();
  await pass(2_000);
  const inFolder = (value: string): string => (value.endsWith('.dev') ? join(folder, value) : value);
  await set(...Object.entries(changes).map(([key, value]): SettingChange => [key, inFolder(value)]));
  await pass(/^(its driver|where)/.test(what) ? DEAD_AFTER_MS : 2_000);
  expect(statusOf('one')).toBe('OB');
  expect(product.monitor.view()).toMatchObject({ phase: 'counting-down', endsAt });
  expect(power.acts).toEqual([]);
  await toTheEnd(endsAt);
  expect(power.acts).toHaveLength(1);
});

test('a rehearsal is what comes to pass, step by step', async () => {
  await set(['ups.0.shutdowntimer', '10'], ['ups.0.hostsync', '0']);
  const { settings } = await ask('settings.get', {});
  const { rehearsal } = await ask('setup.rehearse', { settings });
  const rehearsed = (what: string): number | undefined =>
    rehearsal?.steps.find(({ what: { phrase } }) => phrase.endsWith(what))?.afterSeconds;
  await writeFile(join(folder, 'one.dev'), 'ups.status: OB\nbattery.charge: 90\n');
  await until(() => product.monitor.view().phase === 'counting-down');
  const failedAt = (product.monitor.view().endsAt ?? NaN) - 10_000;
  /** Decisions fall once a second, and are seen here some steps of the clock later. */
  const isNow = (afterSeconds = NaN): void => {
    const late = (clock.now() - failedAt) / 1000 - afterSeconds;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1.2);
  };
  await until(() => product.monitor.view().phase === 'final-delay', filesAreDone);
  isNow(rehearsed('rehearsal.begin'));
  await until(() => power.acts.length > 0, filesAreDone);
  isNow(rehearsed('monitor.plan.command'));
  // To the second, as nothing keeps a rehearsal waiting: the timer, then FINALDELAY.
  expect([rehearsed('rehearsal.begin'), rehearsed('monitor.plan.command')]).toEqual([10, 15]);
  expect(rehearsal).toMatchObject({ action: 'command', beginsAfterSeconds: 10 });
});

test('history and incidents follow a UPS to its new name; two may exchange theirs', async () => {
  await set(['ups.1.identifier', 'two'], ['ups.1.driver', 'dummy-ups'], ['ups.1.port', join(folder, 'two.dev')]);
  await until(() => statusOf('two') === 'OL');
  const charges = async (ups: string, to = clock.now()): Promise<number[]> => {
    const question = {
      ups: [ups],
      variables: ['battery.charge'],
      points: 10,
      from: to - 3_600_000,
      to,
    };
    const answer = await product.api.handle('history.range', question, 'read');
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.value.series.flatMap(({ mean }) => mean.filter((value) => value !== null));
  };
  await clock.advance(30_000);
  expect(new Set(await charges('one'))).toEqual(new Set([90]));
  const exchangedAt = clock.now();
  await set(['ups.0.identifier', 'two'], ['ups.1.identifier', 'one']);
  await until(() => product.engine.store.get('one')?.variables.get('battery.charge')?.value === '50');
  expect(new Set(await charges('one', exchangedAt))).toEqual(new Set([50]));
  expect(new Set(await charges('two', exchangedAt))).toEqual(new Set([90]));
});

test('what the monitor tells before anybody can be told is told once they can', async () => {
  await product.stop();
  await set(['alerts.desktop.except', 'wake']);
  // The alerts read what they told before until somebody writes into the pipe.
  const pipe = join(folder, 'alerts.json');
  await rm(pipe, { force: true });
  await promisify(execFile)('mkfifo', [pipe]);
  const shown: string[] = [];
  power.onSleep = (told) => {
    void told('starting');
    return () => undefined;
  };
  const desktop = { show: ({ title }: DesktopNote) => Promise.resolve(void shown.push(title)) };
  product = createProduct({ ...productParts(), desktop });
  const starting = product.start();
  await until(() => power.walls.includes('This computer goes to sleep'));
  await writeFile(pipe, '{}');
  await starting;
  await until(() => shown.length > 0);
  expect(shown).toEqual([expect.stringContaining('sleep')]);
});

test('a shutdown that cannot be carried out is told by the ways to people, once', async () => {
  const shown: DesktopNote[] = [];
  await product.stop();
  power.failure = 'exit status 1';
  product = createProduct({ ...productParts(), desktop: { show: (note) => Promise.resolve(void shown.push(note)) } });
  await product.start();
  await writeFile(join(folder, 'one.dev'), 'ups.status: OB LB\nbattery.charge: 4\n');
  await until(() => power.acts.length > 0);
  await clock.advance(600_000);
  expect(product.monitor.view().phase).toBe('failed');
  await until(() => shown.some(({ body }) => body.includes('exit status 1')));
  const failed = shown.filter(({ title }) => title === 'This computer could not be shut down.');
  expect(failed.map(({ isUrgent }) => isUrgent)).toEqual([true]);
  expect(failed[0]?.body).toContain('exit status 1');
});

test('what was decided before a start is still told after it, once', async () => {
  const told = (): readonly string[] => product.monitor.view().decisions.map(({ text }) => text.phrase);
  await until(() => told().includes('monitor.now.line'));
  await product.stop();
  await clock.advance(1_000);
  product = createProduct(productParts());
  await product.start();
  await until(() => told().filter((phrase) => phrase === 'monitor.now.line').length === 1);
  await until(() => told().includes('monitor.say.goes-on'));
  expect(told().filter((phrase) => phrase === 'monitor.say.goes-on')).toHaveLength(1);
});

test('the network is told of the server while other computers may connect, and only then', async () => {
  const told = async (...ports: readonly number[]): Promise<void> => {
    await until(() => discovery.announced.map(({ port }) => port).join() === ports.join());
  };
  const { remoteport: port } = keeper.current.settings.server;
  expect(discovery.announced).toEqual([]);
  await set(['server.rmonitor', 'true']);
  await told(port);
  expect(discovery.announced[0]?.name).toBe(hostname().split('.')[0]);
  await set(['server.announce', 'false']);
  await told();
  await set(['server.announce', 'true']);
  await told(port);
  const other = await freePort();
  await set(['server.remoteport', String(other)]);
  await told(other);
  await set(['server.rmonitor', 'false']);
  await told();
  await set(['server.rmonitor', 'true']);
  await told(other);
  await product.stop();
  expect(discovery.announced).toEqual([]);
});

test('a command that is being tried ends with the program, and all it began', async () => {
  const answer = await ask('settings.get', {});
  await product.stop();
  const real = createSystemPower({ clock: systemClock, log, folder: join(folder, 'actions'), env: process.env });
  product = createProduct({ ...productParts(), power: real });
  await product.start();
  const file = join(folder, 'child');
  const { settings } = answer;
  const ups = { ...settings.ups[0], shutdownbefore: `sleep 600 & echo $! > '${file}'; wait` };
  const tried = ask('setup.tryCommand', { settings: { ...settings, ups: [ups] }, place: 'before' });
  const child = async (): Promise<number> => Number(await readFile(file, 'utf8').catch(() => ''));
  await expect.poll(child, { timeout: 10_000 }).toBeGreaterThan(0);
  await product.stop();
  const gone = async (): Promise<boolean> => isGone(await child());
  try {
    await expect.poll(gone, { timeout: 10_000 }).toBe(true);
  } finally {
    if (!(await gone())) process.kill(await child());
  }
  expect((await tried).trial).toMatchObject({ failure: { phrase: 'reason.ended-by' } });
});

test('a network that cannot be told is told of once, and the server serves', async () => {
  await set(['server.rmonitor', 'true']);
  await until(() => discovery.announced.length === 1);
  const error = new NutError('nut/cannot-announce', { reason: 'it is closed' });
  discovery.fail(error);
  discovery.fail(error);
  expect(log.lines.filter(({ message }) => message.includes('it is closed'))).toHaveLength(1);
  expect(product.engine.addresses.map(({ host }) => host)).toContain('0.0.0.0');
});

test('where the port is taken nothing is announced, until it is free', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '0.0.0.0');
  await once(other, 'listening');
  await product.stop();
  await set(['server.rmonitor', 'true'], ['server.remoteport', String(port)]);
  product = createProduct(productParts());
  await product.start('wished');
  expect([product.networkProblem?.code, discovery.announced]).toEqual(['nut/port-in-use', []]);
  other.close();
  await once(other, 'close');
  await clock.advance(30_000);
  await until(() => discovery.announced.length === 1);
});
