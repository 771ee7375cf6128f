import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { changeSettings, type SettingChange } from '#engine/settings/change-settings.ts';
import { updateSettings } from '#engine/settings/settings-store.ts';
import { startTestEngine, type TestEngine } from '#tests/support/test-engine.ts';
import { createLiveWebHost } from './live-web-host.ts';
import { changePasswords } from './secrets.ts';
import type { WebHost } from './web-host.ts';

let folder: string;
let running: TestEngine;
let host: WebHost | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-web-'));
  running = await startTestEngine('office');
});
afterEach(async () => {
  await host?.stop();
  await running.stop();
  host = undefined;
  await rm(folder, { recursive: true });
});

const set = async (...changes: SettingChange[]) => updateSettings(folder, (before) => changeSettings(before, changes));

async function start(address = '127.0.0.1'): Promise<URL> {
  const page = { type: 'text/html', body: Buffer.from('page'), gzipped: undefined, etag: '"1"', isImmutable: false };
  host = createLiveWebHost({
    dataDir: folder,
    host: address,
    port: 0,
    api: running.api,
    files: () => Promise.resolve(new Map([['/index.html', page]])),
    // Time passes when a test says so; the certificate has to be good for the clock of this computer.
    clock: { ...running.clock, now: () => systemClock.now() },
    log: running.log,
    metrics: () => '',
    health: () => ({ status: 200, body: {} }),
  });
  return new URL(await host.start());
}

