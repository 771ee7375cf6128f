/** Syslog over real sockets, and the system's own log by its real program. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { BACK, channelOf, codeOf, OUTAGE } from '../test-support.ts';
import { createSyslogChannel } from './syslog.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const power = createSystemPower({
  clock: systemClock,
  log: createRememberingLog(),
  folder: tmpdir(),
  env: process.env,
});
const syslog = (transport: 'udp' | 'tcp', port: number) =>
  createSyslogChannel(channelOf({ type: 'syslog', transport, host: '127.0.0.1', port }), power);

const LINES = [
  `<26>1 2026-11-22T15:00:05.000Z ${hostname()} ridethrough ${process.pid} ONBATT - \uFEFFups: The power is out. On battery. About 14 min left.`,
  `<29>1 2026-11-22T15:01:35.000Z ${hostname()} ridethrough ${process.pid} ONLINE - \uFEFFups: The power is back. It lasted 1 min.`,
];

test('by UDP: a datagram for each message, as RFC 5424 writes it', async () => {
  const socket = createSocket('udp4');
  const received: string[] = [];
  socket.on('message', (datagram) => received.push(datagram.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  stops.push(() => new Promise<void>((resolve) => socket.close(resolve)));
  await syslog('udp', socket.address().port).send([OUTAGE, BACK]);
  await expect.poll(() => received.toSorted()).toEqual(LINES);
});

test('by TCP: each with its length in front, so that a line end parts nothing', async () => {
  let received = '';
  const server = createServer((socket) => socket.setEncoding('utf8').on('data', (text: string) => (received += text)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  await syslog('tcp', port).send([OUTAGE, { ...BACK, brief: 'two\nlines' }]);
  const second = LINES[1]?.replace('It lasted 1 min.', 'two lines') ?? '';
  const framed = (line: string): string => `${Buffer.byteLength(line)} ${line}`;
  await expect.poll(() => received).toBe(framed(LINES[0] ?? '') + framed(second));
});

test('a computer that does not listen is told, and a message that is too long is cut within a letter', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await codeOf(syslog('tcp', port).send([OUTAGE]))).toBe('alert/unreachable');
  expect(
    await codeOf(createSyslogChannel(channelOf({ type: 'syslog' }), power, ['logger'], 'win32').send([OUTAGE])),
  ).toBe('alert/no-syslog');

  const socket = createSocket('udp4');
  const received: Buffer[] = [];
  socket.on('message', (datagram) => received.push(datagram));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  stops.push(() => new Promise<void>((resolve) => socket.close(resolve)));
  await syslog('udp', socket.address().port).send([{ ...OUTAGE, brief: 'ü'.repeat(3000) }]);
  await expect.poll(() => received.length).toBe(1);
  expect(received[0]?.length).toBeLessThanOrEqual(2048);
  expect(received[0]?.toString()).toMatch(/ü$/);
});

const programs = await ensurePrograms([
  { program: 'logger', package: 'bsdutils' },
  { program: 'perl', package: 'perl-base' },
]);

/** A log daemon's socket: Node has none of its kind. */
const LISTENER = `use IO::Socket::UNIX; use Socket; $| = 1;
my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die; print "ready\\n";
while (1) { $s->recv(my $m, 8192); print "$m\\n"; }`;

describe.skipIf(!programs.ok)('to the log of this computer', () => {
  test('by its own program, with tag, facility and level', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ridethrough-log-'));
    stops.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'log');
    const listener = spawn('perl', ['-e', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    stops.push(() => listener.kill());
    let heard = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text));
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('ready');
    const logger = ['logger', '--socket', path, '--socket-errors=on'];
    await createSyslogChannel(channelOf({ type: 'syslog' }), power, logger).send([OUTAGE, BACK]);
    await expect.poll(() => heard.match(/^<\d+>/gm), { timeout: 20_000 }).toEqual(['<26>', '<29>']);
    expect(heard).toContain('ridethrough: ups: The power is out. On battery. About 14 min left.');
  });
});
