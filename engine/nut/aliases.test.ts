/** A UPS under several names: each is answered as the name itself is, and who logs in under one hangs on the same UPS. */
import { afterEach, expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { type RawClient, startTestServer, type TestServer, type TestServerOptions } from '#tests/support/nut-server.ts';

const running: TestServer[] = [];
afterEach(async () => {
  for (const run of running.splice(0)) await run.stop();
});

const traits = { 'battery.charge.low': { isWritable: true, kind: 'number', ranges: [{ min: 1, max: 50 }] } } as const;
const office = {
  variables: { 'ups.status': 'OL', 'battery.charge.low': '20' },
  traits,
  commands: ['load.off'],
  description: 'The big one',
  aliases: ['ups', 'qnapups'],
};

async function serve(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
  const run = await startTestServer({ ups: { office, cellar: { variables: {} } }, ...options });
  running.push(run);
  return run;
}

async function clientOf(run: TestServer, username: string, password: string): Promise<RawClient> {
  const client = await run.open();
  await client.ask(`USERNAME ${username}`);
  await client.ask(`PASSWORD ${password}`);
  return client;
}

test('LIST UPS shows each name with the description of its UPS', async () => {
  const client = await (await serve()).open();
  expect(await client.ask('LIST UPS')).toBe(
    'BEGIN LIST UPS\nUPS office "The big one"\nUPS ups "The big one"\nUPS qnapups "The big one"\n' +
      'UPS cellar "Description unavailable"\nEND LIST UPS',
  );
});

test.each([
  'GET VAR NAME ups.status',
  'GET TYPE NAME battery.charge.low',
  'GET DESC NAME ups.status',
  'GET CMDDESC NAME load.off',
  'GET UPSDESC NAME',
  'GET NUMLOGINS NAME',
  'LIST VAR NAME',
  'LIST RW NAME',
  'LIST CMD NAME',
  'LIST ENUM NAME battery.charge.low',
  'LIST RANGE NAME battery.charge.low',
  'LIST CLIENT NAME',
  'PRIMARY NAME',
])('%s is answered alike under every name', async (line) => {
  const run = await serve();
  const login = await clientOf(run, 'secondary', 'pw');
  expect(await login.ask('LOGIN ups')).toBe('OK');
  const client = await clientOf(run, 'primary', 'pw');
  const ask = async (name: string): Promise<string> =>
    (await client.ask(line.replace('NAME', name))).replaceAll(new RegExp(`\\b${name}\\b(?!\\.)`, 'g'), 'NAME');
  const byName = await ask('office');
  expect(byName).not.toMatch(/^ERR/);
  expect(await ask('ups')).toBe(byName);
  expect(await ask('QNAPUPS')).toBe(
    line === 'LIST CLIENT NAME' ? byName.replace('CLIENT NAME 1', 'CLIENT qnapups 1') : byName,
  );
});

test('commands and values under an alias reach the driver of the UPS', async () => {
  const run = await serve();
  const client = await clientOf(run, 'admin', 'secret');
  expect(await client.ask('INSTCMD qnapups load.off')).toBe('OK');
  expect(await client.ask('SET VAR ups battery.charge.low 30')).toBe('OK');
  expect(run.acts).toEqual(['office load.off', 'office battery.charge.low 30']);
  expect(await client.ask('FSD qnapups')).toBe('OK FSD-SET');
  expect(await client.ask('GET VAR office ups.status')).toBe('VAR office ups.status "FSD OL"');
});

test('who logs in under an alias is told of the UPS, counted there and shown there', async () => {
  const run = await serve();
  const client = await clientOf(run, 'secondary', 'pw');
  expect(await client.ask('LOGIN qnapups')).toBe('OK');
  expect(await client.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 1');
  expect(run.logins).toEqual([{ ups: 'office', address: '127.0.0.1', how: 'in' }]);
  expect(run.server.clients()).toMatchObject([{ ups: 'office', username: 'secondary' }]);
  // Told of the forced shutdown by its own name: it is gone for good then, not lost.
  run.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
  expect(await client.ask('GET VAR qnapups ups.status')).toBe('VAR qnapups ups.status "FSD OL"');
  client.destroy();
  await expect.poll(() => run.logins.at(-1)).toEqual({ ups: 'office', address: '127.0.0.1', how: 'gone' });
});

test('who logged in under a name that is taken away, or is of another UPS now, is disconnected', async () => {
  const clock = createFakeClock();
  const run = await serve({ clock });
  const logIn = async (name: string): Promise<RawClient> => {
    const client = await clientOf(run, 'secondary', 'pw');
    expect(await client.ask(`LOGIN ${name}`)).toBe('OK');
    return client;
  };
  const [byName, byAlias, moved] = [await logIn('office'), await logIn('ups'), await logIn('qnapups')];
  const configure = (name: string, aliases: readonly string[]): void =>
    run.store.dispatch(name, {
      type: 'configured',
      config: { name, aliases, driver: 'nut-driver', port: '', options: {} },
      maxAgeSeconds: 1e6,
    });
  configure('office', []);
  configure('cellar', ['qnapups']);
  expect(await byAlias.ask('GET VAR ups ups.status')).toBe('ERR UNKNOWN-UPS');
  await clock.advance(2_000);
  await Promise.all([byAlias.closed(), moved.closed()]);
  expect(await byName.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 1');
});

test('a UPS of that name comes before an alias', async () => {
  const run = await serve({ ups: { office, ups: { variables: { 'ups.status': 'OB' } } } });
  const client = await run.open();
  expect(await client.ask('GET VAR ups ups.status')).toBe('VAR ups ups.status "OB"');
});
