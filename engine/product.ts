/** The whole product behind a face: engine, recent history, incidents and the contract, wired together. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FoundDevice } from '#domain/contract.ts';
import { createApi, type Api } from './api/handlers.ts';
import { builtInDefinitions, type DefinitionSet } from './devices/definition.ts';
import { createDriverFactory } from './drivers/create-driver.ts';
import type { DriverOutcome } from './drivers/driver.ts';
import { createEngine, type Engine, type ListenAddress } from './engine.ts';
import { createIncidentLog } from './history/incidents.ts';
import { createRecentSamples } from './history/recent-samples.ts';
import { renderMetrics } from './metrics/prometheus.ts';
import { keepInFile } from './monitor/kept-state.ts';
import { createMonitor, type Monitor } from './monitor/monitor.ts';
import { NO_POLICY } from './monitor/policy.ts';
import type { Clock, HidPort, Log, SystemPower } from './ports.ts';
import { DEMO_UPS, type Configuration } from './settings/configuration.ts';
import { VERSION } from './version.ts';

export interface ProductParts {
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The system's HID devices. */
  readonly hidPort: HidPort;
  /** How this computer is told to go down. */
  readonly power: SystemPower;
  /** What to match units with; the built-in definitions unless given. */
  readonly definitions?: DefinitionSet;
  scanDevices(): Promise<readonly FoundDevice[]>;
  /** Reads the configuration again; absent where there is nothing to read. */
  reload?(): Promise<DriverOutcome>;
}

export interface Product {
  readonly engine: Engine;
  readonly api: Api;
  readonly monitor: Monitor;
  /** @returns addresses that accept NUT connections; empty when nothing is served */
  start(): Promise<readonly ListenAddress[]>;
  /** Takes a configuration up that was read again. */
  reconfigure(configuration: Configuration): Promise<void>;
  metrics(webClients: number): string;
  health(): { readonly status: number; readonly body: unknown };
  stop(): Promise<void>;
}

export const formatAddress = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

export function createProduct(parts: ProductParts): Product {
  const { clock, log, configuration, dataDir } = parts;
  const startedAt = clock.now();
  const engine = createEngine(
    {
      clock,
      log,
      createDriver: createDriverFactory({
        clock,
        log,
        hidPort: parts.hidPort,
        definitions: parts.definitions ?? builtInDefinitions,
        reload: () => parts.reload?.() ?? Promise.resolve('handled'),
        confDir: configuration.confDir,
        statePath: configuration.statePath,
        driverPath: configuration.driverPath,
        maxAgeSeconds: configuration.engine.maxAgeSeconds,
        runFolder: join(dataDir, 'nut-drivers'),
      }),
    },
    configuration.engine,
  );
  const samples = createRecentSamples(engine.store, clock);
  const incidents = createIncidentLog(engine.store);
  const monitor = createMonitor({
    policy: configuration.monitor ?? NO_POLICY,
    store: engine.store,
    control: engine.control,
    clients: () => engine.clients(),
    clock,
    log,
    power: parts.power,
    keeper: keepInFile(join(dataDir, 'monitor.json')),
  });
  engine.onListChanged(() => incidents.endOfRemoved(clock.now()));
  let nut: string[] = [];
  const api = createApi({
    engine,
    samples,
    incidents,
    monitor,
    clock,
    log,
    about: {
      version: VERSION,
      hostName: hostname(),
      configuration: configuration.kind,
      startedAt,
      nut: () => nut,
    },
    scanDevices: () => parts.scanDevices(),
    demo: {
      start: () => {
        engine.addUps(DEMO_UPS);
        return Promise.resolve(DEMO_UPS.name);
      },
      stop: () => engine.removeUps(DEMO_UPS.name),
    },
  });

  return {
    engine,
    api,
    monitor,
    async start() {
      const addresses = await engine.start();
      nut = addresses.map(formatAddress);
      await monitor.start();
      return addresses;
    },
    async reconfigure(next) {
      const fixed = ({ engine: { nut: server }, statePath, driverPath }: Configuration): string =>
        JSON.stringify([server, statePath, driverPath]);
      if (fixed(next) !== fixed(configuration)) {
        log.warn(
          'Changed addresses, connection limits, certificates, statepath or driverpath count from the next start.',
        );
      }
      await engine.reconfigure(next.engine);
      await monitor.reconfigure(next.monitor ?? NO_POLICY);
    },
    metrics: (webClients) =>
      renderMetrics(
        engine.store.list(),
        { version: VERSION, nutClients: engine.nutConnections, webClients, startedAtSeconds: startedAt / 1000 },
        clock.now(),
      ),
    health: () => ({
      status: 200,
      body: {
        status: 'ok',
        version: VERSION,
        ups: Object.fromEntries(engine.store.list().map((ups) => [ups.config.name, ups.availability])),
      },
    }),
    async stop() {
      api.stop();
      samples.stop();
      incidents.stop();
      await Promise.all([monitor.stop(), engine.stop()]);
    },
  };
}
