import { randomBytes } from 'node:crypto';
import { on, once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { AccessLevel } from '#domain/contract.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { startTestEngine, type TestEngine } from '#tests/support/test-engine.ts';
import { createSessions, hashPassword } from './sessions.ts';
import type { StaticFile } from './static-files.ts';
import { createWebHost, type WebHost, type WebHostConfig } from './web-host.ts';

const sessions = createSessions(randomBytes(32));
let host: WebHost | undefined;
let running: TestEngine | undefined;

afterEach(async () => {
  await host?.stop();
  await running?.stop();
  host = running = undefined;
});

async function started(config: Partial<WebHostConfig> = {}) {
  running = await startTestEngine('office');
  const page: StaticFile = {
    type: 'text/html',
    body: Buffer.from('page'),
    gzipped: undefined,
    etag: '"1"',
    isImmutable: false,
  };
  host = createWebHost({
    config: {
      host: '127.0.0.1',
      port: 0,
      token: 'secret-token',
      passwords: {},
      tls: undefined,
      allowPlainHttp: false,
      hostNames: [],
      ...config,
    },
    api: running.api,
    sessions,
    files: () => Promise.resolve(new Map([['/index.html', page]])),
    clock: systemClock,
    log: running.log,
    metrics: () => 'metric 1\n',
    health: () => ({ status: 200, body: { status: 'ok', version: '1.2.3' } }),
  });
  const link = new URL(await host.start());
  return { ...running, origin: link.origin, port: Number(link.port), link };
}

const cookieFor = (port: number, access: AccessLevel): string =>
  `ridethrough-${port}=${sessions.issue(access, Date.now())}`;
const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' });

/** fetch() sets Host itself; a rebinding browser sends another one. */
function statusWithHost(port: number, hostHeader: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/healthz', headers: { host: hostHeader } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

/** What comes back for bytes as they are. */
async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(bytes);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return first.toString('latin1');
}

// Each guess takes a good part of a second by intention, and a busy computer makes that longer.
vi.setConfig({ testTimeout: 60_000 });

describe('who gets in', () => {
  test('the link lets in once, with a cookie that scripts cannot read and other sites cannot send', async () => {
    const { link, origin } = await started();
    const response = await get(link.href);
    expect(response.status).toBe(303);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const page = await get(`${origin}/`, { cookie: cookie.split(';')[0] ?? '' });
    expect(await page.text()).toBe('page');
  });

  test('two programs on one computer do not take each other’s cookies away', async () => {
    const { link, port } = await started();
    expect((await get(link.href)).headers.get('set-cookie')).toMatch(`ridethrough-${port}=`);
    const tunnelled = new Promise<string[] | undefined>((resolve) =>
      request(link, { headers: { host: 'localhost:9000' } }, (response) => {
        resolve(response.resume().headers['set-cookie']);
      }).end(),
    );
    expect((await tunnelled)?.[0]).toMatch('ridethrough-9000=');
  });

  test('without a session there is a log-in page and nothing else', async () => {
    const { origin } = await started();
    expect((await get(`${origin}/`)).status).toBe(401);
    expect((await get(`${origin}/assets/x.js`)).status).toBe(401);
    expect((await get(`${origin}/?token=wrong`)).status).toBe(403);
  });

  test('every answer forbids inline code, foreign sources and frames', async () => {
    const { origin } = await started();
    const policy = (await get(`${origin}/`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test('a name that is not ours is refused: DNS rebinding', async () => {
    const { port } = await started();
    expect(await statusWithHost(port, `127.0.0.1:${port}`)).toBe(200);
    expect(await statusWithHost(port, 'evil.example')).toBe(403);
  });

  test('passwords: the control password gives every right, the other one only looking', async () => {
    const { origin } = await started({
      passwords: { control: await hashPassword('c'), read: await hashPassword('r') },
    });
    const login = (password: string) =>
      fetch(`${origin}/login`, { method: 'POST', body: new URLSearchParams({ password }), redirect: 'manual' });
    for (const [password, access] of [
      ['c', 'admin'],
      ['r', 'read'],
    ] as const) {
      const cookie = (await login(password)).headers.get('set-cookie') ?? '';
      expect(sessions.read(/ridethrough-\d+=([^;]+)/.exec(cookie)?.[1] ?? '', Date.now())).toBe(access);
    }
    expect((await login('x')).status).toBe(403);
  });

  test('guessing is slowed down after a few tries', async () => {
    const { origin } = await started({ passwords: { control: await hashPassword('c') } });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const response = await fetch(`${origin}/login`, { method: 'POST', body: 'password=x', redirect: 'manual' });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
  });

  test('guesses that come all at once get no more tries than one after the other', async () => {
    const { origin } = await started({ passwords: { control: await hashPassword('c') } });
    const guess = () => fetch(`${origin}/login`, { method: 'POST', body: 'password=x', redirect: 'manual' });
    const statuses = (await Promise.all(Array.from({ length: 12 }, guess))).map((response) => response.status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  test('wrong links do not lock out whoever has the right one', async () => {
    const { link, origin } = await started();
    for (let i = 0; i < 10; i += 1) expect((await get(`${origin}/?token=wrong`)).status).toBe(403);
    expect((await get(link.href)).status).toBe(303);
  });

  test('a form that is too long is refused with an answer', async () => {
    const { origin } = await started({ passwords: { control: await hashPassword('c') } });
    const response = await fetch(`${origin}/login`, { method: 'POST', body: `password=${'x'.repeat(200_000)}` });
    expect(response.status).toBe(413);
  });

  test('a request line that is no address is refused and harms nobody, also when it asks for a WebSocket', async () => {
    const { port, log } = await started();
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
    for (const [headers, status] of [
      [host, '400'],
      [host + upgrade, '404'],
    ] as const) {
      for (const target of ['//', 'http://', '//[?token=secret-token']) {
        expect(await rawAnswer(port, `GET ${target} HTTP/1.1\r\n${headers}\r\n`)).toMatch(`HTTP/1.1 ${status}`);
      }
    }
    expect(await statusWithHost(port, 'localhost')).toBe(200);
    expect(JSON.stringify(log)).not.toContain('secret-token');
  });

  test('another address than loopback needs a password, and TLS or a word that it is wanted without', async () => {
    await expect(started({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'web/password-needed' });
    const passwords = { control: await hashPassword('c') };
    await expect(started({ host: '0.0.0.0', passwords })).rejects.toMatchObject({ code: 'web/tls-needed' });
    await expect(started({ host: '0.0.0.0', passwords, allowPlainHttp: true })).resolves.toBeDefined();
  });
});

describe('health and metrics', () => {
  test('are open on loopback', async () => {
    const { origin } = await started();
    expect(await (await get(`${origin}/healthz`)).json()).toEqual({ status: 'ok', version: '1.2.3' });
    expect(await (await get(`${origin}/metrics`)).text()).toBe('metric 1\n');
  });
  test('metrics and what is watched need a password elsewhere', async () => {
    const { port, log } = await started({
      host: '0.0.0.0',
      allowPlainHttp: true,
      passwords: { control: await hashPassword('c'), read: await hashPassword('r') },
    });
    const url = `http://127.0.0.1:${port}/metrics`;
    expect((await get(url)).status).toBe(401);
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`u:${password}`).toString('base64')}` });
    expect((await get(url, basic('x'))).status).toBe(401);
    expect((await get(url, basic('r'))).status).toBe(200);
    expect((await get(url, { authorization: 'Bearer secret-token' })).status).toBe(200);
    const health = async (headers = {}) => (await get(`http://127.0.0.1:${port}/healthz`, headers)).json();
    expect(await health()).toEqual({ status: 'ok' });
    expect(await health({ cookie: cookieFor(port, 'read') })).toEqual({ status: 'ok', version: '1.2.3' });
    expect(log.lines.filter(({ message }) => message.startsWith('Wrong password'))).toHaveLength(1);
    for (let i = 0; i < 4; i += 1) await get(url, basic('x'));
    const late = await get(url, basic('r'));
    expect(late.status).toBe(429);
    expect(late.headers.get('retry-after')).toMatch(/^[12]$/);
  });
});

describe('the contract over WebSocket', () => {
  const open = (port: number, headers: Record<string, string>): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers });
      socket.once('open', () => resolve(socket));
      socket.once('error', reject);
    });
  /** Messages one after the other, none lost between two calls. */
  const reader = (socket: WebSocket) => {
    const messages = on(socket, 'message') as AsyncIterableIterator<[Buffer]>;
    return async (): Promise<Record<string, unknown>> => {
      const { value } = (await messages.next()) as { value: [Buffer] };
      return JSON.parse(value[0].toString()) as Record<string, unknown>;
    };
  };

  test('is refused without a session and from foreign pages', async () => {
    const { port } = await started();
    await expect(open(port, {})).rejects.toThrow('401');
    await expect(open(port, { cookie: cookieFor(port, 'admin'), origin: 'https://evil.example' })).rejects.toThrow(
      '401',
    );
  });

  test('answers requests with the right of the session, and tells events', async () => {
    const { port, drivers } = await started();
    const socket = await open(port, { cookie: cookieFor(port, 'read') });
    const next = reader(socket);
    socket.send(JSON.stringify({ id: 7, name: 'engine.hello', params: {} }));
    expect(await next()).toMatchObject({ id: 7, ok: true, value: { access: 'read' } });
    socket.send(JSON.stringify({ id: 8, name: 'ups.runCommand', params: { ups: 'office', command: 'load.off' } }));
    expect(await next()).toMatchObject({ id: 8, ok: false, error: { code: 'api/forbidden' } });
    drivers.get('office')!.say({ type: 'update', set: { 'ups.status': 'OB' } });
    const told = [await next(), await next()];
    expect(told.map((event) => event.event).sort()).toEqual(['incident', 'ups.changed']);
    socket.close();
  });

  test('whoever is refused cannot hold the connection', async () => {
    const { port } = await started();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      `GET /socket HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch('HTTP/1.1 401');
    // Nobody is there any more for what is said now.
    const broken = new Promise<string | undefined>((resolve) =>
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    const talking = setInterval(() => socket.write('x'), 20);
    expect(await broken).toMatch(/ECONNRESET|EPIPE/);
    clearInterval(talking);
    socket.destroy();
  });

  test('a page that never reads is dropped before it fills the memory', async () => {
    const { port, drivers, log } = await started();
    const socket = await open(port, { cookie: cookieFor(port, 'admin') });
    socket.on('error', () => undefined);
    socket.pause();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 2000 && host?.clientCount === 1; i += 1) {
      drivers.get('office')!.say({ type: 'update', set: { 'ups.model': `${i} ${'x'.repeat(100_000)}` } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(host?.clientCount).toBe(0);
    expect(log.lines.at(-1)?.message).toContain('does not read');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    socket.terminate();
  });

  test('a page that no longer answers does not hold up the end', async () => {
    const { port } = await started();
    const socket = await open(port, { cookie: cookieFor(port, 'admin') });
    socket.pause();
    await host?.stop();
    expect(host?.clientCount).toBe(0);
    socket.terminate();
  });

  test('a page that asks more than it lets be answered is dropped', async () => {
    const { port } = await started();
    const socket = await open(port, { cookie: cookieFor(port, 'admin') });
    const closed = once(socket, 'close');
    for (let id = 0; id < 200; id += 1) socket.send(JSON.stringify({ id, name: 'device.scan', params: {} }));
    expect((await closed)[0]).toBe(1008);
  });

  test('closes on what is not a request', async () => {
    const { port } = await started();
    for (const text of ['garbage', '[]', '{"id":"x"}', 'null']) {
      const socket = await open(port, { cookie: cookieFor(port, 'admin') });
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      socket.send(text);
      expect(await closed).toBe(1008);
    }
  });
});
