/**
 * The web host: the renderer's files, the contract over WebSocket, `/healthz` and `/metrics`.
 * Loopback with a token link by default; any other address needs a password and TLS (or an explicit opt-out).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { AccessLevel } from '#domain/contract.ts';
import { WebError } from '#domain/errors.ts';
import { phrase, type Phrase } from '#domain/messages/message.ts';
import type { Api } from '#engine/api/handlers.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { isLoopback } from '#engine/settings/nut-conf/loopback.ts';
import { limitConnections } from './connection-limit.ts';
import { LOGIN_STYLE, localeOfBrowser, loginPage } from './login-page.ts';
import { createPasswordCheck, type PasswordAnswer } from './password-check.ts';
import {
  cookieValue,
  isOwnHost,
  isOwnOrigin,
  parseHost,
  readAuthorization,
  requestUrl,
  SECURITY_HEADERS,
} from './request-guard.ts';
import { isSameText, SESSION_SECONDS, type Sessions } from './sessions.ts';
import type { StaticFile, StaticFiles } from './static-files.ts';
import { createSocketServer, type SocketServer } from './socket-server.ts';

// Not imported: an import reads every export, and those of `node:http` that belong to the browser's WebSocket then load
// Node's whole fetch, 8 MiB of a service that needs none of it.
const { createServer: createHttpServer } = process.getBuiltinModule('node:http');

export interface WebHostConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Token of the link that `serve` prints; gives every right. */
  readonly token: string;
  /** scrypt hashes; absent: no log-in of this kind. */
  readonly passwords: { readonly control?: string; readonly read?: string };
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** TLS is done by somebody else (a proxy), or knowingly not at all. */
  readonly allowPlainHttp: boolean;
  /** Names besides our own under which this host is reached. */
  readonly hostNames: readonly string[];
}

export interface WebHostDeps {
  readonly config: WebHostConfig;
  readonly api: Api;
  readonly sessions: Sessions;
  readonly files: () => Promise<StaticFiles>;
  readonly clock: Clock;
  readonly log: Log;
  metrics(): string;
  health(): { readonly status: number; readonly body: unknown };
}

export interface WebHost {
  /** Whether this configuration may be used where it is meant to listen. @throws WebError web/password-needed, web/tls-needed */
  check(): void;
  /** @returns the link to open, token included @throws WebError */
  start(): Promise<string>;
  /** Open pages. */
  readonly clientCount: number;
  stop(): Promise<void>;
}

