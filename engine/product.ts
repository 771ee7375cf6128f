/** The whole product behind a face: engine, history, incidents and the contract, wired together. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FoundDevice } from '#domain/contract.ts';
import { createApi, type Api } from './api/handlers.ts';
import { builtInDefinitions, type DefinitionSet } from './devices/definition.ts';
import { createDriverFactory } from './drivers/create-driver.ts';
import type { DriverOutcome } from './drivers/driver.ts';
import { createEngine, type Engine, type ListenAddress } from './engine.ts';
import { createHistory } from './history/history.ts';
import { createIncidentLog } from './history/incidents.ts';
import { createRecentSamples } from './history/recent-samples.ts';
import { HISTORY_FILE } from './history/sqlite-file.ts';
import { renderMetrics } from './metrics/prometheus.ts';
import type { Clock, HidPort, Log } from './ports.ts';
import { DEMO_UPS, type Configuration } from './settings/configuration.ts';
import { VERSION } from './version.ts';

export interface ProductParts {
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The system's HID devices. */
  readonly hidPort: HidPort;
  /** What to match units with; the built-in definitions unless given. */
  readonly definitions?: DefinitionSet;
  scanDevices(): Promise<readonly FoundDevice[]>;
  /** Reads the configuration again; absent where there is nothing to read. */
  reload?(): Promise<DriverOutcome>;
}

export interface Product {
  readonly engine: Engine;
  readonly api: Api;
  /** @returns addresses that accept NUT connections; empty when nothing is served */
  start(): Promise<readonly ListenAddress[]>;
  /** Takes a configuration up that was read again. */
  reconfigure(configuration: Configuration): Promise<void>;
  /** A UPS has another name from the next reconfigure on: its history and incidents go with it. */
  renameUps(name: string, next: string): void;
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
  const history = createHistory({ store: engine.store, clock, log, file: join(dataDir, HISTORY_FILE) });
  incidents.onIncident((incident) => history.record(incident));
  engine.onListChanged(() => incidents.endOfRemoved(clock.now()));
  let nut: string[] = [];
  const api = createApi({
    engine,
    samples,
    incidents,
    history,
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
    async start() {
      // Before a UPS is heard: what lasted when the program ended may still last.
      incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
      const addresses = await engine.start();
      incidents.endOfRemoved(clock.now());
      nut = addresses.map(formatAddress);
      return addresses;
    },
    reconfigure(next) {
      const fixed = ({ engine: { nut: server }, statePath, driverPath }: Configuration): string =>
        JSON.stringify([server, statePath, driverPath]);
      if (fixed(next) !== fixed(configuration)) {
        log.warn(
          'Changed addresses, connection limits, certificates, statepath or driverpath count from the next start.',
        );
      }
      return engine.reconfigure(next.engine);
    },
    renameUps(name, next) {
      history.renameUps(name, next);
      incidents.rename(name, next);
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
        history: history.problem === undefined ? 'ok' : 'not-written',
        ups: Object.fromEntries(engine.store.list().map((ups) => [ups.config.name, ups.availability])),
      },
    }),
    async stop() {
      api.stop();
      samples.stop();
      incidents.stop();
      await engine.stop();
      await history.stop();
    },
  };
}
