import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createFakeDiscovery } from '#tests/support/fake-discovery.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { findServers } from './find-servers.ts';

let server: TestServer;
afterEach(() => server.stop());

test('servers that announce themselves are asked for their UPSes', async () => {
  server = await startTestServer({ ups: { rack: { variables: {}, description: 'Rack', aliases: ['ups'] } } });
  const discovery = createFakeDiscovery();
  const silent = await freePort();
  discovery.servers = [
    { name: 'zeta', host: '127.0.0.1', port: server.port },
    { name: 'alpha', host: '127.0.0.1', port: silent },
  ];
  expect(await findServers(discovery, systemClock)).toEqual([
    { name: 'alpha', host: '127.0.0.1', port: silent, upses: undefined },
    {
      name: 'zeta',
      host: '127.0.0.1',
      port: server.port,
      upses: [
        { name: 'rack', description: 'Rack' },
        { name: 'ups', description: 'Rack' },
      ],
    },
  ]);
});