const LONGEST_FORM = 4096;
const MOST_CONNECTIONS = 500;
/** Whoever is slower than this with a handshake or the head of a request has nothing to ask. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** A connection on which nothing moves is closed, also one that does not take the answer. Sockets have their pings. */
const IDLE_MS = 30_000;
/** How often the limits above are looked after. */
const LOOK_EVERY_MS = 5_000;

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export function createWebHost(deps: WebHostDeps): WebHost {
  const { config, clock, log, sessions } = deps;
  const passwords = createPasswordCheck(config.passwords, clock);
  const ownNames = ['localhost', hostname(), `${hostname()}.local`, ...config.hostNames];
  const scheme = config.tls ? 'https' : 'http';
  const isLocal = isLoopback(config.host);
  const hasPassword = (config.passwords.control ?? config.passwords.read) !== undefined;
  const address = `${bracketed(config.host)}:${config.port}`;
  let server: Server | undefined;
  let sockets: SocketServer | undefined;

  /**
   * Cookies do not know ports: without it in the name, two programs on one computer would take each other's away, and so
   * would two that are reached through tunnels. Under TLS the prefix keeps others on this host from planting one.
   */
  const cookieName = ({ headers }: IncomingMessage): string => {
    const port = parseHost(headers.host)?.port ?? '';
    return `${config.tls ? '__Host-' : ''}ridethrough-${port === '' ? boundPort() : port}`;
  };
  const boundPort = (): number => (server?.address() as AddressInfo | null)?.port ?? config.port;

  /** What the sender of a request may do; undefined: nothing. */
  const accessOf = (request: IncomingMessage): AccessLevel | undefined => {
    const cookie = cookieValue(request.headers.cookie, cookieName(request));
    return cookie === undefined ? undefined : sessions.read(cookie, clock.now());
  };

  /** What a program that sends its password or the token may do, and how long it has to wait after wrong ones. */
  const accessOfProgram = async (request: IncomingMessage): Promise<PasswordAnswer> => {
    const given = readAuthorization(request.headers.authorization);
    if (given?.kind === 'basic') {
      const peer = request.socket.remoteAddress ?? '';
      const answer = await passwords.check(peer, given.password);
      if (answer.access === undefined && answer.waitMs === 0) tellWrongPassword(peer);
      return answer;
    }
    const hasToken = given !== undefined && isSameText(given.token, config.token);
    return { access: hasToken ? 'admin' : undefined, waitMs: 0 };
  };

  /** Of requests that only look: on this computer everybody may. */
  const accessOfReader = async (request: IncomingMessage): Promise<PasswordAnswer> => {
    const access = isLocal ? 'read' : accessOf(request);
    return access === undefined ? accessOfProgram(request) : { access, waitMs: 0 };
  };

  const tellWrongPassword = (peer: string): void => log.warn('Wrong password on the web interface', { address: peer });

  const sessionCookie = (request: IncomingMessage, access: AccessLevel): string =>
    `${cookieName(request)}=${sessions.issue(access, clock.now())}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}${config.tls ? '; Secure' : ''}`;

  const send = (response: ServerResponse, status: number, type: string, body: string | Buffer, headers = {}): void => {
    response.writeHead(status, {
      ...SECURITY_HEADERS,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(body);
  };

  const sendLogin = (response: ServerResponse, status: number, problem?: Phrase): void => {
    const locale = localeOfBrowser(response.req.headers['accept-language']);
    send(response, status, 'text/html; charset=utf-8', loginPage(locale, hasPassword, problem));
  };

  const redirectHome = (request: IncomingMessage, response: ServerResponse, access: AccessLevel): void => {
    response.writeHead(303, {
      ...SECURITY_HEADERS,
      Location: '/',
      'Set-Cookie': sessionCookie(request, access),
      'Cache-Control': 'no-store',
    });
    response.end();
  };

  /** Not slowed down: nobody guesses 192 bits, and any page in a browser could use up the tries of whoever has the link. */
  const tryToken = (request: IncomingMessage, response: ServerResponse, token: string): void => {
    if (isSameText(token, config.token)) redirectHome(request, response, 'admin');
    else sendLogin(response, 403, phrase('login.link-invalid', {}));
  };

  const tryPassword = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const peer = request.socket.remoteAddress ?? '';
    const form = await readForm(request);
    if (form === undefined) {
      response.setHeader('Connection', 'close');
      sendLogin(response, 413, phrase('login.too-long', {}));
      return;
    }
    const { access, waitMs } = await passwords.check(peer, form.get('password') ?? '');
    if (access !== undefined) {
      redirectHome(request, response, access);
      return;
    }
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      response.setHeader('Retry-After', seconds);
      sendLogin(response, 429, phrase('login.wait', { seconds }));
      return;
    }
    tellWrongPassword(peer);
    sendLogin(response, 403, phrase('login.wrong', {}));
  };

  const sendFile = (request: IncomingMessage, response: ServerResponse, file: StaticFile): void => {
    const cache = file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache';
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, { ...SECURITY_HEADERS, ETag: file.etag, 'Cache-Control': cache });
      response.end();
      return;
    }
    const acceptsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const gzipped = acceptsGzip ? file.gzipped : undefined;
    send(response, 200, file.type, gzipped ?? file.body, {
      ETag: file.etag,
      'Cache-Control': cache,
      Vary: 'Accept-Encoding',
      ...(gzipped ? { 'Content-Encoding': 'gzip' } : {}),
    });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { host, origin } = request.headers;
    if (!isOwnHost(host, ownNames) || !isOwnOrigin(origin, host)) {
      send(response, 403, 'text/plain; charset=utf-8', 'This address is not served here.\n');
      return;
    }
    const url = requestUrl(request.url);
    if (!url) {
      send(response, 400, 'text/plain; charset=utf-8', 'That is no address.\n');
      return;
    }
    if (request.method === 'POST' && url.pathname === '/login') return tryPassword(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' });
      return;
    }
    if (url.pathname === '/healthz') {
      const { status, body: whole } = deps.health();
      // Strangers learn that it runs, not what it watches.
      const { access } = await accessOfReader(request);
      const body = access === undefined ? { status: status === 200 ? 'ok' : 'failed' } : whole;
      send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
      return;
    }
    if (url.pathname === '/login.css') {
      send(response, 200, 'text/css; charset=utf-8', LOGIN_STYLE);
      return;
    }
    if (url.pathname === '/metrics') {
      const { access, waitMs } = await accessOfReader(request);
      if (access !== undefined) {
        send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', deps.metrics());
      } else if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1000);
        send(response, 429, 'text/plain; charset=utf-8', `Too many tries. Wait ${seconds} s.\n`, {
          'Retry-After': seconds,
        });
      } else {
        send(response, 401, 'text/plain; charset=utf-8', 'A password is needed.\n', {
          'WWW-Authenticate': 'Basic realm="Ridethrough"',
        });
      }
      return;
    }
    const token = url.searchParams.get('token');
    if (token !== null) {
      tryToken(request, response, token);
      return;
    }
    if (accessOf(request) === undefined) {
      const isPage = url.pathname === '/' || url.pathname === '/index.html';
      if (isPage) sendLogin(response, 401);
      else send(response, 401, 'text/plain; charset=utf-8', 'Log in first.\n');
      return;
    }
    const file = (await deps.files()).get(url.pathname === '/' ? '/index.html' : url.pathname);
    if (file) sendFile(request, response, file);
    else send(response, 404, 'text/plain; charset=utf-8', 'There is no such page.\n');
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      if (request.socket.destroyed) return; // whoever asked has gone
      log.error('A web request failed', {
        // Without the query: a token stands there.
        path: requestUrl(request.url)?.pathname,
        error: error instanceof Error ? error.stack : String(error),
      });
      if (!response.headersSent)
        send(response, 500, 'text/plain; charset=utf-8', 'The program met an error; its log tells more.\n');
      else response.destroy();
    });
  };

  const check = (): void => {
    if (!isLocal && config.passwords.control === undefined) throw new WebError('web/password-needed', { address });
    if (!isLocal && !config.tls && !config.allowPlainHttp) throw new WebError('web/tls-needed', { address });
  };

  return {
    check,
    async start() {
      check();
      const limits = {
        headersTimeout: HEAD_MS,
        requestTimeout: REQUEST_MS,
        connectionsCheckingInterval: LOOK_EVERY_MS,
      };
      const created = config.tls
        ? createHttpsServer({ ...limits, ...config.tls, handshakeTimeout: HEAD_MS }, listener)
        : createHttpServer(limits, listener);
      created.timeout = IDLE_MS;
      created.maxConnections = MOST_CONNECTIONS;
      limitConnections(created);
      server = created;
      await listen(created, config, address);
      created.on('error', (error) => log.error('The web interface met an error', { error: error.message }));
      sockets = createSocketServer({
        server: created,
        api: deps.api,
        log,
        clock,
        accessOf: (request) => {
          const { host, origin } = request.headers;
          return isOwnHost(host, ownNames) && isOwnOrigin(origin, host) ? accessOf(request) : undefined;
        },
      });
      const { port } = created.address() as AddressInfo;
      return `${scheme}://${bracketed(config.host)}:${port}/?token=${config.token}`;
    },
    get clientCount() {
      return sockets?.clientCount ?? 0;
    },
    async stop() {
      await sockets?.stop();
      const closing = server;
      if (!closing?.listening) return;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        closing.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, config: WebHostConfig, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(
        error.code === 'EADDRINUSE'
          ? new WebError('web/port-in-use', { address }, error)
          : new WebError('web/cannot-listen', { address, reason: error.message }, error),
      );
    server.once('error', fail);
    server.listen(config.port, config.host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** A form of a few bytes, or undefined when it is too long. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = '';
  // Left open when it is too long: the answer goes over the same connection.
  const chunks = request.setEncoding('utf8').iterator({ destroyOnReturn: false }) as AsyncIterable<string>;
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > LONGEST_FORM) return undefined;
  }
  return new URLSearchParams(text);
}
