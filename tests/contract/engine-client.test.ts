/** What a page may rely on, whatever carries it: the same suite over WebSocket, over Electron's IPC, and on the fake engine. */
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { APP_ORIGIN, type RidethroughBridge } from '#domain/bridge.ts';
import type { ConnectionState, EngineClient } from '#domain/client.ts';
import { events, requests } from '#domain/contract.ts';
import { ApiError } from '#domain/errors.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createSessions } from '#headless/web/sessions.ts';
import { createWebHost } from '#headless/web/web-host.ts';
import { startTestEngine } from '#tests/support/test-engine.ts';
import { createIpcServer } from '../../electron/ipc-server.ts';
import { createFakeEngine } from '../../renderer/client/fake-client.ts';
import { createIpcClient } from '../../renderer/client/ipc-client.ts';
import { createWsClient } from '../../renderer/client/ws-client.ts';

interface Connected {
  readonly client: EngineClient;
  /** The UPS says something new. */
  readonly say: (status: string) => void;
  /** The program ends. @returns what a page is told then */
  readonly end: () => Promise<ConnectionState>;
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  vi.unstubAllGlobals();
});

async function startEngine() {
  const running = await startTestEngine('office');
  stops.push(() => running.stop());
  const say = (status: string): void =>
    running.drivers.get('office')?.say({ type: 'update', set: { 'ups.status': status } });
  return { ...running, say };
}

async function overWebSocket(): Promise<Connected> {
  const { api, log, say } = await startEngine();
  const sessions = createSessions(Buffer.alloc(32));
  const host = createWebHost({
    config: {
      host: '127.0.0.1',
      port: 0,
      token: 'secret-token',
      passwords: {},
      tls: undefined,
      allowPlainHttp: false,
      hostNames: [],
    },
    api,
    sessions,
    files: () => Promise.resolve(new Map()),
    clock: systemClock,
    log,
    metrics: () => '',
    health: () => ({ status: 200, body: {} }),
  });
  stops.push(() => host.stop());
  const { port } = new URL(await host.start());
  const cookie = `ridethrough-${port}=${sessions.issue('admin', Date.now())}`;
  // As a browser, which sends the cookie by itself.
  class BrowserSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { cookie } });
      this.on('error', () => undefined); // told by `close` as well, which is what the client listens to
    }
  }
  vi.stubGlobal('WebSocket', BrowserSocket);
  const client = createWsClient(`ws://127.0.0.1:${port}/socket`, () => Promise.resolve(false));
  return {
    client,
    say,
    async end() {
      await host.stop();
      return 'reconnecting';
    },
  };
}

interface IpcEnds {
  readonly handlers: Map<string, (event: unknown, ...args: unknown[]) => unknown>;
  listen: (channel: string, receive: (event: unknown, ...args: unknown[]) => void) => void;
  /** What the preload script gives the page. */
  exposed?: RidethroughBridge;
}

/** Both ends of Electron's IPC in one process: what passes is copied, as between processes. */
const ipc = vi.hoisted((): IpcEnds => ({ handlers: new Map(), listen: () => undefined }));
vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (_name: string, bridge: RidethroughBridge) => {
      ipc.exposed = bridge;
    },
  },
  ipcRenderer: {
    on: (channel: string, receive: (event: unknown, ...args: unknown[]) => void) => ipc.listen(channel, receive),
    send: () => undefined,
    sendSync: () => ({ choice: 'system', ofSystem: ['en'] }),
    invoke: async (channel: string, ...args: unknown[]) => {
      const sender = { senderFrame: { url: `${APP_ORIGIN}/index.html`, parent: null } };
      return structuredClone(await ipc.handlers.get(channel)?.(sender, ...structuredClone(args)));
    },
  },
}));

