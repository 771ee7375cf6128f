/** The NUT server: what upsd is to NUT. Serves the store's UPSes to anyone who can connect. */
import type { Socket } from 'node:net';
import type { Monotonic } from '#domain/units.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { VERSION } from '#engine/version.ts';
import type { ClientGate } from './client-gate.ts';
import { type ConnectionHost, NutConnection } from './connection.ts';
import { type Listener, openListeners } from './listeners.ts';
import { DEFAULT_MAX_CONNECTIONS, DEFAULT_NUT_SERVER_CONFIG, type NutServerConfig } from './server-config.ts';
import { createServerTls, type ServerTls } from './tls.ts';
import { Tracking } from './tracking.ts';
import type { Session, SessionEffect, SessionWorld } from './turn.ts';
import { UpsRepliesCache } from './ups-replies.ts';
import { authenticate, GuessBrake, type NutUser } from './users.ts';

export interface NutServerDeps {
  readonly store: UpsStore;
  readonly control: UpsControl;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked at each command that needs rights, so that a reload counts at once. */
  readonly users: () => readonly NutUser[];
  readonly config: NutServerConfig;
  /** Who may connect; everybody where it is left out. */
  readonly gate?: ClientGate;
  /** Told whenever somebody logs in or goes. */
  readonly onLogin?: (change: LoginChange) => void;
}

/** Somebody logged in to a UPS, or is logged in no longer. */
export interface LoginChange {
  readonly ups: string;
  readonly address: string;
  /** `gone`: said goodbye, or knew of the forced shutdown. `broken`: the connection ended without a word. */
  readonly how: 'in' | 'gone' | 'broken';
}

/** A connected client, for those who look after the server. */
export interface NutClientInfo {
  readonly address: string;
  readonly username: string | undefined;
  /** The UPS it logged in to: it counts as hanging on it. */
  readonly ups: string | undefined;
  readonly isEncrypted: boolean;
  readonly connectedAt: Monotonic;
  readonly lastLineAt: Monotonic;
}

export interface NutServer {
  /** Reads what a start needs, so that one that cannot be is known before. @throws NutError nut/certificate-unusable */
  check(): Promise<void>;
  /**
   * Opens all addresses or none.
   * @returns what accepts connections now
   * @throws NutError nut/port-in-use, nut/cannot-listen, nut/certificate-unusable
   */
  start(): Promise<readonly { readonly host: string; readonly port: number }[]>;
  /** Closes everything. */
  stop(): Promise<void>;
  /** Ends the connections of those whom the gate admits no longer. */
  endRefused(): void;
  readonly clientCount: number;
  clients(): readonly NutClientInfo[];
}

/** The release whose protocol this is. */
const NUT_LEVEL = '2.8.5';
/**
 * Clients show this text, or take the word after "upsd" for the version: it begins with the release they may expect the
 * habits of, and goes on with who really answers, so that nobody looks for a fault in the wrong program.
 */
const SERVER_VERSION = `${NUT_LEVEL}-ridethrough-${VERSION}`;
const SERVER_INFO = `Network UPS Tools upsd ${SERVER_VERSION} - https://www.networkupstools.org/`;

/** A client that says nothing for so long is gone. Fixed in upsd, and clients count on it. */
const SILENCE_MS = 60_000;
const SWEEP_MS = 2_000;

export function createNutServer(deps: NutServerDeps): NutServer {
  return new Server(deps);
}

class Server implements NutServer, ConnectionHost, SessionWorld {
  readonly clock: Clock;
  readonly world: SessionWorld = this;
  readonly serverInfo = SERVER_INFO;
  readonly serverVersion = SERVER_VERSION;
  readonly #deps: NutServerDeps;
  readonly #replies = new UpsRepliesCache();
  readonly #tracking: Tracking;
  readonly #brake = new GuessBrake();
  readonly #tls: ServerTls | undefined;
  readonly #connections = new Set<NutConnection>();
  /** By UPS name in lower case. */
  readonly #logins = new Map<string, Set<NutConnection>>();
  #listeners: readonly Listener[] = [];
  #stopSweep: Stop | undefined;

  constructor(deps: NutServerDeps) {
    const { clock, config, log } = deps;
    this.#deps = deps;
    this.clock = clock;
    this.#tracking = new Tracking(clock, config.trackingDelaySeconds);
    this.#tls = config.tls ? createServerTls(config.tls, clock, log) : undefined;
  }

