import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { startTestServer } from '#tests/support/nut-server.ts';
import { fingerprintOf, probeServer } from './probe.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** @returns its port */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a server tells its UPSes with what people call them', async () => {
  const run = await startTestServer({
    ups: { office: { variables: {}, description: 'The "big" one' }, lab: { variables: {} } },
  });
  open.push(() => run.stop());
  const upses = await probeServer('127.0.0.1', run.port, systemClock);
  expect(upses).toHaveLength(2);
  expect(upses).toContainEqual({ name: 'office', description: 'The "big" one' });
  expect(upses.map(({ name }) => name)).toContain('lab');
});

test('a name that a server tells twice is one', async () => {
  const port = await listen((socket) =>
    socket.on('data', () => socket.write('BEGIN LIST UPS\nUPS a "A"\nUPS a "A"\nEND LIST UPS\n')),
  );
  expect(await probeServer('127.0.0.1', port, systemClock)).toEqual([{ name: 'a', description: 'A' }]);
});

test('a server without a certificate shows no fingerprint', async () => {
  const run = await startTestServer({ ups: {} });
  open.push(() => run.stop());
  expect(await fingerprintOf('127.0.0.1', run.port, systemClock)).toBeUndefined();
});

test('where nobody listens, it says so', async () => {
  await expect(probeServer('127.0.0.1', await freePort(), systemClock)).rejects.toMatchObject({
    code: 'nut/cannot-connect',
  });
});

test('what accepts and says nothing is given up after five seconds', async () => {
  const clock = createFakeClock();
  const asked = probeServer('127.0.0.1', await listen(() => undefined), clock);
  const told = expect(asked).rejects.toMatchObject({ code: 'nut/timeout' });
  await clock.advance(5_000);
  await told;
});

test('what never comes to an end is given up after five seconds as well, and left', async () => {
  const clock = createFakeClock();
  const sockets: Socket[] = [];
  const port = await listen((socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write('BEGIN LIST UPS\nUPS a "A"\n'));
  });
  const asked = probeServer('127.0.0.1', port, clock);
  const told = expect(asked).rejects.toMatchObject({ code: 'nut/timeout' });
  await expect.poll(() => sockets[0]?.bytesWritten ?? 0).toBeGreaterThan(0);
  await clock.advance(4_000);
  sockets[0]?.write('UPS b "B"\n');
  await delay(50); // on its way
  await clock.advance(1_000);
  await told;
  await clock.advance(500);
  await expect.poll(() => sockets[0]?.readableEnded).toBe(true);
});
