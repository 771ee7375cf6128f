/** `_nut._tcp` on a network of two computers: what Avahi hears of us, and what we hear of Avahi and of each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { recordsOf } from '#engine/adapters/dns-sd.ts';
import { AVAHI_PROGRAMS, startAvahi, type Avahi, type SeenService } from '#tests/support/avahi.ts';
import { endProcess } from '#tests/support/end-process.ts';
import { layNetwork, type NetworkHost } from '#tests/support/network-namespaces.ts';
import { serveTo, type NetworkServer } from '#tests/support/network-server.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { buildProgram, CLI, until, type RunningProgram } from '#tests/support/served-program.ts';

const programs = await ensurePrograms([
  ...AVAHI_PROGRAMS,
  { program: 'ip', package: 'iproute2' },
  { program: 'upsc', package: 'nut-client' },
]);
const network = await layNetwork(1);
const reason = programs.ok && !network.isApart ? 'no network namespaces here' : programs.reason;
const [other = network.server] = network.clients;
const TYPE = '_nut._tcp';
const NAME = hostname().split('.')[0] ?? '';
/** Of UDP, as /proc writes it. */
const MDNS_PORT = ':14E9';

let folder: string;
let avahi: Avahi;
const running: RunningProgram[] = [];

async function serve(on: NetworkHost, ups: string, ...settings: string[]): Promise<NetworkServer> {
  const server = await serveTo(folder, on, ups, ...settings);
  running.push(server.program);
  return server;
}

async function isSeen(...services: readonly SeenService[]): Promise<void> {
  let seen = '';
  await until(
    `seen: ${JSON.stringify(services)}`,
    async () => (seen = JSON.stringify((await avahi.seen(TYPE)).toSorted())) === JSON.stringify(services.toSorted()),
    () => [`but ${seen}`, ...running.map((program) => program.stderr())].join('\n'),
  );
}
/** Runs a script that says something as soon as it is at work. */
async function startScript(on: NetworkHost, script: string): Promise<ChildProcess> {
  const child = spawn(...on.on(process.execPath, ['-e', script]), { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
const hasSocket = async ({ pid }: RunningProgram): Promise<boolean> =>
  (await readFile(`/proc/${pid}/net/udp`, 'utf8')).includes(MDNS_PORT);

describe.skipIf(reason !== '')(`servers on the local network ${reason}`, () => {
  beforeAll(async () => {
    await buildProgram();
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-discovery-'));
    avahi = await startAvahi(other);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });
  afterAll(async () => {
    await avahi.stop();
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('announce: others see the server while they may connect and it is wanted, and are told when it goes', async () => {
    const { server } = other;
    const news = await avahi.watch(TYPE);
    const { program, set } = await serve(network.server, 'office');
    await isSeen([NAME, server, '3493']);
    expect(await hasSocket(program)).toBe(true);
    await set('server.announce', 'false');
    await until('withdrawn', () => news().includes(`-${NAME}`));
    await isSeen();
    await until('closed', async () => !(await hasSocket(program)));
    await set('server.announce', 'true', 'server.remoteport', '4000');
    await isSeen([NAME, server, '4000']);
    await set('server.rmonitor', 'false');
    await isSeen();
    await set('server.rmonitor', 'true');
    await isSeen([NAME, server, '4000']);
    const goodbyes = (): number => news().filter((line) => line === `-${NAME}`).length;
    const before = goodbyes();
    expect(await program.end()).toBe(0);
    await until('goodbye', () => goodbyes() > before);
    expect(program.stdout().split('\n')).toHaveLength(2);
  });

  test('a name that another server has is left to it', async () => {
    const withdraw = await avahi.publish(NAME, TYPE, 9);
    await serve(network.server, 'office');
    await isSeen([NAME, other.address ?? '', '9'], [`${NAME} (2)`, other.server, '3493']);
    await withdraw();
  });

  test('nor is a name taken whose server told of itself just before, and is silent for a second therefore', async () => {
    const answer = `const records = ${JSON.stringify(recordsOf({ name: NAME, port: 9, addresses: [other.address ?? ''] }))};
      const mdns = require('multicast-dns')({ interface: '${other.address}', bind: '0.0.0.0' });
      let askedAt;
      mdns.on('query', ({ questions }, { address }) => {
        if (address === '${other.server}') askedAt ??= performance.now();
        if (performance.now() - askedAt > 1_000 && questions.some(({ name }) => name === '${TYPE}.local')) mdns.respond(records);
      });
      mdns.on('ready', () => console.log('ready'));
      process.on('SIGTERM', () => mdns.respond(records.map((record) => ({ ...record, ttl: 0 })), () => process.exit()));`;
    const silent = await startScript(other, answer);
    try {
      await serve(network.server, 'office');
      await isSeen([NAME, other.address ?? '', '9'], [`${NAME} (2)`, other.server, '3493']);
    } finally {
      await endProcess(silent, 'SIGTERM');
    }
  });

  test('an address that comes later is told', async () => {
    const ip = async (...args: string[]): Promise<number | NodeJS.Signals | null> =>
      (await runProgram(...network.server.on('ip', args))).status;
    expect(await ip('address', 'del', `${other.server}/30`, 'dev', 'to1')).toBe(0);
    await serve(network.server, 'office');
    await isSeen();
    expect(await ip('address', 'add', `${other.server}/30`, 'dev', 'to1')).toBe(0);
    await isSeen([NAME, other.server, '3493']);
  });

  test('a port that is held by another program is told once, and nothing else happens', async () => {
    const hold = `const s = require('dgram').createSocket('udp4'); s.bind({ port: 5353, exclusive: true }, () => console.log('held'))`;
    const holder = await startScript(network.server, hold);
    try {
      const { program, set } = await serve(network.server, 'office');
      await program.logged('The network is not told of this server');
      await set('server.monuser', 'watch');
      expect(program.stderr().match(/not told of this server/g)).toHaveLength(1);
      expect(await runProgram(...other.on('upsc', [`office@${other.server}`, 'ups.status']))).toMatchObject({
        stdout: 'OL\n',
      });
      const searched = await runProgram(...network.server.on(process.execPath, [CLI, 'scan', '--announced']));
      expect(searched).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot be searched') as string });
    } finally {
      await endProcess(holder);
    }
  });

  test('scan --announced: what others tell of is asked for its UPSes, and this computer is left out', async () => {
    const scan = async (on: NetworkHost, ...args: string[]) =>
      runProgram(...on.on(process.execPath, [CLI, 'scan', ...args]));
    await serve(other, 'cellar', 'server.remoteport', '4001', 'server.announce', 'false');
    const withdraw = await avahi.publish('A NAS', TYPE, 4001);
    await serve(network.server, 'office', 'ups.0.aliases', 'qnapups');
    await isSeen(['A NAS', other.address ?? '', '4001'], [NAME, other.server, '3493']);
    // Heard of Avahi.
    const found = await scan(network.server, '--announced', '--json');
    expect(JSON.parse(found.stdout)).toMatchObject([{ address: `cellar@${other.address ?? ''}:4001` }]);
    // Heard of ourselves, beside an Avahi that has the port as well.
    const { stdout } = await scan(other, '--announced');
    expect(stdout).toContain(`[office]\n  driver = dummy-ups\n  port = office@${other.server}\n`);
    expect(stdout).toContain(`[qnapups]\n`);
    expect(stdout).not.toContain('cellar');
    expect((await scan(other)).stdout).not.toContain('office');
    await withdraw();
  });
});
