/**
 * The product without a face: drivers in, state in the middle, the NUT server out.
 * Composition roots give it a configuration and ports; it owns the lifetime of everything below.
 */
import type { Driver, DriverSink, UpsConfig } from './drivers/driver.ts';
import type { UpsControl } from './drivers/ups-control.ts';
import { createClientGate, type Refusal } from './nut/client-gate.ts';
import { createNutServer, type LoginChange, type NutServer } from './nut/server.ts';
import type { NutServerConfig } from './nut/server-config.ts';
import type { NutUser } from './nut/users.ts';
import { describeError, NutError } from '#domain/errors.ts';
import type { NetworkClient } from '#domain/schema/snapshot.ts';
import type { Clock, Log, Stop } from './ports.ts';
import { createUpsStore, type UpsStore } from './state/ups-store.ts';

export interface EngineConfig {
  readonly ups: readonly UpsConfig[];
  /** Undefined: nothing is served to the network. */
  readonly nut: NutServerConfig | undefined;
  readonly users: readonly NutUser[];
  /** Addresses and networks from which the NUT server may be used, beside this computer. Absent or empty: all. */
  readonly allow?: readonly string[];
  /** Seconds of silence after which data count as old. */
  readonly maxAgeSeconds: number;
}

export interface EnginePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the driver of one UPS; called again after each change of its configuration. */
  createDriver(config: UpsConfig, sink: DriverSink): Driver;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Engine {
  readonly store: UpsStore;
  readonly control: UpsControl;
  /** Computers logged in to a UPS on our NUT server. */
  clients(): readonly NetworkClient[];
  /** Calls back when a computer logs in to a UPS on our NUT server, and when it goes. */
  onLogin(changed: (change: LoginChange) => void): Stop;
  /** Connections to our NUT server, logged in or not. */
  readonly nutConnections: number;
  /** Who was turned away from our NUT server lately. */
  refusals(): readonly Refusal[];
  /** Connections that were turned away since the start. */
  readonly nutRefused: number;
  /** Calls back when the addresses that accept NUT connections may be other ones. */
  onNetworkChanged(changed: () => void): Stop;
  /** Calls back when UPSes were added or removed. */
  onListChanged(changed: () => void): Stop;
  /** Tries at once to reach a UPS that cannot be read; nothing happens to one that can. Unknown names are passed over. */
  retry(name: string): Promise<void>;
  /** Adds a UPS that stands in no configuration, until the program ends or it is removed. A name that is taken stays as it is. */
  addUps(ups: UpsConfig): void;
  /** Removes what addUps added; a configured UPS stays. */
  removeUps(name: string): Promise<void>;
  /** Addresses that accept NUT connections. */
  readonly addresses: readonly ListenAddress[];
  /** Why there are none although there should be. */
  readonly networkProblem: NutError | undefined;
  /** Tries at once to open the network, where there is a problem with it; how that ended is in networkProblem. */
  retryNetwork(): Promise<void>;
  /**
   * Opens the network first and starts the drivers then.
   * @param network `needed`: without it nothing is started; `wished`: the drivers are started all the same, and it is
   *   tried again every half minute
   * @returns the addresses that accept NUT connections
   * @throws NutError nut/port-in-use, nut/cannot-listen, where it is needed
   */
  start(network?: 'needed' | 'wished'): Promise<readonly ListenAddress[]>;
  /**
   * Takes a changed configuration up: drivers of unchanged UPSes run on, and so does the NUT server when nothing of it
   * changed; connections of those who are allowed no longer are ended, before all else. Calls are carried out one after
   * the other.
   * @param handedOn names that stand for another unit from now on: what is known under them is not of that one
   * @throws NutError when the server cannot be had as it is wanted; it serves as before then, the rest is taken up
   */
  reconfigure(config: EngineConfig, handedOn?: readonly string[]): Promise<void>;
  /** Ends everything, also what is just being started or reconfigured. */
  stop(): Promise<void>;
}

interface Running {
  readonly config: UpsConfig;
  readonly driver: Driver;
  /** A driver that is being stopped may still speak; once released nobody listens to it. */
  release(): void;
}

/** Whoever has the port, another NUT server most often, may give it up. */
const RETRY_NETWORK_MS = 30_000;

