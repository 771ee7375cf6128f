/** The built renderer with a fake engine behind its socket, served with the headers of the real host. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { events, isRequestName, requests, type EventName } from '#domain/contract.ts';
import { AppError } from '#domain/errors.ts';
import { SECURITY_HEADERS } from '#domain/security-policy.ts';
import { createStaticFiles } from '#headless/web/static-files.ts';
import type { FakeEngine } from '../../renderer/client/fake-client.ts';

const RENDERER = fileURLToPath(new URL('../../dist/renderer', import.meta.url));
const Frame = z.object({ id: z.number(), name: z.string(), params: z.unknown() });

export interface FakeHost {
  readonly url: string;
  /** Accepts no socket any more and drops those that are open, as a program that was started again does. */
  refuse(): void;
  /** Drops the sockets that are open. */
  drop(): void;
  stop(): Promise<void>;
}

async function answer(engine: FakeEngine, name: string, params: unknown): Promise<object> {
  if (!isRequestName(name)) throw new Error(`there is no request ${name}`);
  try {
    return { ok: true, value: await engine.request(name, requests[name].params.parse(params)) };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, error: error.toWire() };
    throw error;
  }
}

export async function startFakeHost(engine: FakeEngine): Promise<FakeHost> {
  const files = await createStaticFiles(RENDERER)();
  if (files.size === 0) throw new Error('dist/renderer is empty; run "npm run build" first');
  let isRefused = false;

  const send = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
    response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': type, 'Cache-Control': 'no-store' });
    response.end(body);
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    if (path === '/healthz') send(response, 200, 'application/json', '{}');
    else if (isRefused) send(response, 401, 'text/plain', 'Log in first.');
    else {
      const file = files.get(path === '/' ? '/index.html' : path);
      if (file) send(response, 200, file.type, file.body);
      else send(response, 404, 'text/plain', 'There is no such page.');
    }
  });

  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) => {
    // A page may be closed while it asks; what nobody listens to would end the run.
    stream.on('error', () => stream.destroy());
    if (isRefused) stream.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
    else sockets.handleUpgrade(request, stream, head, serve);
  });
  const serve = (socket: WebSocket): void => {
    socket.on('message', (data) => {
      const { id, name, params } = Frame.parse(JSON.parse((data as Buffer).toString('utf8')));
      void answer(engine, name, params).then((told) => socket.send(JSON.stringify({ id, ...told })));
    });
  };
  for (const event of Object.keys(events) as EventName[]) {
    engine.subscribe(event, (payload) => {
      const text = JSON.stringify({ event, payload });
      for (const socket of sockets.clients) socket.send(text);
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };

  return {
    url: `http://127.0.0.1:${port}/`,
    drop,
    refuse() {
      isRefused = true;
      drop();
    },
    async stop() {
      drop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
