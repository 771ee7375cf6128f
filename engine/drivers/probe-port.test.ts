import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { startSnmpAgent, type SnmpTestAgent } from '#tests/support/snmp-agent.ts';
import { probePort, type PortAnswer } from './probe-port.ts';

const CARD = { '1.3.6.1.2.1.1.2.0': 'x', '1.3.6.1.2.1.1.1.0': 'Card 3', '1.3.6.1.2.1.33.1.1.2.0': 'Acme 3000' };
const COMPUTER = { '1.3.6.1.2.1.1.2.0': 'x', '1.3.6.1.2.1.1.1.0': 'Linux box' };

let agent: SnmpTestAgent | undefined;
let server: TestServer | undefined;
afterEach(async () => {
  agent?.stop();
  await server?.stop();
  agent = server = undefined;
});

const probe = (driver: string, port: string, options = ''): Promise<PortAnswer | undefined> =>
  probePort({ driver, port, options }, systemClock);

test('an SNMP card says which UPS it is', async () => {
  agent = await startSnmpAgent(CARD);
  const port = `127.0.0.1:${agent.port}`;
  expect(await probe('snmp-ups', port)).toEqual({
    isGood: true,
    text: { phrase: 'probe.unit', params: { port, title: 'Acme 3000' } },
  });
});

test('the community is that of the lines', async () => {
  agent = await startSnmpAgent(CARD, { community: 'cellar' });
  const port = `127.0.0.1:${agent.port}`;
  expect(await probe('snmp-ups', port)).toMatchObject({ isGood: false, text: { phrase: 'probe.silent' } });
  const lines = '# ours\ncommunity = "cellar"\npollinterval = 10';
  expect(await probe('snmp-ups', port, lines)).toMatchObject({ isGood: true });
});

test('the agent of a computer is no UPS', async () => {
  agent = await startSnmpAgent(COMPUTER);
  expect(await probe('snmp-ups', `127.0.0.1:${agent.port}`)).toMatchObject({
    isGood: false,
    text: { phrase: 'probe.no-ups', params: { title: 'Linux box' } },
  });
});

test('a name that nobody knows is told as such', async () => {
  expect(await probe('snmp-ups', 'nobody.invalid')).toMatchObject({
    isGood: false,
    text: { phrase: 'probe.unreachable' },
  });
});

test('version 3 is the driver’s to ask, and an agent is not bothered', async () => {
  agent = await startSnmpAgent(CARD);
  expect(await probe('snmp-ups', `127.0.0.1:${agent.port}`, 'snmp_version = v3')).toBeUndefined();
  expect(agent.asked()).toBe(0);
});

test('the server of a repeater is asked for its UPS', async () => {
  server = await startTestServer({ ups: { office: { variables: {} } } });
  const place = `127.0.0.1:${server.port}`;
  expect(await probe('dummy-ups', `OFFICE@${place}`)).toMatchObject({
    isGood: true,
    text: { phrase: 'probe.repeated', params: { server: place } },
  });
  expect(await probe('dummy-ups', `attic@${place}`)).toMatchObject({
    isGood: false,
    text: { phrase: 'probe.not-listed', params: { ups: 'attic', names: 'office' } },
  });
});

test('a server that is not there is an error with what to do', async () => {
  await expect(probe('dummy-ups', `ups@127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
    code: 'nut/cannot-connect',
  });
});

test.each([
  ['usbhid-ups', 'auto'],
  ['dummy-ups', 'office.dev'],
  ['dummy-ups', '@'],
  ['snmp-ups', 'udp:card:161'],
])('%s at "%s": nothing to ask', async (driver, port) => {
  expect(await probe(driver, port)).toBeUndefined();
});