export function createEngine(ports: EnginePorts, initial: EngineConfig): Engine {
  const { clock, log } = ports;
  const store = createUpsStore(clock);
  const running = new Map<string, Running>();
  /** Names of UPSes that stand in no configuration. */
  const added = new Set<string>();
  let config = initial;
  let isStopped = false;
  let turn: Promise<void> = Promise.resolve();
  const mayGoOn = (): boolean => !isStopped;
  let server: NutServer | undefined;
  let addresses: readonly ListenAddress[] = [];
  const listListeners = new Set<() => void>();
  const networkListeners = new Set<() => void>();
  const loginListeners = new Set<(change: LoginChange) => void>();
  const onLogin = (change: LoginChange): void => {
    for (const listener of loginListeners) listener(change);
  };
  const tellList = (): void => {
    for (const listener of listListeners) listener();
  };

  const startUps = (ups: UpsConfig): void => {
    const name = ups.name.toLowerCase();
    let isCurrent = true;
    const driver = ports.createDriver(ups, (event) => {
      if (isCurrent) store.dispatch(name, event);
    });
    running.set(name, {
      config: ups,
      driver,
      release: () => {
        isCurrent = false;
      },
    });
    driver.start();
  };

  const stopUps = async (name: string): Promise<void> => {
    const entry = running.get(name);
    running.delete(name);
    entry?.release();
    try {
      await entry?.driver.stop();
    } catch (error) {
      // The others have to be stopped all the same.
      log.error(`A driver did not end cleanly: ${describeError(error)}`, { ups: entry?.config.name });
    }
  };

  /** One change after the other, and none after the end. */
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    const done = turn.then(() => (mayGoOn() ? change() : undefined));
    turn = done.catch(() => undefined); // whoever asked is told
    return done;
  };

  const takeUp = async (next: EngineConfig, handedOn: readonly string[]): Promise<void> => {
    const namesBefore = store.list().map((ups) => ups.config.name);
    const maxAgeBefore = config.maxAgeSeconds;
    const wanted = new Map(next.ups.map((ups) => [ups.name.toLowerCase(), ups]));
    const others = new Set(handedOn.map((name) => name.toLowerCase()));
    const gone = [...running.keys()].filter((name) => others.has(name) || (!wanted.has(name) && !added.has(name)));
    const changed = [...wanted].filter(([name, ups]) => others.has(name) || !isSame(running.get(name)?.config, ups));
    const calledOtherwise = [...wanted].filter(([name, ups]) => {
      const before = running.get(name)?.config;
      return !others.has(name) && before !== undefined && isSame(before, ups) && calledAs(before) !== calledAs(ups);
    });
    config = next;
    gate.allow(next.allow ?? []);
    server?.endRefused();
    for (const name of gone) store.remove(name);
    await Promise.all([...gone, ...changed.map(([name]) => name)].map(stopUps));
    if (!mayGoOn()) return;
    if (next.maxAgeSeconds !== maxAgeBefore) {
      for (const [name, entry] of running) configure(name, entry.config);
    }
    for (const [name, ups] of calledOtherwise) {
      const entry = running.get(name);
      if (entry) running.set(name, { ...entry, config: ups });
      configure(name, ups);
    }
    for (const [name, ups] of changed) {
      added.delete(name);
      await stopUps(name); // a UPS of this name may have been added meanwhile
      if (!mayGoOn()) return;
      if (store.get(name)) configure(name, ups);
      else store.add(ups, next.maxAgeSeconds);
      startUps(ups);
    }
    store.arrange([...wanted.keys()]);
    const names = store.list().map((ups) => ups.config.name);
    if (names.join('\n') !== namesBefore.join('\n')) tellList();
    await serveAs(next.nut);
  };

  let served: NutServerConfig | undefined;
  let networkProblem: NutError | undefined;
  const gate = createClientGate(clock, log);
  gate.allow(initial.allow ?? []);
  const serverFor = (wanted: NutServerConfig | undefined): NutServer | undefined =>
    wanted && createNutServer({ store, control, clock, log, users: () => config.users, config: wanted, gate, onLogin });
  const openServer = async (wanted: NutServerConfig | undefined): Promise<void> => {
    server = serverFor(wanted);
    try {
      addresses = (await server?.start()) ?? [];
      served = wanted;
      networkProblem = undefined;
    } catch (error) {
      server = undefined;
      served = undefined;
      addresses = [];
      if (error instanceof NutError) networkProblem = error;
      throw error;
    } finally {
      for (const listener of networkListeners) listener();
    }
  };

  /** Closes the server and opens it anew, where it is wanted otherwise than it is. */
  const serveAs = async (wanted: NutServerConfig | undefined): Promise<void> => {
    const before = served;
    if (!mayGoOn() || JSON.stringify(wanted) === JSON.stringify(before)) return;
    // A certificate that cannot be used is to disconnect nobody.
    await serverFor(wanted)?.check();
    await server?.stop();
    if (!mayGoOn()) return;
    try {
      await openServer(wanted);
    } catch (error) {
      // What was not served before is not served now either, for the reason that was just told.
      if (before) await openServer(before);
      throw error;
    }
  };

  /** For those to whom a network that cannot be had is no error. */
  const withoutNetwork = async (opening: Promise<void>): Promise<void> => {
    try {
      await opening;
    } catch (error) {
      if (!(error instanceof NutError)) throw error;
    }
  };

  let stopRetrying: Stop | undefined;
  const retryNetwork = (): Promise<void> =>
    inTurn(async () => {
      if (!networkProblem) return;
      await withoutNetwork(serveAs(config.nut));
      if (addresses.length > 0) log.info('NUT clients are served now', { addresses: addresses.length });
    });

  const configure = (name: string, ups: UpsConfig): void =>
    store.dispatch(name, { type: 'configured', config: ups, maxAgeSeconds: config.maxAgeSeconds });

  const control: UpsControl = {
    async runCommand(ups, command, parameter) {
      const entry = running.get(ups.toLowerCase());
      if (!entry) return 'failed';
      log.info(`Command ${command}${parameter === undefined ? '' : ` ${parameter}`}`, { ups: entry.config.name });
      const outcome = await entry.driver.runCommand(command, parameter);
      log[outcome === 'handled' ? 'info' : 'warn'](`Command ${command}: ${outcome}`, { ups: entry.config.name });
      return outcome;
    },
    async setVariable(ups, variable, value) {
      const entry = running.get(ups.toLowerCase());
      if (!entry) return 'failed';
      const outcome = await entry.driver.setVariable(variable, value);
      log[outcome === 'handled' ? 'info' : 'warn'](`Set ${variable}: ${outcome}`, { ups: entry.config.name });
      return outcome;
    },
  };

  return {
    store,
    control,
    clients: () =>
      (server?.clients() ?? []).flatMap(({ ups, address, username, connectedAt }) =>
        ups === undefined
          ? []
          : [
              {
                ups,
                address,
                user: username ?? '',
                ...roleOf(config.users, username),
                since: clock.now() - (clock.monotonic() - connectedAt),
              },
            ],
      ),
    onLogin(changed) {
      loginListeners.add(changed);
      return () => loginListeners.delete(changed);
    },
    get addresses() {
      return addresses;
    },
    get nutConnections() {
      return server?.clientCount ?? 0;
    },
    refusals: () => gate.refusals(),
    get nutRefused() {
      return gate.refusedCount;
    },
    get networkProblem() {
      return networkProblem;
    },
    retryNetwork,
    onNetworkChanged(changed) {
      networkListeners.add(changed);
      return () => networkListeners.delete(changed);
    },
    onListChanged(changed) {
      listListeners.add(changed);
      return () => listListeners.delete(changed);
    },
    retry: (name) =>
      inTurn(async () => {
        const key = name.toLowerCase();
        const entry = running.get(key);
        if (!entry || store.get(key)?.availability === 'available' || entry.driver.retry?.() === true) return;
        await stopUps(key);
        if (mayGoOn()) startUps(entry.config);
      }),
    addUps(ups) {
      const name = ups.name.toLowerCase();
      if (!mayGoOn() || running.has(name)) return;
      added.add(name);
      store.add(ups, config.maxAgeSeconds);
      startUps(ups);
      tellList();
    },
    async removeUps(name) {
      const key = name.toLowerCase();
      if (!added.delete(key)) return;
      store.remove(key);
      tellList();
      await stopUps(key);
    },
    async start(network = 'needed') {
      for (const ups of config.ups) store.add(ups, config.maxAgeSeconds);
      await (network === 'needed' ? openServer(config.nut) : withoutNetwork(openServer(config.nut)));
      if (!mayGoOn()) {
        await server?.stop();
        return [];
      }
      if (network === 'wished') {
        stopRetrying = clock.every(RETRY_NETWORK_MS, () => {
          retryNetwork().catch((error: unknown) => log.error(`The network was not opened: ${describeError(error)}`));
        });
      }
      for (const ups of config.ups) startUps(ups);
      return addresses;
    },
    reconfigure: (next, handedOn = []) => inTurn(() => takeUp(next, handedOn)),
    async stop() {
      isStopped = true;
      stopRetrying?.();
      await Promise.all([server?.stop(), turn, ...[...running.keys()].map(stopUps)]);
      store.stop();
    },
  };
}

/** Where a section stands in its file does not matter to its driver, nor does what people and clients call the unit. */
function isSame(a: UpsConfig | undefined, b: UpsConfig): boolean {
  if (!a) return false;
  const text = ({ origin: _origin, description: _description, aliases: _aliases, ...rest }: UpsConfig): string =>
    JSON.stringify({ ...rest, options: Object.entries(rest.options).sort() });
  return text(a) === text(b);
}

/** What a UPS is called, by people and by clients. */
const calledAs = ({ description, aliases = [] }: UpsConfig): string => JSON.stringify([description, aliases]);

/** The rights that upsd.users gives tell what an account was made for. */
function roleOf(users: readonly NutUser[], name: string | undefined): Pick<NetworkClient, 'role'> {
  const user = users.find((candidate) => candidate.name === name);
  return user ? { role: user.actions.has('PRIMARY') ? 'primary' : 'secondary' } : {};
}