async function overIpc(): Promise<Connected> {
  const { api, log, say } = await startEngine();
  const page = new EventEmitter();
  ipc.handlers.clear();
  ipc.listen = (channel, receive) => void page.on(channel, receive);
  // The build fills them in.
  vi.stubGlobal('__REQUEST_NAMES__', Object.keys(requests));
  vi.stubGlobal('__EVENT_NAMES__', Object.keys(events));
  const server = createIpcServer({
    ipcMain: {
      handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) =>
        void ipc.handlers.set(channel, handler),
      removeHandler: (channel: string) => void ipc.handlers.delete(channel),
    } as never,
    windows: () => [
      {
        isDestroyed: () => false,
        send: (channel: string, ...args: unknown[]) => void page.emit(channel, {}, ...structuredClone(args)),
      },
    ],
    log,
  });
  stops.push(() => server.stop());
  vi.resetModules();
  await import('../../electron/preload.ts');
  server.serve(api);
  if (!ipc.exposed) throw new Error('the preload script has given the page nothing');
  return {
    client: createIpcClient(ipc.exposed),
    say,
    end() {
      server.end();
      return Promise.resolve('gone');
    },
  };
}

function fake(): Promise<Connected> {
  const engine = createFakeEngine(Date.now());
  engine.add({ name: 'office', variables: { 'ups.status': 'OL' } });
  return Promise.resolve({
    client: engine,
    say: (status) => engine.set('office', { 'ups.status': status }),
    end() {
      engine.become('gone');
      return Promise.resolve('gone');
    },
  });
}

describe.each([
  ['WebSocket', overWebSocket],
  ["Electron's IPC", overIpc],
  ['the fake engine', fake],
])('the contract over %s', (_, start) => {
  const connected = async (): Promise<Connected> => {
    const made = await start();
    stops.push(() => made.client.close());
    await vi.waitFor(() => expect(stateOf(made.client)).toBe('connected'));
    return made;
  };

  test('an answer is the value, in the shape of the contract', async () => {
    const { client, say } = await connected();
    say('OL CHRG');
    const { upses } = requests['ups.list'].result.parse(await client.request('ups.list', {}));
    expect(upses.map((ups) => [ups.name, ups.variables['ups.status']?.value])).toEqual([['office', 'OL CHRG']]);
  });

  test('an error arrives whole: what failed, what to do, and the facts', async () => {
    const { client } = await connected();
    const { code, message, remedy, details } = new ApiError('api/unknown-ups', { ups: 'nobody' });
    await expect(client.request('ups.retry', { ups: 'nobody' })).rejects.toMatchObject({
      code,
      message,
      remedy,
      details,
    });
  });

  test('events go on from the number of the list, until nobody listens', async () => {
    const { client, say } = await connected();
    say('OL');
    const { sequence } = await client.request('ups.list', {});
    const told: (readonly [number, string | undefined])[] = [];
    const stop = client.subscribe('ups.changed', (event) =>
      told.push([event.sequence, event.snapshot.variables['ups.status']?.value]),
    );
    say('OL CHRG');
    await vi.waitFor(() => expect(told).toEqual([[sequence + 1, 'OL CHRG']]));
    stop();
    say('OL');
    const now = await client.request('ups.list', {});
    expect(now.upses[0]?.variables['ups.status']?.value).toBe('OL');
    expect(told).toHaveLength(1);
  });

  test('the end of the program is told', async () => {
    const { client, end } = await connected();
    const states: ConnectionState[] = [];
    client.onConnection((state) => states.push(state));
    const last = await end();
    await vi.waitFor(() => expect(states).toEqual(['connected', last]));
  });
});

describe.each([
  ['WebSocket', overWebSocket],
  ["Electron's IPC", overIpc],
])('over %s', (_, start) => {
  test('parameters that the contract does not know are refused with a reason', async () => {
    const { client } = await start();
    stops.push(() => client.close());
    await vi.waitFor(() => expect(stateOf(client)).toBe('connected'));
    await expect(client.request('ups.retry', { ups: 7 } as never)).rejects.toMatchObject({ code: 'api/bad-request' });
  });

  test('what is asked after the end fails at once with a remedy', async () => {
    const { client, end } = await start();
    stops.push(() => client.close());
    await vi.waitFor(() => expect(stateOf(client)).toBe('connected'));
    const last = await end();
    await vi.waitFor(() => expect(stateOf(client)).toBe(last));
    const { message, remedy } = new ApiError('client/unreachable', {});
    await expect(client.request('ups.list', {})).rejects.toMatchObject({ message, remedy });
  });
});

function stateOf(client: EngineClient): ConnectionState | undefined {
  let state: ConnectionState | undefined;
  client.onConnection((now) => {
    state = now;
  })();
  return state;
}
