/** A change of the settings touches what it is about: drivers go on running, and clients stay where they are. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRawClient, type RawClient } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { writeProgram } from '#tests/support/scripted-driver.ts';
import {
  buildProgram,
  childrenOf,
  ridethrough,
  startProgram,
  until,
  type RunningProgram,
} from '#tests/support/served-program.ts';

let folder: string;
let port: number;
let program: RunningProgram;
/** A secondary that logged in before all changes. */
let client: RawClient;
let changes = 0;

async function set(...pairs: string[]): Promise<void> {
  const { status, stderr } = await ridethrough(['config', 'set', ...pairs, '--data-dir', join(folder, 'data')]);
  if (status !== 0) throw new Error(stderr);
}

async function description(): Promise<string> {
  const other = await openRawClient(port);
  try {
    return await other.ask('GET UPSDESC third');
  } finally {
    other.destroy();
  }
}
/** A server that makes room for another one hangs up, and for a moment nobody listens. */
const nobodyYet = (): string => '';

/** Changes settings and waits until they are in force, which the description of a third UPS tells. */
async function change(pairs: Readonly<Record<string, string>>): Promise<void> {
  changes += 1;
  await set(...Object.entries(pairs).flat(), 'ups.2.description', `change ${changes}`);
  await until(
    'in force',
    async () => (await description().catch(nobodyYet)).includes(`change ${changes}"`),
    () => program.stderr(),
  );
}

/** Process ids of the two driver programs. */
const drivers = async (): Promise<readonly number[]> => [...(await childrenOf(program.pid))].sort((a, b) => a - b);

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-rest-'));
  port = await freePort();
  writeProgram(folder, 'scripted-ups');
  await writeFile(join(folder, 'third.dev'), 'ups.status: OL\n');
  const scripted = (place: number, name: string): string[] => [
    ...[`ups.${place}.identifier`, name, `ups.${place}.driver`, 'scripted-ups', `ups.${place}.port`, 'any'],
    ...[`ups.${place}.shutdownaction`, 'nothing'],
  ];
  await set(
    ...['server.remoteport', String(port), 'server.extrausers', '[nas]\npassword = nas-pw\nupsmon secondary'],
    ...scripted(0, 'first'),
    ...scripted(1, 'second'),
    ...['ups.2.identifier', 'third', 'ups.2.driver', 'dummy-ups', 'ups.2.port', join(folder, 'third.dev')],
    ...['ups.2.shutdownaction', 'nothing'],
  );
  program = startProgram(['serve', '--data-dir', join(folder, 'data'), '--web', '127.0.0.1:0'], {
    env: { NUT_DRIVERPATH: folder },
  });
  await program.ready();
  await until('both drivers run', async () => (await drivers()).length === 2);
});
afterAll(async () => {
  client.destroy();
  await program.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const logIn = async (): Promise<RawClient> => {
  const opened = await openRawClient(port);
  await until('the UPS is read', async () => (await opened.ask('GET VAR first ups.status')).includes('OL'));
  for (const line of ['USERNAME nas', 'PASSWORD nas-pw', 'LOGIN first']) expect(await opened.ask(line)).toBe('OK');
  return opened;
};

const isLoggedIn = async (): Promise<boolean> => (await client.ask('GET NUMLOGINS first')) === 'NUMLOGINS first 1';

describe('what has nothing to do with drivers and clients leaves them alone', () => {
  beforeAll(async () => {
    client = await logIn();
  });
  let before: readonly number[];
  beforeEach(async () => {
    before = await drivers();
    expect(before).toHaveLength(2);
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    [
      'mail',
      { 'mail.host': 'mail.example.org', 'mail.user': 'me', 'mail.password': 'pw', 'mail.from': 'a@example.org' },
    ],
    ['whom to tell', { 'ups.0.emailnotify': 'yes', 'ups.0.toemail': 'a@example.org', 'ups.0.subject': '%u' }],
    ['alerts', { 'alerts.limits.load': '80', 'alerts.desktop.enabled': 'no', 'mail.least': 'danger' }],
    ['the web interface', { 'web.tls': 'own', 'web.hostNames': 'nas.example.org' }],
    ['the wizard', { 'setup.isDone': 'yes' }],
    [
      'when this computer goes down',
      { 'ups.0.shutdown': 'LOWBATT', 'ups.1.shutdowntimer': '77', 'ups.0.hostsync': '20' },
    ],
    ['how it does', { 'ups.0.shutdownaction': 'command', 'ups.0.shutdowncmd': 'true', 'ups.1.powerdown': 'yes' }],
    ['lost contact', { 'ups.0.nocommwarntime': '60' }],
    ['what a UPS is called', { 'ups.0.description': 'Below the desk' }],
    ['the own account', { 'server.monuser': 'own', 'server.monpwd': 'own-pw' }],
    ['further accounts', { 'server.extrausers': '[nas]\npassword = nas-pw\nupsmon secondary\n[pi]\npassword = x' }],
  ])('%s', async (_what, pairs) => {
    await change(pairs);
    expect(await drivers()).toEqual(before);
    expect(await isLoggedIn()).toBe(true);
    expect(program.stderr()).not.toMatch(/not wholly in force/);
  });

  test('a change of one UPS starts its driver anew, and no other', async () => {
    await change({ 'ups.1.options': 'pollinterval = 7' });
    await until('two again', async () => (await drivers()).length === 2);
    const after = await drivers();
    expect(after.filter((pid) => before.includes(pid))).toHaveLength(1);
    // The one that stayed is that of the UPS that somebody is logged in to.
    expect(await client.ask('GET VAR first battery.charge')).toBe('VAR first battery.charge "87"');
    expect(await isLoggedIn()).toBe(true);
  });

  test('a UPS that comes and goes leaves the others', async () => {
    await change({ 'ups.3.identifier': 'fourth', 'ups.3.driver': 'demo', 'ups.3.port': 'auto' });
    expect(await client.ask('GET UPSDESC fourth')).toMatch(/^UPSDESC fourth/);
    await change({ 'ups.3.identifier': '' });
    expect(await client.ask('GET UPSDESC fourth')).toBe('ERR UNKNOWN-UPS');
    expect(await drivers()).toEqual(before);
    expect(await isLoggedIn()).toBe(true);
  });
});

test('another server is another one: clients come again, and the drivers run on', async () => {
  const before = await drivers();
  await change({ 'server.optionsupsd': 'MAXCONN 30' });
  await expect(client.ask('GET NUMLOGINS first')).rejects.toThrow();
  client = await logIn();
  expect(await drivers()).toEqual(before);
});
