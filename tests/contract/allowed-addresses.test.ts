/** `server.allow`, seen by NUT's own clients on computers of their own: each has its address, and a cable to the server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endProcess } from '#tests/support/end-process.ts';
import { layNetwork, type NetworkHost } from '#tests/support/network-namespaces.ts';
import { heardFrom, serveTo, type NetworkServer } from '#tests/support/network-server.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { buildProgram, until } from '#tests/support/served-program.ts';

const UPSMON = '/lib/nut/upsmon';
const programs = await ensurePrograms([
  ...['upsc', UPSMON].map((program) => ({ program, package: 'nut-client' })),
  { program: 'ip', package: 'iproute2' },
]);
const network = await layNetwork(2);
const reason = programs.ok ? (network.isApart ? '' : 'no network namespaces here') : programs.reason;
const [one, other] = network.clients as [NetworkHost, NetworkHost];

let folder: string;
let server: NetworkServer;
const children: ChildProcess[] = [];

const run = (host: NetworkHost, ...[name = '', ...args]: string[]): Promise<ProgramRun> =>
  runProgram(...host.on(name, args));
const statusAt = async (host: NetworkHost, at = host.server): Promise<string> =>
  (await run(host, 'upsc', `ups@${at}`, 'ups.status')).stdout.trim();
const isServed = async (host: NetworkHost): Promise<boolean> => (await statusAt(host)) === 'OL';

async function startUpsmon(host: NetworkHost): Promise<() => string> {
  const conf = await mkdtemp(join(folder, 'upsmon-'));
  await writeFile(
    join(conf, 'upsmon.conf'),
    `MONITOR ups@${host.server} 1 watch pw secondary\nMINSUPPLIES 0\nSHUTDOWNCMD true\nPOLLFREQ 1\n`,
    { mode: 0o600 },
  );
  const child = spawn(...host.on(...withOwnPidFolder(UPSMON, ['-D', '-p', '-u', 'root'])), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NUT_CONFPATH: conf },
  });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return () => said;
}
const HEARD = '1.3\nOK Goodbye\n';
const log = (): string => server.program.stderr();
const times = (text: string): number => log().split(text).length - 1;

describe.skipIf(reason !== '')(`allowed addresses ${reason}`, () => {
  beforeAll(async () => {
    await buildProgram();
    for (const [index, client] of network.clients.entries()) {
      for (const [host, cable, end] of [
        [network.server, `to${index + 1}`, 1],
        [client, 'eth0', 2],
      ] as const) {
        for (const address of [`fd83:${index + 1}::${end}/64`, `fe80::83:${end}/64`]) {
          expect((await run(host, 'ip', 'address', 'add', address, 'dev', cable, 'nodad')).stderr).toBe('');
        }
      }
    }
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-allow-'));
    const users = ['server.extrausers', '[watch]\npassword = pw\nupsmon secondary'];
    server = await serveTo(folder, network.server, 'ups', ...users, 'server.allow', '10.83.1.2');
    await until('served', () => isServed(one), log);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await endProcess(child);
  });
  afterAll(async () => {
    await server.program.end('SIGKILL');
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('allow: who is in the list is served, nobody else hears a word, and this computer always may', async () => {
    expect(await heardFrom(one)).toBe(HEARD);
    expect(await heardFrom(other)).toBe('');
    expect(await run(other, 'upsc', `ups@${other.server}`)).toMatchObject({ status: 1, stdout: '' });
    expect(await statusAt(network.server, '127.0.0.1')).toBe('OL');
    expect(await statusAt(network.server, '[::1]')).toBe('OL');
    // Three times refused, told once.
    expect(await heardFrom(other)).toBe('');
    expect(times('10.83.2.2 was refused')).toBe(1);
  });

  test('allow: IPv6, also by an address that counts on one cable only', async () => {
    expect(await statusAt(one, '[fd83:1::1]')).toBe('');
    await server.set('server.allow', '10.83.1.2, fd83:1::/64');
    await until('served by IPv6', async () => (await statusAt(one, '[fd83:1::1]')) === 'OL', log);
    expect(await statusAt(other, '[fd83:2::1]')).toBe('');
    const heardByLink = (): Promise<string> => heardFrom(one, 'fe80::83:1%eth0');
    await until('refused by the cable', async () => (await heardByLink()) === '' && times('%to1 was refused') > 0, log);
    await server.set('server.allow', '10.83.1.2, fe80::/10');
    await until('served by the cable', async () => (await heardByLink()) === HEARD, log);
    await server.set('server.allow', '10.83.1.2');
  });

  test('allow: a change ends the connections of those who may no longer, and no other', async () => {
    const [first, second] = [await startUpsmon(one), await startUpsmon(other)];
    await server.program.logged('10.83.1.2 logged in');
    await until(
      'refused',
      () => /ups@10\.83\.2\.1.* unavailable|Connection failure|Write error|disconnected/i.test(second()),
      second,
    );
    expect(times('10.83.2.2 logged in')).toBe(0);

    await server.set('server.allow', '10.83.0.0/16');
    await server.program.logged('10.83.2.2 logged in');
    await server.set('server.allow', '10.83.2.0/24');
    await server.program.logged('10.83.1.2 may connect no longer');
    await until('connection lost', () => /Communications with UPS ups@10\.83\.1\.1.* lost/.test(first()), first);
    expect(await isServed(other)).toBe(true);
    expect(await isServed(one)).toBe(false);

    await server.set('server.allow', '');
    await until('back', () => times('10.83.1.2 logged in') === 2, log);
    // It was logged in all the time.
    expect(times('10.83.2.2 logged in')).toBe(1);
    expect(times('10.83.2.2 logged out') + times('10.83.2.2 is gone')).toBe(0);
  });
});