  async check(): Promise<void> {
    await this.#tls?.check();
  }

  async start(): Promise<readonly { readonly host: string; readonly port: number }[]> {
    const { config, log } = this.#deps;
    await this.check();
    this.#listeners = await openListeners({
      addresses: config.listen.length > 0 ? config.listen : DEFAULT_NUT_SERVER_CONFIG.listen,
      isOneEnough: config.allowNotAllListeners,
      onConnection: (socket) => this.#accept(socket),
      log,
    });
    this.#stopSweep = this.clock.every(SWEEP_MS, () => this.#sweep());
    // Making a key takes a while: the first client that asks for encryption is not to wait for it.
    this.prepareTls().catch(() => undefined); // told; tried again when a client asks
    return this.#listeners.map(({ host, port }) => ({ host, port }));
  }

  async stop(): Promise<void> {
    this.#stopSweep?.();
    const closing = this.#listeners.map((listener) => listener.close());
    for (const connection of this.#connections) connection.destroy();
    this.#listeners = [];
    await Promise.all(closing);
  }

  endRefused(): void {
    const { gate, log } = this.#deps;
    for (const connection of this.#connections) {
      const { address, session } = connection;
      if (gate?.admits(address) !== false) continue;
      log.warn(`${address} may connect no longer: its connection is ended`, { client: address });
      // It is not waited for: it was sent away.
      this.#leave(session.loggedInto, connection, 'gone');
      connection.destroy();
    }
  }

  get clientCount(): number {
    return this.#connections.size;
  }

  clients(): readonly NutClientInfo[] {
    return [...this.#connections].map(({ session, connectedAt, lastLineAt }) => ({
      address: session.address,
      username: session.username,
      ups: session.loggedInto,
      isEncrypted: session.isEncrypted,
      connectedAt,
      lastLineAt,
    }));
  }

  // What sessions ask.

  list(): readonly UpsState[] {
    return this.#deps.store.list();
  }

  get(ups: string): UpsState | undefined {
    const named = this.#deps.store.get(ups);
    if (named) return named;
    const alias = ups.toLowerCase();
    return this.list().find(({ config }) => config.aliases?.some((name) => name.toLowerCase() === alias));
  }

  repliesOf(state: UpsState): ReturnType<UpsRepliesCache['of']> {
    return this.#replies.of(state);
  }

  loginCount(state: UpsState): number {
    return this.#logins.get(state.config.name.toLowerCase())?.size ?? 0;
  }

  loggedIn(state: UpsState): readonly string[] {
    return [...(this.#logins.get(state.config.name.toLowerCase()) ?? [])].map((connection) => connection.address);
  }

  authenticate(session: Session): NutUser | 'wrong-password' | 'wait' {
    // Who is logged in has shown the right password before.
    if (session.loggedInto === undefined && this.waitBeforeCheck(session.address) > 0) return 'wait';
    return authenticate(this.#deps.users(), session.username ?? '', session.password ?? '') ?? 'wrong-password';
  }

  beginTracking(): string {
    return this.#tracking.begin();
  }

  trackingReply(id: string): string {
    return this.#tracking.reply(id);
  }

  get isTlsConfigured(): boolean {
    return this.#tls !== undefined;
  }

  // What connections ask.

  act(effect: SessionEffect, connection: NutConnection): void {
    const { store, control, log } = this.#deps;
    const who = { client: connection.address, user: connection.session.username };
    switch (effect.type) {
      case 'logged-in':
        this.#loginsOf(effect.ups).add(connection);
        log.info(`${connection.address} logged in`, { ups: effect.ups, ...who });
        this.#deps.onLogin?.({ ups: effect.ups, address: connection.address, how: 'in' });
        break;
      case 'logged-out':
        this.#leave(effect.ups, connection, 'gone');
        break;
      case 'forced-shutdown':
        log.warn(`${connection.address} set a forced shutdown`, { ups: effect.ups, ...who });
        store.dispatch(effect.ups, { type: 'forced-shutdown', isSet: true });
        break;
      case 'set-variable':
        log.info(`${connection.address} sets ${effect.variable}`, { ups: effect.ups, value: effect.value, ...who });
        this.#track(effect.trackingId, control.setVariable(effect.ups, effect.variable, effect.value));
        break;
      case 'run-command':
        log.info(`${connection.address} runs ${effect.command}`, { ups: effect.ups, ...who });
        this.#track(effect.trackingId, control.runCommand(effect.ups, effect.command, effect.parameter));
        break;
      case 'start-tls':
      case 'wrong-password':
      case 'wait':
        break; // the connection's own business
    }
  }

  holdRefusal(address: string): number {
    this.#deps.log.warn(`${address} gave a wrong user name or password`, { client: address });
    return this.#brake.holdRefusal(address, this.clock.monotonic());
  }

  waitBeforeCheck(address: string): number {
    return this.#brake.waitBeforeCheck(address, this.clock.monotonic());
  }

  async prepareTls(): Promise<void> {
    try {
      await this.#tls?.prepare();
    } catch (error) {
      this.#deps.log.error('Cannot encrypt a NUT connection', {
        reason: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
  }

  async encrypt(socket: Socket): Promise<Socket> {
    if (!this.#tls) throw new Error('no TLS is configured');
    return this.#tls.encrypt(socket);
  }

  closed(connection: NutConnection): void {
    this.#connections.delete(connection);
    const { loggedInto, isToldForcedShutdown } = connection.session;
    // upsmon says no goodbye when it shuts its computer down.
    this.#leave(loggedInto, connection, isToldForcedShutdown ? 'gone' : 'broken');
  }

  #leave(ups: string | undefined, connection: NutConnection, how: 'gone' | 'broken'): void {
    if (ups === undefined || !this.#loginsOf(ups).delete(connection)) return;
    const { address } = connection;
    this.#deps.log.info(`${address} ${how === 'gone' ? 'logged out' : 'is gone without logging out'}`, {
      ups,
      client: address,
    });
    this.#deps.onLogin?.({ ups, address, how });
  }

  #loginsOf(ups: string): Set<NutConnection> {
    const key = ups.toLowerCase();
    const known = this.#logins.get(key);
    if (known) return known;
    const made = new Set<NutConnection>();
    this.#logins.set(key, made);
    return made;
  }

  #track(id: string | undefined, outcome: ReturnType<UpsControl['runCommand']>): void {
    outcome.then(
      (result) => {
        if (id !== undefined) this.#tracking.finish(id, result);
      },
      (error: unknown) => {
        this.#deps.log.error('A driver broke on a command', { reason: String(error) });
        if (id !== undefined) this.#tracking.finish(id, 'failed');
      },
    );
  }

  #accept(socket: Socket): void {
    const { gate } = this.#deps;
    const { remoteAddress } = socket;
    // It was reset before it was accepted: nobody waits for an answer, and what was said could be read all the same.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    if (gate && !gate.admits(remoteAddress)) {
      gate.refuse(remoteAddress);
      socket.destroy();
      return;
    }
    if (this.#connections.size >= (this.#deps.config.maxConn ?? DEFAULT_MAX_CONNECTIONS) && !this.#makeRoom()) {
      this.#deps.log.warn('Too many NUT connections, one more was refused');
      socket.destroy();
      return;
    }
    this.#connections.add(new NutConnection(socket, this));
  }

  /** Closes the client silent for longest; those who hang on a UPS are not put off for a newcomer. */
  #makeRoom(): boolean {
    let oldest: NutConnection | undefined;
    for (const connection of this.#connections) {
      if (connection.session.loggedInto !== undefined) continue;
      if (oldest === undefined || connection.lastLineAt < oldest.lastLineAt) oldest = connection;
    }
    if (!oldest) return false;
    this.#connections.delete(oldest);
    oldest.destroy();
    return true;
  }

  /** Drops who has been silent for too long, and who logged in to a UPS under a name that is not its any more. */
  #sweep(): void {
    const now = this.clock.monotonic();
    for (const connection of this.#connections) {
      const { loggedInto, loggedInAs } = connection.session;
      const isUpsGone =
        loggedInAs !== undefined && this.get(loggedInAs)?.config.name.toLowerCase() !== loggedInto?.toLowerCase();
      if (isUpsGone || now - connection.lastLineAt > SILENCE_MS) connection.destroy();
    }
  }
}
