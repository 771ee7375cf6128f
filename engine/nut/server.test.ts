/** What the recorded transcripts do not show: limits, clients that misbehave, addresses, rights that change. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import {
  type RawClient,
  startTestServer,
  TEST_USERS,
  type TestServer,
  type TestServerOptions,
} from '#tests/support/nut-server.ts';
import type { ClientGate } from './client-gate.ts';
import { MAX_REPLY_BYTES } from './protocol.ts';
import { createNutServer } from './server.ts';
import { DEFAULT_NUT_SERVER_CONFIG } from './server-config.ts';
import type { NutUser } from './users.ts';

const running: TestServer[] = [];
afterEach(async () => {
  for (const run of running.splice(0)) await run.stop();
});

const office = { variables: { 'ups.status': 'OL', 'battery.charge': '90' } };
async function serve(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
  const run = await startTestServer({ ups: { office }, ...options });
  running.push(run);
  return run;
}

async function loginAs(run: TestServer, username: string, password: string, ups = 'office'): Promise<RawClient> {
  const client = await run.open();
  expect(await client.ask(`USERNAME ${username}`)).toBe('OK');
  expect(await client.ask(`PASSWORD ${password}`)).toBe('OK');
  expect(await client.ask(`LOGIN ${ups}`)).toBe('OK');
  return client;
}

describe('replies', () => {
  test('a line that is too long for clients is cut and stays a line', async () => {
    const long = `${'x'.repeat(480)}${'#'.repeat(300)}`;
    const run = await serve({ ups: { office: { variables: { 'ups.id': long } } } });
    const client = await run.open();
    const reply = await client.ask('GET VAR office ups.id');
    expect(reply.length).toBeLessThan(MAX_REPLY_BYTES);
    expect(reply).toMatch(/^VAR office ups\.id "x{480}(\\#)+"$/);
    expect(await client.ask('NETVER')).toBe('1.3');
  });

  test('text that cannot travel is left out of values', async () => {
    const run = await serve({
      ups: { office: { variables: { 'ups.id': 'B\u00fcro\n"1"' }, description: '\u2603 x' } },
    });
    const client = await run.open();
    expect(await client.ask('GET VAR office ups.id')).toBe('VAR office ups.id "Bro\\"1\\""');
    expect(await client.ask('GET UPSDESC office')).toBe('UPSDESC office " x"');
  });

  test('a list follows the state from one moment to the next', async () => {
    const run = await serve();
    const client = await run.open();
    expect(await client.ask('LIST VAR office')).toContain('VAR office ups.status "OL"');
    run.store.dispatch('office', { type: 'update', set: { 'ups.status': 'OB' } });
    expect(await client.ask('LIST VAR office')).toContain('VAR office ups.status "OB"');
    run.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    expect(await client.ask('LIST VAR office')).toContain('VAR office ups.status "FSD OB"');
    expect(await client.ask('GET VAR office ups.status')).toBe('VAR office ups.status "FSD OB"');
    run.store.dispatch('office', { type: 'forced-shutdown', isSet: false });
    expect(await client.ask('GET VAR office ups.status')).toBe('VAR office ups.status "OB"');
  });

  test('types name every trait in the order of upsd', async () => {
    const traits = {
      a: { isWritable: true, kind: 'string', maxLength: 8, values: ['x', 'y z'] },
      b: {
        ranges: [
          { min: 1, max: 5 },
          { min: 10, max: 20 },
        ],
        kind: 'number',
        values: ['1'],
      },
      c: {},
    } as const;
    const run = await serve({ ups: { office: { variables: { a: 'x', b: '1', c: '' }, traits } } });
    const client = await run.open();
    expect(await client.ask('GET TYPE office a')).toBe('TYPE office a RW ENUM STRING:8');
    expect(await client.ask('GET TYPE office B')).toBe('TYPE office B ENUM RANGE NUMBER');
    expect(await client.ask('GET TYPE office c')).toBe('TYPE office c NUMBER');
    expect(await client.ask('LIST ENUM office a')).toBe(
      'BEGIN LIST ENUM office a\nENUM office a "x"\nENUM office a "y z"\nEND LIST ENUM office a',
    );
    expect(await client.ask('LIST RANGE office b')).toContain('RANGE office b "1" "5"\nRANGE office b "10" "20"');
  });

  test('names of the repeated original are described like their own', async () => {
    const client = await (await serve()).open();
    const own = await client.ask('GET DESC office battery.charge');
    expect(own).not.toContain('unavailable');
    expect(await client.ask('GET DESC office upstream.battery.charge')).toBe(
      own.replace('battery', 'upstream.battery'),
    );
  });
});

describe('setting and commands', () => {
  const traits = {
    text: { isWritable: true, kind: 'string', maxLength: 4 },
    limitless: { isWritable: true, kind: 'string' },
    choice: { isWritable: true, values: ['on', 'off'] },
    range: { isWritable: true, ranges: [{ min: 5, max: 10 }] },
    number: { isWritable: true, kind: 'number' },
  } as const;
  const variables = { text: 'a', limitless: 'a', choice: 'on', range: '6', number: '1', fixed: '1' };

  test.each([
    ['text abcd', 'OK'],
    ['text abcde', 'ERR TOO-LONG'],
    ['limitless a', 'ERR SET-FAILED'],
    ['choice off', 'OK'],
    ['choice OFF', 'ERR INVALID-VALUE'],
    ['range 10.9', 'OK'],
    ['range 11', 'ERR INVALID-VALUE'],
    ['range abc', 'ERR INVALID-VALUE'],
    ['number abc', 'OK'],
    ['fixed 2', 'ERR READONLY'],
    ['nope 2', 'ERR VAR-NOT-SUPPORTED'],
  ])('SET VAR office %s is answered with %s', async (what, reply) => {
    const run = await serve({ ups: { office: { variables, traits } } });
    const client = await run.open();
    await client.ask('USERNAME admin');
    await client.ask('PASSWORD secret');
    expect(await client.ask(`SET VAR office ${what}`)).toBe(reply);
    expect(run.acts).toEqual(reply === 'OK' ? [`office ${what}`] : []);
  });

  test('the parameter of a command counts only when it is the last word', async () => {
    const run = await serve({ ups: { office: { ...office, commands: ['load.off'] } } });
    const client = await run.open();
    await client.ask('USERNAME admin');
    await client.ask('PASSWORD secret');
    for (const words of ['office LOAD.off', 'office load.off 5', 'office load.off 5 6']) {
      expect(await client.ask(`INSTCMD ${words}`)).toBe('OK');
    }
    expect(run.acts).toEqual(['office load.off', 'office load.off 5', 'office load.off']);
  });

  test('a driver that breaks gives a failed result', async () => {
    const run = await serve({
      ups: { office: { ...office, commands: ['load.off'] } },
      outcome: () => Promise.reject(new Error('broken')),
    });
    const client = await run.open();
    for (const line of ['USERNAME admin', 'PASSWORD secret', 'SET TRACKING ON']) await client.ask(line);
    const id = (await client.ask('INSTCMD office load.off')).split(' ')[2];
    expect(await client.ask(`GET TRACKING ${id}`)).toBe('ERR FAILED');
  });

  test('rights that were taken away in the meantime count at the next command', async () => {
    const users: NutUser[] = [...TEST_USERS];
    const run = await serve({ users, ups: { office: { ...office, commands: ['load.off'] } } });
    const client = await run.open();
    await client.ask('USERNAME admin');
    await client.ask('PASSWORD secret');
    expect(await client.ask('INSTCMD office load.off')).toBe('OK');
    users.length = 0;
    expect(await client.ask('INSTCMD office load.off')).toBe('ERR ACCESS-DENIED');
  });
});

describe('logins', () => {
  test('a client that breaks off no longer counts', async () => {
    const run = await serve();
    const [first, second] = [await loginAs(run, 'primary', 'pw'), await loginAs(run, 'secondary', 'pw')];
    expect(await first.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 2');
    second.destroy();
    await expect.poll(() => first.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 1');
    expect(run.server.clients()).toEqual([
      expect.objectContaining({ address: '127.0.0.1', username: 'primary', ups: 'office', isEncrypted: false }),
    ]);
  });

  test('who says goodbye is gone, and so is who knew of the forced shutdown; a connection that breaks is broken', async () => {
    const run = await serve();
    const [polite, broken, reader, lister] = [
      await loginAs(run, 'secondary', 'pw'),
      await loginAs(run, 'secondary', 'pw'),
      await loginAs(run, 'secondary', 'pw'),
      await loginAs(run, 'secondary', 'pw'),
    ];
    const last = (): unknown => run.logins.at(-1);
    const left = (how: string) => ({ ups: 'office', address: '127.0.0.1', how });
    expect(run.logins).toEqual([left('in'), left('in'), left('in'), left('in')]);
    await polite.ask('LOGOUT');
    expect(last()).toEqual(left('gone'));
    await broken.ask('GET VAR office ups.status');
    run.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    broken.destroy();
    await expect.poll(last).toEqual(left('broken'));
    await reader.ask('GET VAR office battery.charge');
    await reader.ask('GET VAR OFFICE Ups.Status');
    reader.destroy();
    await expect.poll(last).toEqual(left('gone'));
    await lister.ask('LIST VAR office');
    lister.destroy();
    await expect.poll(() => run.logins.filter(({ how }) => how === 'gone')).toHaveLength(3);
  });

  test('whoever the gate does not admit is closed before a word, or later when it admits them no longer', async () => {
    const refused: string[] = [];
    let isOpen = false;
    const gate: ClientGate = {
      allow() {},
      admits: (address) => isOpen || address !== '127.0.0.1',
      refuse: (address) => void refused.push(address),
      refusals: () => [],
      refusedCount: 0,
    };
    const run = await serve({ gate });
    const early = await run.open();
    early.send('STARTTLS\nNETVER\n');
    expect(await early.closed()).toBe('');
    expect(refused).toEqual(['127.0.0.1']);
    expect(run.server.clientCount).toBe(0);

    isOpen = true;
    const client = await loginAs(run, 'secondary', 'pw');
    run.server.endRefused();
    expect(await client.ask('NETVER')).toBe('1.3');
    isOpen = false;
    run.server.endRefused();
    expect(await client.closed()).toBe('');
    // Nobody waits for it in a shutdown.
    expect(run.logins.at(-1)).toEqual({ ups: 'office', address: '127.0.0.1', how: 'gone' });
  });

  test('of whom nobody can tell where they came from, not a word is heard', async () => {
    const run = await serve();
    // What was said stays readable in a connection that was reset before it was accepted; its address is gone.
    const client = `const socket = require('node:net').connect(${run.port}, '127.0.0.1', () => {
      socket.write('USERNAME admin\\nPASSWORD secret\\nFSD office\\n', () => socket.resetAndDestroy());
    })`;
    expect(spawnSync(process.execPath, ['-e', client])).toMatchObject({ status: 0 });
    const next = await run.open();
    expect(await next.ask('GET VAR office ups.status')).toBe('VAR office ups.status "OL"');
    expect(run.logged).toEqual([]);
  });

  test('clients of a UPS that was removed are dropped, others stay', async () => {
    const clock = createFakeClock();
    const run = await serve({ clock, ups: { office, other: office } });
    const gone = await loginAs(run, 'primary', 'pw', 'other');
    const stays = await loginAs(run, 'primary', 'pw');
    run.store.remove('other');
    await clock.advance(2_000);
    await gone.closed();
    expect(await stays.ask('LIST CLIENT other')).toBe('ERR UNKNOWN-UPS');
    expect(await stays.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 1');
  });

  test('a forced shutdown asked for by a client reaches the state', async () => {
    const run = await serve();
    const client = await loginAs(run, 'primary', 'pw');
    expect(await client.ask('FSD OFFICE')).toBe('OK FSD-SET');
    expect(run.store.get('office')?.isForcedShutdown).toBe(true);
  });
});

describe('wrong passwords', () => {
  const refused = async (run: TestServer): Promise<RawClient> => {
    const client = await run.open();
    client.send('USERNAME primary\nPASSWORD bad\nLOGIN office\nNETVER\n');
    await client.lines(2);
    return client;
  };

  test('refusals come later and later, and right passwords at once', async () => {
    const clock = createFakeClock();
    const run = await serve({ clock });
    for (let guess = 0; guess < 5; guess++) {
      expect(await (await refused(run)).lines(2)).toEqual(['ERR ACCESS-DENIED', '1.3']);
    }
    const slow = await refused(run);
    await loginAs(run, 'primary', 'pw');
    let isAnswered = false;
    const answer = slow.lines(2).finally(() => (isAnswered = true));
    await clock.advance(249);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    expect(await answer).toEqual(['ERR ACCESS-DENIED', '1.3']);
  });

  test('a missing right is no guess and is never held back', async () => {
    const run = await serve({ clock: createFakeClock() });
    const client = await loginAs(run, 'secondary', 'pw');
    for (let count = 0; count < 20; count++) expect(await client.ask('FSD office')).toBe('ERR ACCESS-DENIED');
  });

  test('many guesses at a time are made to wait before they are looked at', async () => {
    const clock = createFakeClock();
    const run = await serve({ clock });
    const guesses: RawClient[] = [];
    for (let guess = 0; guess < 13; guess++) guesses.push(await refused(run));
    // Five were refused at once, eight are held back: even the right password has to wait now.
    const right = await run.open();
    right.send('USERNAME primary\nPASSWORD pw\nLOGIN office\n');
    expect(await right.lines(2)).toEqual(['OK', 'OK']);
    const answer = right.lines(1);
    await clock.advance(250);
    expect(await answer).toEqual(['OK']);
    expect(await guesses[5]!.lines(1)).toEqual(['ERR ACCESS-DENIED']);
  });
});

describe('clients that misbehave', () => {
  test('a client that completes no line for a minute is closed, one that asks stays', async () => {
    const clock = createFakeClock();
    const run = await serve({ clock });
    const [silent, dripping, asking] = [await run.open(), await run.open(), await run.open()];
    await expect.poll(() => run.server.clientCount).toBe(3);
    for (let second = 0; second < 64; second += 4) {
      dripping.send('G');
      expect(await asking.ask('NETVER')).toBe('1.3');
      await clock.advance(4_000);
    }
    await silent.closed();
    await dripping.closed();
    expect(await asking.ask('NETVER')).toBe('1.3');
    expect(run.server.clientCount).toBe(1);
  });

  test('a client that asks and never reads is not read from, and others are served', async () => {
    const run = await serve();
    const greedy = await run.open();
    greedy.socket.pause();
    const question = 'LIST VAR office\n'.repeat(4_096);
    for (let round = 0; round < 100; round++) greedy.send(question);
    const other = await run.open();
    for (let round = 0; round < 50; round++) {
      expect(await other.ask('GET VAR office ups.status')).toBe('VAR office ups.status "OL"');
    }
    // 40 MB of replies were asked for: the server has stopped reading long before.
    expect(greedy.socket.writableLength).toBeGreaterThan(question.length);
    greedy.socket.resume();
    expect((await greedy.lines(4))[1]).toBe('VAR office battery.charge "90"');
  });

  test('replies to a flood come complete and in order', async () => {
    const run = await serve();
    const client = await run.open();
    const rounds = 3_000;
    for (let round = 0; round < rounds; round++) client.send('LIST VAR office\nGET NUMLOGINS office\nfoo\n');
    const lines = await client.lines(rounds * 6);
    const one = [
      'BEGIN LIST VAR office',
      'VAR office battery.charge "90"',
      'VAR office ups.status "OL"',
      'END LIST VAR office',
    ];
    expect(lines).toEqual(
      Array.from({ length: rounds }, () => [...one, 'NUMLOGINS office 0', 'ERR UNKNOWN-COMMAND']).flat(),
    );
  });

  test('a client that stops sending still gets its answers', async () => {
    const client = await (await serve()).open();
    client.socket.end('NETVER\nGET VAR office ups.status\n');
    expect(await client.closed()).toBe('1.3\nVAR office ups.status "OL"\n');
  });

  test('at the limit the client silent for longest makes room, but nobody who is logged in', async () => {
    const clock = createFakeClock();
    const run = await serve({ clock, config: { maxConn: 2 } });
    const monitor = await loginAs(run, 'primary', 'pw');
    await clock.advance(1_000);
    const idle = await run.open();
    expect(await idle.ask('NETVER')).toBe('1.3');
    const next = await loginAs(run, 'secondary', 'pw');
    await idle.closed();
    const refused = await run.open();
    await refused.closed();
    expect(await monitor.ask('GET NUMLOGINS office')).toBe('NUMLOGINS office 2');
    expect(await next.ask('NETVER')).toBe('1.3');
  });
});

describe('addresses', () => {
  const make = (config: Partial<typeof DEFAULT_NUT_SERVER_CONFIG>, run: TestServer) =>
    createNutServer({
      store: run.store,
      control: { runCommand: () => Promise.resolve('failed'), setVariable: () => Promise.resolve('failed') },
      clock: createFakeClock(),
      log: { debug() {}, info() {}, warn() {}, error() {}, child: () => ({}) as never },
      users: () => [],
      config: { ...DEFAULT_NUT_SERVER_CONFIG, ...config },
    });

  test('a port in use is an error that names it, and nothing stays open', async () => {
    const run = await serve();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    free.close();
    await once(free, 'close');
    const listen = [
      { host: '127.0.0.1', port },
      { host: '127.0.0.1', port: run.port },
    ];
    await expect(make({ listen }, run).start()).rejects.toMatchObject({
      code: 'nut/port-in-use',
      details: { address: `127.0.0.1:${run.port}` },
    });
    const again = createServer().listen(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  test('with ALLOW_NOT_ALL_LISTENERS one good address is enough, and none is not', async () => {
    const run = await serve();
    const taken = { host: '127.0.0.1', port: run.port };
    const server = make({ listen: [taken, { host: '127.0.0.1', port: 0 }], allowNotAllListeners: true }, run);
    expect(await server.start()).toHaveLength(1);
    await server.stop();
    await expect(make({ listen: [taken], allowNotAllListeners: true }, run).start()).rejects.toMatchObject({
      code: 'nut/port-in-use',
    });
  });

  test('what an address for all stands for already is not opened again', async () => {
    const run = await serve();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    const listen = ['0.0.0.0', '127.0.0.1', '::0', '::1', '::'].map((host) => ({ host, port }));
    const server = make({ listen, allowNotAllListeners: true }, run);
    const hosts = (await server.start()).map(({ host }) => host);
    await server.stop();
    expect(hosts.filter((host) => host !== '::')).toEqual(['0.0.0.0']);
    expect(hosts.length).toBeLessThanOrEqual(2);
  });

  test('with ALLOW_NOT_ALL_LISTENERS a name that nobody knows is passed over', async () => {
    const run = await serve();
    const unknown = { host: 'no-such-host.invalid', port: 0 };
    const listen = [unknown, { host: '127.0.0.1', port: 0 }];
    await expect(make({ listen }, run).start()).rejects.toMatchObject({ code: 'nut/cannot-listen' });
    const server = make({ listen, allowNotAllListeners: true }, run);
    expect(await server.start()).toMatchObject([{ host: '127.0.0.1' }]);
    await server.stop();
  });

  test('a name is bound, and an address that is not ours is refused with a reason', async () => {
    const run = await serve();
    const named = make({ listen: [{ host: 'localhost', port: 0 }] }, run);
    expect((await named.start()).length).toBeGreaterThan(0);
    await named.stop();
    await expect(make({ listen: [{ host: '192.0.2.1', port: 0 }] }, run).start()).rejects.toMatchObject({
      code: 'nut/cannot-listen',
    });
  });

  test('a star stands for every address', async () => {
    const run = await serve();
    const server = make({ listen: [{ host: '*', port: 0 }] }, run);
    const hosts = (await server.start()).map(({ host }) => host);
    expect(hosts).toContain('0.0.0.0');
    await server.stop();
  });
});
