/** Our NUT server on a free loopback port with a real store, and a client that speaks raw lines to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { DriverOutcome, VariableTraits } from '#engine/drivers/driver.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import type { ClientGate } from '#engine/nut/client-gate.ts';
import { createNutServer, type LoginChange, type NutServer } from '#engine/nut/server.ts';
import { DEFAULT_NUT_SERVER_CONFIG, type NutServerConfig } from '#engine/nut/server-config.ts';
import type { NutUser } from '#engine/nut/users.ts';
import { UPSMON_ACTIONS } from '#engine/nut/users.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';

export interface ServedUps {
  readonly variables: Readonly<Record<string, string>>;
  readonly traits?: Readonly<Record<string, VariableTraits>>;
  readonly commands?: readonly string[];
  readonly description?: string;
  readonly aliases?: readonly string[];
  /** False: the driver is not there. */
  readonly isConnected?: boolean;
}

export interface TestServerOptions {
  readonly ups: Readonly<Record<string, ServedUps>>;
  readonly users?: readonly NutUser[];
  readonly config?: Partial<NutServerConfig>;
  readonly gate?: ClientGate;
  readonly clock?: Clock;
  /** How commands and settings end; a setting that is `handled` is put into the store. Default `handled`. */
  readonly outcome?: (what: string, value: string | undefined) => DriverOutcome | Promise<DriverOutcome>;
}

export interface TestServer {
  readonly server: NutServer;
  readonly store: UpsStore;
  readonly port: number;
  /** What reached the drivers: `ups command value`. */
  readonly acts: readonly string[];
  /** Messages of the log, with their level. */
  readonly logged: readonly string[];
  /** Who logged in and who went. */
  readonly logins: readonly LoginChange[];
  open(): Promise<RawClient>;
  stop(): Promise<void>;
}

/** Keeps the messages in a list. */
export function listLog(lines: string[]): Log {
  const log: Log = {
    debug: (message) => void lines.push(`debug ${message}`),
    info: (message) => void lines.push(`info ${message}`),
    warn: (message) => void lines.push(`warn ${message}`),
    error: (message) => void lines.push(`error ${message}`),
    child: () => log,
  };
  return log;
}

/** The users most tests need: `admin`/`secret` may do all but log in, `primary` and `secondary` have `pw`. */
export const TEST_USERS: readonly NutUser[] = [
  { name: 'admin', password: 'secret', actions: new Set(['SET', 'FSD']), commands: 'all' },
  { name: 'primary', password: 'pw', actions: new Set(UPSMON_ACTIONS.primary), commands: new Set() },
  { name: 'secondary', password: 'pw', actions: new Set(UPSMON_ACTIONS.secondary), commands: new Set() },
];

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const clock = options.clock ?? systemClock;
  const store = createUpsStore(clock);
  const acts: string[] = [];
  const logged: string[] = [];
  const logins: LoginChange[] = [];
  for (const [name, ups] of Object.entries(options.ups)) {
    const description = ups.description === undefined ? {} : { description: ups.description };
    const aliases = ups.aliases === undefined ? {} : { aliases: ups.aliases };
    store.add({ name, driver: 'nut-driver', port: '', options: {}, ...description, ...aliases }, 1e6);
    if (ups.isConnected !== false) connectUps(store, name, ups);
  }
  const outcomeOf = async (what: string, value: string | undefined): Promise<DriverOutcome> =>
    options.outcome?.(what, value) ?? 'handled';
  const control: UpsControl = {
    async runCommand(ups, command, parameter) {
      acts.push([ups, command, parameter].filter((word) => word !== undefined).join(' '));
      return outcomeOf(command, parameter);
    },
    async setVariable(ups, variable, value) {
      acts.push(`${ups} ${variable} ${value}`);
      const outcome = await outcomeOf(variable, value);
      if (outcome === 'handled') store.dispatch(ups, { type: 'update', set: { [variable]: value } });
      return outcome;
    },
  };
  const server = createNutServer({
    store,
    control,
    clock,
    log: listLog(logged),
    users: () => options.users ?? TEST_USERS,
    config: { ...DEFAULT_NUT_SERVER_CONFIG, listen: [{ host: '127.0.0.1', port: 0 }], ...options.config },
    ...(options.gate ? { gate: options.gate } : {}),
    onLogin: (change) => void logins.push(change),
  });
  const [address] = await server.start();
  if (!address) throw new Error('the server listens nowhere');
  const { port } = address;
  const clients: RawClient[] = [];
  return {
    server,
    store,
    port,
    acts,
    logged,
    logins,
    async open() {
      const client = await openRawClient(port);
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.stop();
      store.stop();
    },
  };
}

/** Makes a UPS of the store available with these data. */
export function connectUps(store: UpsStore, name: string, ups: ServedUps): void {
  store.dispatch(name, { type: 'connected' });
  store.dispatch(name, {
    type: 'update',
    set: ups.variables,
    traits: ups.traits ?? {},
    commands: ups.commands ?? [],
  });
  store.dispatch(name, { type: 'ready' });
}

export interface RawClient {
  readonly socket: Socket;
  /** Sends text as it is. */
  send(text: string): void;
  /** The next lines the server sends, without their ends. Fails when they do not come. */
  lines(count: number): Promise<string[]>;
  /** Sends a line and returns the first line of the reply, or the whole list. */
  ask(line: string): Promise<string>;
  /** Resolves when the server has closed the connection; what came before is returned. */
  closed(): Promise<string>;
  destroy(): void;
}

const PATIENCE_MS = 10_000;

export async function openRawClient(port: number, host = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host });
  await once(socket, 'connect');
  return rawClientOn(socket);
}

/** @param socket connected, in clear text or encrypted */
export function rawClientOn(socket: Socket): RawClient {
  let text = '';
  let isClosed = false;
  let changed = Promise.withResolvers<undefined>();
  const tell = (): void => {
    changed.resolve(undefined);
    changed = Promise.withResolvers();
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
    tell();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    tell();
  });

  const until = async (what: string, isDone: () => boolean): Promise<void> => {
    const giveUp = new AbortController();
    const timeout = delay(PATIENCE_MS, 'late' as const, { signal: giveUp.signal }).catch(() => undefined);
    try {
      while (!isDone()) {
        const outcome = await Promise.race([changed.promise, timeout]);
        if (outcome === 'late') throw new Error(`${what} did not come; there is ${JSON.stringify(text.slice(0, 500))}`);
      }
    } finally {
      giveUp.abort();
    }
  };
  const takeLine = (): string => {
    const end = text.indexOf('\n');
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  };
  const client: RawClient = {
    socket,
    send: (out) => void socket.write(out, 'latin1'),
    async lines(count) {
      const lines: string[] = [];
      while (lines.length < count) {
        await until(`line ${lines.length + 1} of ${count}`, () => text.includes('\n') || isClosed);
        if (!text.includes('\n')) throw new Error(`closed after ${JSON.stringify(lines)} ${JSON.stringify(text)}`);
        lines.push(takeLine());
      }
      return lines;
    },
    async ask(line) {
      client.send(`${line}\n`);
      const [first = ''] = await client.lines(1);
      if (!first.startsWith('BEGIN LIST')) return first;
      const all = [first];
      while (!all.at(-1)?.startsWith('END LIST')) all.push(...(await client.lines(1)));
      return all.join('\n');
    },
    async closed() {
      await until('the end of the connection', () => isClosed);
      return text;
    },
    destroy: () => socket.destroy(),
  };
  return client;
}
