import { createApi, type Api } from '#engine/api/handlers.ts';
import { createEngine, type Engine } from '#engine/engine.ts';
import { createHistory, type History } from '#engine/history/history.ts';
import { createIncidentLog } from '#engine/history/incidents.ts';
import { createRecentSamples } from '#engine/history/recent-samples.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeDriver, type FakeDriver } from './fake-driver.ts';
import { createRememberingLog, type RememberingLog } from './silent-log.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly api: Api;
  /** Kept in memory. */
  readonly history: History;
  readonly clock: FakeClock;
  readonly log: RememberingLog;
  /** By UPS name, the newest of each. */
  readonly drivers: Map<string, FakeDriver>;
  stop(): Promise<void>;
}

/** A real engine and its contract over fake drivers, on a fake clock, without a network. */
export async function startTestEngine(...names: string[]): Promise<TestEngine> {
  const clock = createFakeClock();
  const log = createRememberingLog();
  const drivers = new Map<string, FakeDriver>();
  const engine = createEngine(
    {
      clock,
      log,
      createDriver: (config, sink) => {
        const driver = createFakeDriver(config, sink);
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
  const history = createHistory({ store: engine.store, clock, log, file: ':memory:' });
  incidents.onIncident((incident) => history.record(incident));
  const api = createApi({
    engine,
    samples,
    incidents,
    history,
    clock,
    log,
    about: { version: '0', hostName: 'test', configuration: 'automatic', startedAt: clock.now(), nut: () => [] },
    scanDevices: () => Promise.resolve([]),
    demo: { start: () => Promise.resolve('demo'), stop: () => Promise.resolve() },
  });
  incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
  await engine.start();
  return {
    engine,
    history,
    api,
    clock,
    log,
    drivers,
    async stop() {
      api.stop();
      samples.stop();
      incidents.stop();
      await engine.stop();
      await history.stop();
    },
  };
}
