/**
 * The contract over WebSocket. Frames are JSON: `{ id, name, params }` asks, `{ id, ok, value | error }` answers,
 * `{ event, payload }` tells.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { events, mayAccess, type AccessLevel } from '#domain/contract.ts';
import type { Api } from '#engine/api/handlers.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { requestUrl } from './request-guard.ts';

export interface SocketServerDeps {
  readonly server: Server;
  readonly api: Api;
  readonly log: Log;
  readonly clock: Clock;
  /** The right of a request, undefined to refuse it. */
  readonly accessOf: (request: IncomingMessage) => AccessLevel | undefined;
}

export interface SocketServer {
  readonly clientCount: number;
  stop(): Promise<void>;
}

const LONGEST_FRAME = 64 * 1024;
/** A page that does not read is dropped; it asks for everything again when it is back. */
const MOST_UNSENT = 4 * 1024 * 1024;
const MOST_CLIENTS = 200;
const PING_MS = 30_000;
/** Questions of one page that wait for their answer; a page of ours asks a few. */
const MOST_UNANSWERED = 100;
/** How long an open page may take to say goodbye. */
const GOODBYE_MS = 200;

const Frame = z.object({ id: z.number(), name: z.string(), params: z.unknown() });

export function createSocketServer({ server, api, log, clock, accessOf }: SocketServerDeps): SocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_FRAME });
  const clients = new Map<WebSocket, { readonly access: AccessLevel; isAlive: boolean; unanswered: number }>();

  /** The HTTP server has let go of this connection: nobody else closes it when the other side leaves its half open. */
  const refuse = (stream: Duplex, status: string): void => {
    stream.once('finish', () => stream.destroy());
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', (error) => log.debug('A web connection broke', { error: error.message }));
    if (requestUrl(request.url)?.pathname !== '/socket') return refuse(stream, '404 Not Found');
    const access = accessOf(request);
    if (access === undefined) return refuse(stream, '401 Unauthorized');
    if (clients.size >= MOST_CLIENTS) return refuse(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, access));
  };
  server.on('upgrade', upgrade);

  const send = (socket: WebSocket, text: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MOST_UNSENT) {
      log.warn('A page does not read what it is sent; it is dropped');
      socket.terminate();
      return;
    }
    socket.send(text);
  };

  const answer = async (socket: WebSocket, access: AccessLevel, text: string): Promise<void> => {
    const frame = Frame.safeParse(parseJson(text));
    if (!frame.success) {
      socket.close(1008, 'not a request');
      return;
    }
    const { id, name, params } = frame.data;
    send(socket, JSON.stringify({ id, ...(await api.handle(name, params, access)) }));
  };

  const serve = (socket: WebSocket, access: AccessLevel): void => {
    const client = { access, isAlive: true, unanswered: 0 };
    clients.set(socket, client);
    socket.on('pong', () => {
      client.isAlive = true;
    });
    socket.on('error', (error) => log.debug('A web connection broke', { error: error.message }));
    socket.on('close', () => clients.delete(socket));
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(1003, 'text only');
      else if (client.unanswered >= MOST_UNANSWERED) socket.close(1008, 'too many requests at once');
      else {
        client.unanswered += 1;
        void answer(socket, access, (data as Buffer).toString('utf8')).finally(() => (client.unanswered -= 1));
      }
    });
  };

  const stopEvents = api.onEvent(({ name, payload }) => {
    if (clients.size === 0) return;
    const text = JSON.stringify({ event: name, payload });
    for (const [socket, { access }] of clients) if (mayAccess(access, events[name].access)) send(socket, text);
  });

  const stopPings = clock.every(PING_MS, () => {
    for (const [socket, client] of clients) {
      if (!client.isAlive) {
        socket.terminate();
        continue;
      }
      client.isAlive = false;
      socket.ping();
    }
  });

  return {
    get clientCount() {
      return clients.size;
    },
    async stop() {
      stopEvents();
      stopPings();
      server.off('upgrade', upgrade);
      for (const socket of clients.keys()) socket.close(1001, 'the program ends');
      // A page that does not answer would hold the end up.
      const cancel = clock.after(GOODBYE_MS, () => {
        for (const socket of clients.keys()) socket.terminate();
      });
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      cancel();
    },
  };
}

/** Undefined for what is not JSON: the frame check refuses it then. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
