import { expect, test } from 'vitest';
import { IPC } from '#domain/bridge.ts';
import type { Api, NumberedEvent } from '#engine/api/handlers.ts';
import { createIpcServer, isOwnSender } from './ipc-server.ts';
import { silentLog } from './test-support.ts';

type Handler = (event: { senderFrame: unknown }, ...args: unknown[]) => unknown;

const ownFrame = { url: 'app://ridethrough/index.html', parent: null };

function setUp() {
  const handlers = new Map<string, Handler>();
  const sent: unknown[][] = [];
  const asked: unknown[][] = [];
  let tell: (event: NumberedEvent) => void = () => {};
  const server = createIpcServer({
    ipcMain: {
      handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
      removeHandler: (channel: string) => void handlers.delete(channel),
    } as never,
    windows: () => [
      { isDestroyed: () => false, send: (...args: unknown[]) => void sent.push(args) },
      {
        isDestroyed: () => true,
        send: () => {
          throw new Error('Object has been destroyed');
        },
      },
    ],
    log: silentLog,
  });
  const api = {
    handle: (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve({ ok: true, value: {} });
    },
    onEvent: (receive: typeof tell) => {
      tell = receive;
      return () => (tell = () => {});
    },
  } as unknown as Pick<Api, 'handle' | 'onEvent'>;
  const call = (channel: string, senderFrame: unknown, ...args: unknown[]) =>
    handlers.get(channel)!({ senderFrame }, ...args);
  return { server, api, call, sent, asked, handlers, tell: (event: NumberedEvent) => tell(event) };
}

test('a page of ours asks with every right', async () => {
  const { server, api, call, asked } = setUp();
  server.serve(api);
  await call(IPC.request, ownFrame, 'ups.list', {});
  expect(asked).toEqual([['ups.list', {}, 'admin']]);
});

test.each([
  ['another origin', { url: 'https://evil.example/', parent: null }],
  ['a frame inside of our page', { url: 'app://ridethrough/', parent: ownFrame }],
  ['a frame that is gone', null],
])('%s is refused without asking the engine', async (_, frame) => {
  const { server, api, call, asked } = setUp();
  server.serve(api);
  expect(await call(IPC.request, frame, 'ups.list', {})).toMatchObject({ ok: false, error: { code: 'api/forbidden' } });
  expect(await call(IPC.connection, frame)).toBe('gone');
  expect(asked).toEqual([]);
  expect(isOwnSender(frame)).toBe(false);
});

test('a question that comes before the engine runs waits for it', async () => {
  const { server, api, call, asked } = setUp();
  expect(await call(IPC.connection, ownFrame)).toBe('connecting');
  const answer = call(IPC.request, ownFrame, 'ups.list', {});
  expect(asked).toEqual([]);
  server.serve(api);
  expect(await answer).toEqual({ ok: true, value: {} });
});

test('when the engine cannot be started, those who wait get the error and windows are told', async () => {
  const { server, call, sent } = setUp();
  const answer = call(IPC.request, ownFrame, 'ups.list', {});
  server.end();
  expect(await answer).toMatchObject({ ok: false, error: { code: 'client/unreachable' } });
  expect(sent).toEqual([[IPC.connectionChanged, 'gone']]);
});

test('after the end nothing is answered and no event is sent', async () => {
  const { server, api, call, sent, asked, tell } = setUp();
  server.serve(api);
  server.end();
  expect(await call(IPC.request, ownFrame, 'ups.list', {})).toMatchObject({ ok: false });
  tell({ name: 'ups.listChanged', payload: { sequence: 2, names: [] } });
  expect(asked).toEqual([]);
  expect(sent.map(([channel]) => channel)).toEqual([IPC.connectionChanged, IPC.connectionChanged]);
});

test('events go to every window that still stands', () => {
  const { server, api, sent, tell } = setUp();
  server.serve(api);
  tell({ name: 'ups.listChanged', payload: { sequence: 1, names: ['office'] } });
  expect(sent.at(-1)).toEqual([IPC.event, 'ups.listChanged', { sequence: 1, names: ['office'] }]);
});

test('a name that is no text is passed on to be refused, not trusted', async () => {
  const { server, api, call, asked } = setUp();
  server.serve(api);
  await call(IPC.request, ownFrame, { toString: 'x' }, {});
  expect(asked).toEqual([['object', {}, 'admin']]);
});

test('stopping takes the handlers away', () => {
  const { server, handlers } = setUp();
  server.stop();
  expect(handlers.size).toBe(0);
});
