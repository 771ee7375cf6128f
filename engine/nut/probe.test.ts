import { type AddressInfo, createServer } from 'node:net';
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
  const server = createServer((socket) =>
    socket.on('data', () => socket.write('BEGIN LIST UPS\nUPS a "A"\nUPS a "A"\nEND LIST UPS\n')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
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
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  open.push(() => mute.close());
  const address = mute.address();
  const clock = createFakeClock();
  const asked = probeServer('127.0.0.1', typeof address === 'object' ? address!.port : 0, clock);
  const told = expect(asked).rejects.toMatchObject({ code: 'nut/timeout' });
  await clock.advance(5_000);
  await told;
});