/** Lets the host look at its files, until it has told what it made of them. Slowly: real files have a limit of its clock. */
async function untilTold(text: string): Promise<void> {
  while (!running.log.lines.some(({ message }) => message.includes(text))) {
    await running.clock.advance(50);
    await delay(20);
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly isTrusted: boolean;
}

/** Over TLS the server has to prove itself with the certificate that is kept in the data folder. */
async function ask(url: URL, options: { method?: string; headers?: object; body?: string; servername?: string } = {}) {
  const ca = url.protocol === 'https:' ? await readFile(join(folder, 'web-server.pem')) : undefined;
  return new Promise<Answer>((resolve, reject) => {
    const { method = 'GET', headers = {}, servername } = options;
    const common = { method, headers: { ...headers }, agent: false };
    const answered = (response: IncomingMessage): void => {
      const isTrusted = (response.socket as Partial<TLSSocket>).authorized === true;
      response
        .resume()
        .once('end', () => resolve({ status: response.statusCode, headers: response.headers, isTrusted }));
    };
    const sent =
      ca === undefined
        ? httpRequest(url, common, answered)
        : httpsRequest(url, { ...common, ca, ...(servername === undefined ? {} : { servername }) }, answered);
    sent.on('error', reject).end(options.body);
  });
}

const logIn = (origin: string, password: string) =>
  ask(new URL('/login', origin), { method: 'POST', body: new URLSearchParams({ password }).toString() });
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe('the settings at the start', () => {
  test('without any the link lets in over plain HTTP', async () => {
    const link = await start();
    expect(link.protocol).toBe('http:');
    expect((await ask(link)).status).toBe(303);
  });

  test('own certificate: made at first use, kept for its owner, good for the names of this host', async () => {
    await set(['web.tls', 'own'], ['web.hostNames', 'ups.example,192.0.2.7']);
    const link = await start();
    expect(link.protocol).toBe('https:');
    const entered = await ask(link);
    expect(entered).toMatchObject({ status: 303, isTrusted: true });
    expect(entered.headers['set-cookie']?.[0]).toContain('; Secure');
    const byName = await ask(link, { servername: 'ups.example', headers: { host: `ups.example:${link.port}` } });
    expect(byName).toMatchObject({ status: 303, isTrusted: true });
    const other = await ask(link, { servername: 'localhost', headers: { host: `evil.example:${link.port}` } });
    expect(other.status).toBe(403);
    if (process.platform !== 'win32') expect((await stat(join(folder, 'web-server.pem'))).mode & 0o777).toBe(0o600);
  });

  test('the own certificate stays the same, until it lacks a name', async () => {
    await set(['web.tls', 'own']);
    const pem = async () => {
      await start();
      await host?.stop();
      return readFile(join(folder, 'web-server.pem'), 'utf8');
    };
    const first = await pem();
    expect(await pem()).toBe(first);
    await set(['web.hostNames', 'ups.example']);
    const second = await pem();
    expect(second).not.toBe(first);
    expect(await pem()).toBe(second);
  });

  test('a certificate from files', async () => {
    await set(['web.tls', 'own']);
    await start();
    await host?.stop();
    const file = join(folder, 'web-server.pem');
    await set(['web.tls', 'files'], ['web.certFile', file], ['web.keyFile', file]);
    expect(await ask(await start())).toMatchObject({ status: 303, isTrusted: true });
    await host?.stop();
    await writeFile(join(folder, 'key.pem'), 'no key');
    await set(['web.keyFile', join(folder, 'key.pem')]);
    await expect(start()).rejects.toMatchObject({ code: 'web/bad-certificate' });
  });

  test('another address than loopback opens with a password and TLS', async () => {
    await expect(start('0.0.0.0')).rejects.toMatchObject({ code: 'web/password-needed' });
    await changePasswords(folder, new Map([['web.password', 'sesame']]));
    await expect(start('0.0.0.0')).rejects.toMatchObject({ code: 'web/tls-needed' });
    await set(['web.tls', 'own']);
    const { port } = await start('0.0.0.0');
    const origin = `https://127.0.0.1:${port}`;
    const entered = await logIn(origin, 'sesame');
    expect(entered).toMatchObject({ status: 303, isTrusted: true });
    expect((await ask(new URL(origin), { headers: { cookie: cookieOf(entered) } })).status).toBe(200);
    expect((await logIn(origin, 'guess')).status).toBe(403);
  });

  test('settings that cannot be used are told, and the last good ones are in force', async () => {
    await set(['web.tls', 'own']);
    await writeFile(join(folder, 'settings.json'), '{"version":1,"web":{"tls":"sure"}}');
    expect((await start()).protocol).toBe('https:');
    expect(running.log.lines.map(({ message }) => message).join()).toMatch(
      /last good settings: .*web\.tls: write one of/,
    );
  });

  test('settings of a newer version are told and nothing is opened', async () => {
    await writeFile(join(folder, 'settings.json'), '{"version":99}');
    await expect(start()).rejects.toMatchObject({ code: 'settings/newer-file' });
  });
});

describe('a change while it runs', () => {
  test('a new password logs everybody out and lets in, at the same place', async () => {
    await changePasswords(folder, new Map([['web.password', 'old']]));
    const { origin } = await start();
    const before = { cookie: cookieOf(await logIn(origin, 'old')) };
    expect((await ask(new URL(origin), { headers: before })).status).toBe(200);
    await changePasswords(folder, new Map([['web.password', 'new']]));
    await untilTold('taken up');
    expect((await ask(new URL(origin), { headers: before })).status).toBe(401);
    expect((await logIn(origin, 'old')).status).toBe(403);
    expect((await logIn(origin, 'new')).status).toBe(303);
  });

  test('TLS comes on at the same port, and the link of the start still holds its token', async () => {
    const link = await start();
    await set(['web.tls', 'own']);
    await untilTold('taken up');
    link.protocol = 'https:';
    expect(await ask(link)).toMatchObject({ status: 303, isTrusted: true });
  });

  test('one that may not be leaves the web interface as it was', async () => {
    await changePasswords(folder, new Map([['web.password', 'sesame']]));
    await set(['web.allowPlainHttp', 'true']);
    const { port } = await start('0.0.0.0');
    await set(['web.allowPlainHttp', 'false']);
    await untilTold('not taken up');
    expect((await logIn(`http://127.0.0.1:${port}`, 'sesame')).status).toBe(303);
    expect(running.log.lines.at(-1)?.message).toContain('ridethrough config set web.tls own');
  });

  test('a file that was written anew and asks for nothing else disconnects no page', async () => {
    const { port } = await start();
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'data');
    await set(['web.allowPlainHttp', 'false']);
    for (let i = 0; i < 5; i += 1) {
      await running.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20)); // files are read meanwhile
    }
    expect(running.log.lines).toEqual([]);
    expect(socket.readyState).toBe('open');
    socket.destroy();
  });

  test('files that did not change leave it alone', async () => {
    const { origin } = await start();
    const files = await readdir(folder);
    await running.clock.advance(10_000);
    expect(running.log.lines).toEqual([]);
    expect(await readdir(folder)).toEqual(files);
    expect((await ask(new URL(origin))).status).toBe(401);
  });
});
