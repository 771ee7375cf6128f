import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import {
  openRawClient,
  rawClientOn,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '#tests/support/nut-server.ts';
import { connectNutClient, type NutClient, type NutClientOptions } from './client.ts';
import { keepConnected } from './reconnecting-client.ts';
import { fingerprintOf } from '#engine/own-certificate.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const office = { variables: { 'ups.status': 'OL', 'ups.id': 'say "hi" \\ #1' }, description: 'The "big" one' };
async function serve(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
  const run = await startTestServer({ ups: { office, away: { variables: {}, isConnected: false } }, ...options });
  open.push({ close: () => run.stop() });
  return run;
}
async function connect(port: number, options: Partial<NutClientOptions> = {}): Promise<NutClient> {
  const client = await connectNutClient({ host: '127.0.0.1', port, clock: systemClock, ...options });
  // Not waited for: a fake clock does not move any more.
  open.push({ close: () => void client.close() });
  return client;
}

/** A server that says what it is told to. */
async function fakeServer(answer: (line: string, socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trimEnd().split('\n')) answer(line, socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return (server.address() as { port: number }).port;
}

describe('a client in clear text', () => {
  test('reads values, lists and refusals', async () => {
    const client = await connect((await serve()).port);
    expect(await client.get('VAR', 'office', 'ups.id')).toEqual({ ok: true, value: 'say "hi" \\ #1' });
    expect(await client.get('UPSDESC', 'OFFICE')).toEqual({ ok: true, value: 'The "big" one' });
    expect(await client.list('UPS')).toEqual({
      ok: true,
      value: [
        ['office', 'The "big" one'],
        ['away', 'Description unavailable'],
      ],
    });
    expect(await client.listVariables('office')).toEqual({
      ok: true,
      value: new Map([
        ['ups.id', 'say "hi" \\ #1'],
        ['ups.status', 'OL'],
      ]),
    });
    expect(await client.listVariables('away')).toEqual({ ok: false, error: 'DRIVER-NOT-CONNECTED' });
    expect(await client.get('VAR', 'nosuch', 'ups.id')).toEqual({ ok: false, error: 'UNKNOWN-UPS' });
    expect(await client.command(['NETVER'])).toEqual({ ok: true, words: ['1.3'], rows: [] });
  });

  test('gives every one of many commands under way its own reply', async () => {
    const client = await connect((await serve()).port);
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 2 === 0 ? client.get('VAR', 'office', 'ups.status') : client.listVariables('away'),
      ),
    );
    expect(replies.every((reply, index) => reply.ok === (index % 2 === 0))).toBe(true);
  });

  test('logs in with words that need quotes', async () => {
    const run = await serve({
      users: [{ name: 'a b', password: 'p"w\\#', actions: new Set(['LOGIN']), commands: new Set() }],
    });
    const client = await connect(run.port);
    expect(await client.authenticate('a b', 'p"w\\#')).toMatchObject({ ok: true });
    expect(await client.login('office')).toMatchObject({ ok: true });
    expect(run.server.clients()).toMatchObject([{ username: 'a b', ups: 'office' }]);
    await client.close();
    await expect.poll(() => run.server.clientCount).toBe(0);
  });

  test('is told when the server goes away, and so is every command under way', async () => {
    const run = await serve();
    const client = await connect(run.port);
    await client.command(['NETVER']);
    const closed = new Promise((resolve) => client.onClosed(resolve));
    const reply = client.command(['NETVER']);
    await Promise.all([run.server.stop(), expect(reply).rejects.toMatchObject({ code: 'nut/connection-lost' })]);
    expect(await closed).toMatchObject({ code: 'nut/connection-lost' });
    await expect(client.command(['NETVER'])).rejects.toMatchObject({ code: 'nut/connection-lost' });
  });

  test('a server that is not there is an error with its address', async () => {
    const run = await serve();
    await run.stop();
    await expect(connect(run.port)).rejects.toMatchObject({
      code: 'nut/cannot-connect',
      details: { address: `127.0.0.1:${run.port}` },
    });
  });

  test('a server that does not answer is left after the timeout', async () => {
    const clock = createFakeClock();
    const client = await connect(await fakeServer(() => undefined), { clock, timeoutMs: 3_000 });
    const reply = client.command(['NETVER']);
    const outcome = expect(reply).rejects.toMatchObject({ code: 'nut/timeout', details: { seconds: 3 } });
    await clock.advance(3_000);
    await outcome;
  });

  test('a slow list that keeps coming is no timeout', async () => {
    const clock = createFakeClock();
    let server: Socket | undefined;
    const port = await fakeServer((_, socket) => (server = socket));
    const client = await connect(port, { clock, timeoutMs: 3_000 });
    const reply = client.list('UPS');
    await expect.poll(() => server).toBeDefined();
    for (const line of ['BEGIN LIST UPS', 'UPS a "x"', 'UPS b "y"', 'END LIST UPS']) {
      await clock.advance(2_000);
      server!.write(`${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await reply).toMatchObject({ ok: true });
  });

  test.each([
    ['nothing that was asked for', 'VAR other ups.status "OL"\n'],
    ['no value', 'VAR office ups.status\n'],
    ['an empty line', '\n'],
    ['a broken line', '"a # b"\n'],
  ])('a server that answers with %s is no NUT server', async (_, answer) => {
    const client = await connect(await fakeServer((_line, socket) => socket.write(answer)));
    await expect(client.get('VAR', 'office', 'ups.status')).rejects.toMatchObject({ code: 'nut/bad-reply' });
    await expect(client.command(['VER'])).rejects.toMatchObject({ code: 'nut/bad-reply' });
  });

  test('a list without end is not read to the end', async () => {
    const endless = await fakeServer((_, socket) => {
      socket.write('BEGIN LIST VAR x\n');
      const more = (): void => {
        if (!socket.destroyed) socket.write('VAR x y "z"\n'.repeat(5_000), more);
      };
      more();
    });
    const client = await connect(endless);
    await expect(client.listVariables('x')).rejects.toMatchObject({ code: 'nut/bad-reply' });
  });

  test('what the server says unasked ends the connection', async () => {
    const client = await connect(await fakeServer((_, socket) => socket.write('OK\nOK\n')));
    const closed = new Promise((resolve) => client.onClosed(resolve));
    expect(await client.command(['USERNAME', 'x'])).toMatchObject({ ok: true });
    expect(await closed).toMatchObject({ code: 'nut/bad-reply' });
  });
});

describe('encryption', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nut-tls-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tls = { clientCertificates: 'no', disableWeakSsl: true } as const;
  const serveTls = (): Promise<TestServer> =>
    serve({ config: { tls: { ...tls, ownCertificateFile: join(folder, 'nut.pem') } } });

  test('the server makes a certificate of its own before anyone asks, and keeps it', async () => {
    const run = await serveTls();
    await vi.waitFor(() => stat(join(folder, 'nut.pem')), 10_000);
    const client = await connect(run.port, { tls: 'require' });
    const pem = await readFile(join(folder, 'nut.pem'), 'utf8');
    expect(client.isEncrypted).toBe(true);
    expect(client.fingerprint).toBe(fingerprintOf(pem));
    expect((await stat(join(folder, 'nut.pem'))).mode & 0o077).toBe(0);
    expect(await client.get('VAR', 'office', 'ups.status')).toEqual({ ok: true, value: 'OL' });
    await client.authenticate('primary', 'pw');
    await client.login('office');
    expect(run.server.clients()).toMatchObject([{ ups: 'office', isEncrypted: true }]);
    await client.close();
    await expect.poll(() => run.server.clientCount).toBe(0);

    const again = await serveTls();
    expect((await connect(again.port, { tls: 'require' })).fingerprint).toBe(fingerprintOf(pem));
  });

  test('a damaged certificate of its own is made anew', async () => {
    await writeFile(join(folder, 'nut.pem'), 'nonsense');
    const run = await serveTls();
    expect((await connect(run.port, { tls: 'require' })).isEncrypted).toBe(true);
  });

  test('a pinned certificate is accepted in any writing, another is refused', async () => {
    const run = await serveTls();
    const { fingerprint } = await connect(run.port, { tls: 'require' });
    const pinned = fingerprint!.replaceAll(':', '').toLowerCase();
    expect((await connect(run.port, { tls: 'require', pinnedFingerprint: pinned })).isEncrypted).toBe(true);
    await expect(connect(run.port, { tls: 'require', pinnedFingerprint: '00:11' })).rejects.toMatchObject({
      code: 'nut/certificate-changed',
      details: { fingerprint },
    });
  });

  test('a certificate is checked against an authority and its name', async () => {
    const run = await serveTls();
    await connect(run.port, { tls: 'require' });
    const ca = await readFile(join(folder, 'nut.pem'), 'utf8');
    expect((await connect(run.port, { tls: 'require', ca })).isEncrypted).toBe(true);
    expect((await connect(run.port, { tls: 'require', ca, host: 'localhost' })).isEncrypted).toBe(true);
    await expect(connect(run.port, { tls: 'require', verify: true })).rejects.toMatchObject({ code: 'nut/tls-failed' });
  });

  test('a certificate may be for another name than the host, when that name is known', async () => {
    const run = await serveTls();
    await connect(run.port, { tls: 'require' });
    const ca = await readFile(join(folder, 'nut.pem'), 'utf8');
    const named = (certificateName: string): Promise<NutClient> =>
      connect(run.port, { tls: 'require', ca, certificateName });
    expect((await named('localhost')).isEncrypted).toBe(true);
    await expect(named('ups.example')).rejects.toMatchObject({ code: 'nut/tls-failed' });
  });

  test('a server that asks for a certificate is shown one, and turns others away', async () => {
    const made = await generate([{ name: 'commonName', value: 'secondary' }], {
      extensions: [{ name: 'extKeyUsage', clientAuth: true }],
    });
    const password = 'opens the key';
    const key = createPrivateKey(made.private).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: password,
    });
    const authorities = join(folder, 'clients.pem');
    await writeFile(authorities, made.cert);
    const run = await serve({
      config: {
        tls: { ...tls, clientCertificates: 'require', ownCertificateFile: join(folder, 'nut.pem'), authorities },
      },
    });
    const identity = { pem: `${made.cert}\n${key.toString()}`, password };
    const client = await connect(run.port, { tls: 'require', identity });
    expect(await client.get('VAR', 'office', 'ups.status')).toEqual({ ok: true, value: 'OL' });
    await expect(connect(run.port, { tls: 'require' })).rejects.toMatchObject({ name: 'NutError' });
    await expect(
      connect(run.port, { tls: 'require', identity: { ...identity, password: 'wrong' } }),
    ).rejects.toMatchObject({
      code: 'nut/tls-failed',
    });
  });

  test('a server without TLS is used in clear text only where that is allowed', async () => {
    const run = await serve();
    expect((await connect(run.port, { tls: 'try' })).isEncrypted).toBe(false);
    await expect(connect(run.port, { tls: 'require' })).rejects.toMatchObject({
      code: 'nut/tls-not-offered',
      details: { reason: 'FEATURE-NOT-CONFIGURED' },
    });
  });

  test('a server that breaks the handshake off is an error', async () => {
    const port = await fakeServer((line, socket) => {
      if (line === 'STARTTLS') socket.write('OK STARTTLS\n');
      else socket.destroy();
    });
    await expect(connect(port, { tls: 'require' })).rejects.toMatchObject({ code: 'nut/tls-failed' });
  });

  test('asking twice is refused, and a client that breaks the handshake off is gone', async () => {
    const run = await serveTls();
    const client = await connect(run.port, { tls: 'require' });
    expect(await client.command(['STARTTLS'])).toEqual({ ok: false, error: 'ALREADY-SSL-MODE' });
    const raw = await openRawClient(run.port);
    expect(await raw.ask('STARTTLS')).toBe('OK STARTTLS');
    raw.send('GET VAR office ups.status\nthis is no handshake\n');
    await raw.closed();
    const vanishing = await openRawClient(run.port);
    expect(await vanishing.ask('STARTTLS')).toBe('OK STARTTLS');
    vanishing.destroy();
    await expect.poll(() => run.server.clientCount).toBe(1);
  });

  test('what was sent in clear text behind STARTTLS is never taken as sent inside', async () => {
    const run = await serveTls();
    const raw = await openRawClient(run.port);
    raw.send('USERNAME primary\nPASSWORD pw\nSTARTTLS\nLOGIN office\n');
    expect(await raw.closed()).toBe('');
    await expect.poll(() => run.server.clientCount).toBe(0);
  });

  test('commands go on in a session of many packets', async () => {
    const run = await serveTls();
    const raw = await openRawClient(run.port);
    expect(await raw.ask('STARTTLS')).toBe('OK STARTTLS');
    raw.socket.removeAllListeners();
    raw.socket.on('error', () => undefined);
    const socket = connectTls({ socket: raw.socket, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const inside = rawClientOn(socket);
    inside.send('LIST VAR office\n'.repeat(5_000));
    const lines = await inside.lines(20_000);
    expect(new Set(lines).size).toBe(4);
    inside.destroy();
  });

  test('a configured certificate that cannot be used stops the server', async () => {
    const file = join(folder, 'broken.pem');
    await expect(serve({ config: { tls: { ...tls, certFile: file } } })).rejects.toMatchObject({
      code: 'nut/certificate-unusable',
      details: { file },
    });
    await writeFile(file, 'nonsense');
    await expect(serve({ config: { tls: { ...tls, certFile: file } } })).rejects.toMatchObject({
      code: 'nut/certificate-unusable',
    });
    // With a good certificate, or one of our own, the authorities are looked at as well.
    await expect(serve({ config: { tls: { ...tls, authorities: file } } })).rejects.toMatchObject({
      code: 'nut/authorities-unusable',
      details: { file },
    });
  });

  test('where client certificates are demanded, a client without one is turned away', async () => {
    const run = await serveTls();
    await connect(run.port, { tls: 'require' });
    const certFile = join(folder, 'nut.pem');
    const strict = await serve({
      config: { tls: { ...tls, certFile, authorities: certFile, clientCertificates: 'require' } },
    });
    await expect(connect(strict.port, { tls: 'require' })).rejects.toThrow();
    await expect.poll(() => strict.server.clientCount).toBe(0);
  });
});

describe('a connection that is kept', () => {
  test('comes back after the server did, with growing pauses, and stops when told', async () => {
    const clock = createFakeClock();
    const run = await serve();
    const failures: unknown[] = [];
    const sessions: NutClient[] = [];
    let isServerThere = true;
    const kept = keepConnected({
      clock,
      connect: () => connect(isServerThere ? run.port : 1),
      session: async (client, signal) => {
        sessions.push(client);
        await clock.sleep(1e9, signal);
      },
      onFailure: (error) => failures.push(error),
    });
    await expect.poll(() => sessions.length).toBe(1);
    isServerThere = false;
    for (const { address } of run.server.clients()) expect(address).toBe('127.0.0.1');
    await sessions[0]!.close();
    await expect.poll(() => failures.length).toBe(1);
    await clock.advance(1_000);
    await expect.poll(() => failures.length).toBe(2);
    await clock.advance(1_999);
    expect(failures.length).toBe(2);
    isServerThere = true;
    await clock.advance(1);
    await expect.poll(() => sessions.length).toBe(2);
    expect(failures).toMatchObject([{ code: 'nut/connection-lost' }, { code: 'nut/cannot-connect' }]);
    await kept.stop();
    await expect.poll(() => run.server.clientCount).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('stops at once while it is still connecting', async () => {
    const late = Promise.withResolvers<NutClient>();
    const kept = keepConnected({
      clock: createFakeClock(),
      connect: () => late.promise,
      session: () => Promise.reject(new Error('never')),
      onFailure: () => undefined,
    });
    await kept.stop();
    const run = await serve();
    const client = await connect(run.port);
    late.resolve(client);
    await new Promise((resolve) => client.onClosed(resolve));
  });
});
