import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { readUpsConf } from '#engine/settings/nut-conf/ups-conf.ts';
import { Problems } from '#engine/settings/nut-conf/problem.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { startSnmpAgent, type SnmpTestAgent } from '#tests/support/snmp-agent.ts';
import { scanNetwork, type NetworkScanParts, type NetworkScanResult } from './scan-network.ts';

const SYSTEM_OBJECT = '1.3.6.1.2.1.1.2.0';
const SYSTEM_TEXT = '1.3.6.1.2.1.1.1.0';
const STANDARD_MODEL = '1.3.6.1.2.1.33.1.1.2.0';

const servers: TestServer[] = [];
const agents: SnmpTestAgent[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const agent of agents.splice(0)) agent.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startAgent(...[texts, options]: Parameters<typeof startSnmpAgent>): Promise<SnmpTestAgent> {
  const agent = await startSnmpAgent(texts, options);
  agents.push(agent);
  return agent;
}

async function scan(parts: Partial<NetworkScanParts>): Promise<readonly NetworkScanResult[]> {
  const closed = await freePort();
  return scanNetwork({
    hosts: ['127.0.0.1'],
    community: 'public',
    takenNames: [],
    clock: systemClock,
    ...parts,
    ports: { nut: closed, snmp: closed, ...parts.ports },
  });
}

/** The sections as our own reader of ups.conf takes them, which has to have nothing to say. */
function sectionsOf(results: readonly NetworkScanResult[]) {
  const text = results.map(({ title, section }) => `# ${title}\n${section}`).join('');
  const problems = new Problems('ups.conf');
  const { ups } = readUpsConf(Buffer.from(text), problems);
  expect(problems.list()).toEqual([]);
  return ups.map(({ name, driver, port, description, options }) => ({ name, driver, port, description, options }));
}

async function serve(ups: Parameters<typeof startTestServer>[0]['ups']): Promise<number> {
  const server = await startTestServer({ ups });
  servers.push(server);
  return server.port;
}

describe('a search of the network', () => {
  test('lists the UPSes of a NUT server as repeaters, each under a name of its own', async () => {
    const nut = await serve({ ups: { variables: {}, description: 'In the "cellar" #1' }, office: { variables: {} } });
    const results = await scan({ ports: { nut, snmp: 9 }, takenNames: ['ups'] });
    expect(sectionsOf(results)).toMatchObject([
      { name: 'ups2', driver: 'dummy-ups', port: `ups@127.0.0.1:${nut}`, description: 'In the "cellar" #1' },
      { name: 'office', driver: 'dummy-ups', port: `office@127.0.0.1:${nut}`, description: undefined },
    ]);
    expect(results[0]?.matchReason).toContain('127.0.0.1');
  });

  test('asks a server that made itself known at its port, and at the usual one once only', async () => {
    const nut = await serve({ ups: { variables: {} } });
    const servers = [{ host: '127.0.0.1', port: nut }];
    expect(sectionsOf(await scan({ servers }))).toMatchObject([{ name: 'ups', port: `ups@127.0.0.1:${nut}` }]);
    expect(sectionsOf(await scan({ servers, hosts: [] }))).toMatchObject([{ name: 'ups' }]);
    expect(await scan({ servers, ports: { nut, snmp: 9 } })).toHaveLength(1);
  });

  test('knows a UPS by the standard objects of its SNMP agent, though a packet is lost', async () => {
    const texts = { [SYSTEM_OBJECT]: 'x', [SYSTEM_TEXT]: 'Card 3', [STANDARD_MODEL]: 'Acme 3000' };
    const { port } = await startAgent(texts, { losesFirst: true });
    const results = await scan({ ports: { nut: 9, snmp: port } });
    expect(sectionsOf(results)).toEqual([
      { name: 'ups', driver: 'snmp-ups', port: `127.0.0.1:${port}`, description: 'Acme 3000', options: {} },
    ]);
    expect(results[0]?.matchReason).toContain(STANDARD_MODEL);
  });

  test('asks agents with the community it was given, and says so in the section', async () => {
    const texts = { [SYSTEM_OBJECT]: 'x', [SYSTEM_TEXT]: 'Card 3', [STANDARD_MODEL]: '3' };
    const { port } = await startAgent(texts, { community: 'cellar' });
    const ports = { nut: 9, snmp: port };
    expect(await scan({ ports })).toEqual([]);
    expect(sectionsOf(await scan({ ports, community: 'cellar' }))).toMatchObject([
      { description: 'Card 3', options: { community: 'cellar' } },
    ]);
  });

  test('leaves out agents of other things, after asking them', async () => {
    const { port, asked } = await startAgent({ [SYSTEM_OBJECT]: 'x', [SYSTEM_TEXT]: 'a printer' });
    expect(await scan({ ports: { nut: 9, snmp: port } })).toEqual([]);
    expect(asked()).toBeGreaterThan(10);
  });

  test('takes what strangers say as text and nothing else', async () => {
    const texts = { [SYSTEM_OBJECT]: 'x', [STANDARD_MODEL]: 'A"\n[evil]\n driver = "x' };
    const { port } = await startAgent(texts);
    const sections = sectionsOf(await scan({ ports: { nut: 9, snmp: port } }));
    expect(sections).toHaveLength(1);
    expect(sections[0]?.description).toBe('A" [evil] driver = "x');
  });

  test('passes over hosts that are not there and servers that are none', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port: nut } = other.address() as { port: number };
      expect(await scan({ hosts: ['127.0.0.1', 'no-such-host.invalid'], ports: { nut, snmp: 9 } })).toEqual([]);
    } finally {
      other.close();
    }
  });
});
