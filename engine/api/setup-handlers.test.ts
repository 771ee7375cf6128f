import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requests } from '#domain/contract.ts';
import { asTimestamp } from '#domain/units.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { ListenAddress } from '#engine/engine.ts';
import { createFakeDiscovery } from '#tests/support/fake-discovery.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { startSnmpAgent } from '#tests/support/snmp-agent.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createSetupHandlers } from './setup-handlers.ts';

let folder: string;
const discovery = createFakeDiscovery();
let server: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-setup-'));
  server = await startTestServer({
    ups: { office: { variables: {} } },
    config: {
      tls: { ownCertificateFile: join(folder, 'own.pem'), clientCertificates: 'no', disableWeakSsl: true },
    },
  });
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const handlersFor = (host: string, ...others: readonly ListenAddress[]) =>
  createSetupHandlers({
    scanDevices: () => Promise.resolve([]),
    discovery,
    dataDir: folder,
    clock: systemClock,
    log: createRememberingLog(),
    environment: {},
    driverPath: () => folder,
    optionsOf: () => 'community = cellar',
    addresses: () => [{ host, port: server.port }, ...others],
    allow: () => ['192.168.1.0/24'],
    refusals: () => [{ address: '192.168.2.7', count: 3, lastAt: asTimestamp(5) }],
    firewall: (opening) => Promise.resolve({ text: 'on', command: JSON.stringify(opening), hasRule: false }),
  });

test('the network page shows the certificate that clients are shown', async () => {
  const own = requests['network.own'].result.parse(await handlersFor('127.0.0.1')['network.own']({}));
  expect(own).toMatchObject({ port: server.port, isOpen: false });
  expect(own.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(own.addresses).not.toContain('127.0.0.1');
});

test('a server on every address is open, and is asked on this computer', async () => {
  const own = await handlersFor('0.0.0.0')['network.own']({});
  expect(own.isOpen).toBe(true);
  expect(own.refused).toEqual([{ address: '192.168.2.7', count: 3, lastAt: 5 }]);
  const command = JSON.stringify({ port: server.port, allow: ['192.168.1.0/24'] });
  expect(requests['network.own'].result.parse(own).firewall).toEqual({ text: 'on', command });
  expect(own.fingerprint).toBeDefined();
});

test('the port that is told is the one by which others come in', async () => {
  const own = await handlersFor('127.0.0.1', { host: '192.0.2.7', port: 4000 })['network.own']({});
  expect(own).toMatchObject({ port: 4000, isOpen: true });
  expect(own.firewall?.command).toContain('"port":4000');
});

test('a driver is understood as the form writes it, with model and options behind it', async () => {
  const { options } = await handlersFor('::1')['drivers.options']({ driver: 'genericups upstype=4$Old Faithful' });
  expect(options.map(({ name }) => name)).toContain('upstype');
});

test('a port is asked with the community that is kept and not shown', async () => {
  const card = { '1.3.6.1.2.1.1.2.0': 'x', '1.3.6.1.2.1.33.1.1.2.0': 'Acme 3000' };
  const agent = await startSnmpAgent(card, { community: 'cellar' });
  try {
    const asked = { ups: 'a', driver: 'snmp-ups$Card', port: `127.0.0.1:${agent.port}`, options: 'community = (set)' };
    const { answer } = requests['ports.probe'].result.parse(await handlersFor('::1')['ports.probe'](asked));
    expect(answer).toMatchObject({ isGood: true, text: { params: { title: 'Acme 3000' } } });
    expect(JSON.stringify(answer)).not.toContain('cellar');
  } finally {
    agent.stop();
  }
});

test('servers of the network are found, with their UPSes where they answer', async () => {
  const silent = await freePort();
  discovery.servers = [
    { name: 'nas', host: '127.0.0.1', port: server.port },
    { name: 'off', host: '127.0.0.1', port: silent },
  ];
  expect(requests['network.find'].result.parse(await handlersFor('::1')['network.find']({}))).toEqual({
    servers: [
      {
        name: 'nas',
        host: '127.0.0.1',
        port: server.port,
        upses: [{ name: 'office', description: 'Description unavailable' }],
      },
      { name: 'off', host: '127.0.0.1', port: silent },
    ],
  });
});
