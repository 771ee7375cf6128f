/**
 * The product without a face: drivers in, state in the middle, the NUT server out.
 * Composition roots give it a configuration and ports; it owns the lifetime of everything below.
 */
import type { Driver, DriverSink, UpsConfig } from './drivers/driver.ts';
import type { UpsControl } from './drivers/ups-control.ts';
import { createNutServer, type NutServer } from './nut/server.ts';
import type { NutServerConfig } from './nut/server-config.ts';
import type { NutUser } from './nut/users.ts';
import type { NetworkClient } from '#domain/schema/snapshot.ts';
import type { Clock, Log, Stop } from './ports.ts';
import { createUpsStore, type UpsStore } from './state/ups-store.ts';

export interface EngineConfig {
  readonly ups: readonly UpsConfig[];
  /** Undefined: nothing is served to the network. */
  readonly nut: NutServerConfig | undefined;
  readonly users: readonly NutUser[];
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
  /** Connections to our NUT server, logged in or not. */
  readonly nutConnections: number;
  /** Calls back when UPSes were added or removed. */
  onListChanged(changed: () => void): Stop;
  /** Adds a UPS that stands in no configuration, until the program ends or it is removed. */
  addUps(ups: UpsConfig): void;
  removeUps(name: string): Promise<void>;
  /**
   * Opens the network first and starts the drivers then: a port in use leaves nothing half-started.
   * @returns the addresses that accept NUT connections
   * @throws NutError nut/port-in-use, nut/cannot-listen
   */
  start(): Promise<readonly ListenAddress[]>;
  /** Takes a changed configuration up: drivers of unchanged UPSes run on; addresses to listen on are not re-read, as in upsd. */
  reconfigure(config: EngineConfig): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly config: UpsConfig;
  readonly driver: Driver;
  /** A driver that is being stopped may still speak; once released nobody listens to it. */
  release(): void;
}

export function createEngine(ports: EnginePorts, initial: EngineConfig): Engine {
  const { clock, log } = ports;
  const store = createUpsStore(clock);
  const running = new Map<string, Running>();
  let config = initial;
  let server: NutServer | undefined;
  const listListeners = new Set<() => void>();
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
    await entry?.driver.stop();
  };

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

  const removeUps = async (name: string): Promise<void> => {
    store.remove(name);
    await stopUps(name.toLowerCase());
  };

  return {
    store,
    control,
    clients: () =>
      (server?.clients() ?? []).flatMap(({ ups, address, username, connectedAt }) =>
        ups === undefined
          ? []
          : [{ ups, address, user: username ?? '', since: clock.now() - (clock.monotonic() - connectedAt) }],
      ),
    get nutConnections() {
      return server?.clientCount ?? 0;
    },
    onListChanged(changed) {
      listListeners.add(changed);
      return () => listListeners.delete(changed);
    },
    addUps(ups) {
      if (running.has(ups.name.toLowerCase())) return;
      store.add(ups, config.maxAgeSeconds);
      startUps(ups);
      tellList();
    },
    async removeUps(name) {
      if (!running.has(name.toLowerCase())) return;
      await removeUps(name);
      tellList();
    },
    async start() {
      for (const ups of config.ups) store.add(ups, config.maxAgeSeconds);
      let addresses: readonly ListenAddress[] = [];
      if (config.nut) {
        server = createNutServer({ store, control, clock, log, users: () => config.users, config: config.nut });
        addresses = await server.start();
      }
      for (const ups of config.ups) startUps(ups);
      return addresses;
    },
    async reconfigure(next) {
      const wanted = new Map(next.ups.map((ups) => [ups.name.toLowerCase(), ups]));
      const gone = [...running.keys()].filter((name) => !wanted.has(name));
      const changed = [...wanted].filter(([name, ups]) => !isSame(running.get(name)?.config, ups));
      config = next;
      for (const name of gone) {
        store.remove(name);
        await stopUps(name);
      }
      for (const [name, ups] of changed) {
        await stopUps(name);
        if (store.get(name))
          store.dispatch(name, { type: 'configured', config: ups, maxAgeSeconds: next.maxAgeSeconds });
        else store.add(ups, next.maxAgeSeconds);
        startUps(ups);
      }
    },
    async stop() {
      await server?.stop();
      await Promise.all([...running.keys()].map(stopUps));
      store.stop();
    },
  };
}

/** Where a section stands in its file does not matter to its driver. */
function isSame(a: UpsConfig | undefined, b: UpsConfig): boolean {
  if (!a) return false;
  const text = ({ origin: _origin, ...rest }: UpsConfig): string =>
    JSON.stringify({ ...rest, options: Object.entries(rest.options).sort() });
  return text(a) === text(b);
}
