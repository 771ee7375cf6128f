import { createApi, type Api } from '#engine/api/handlers.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { createAlertHandlers } from '#engine/api/alert-handlers.ts';
import { createSettingsHandlers } from '#engine/api/settings-handlers.ts';
import { createSetupHandlers } from '#engine/api/setup-handlers.ts';
import { createWebHandlers } from '#engine/api/web-handlers.ts';
import { createWizardHandlers } from '#engine/api/wizard-handlers.ts';
import { createBattery } from '#engine/battery/battery.ts';
import { createEngine, type Engine } from '#engine/engine.ts';
import { createHistory, type History } from '#engine/history/history.ts';
import { createIncidentLog } from '#engine/history/incidents.ts';
import { keepInFile, type StateKeeper } from '#engine/monitor/kept-state.ts';
import { NO_LATE_HOOK, type LateHook } from '#engine/monitor/late-power-off.ts';
import { createMonitor, type Monitor } from '#engine/monitor/monitor.ts';
import type { Notice } from '#engine/monitor/notices.ts';
import { NO_POLICY, type MonitorPolicy } from '#engine/monitor/policy.ts';
import { createFakePower, type FakePower } from './fake-power.ts';
import { createRecentSamples } from '#engine/history/recent-samples.ts';
import type { SetupSystem } from '#engine/setup/setup-system.ts';
import { createFakeDiscovery } from './fake-discovery.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeDriver, type FakeDriver } from './fake-driver.ts';
import { openHere } from './history-here.ts';
import { createRememberingLog, type RememberingLog } from './silent-log.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly api: Api;
  /** Kept in memory. */
  readonly history: History;
  readonly clock: FakeClock;
  readonly log: RememberingLog;
  readonly monitor: Monitor;
  readonly power: FakePower;
  /** By UPS name, the newest of each. */
  readonly drivers: Map<string, FakeDriver>;
  stop(): Promise<void>;
}

/** A real engine and its contract over fake drivers, on a fake clock, without a network; nothing is shut down from it. */
export const startTestEngine = (...names: string[]): Promise<TestEngine> => startMonitoredEngine({ names });

export interface MonitoredEngineOptions {
  readonly names: readonly string[];
  readonly policy?: MonitorPolicy;
  /** Where the monitor keeps its state; nowhere that can be written to unless given. */
  readonly keeper?: StateKeeper;
  readonly clock?: FakeClock;
  readonly power?: FakePower;
  readonly lateHook?: LateHook;
  readonly onNotice?: (notice: Notice) => Promise<void>;
  /** What the UPSes say first; OL unless given. */
  readonly status?: string;
}

/** Nothing runs on it that is in the way, and its rule is in place. */
const QUIET_COMPUTER: SetupSystem = {
  neighbours: () => Promise.resolve([]),
  firewall: () => Promise.resolve(undefined),
  rule: () => Promise.resolve('installed'),
  installRule: () => Promise.resolve({ outcome: 'already', command: '' }),
};

/** The same with a shutdown monitor at work, that tells a fake computer to go down. */
export async function startMonitoredEngine({
  names,
  policy = NO_POLICY,
  keeper = keepInFile('/nowhere/monitor.json'),
  clock = createFakeClock(),
  power = createFakePower(clock),
  lateHook = NO_LATE_HOOK,
  onNotice = () => Promise.resolve(),
  status,
}: MonitoredEngineOptions): Promise<TestEngine> {
  const log = createRememberingLog();
  const drivers = new Map<string, FakeDriver>();
  const engine = createEngine(
    {
      clock,
      log,
      createDriver: (config, sink) => {
        const driver = createFakeDriver(config, sink, status);
        drivers.set(config.name, driver);
        return driver;
      },
    },
    {
      ups: names.map((name) => ({ name, driver: 'dummy-ups', port: 'x.dev', options: {} })),
      users: [],
      nut: undefined,
      maxAgeSeconds: 15,
    },
  );
  const samples = createRecentSamples(engine.store, clock);
  const incidents = createIncidentLog(engine.store);
  const monitor = createMonitor({
    policy,
    store: engine.store,
    control: engine.control,
    clients: () => engine.clients(),
    onLogin: (changed) => engine.onLogin(changed),
    clock,
    log,
    power,
    lateHook,
    keeper,
    onNotice,
  });
  const history = createHistory({ store: engine.store, clock, log, file: ':memory:', open: openHere });
  incidents.onIncident((incident) => history.record(incident));
  const api = createApi({
    engine,
    samples,
    incidents,
    monitor,
    history,
    battery: createBattery({ history, control: engine.control, clock }),
    clock,
    log,
    about: () => ({
      version: '0',
      hostName: 'test',
      configuration: 'automatic',
      startedAt: clock.now(),
      nut: [],
      needsSetup: false,
    }),
    settings: createSettingsHandlers({ kind: 'demo', settings: () => Settings.parse({}) }, () => Promise.resolve()),
    web: createWebHandlers(undefined),
    setup: createSetupHandlers({
      scanDevices: () => Promise.resolve([]),
      discovery: createFakeDiscovery(),
      dataDir: '/nonexistent',
      clock,
      log,
      environment: {},
      driverPath: () => undefined,
      optionsOf: () => '',
      addresses: () => [],
      allow: () => [],
      refusals: () => [],
      firewall: () => Promise.resolve(undefined),
    }),
    wizard: createWizardHandlers({
      system: QUIET_COMPUTER,
      store: engine.store,
      monitor,
      clock,
      power,
      lateHook,
      network: engine,
      scanDevices: () => Promise.resolve([]),
      stopped: new AbortController().signal,
      settingsNow: () => Settings.parse({}),
    }),
    alerts: createAlertHandlers(
      () => undefined,
      () => Settings.parse({}),
    ),
    onTroubles: () => () => undefined,
    onSettingsChanged: () => () => undefined,
    scanDevices: () => Promise.resolve([]),
    demo: { start: () => Promise.resolve('demo'), stop: () => Promise.resolve() },
  });
  incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
  await engine.start();
  await monitor.start();
  return {
    engine,
    history,
    api,
    monitor,
    power,
    clock,
    log,
    drivers,
    async stop() {
      api.stop();
      samples.stop();
      incidents.stop();
      await monitor.stop();
      await engine.stop();
      await history.stop();
    },
  };
}
