/** The whole product behind a face: engine, history, incidents and the contract, wired together. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FoundDevice } from '#domain/contract.ts';
import { AppError, describeError } from '#domain/errors.ts';
import type { Locale } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { openAlerts, type Alerts } from './alerts/alerts.ts';
import { planWords } from './alerts/plan-words.ts';
import { createAlertHandlers, troublesOf } from './api/alert-handlers.ts';
import { createApi, type Api } from './api/handlers.ts';
import { createSettingsHandlers, type SettingsSource } from './api/settings-handlers.ts';
import { createSetupHandlers } from './api/setup-handlers.ts';
import { createWebHandlers } from './api/web-handlers.ts';
import { createWizardHandlers } from './api/wizard-handlers.ts';
import { createBattery, type Battery } from './battery/battery.ts';
import { builtInDefinitions, type DefinitionSet } from './devices/definition.ts';
import { createDriverFactory } from './drivers/create-driver.ts';
import type { DriverOutcome } from './drivers/driver.ts';
import { createEngine, type Engine, type ListenAddress } from './engine.ts';
import { createHistory } from './history/history.ts';
import type { OpenHistoryFile } from './history/history-store.ts';
import { createIncidentLog } from './history/incidents.ts';
import type { Limits } from './history/limits.ts';
import { createRecentSamples } from './history/recent-samples.ts';
import { HISTORY_FILE } from './history/sqlite-file.ts';
import { openInThread } from './history/threaded-history.ts';
import { renderMetrics } from './metrics/prometheus.ts';
import { createDecisionLog, DECISIONS_FILE, readDecisions } from './monitor/decision-log.ts';
import { keepInFile } from './monitor/kept-state.ts';
import { NO_LATE_HOOK, type LateHook } from './monitor/late-power-off.ts';
import { createMonitor, type Monitor } from './monitor/monitor.ts';
import { NO_POLICY } from './monitor/policy.ts';
import { createAnnouncer } from './nut/announcer.ts';
import type {
  AnnouncedService,
  Clock,
  DesktopNotifier,
  HidPort,
  Log,
  ServiceDiscovery,
  Stop,
  SystemPower,
  WebPasswords,
} from './ports.ts';
import {
  ATTACHED_UPS,
  DEMO_UPS,
  settingsConfiguration,
  shownSettings,
  type Configuration,
} from './settings/configuration.ts';
import { isLoopback } from './settings/nut-conf/loopback.ts';
import { inSteps, renamedUpses, type Renaming } from './settings/renamed-upses.ts';
import type { SettingsKeeper } from './settings/settings-keeper.ts';
import type { SetupSystem } from './setup/setup-system.ts';
import { VERSION } from './version.ts';
import { DISK_LIMIT_MS, withinLimit } from './within-limit.ts';

export interface ProductParts {
  readonly configuration: Configuration;
  /** Our own settings, where the configuration comes from them; their changes are taken up as they come. */
  readonly settings?: SettingsKeeper;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The system's HID devices. */
  readonly hidPort: HidPort;
  /** Language of messages to people; English unless given. */
  readonly locale?: () => Locale;
  /** Notifications on the screen; absent where nobody sits at this computer. */
  readonly desktop?: DesktopNotifier;
  /** How this computer is told to go down. */
  readonly power: SystemPower;
  /** The hook at the end of this computer's shutdowns, where it can have one. */
  readonly lateHook?: LateHook;
  /** What to match units with; the built-in definitions unless given. */
  readonly definitions?: DefinitionSet;
  /** Where the history file lives; in a thread of its own unless given. */
  readonly openHistory?: OpenHistoryFile;
  /** What the wizard asks of this computer. */
  readonly setupSystem: SetupSystem;
  /** Absent where no web interface is served. */
  readonly webPasswords?: WebPasswords;
  /** Tells the local network of our server, and hears of others. */
  readonly discovery: ServiceDiscovery;
  scanDevices(): Promise<readonly FoundDevice[]>;
  /** Reads the configuration again; absent where there is nothing to read. */
  reload?(): Promise<DriverOutcome>;
}

export interface Product {
  readonly engine: Engine;
  readonly api: Api;
  readonly monitor: Monitor;
  /** What its own discharges taught about the battery of each UPS. */
  readonly battery: Battery;
  /**
   * @param network `wished`: a UPS is watched and this computer shut down also where it cannot be had
   * @returns addresses that accept NUT connections; empty when nothing is served
   * @throws NutError where the network is needed and cannot be had
   */
  start(network?: 'needed' | 'wished'): Promise<readonly ListenAddress[]>;
  /** Why UPSes are not served, though they should be. */
  readonly networkProblem: AppError | undefined;
  /** Takes a configuration up that was read again. */
  reconfigure(configuration: Configuration): Promise<void>;
  metrics(webClients: number): string;
  health(): { readonly status: number; readonly body: unknown };
  stop(): Promise<void>;
}

export const formatAddress = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What counts as an incident although no UPS says so. */
function limitsOf(settings: Settings | undefined, monitor: Monitor): Limits {
  if (!settings) return {};
  const { shortRuntime, ...limits } = settings.alerts.limits;
  const { plan } = monitor.view();
  // A shutdown by low battery comes in time by itself, and its moment says nothing of a full battery.
  const isByLow = plan.steps.some(
    ({ what, afterSeconds }) => what.phrase === 'rehearsal.low' && afterSeconds === plan.beginsAfterSeconds,
  );
  if (!shortRuntime || plan.from !== undefined || plan.offAfterSeconds === undefined || isByLow) return limits;
  return { ...limits, planSeconds: plan.offAfterSeconds };
}

/** Nobody is told of a server that only this computer reaches, or that NUT's files set up: those ask for no such thing. */
function serviceToAnnounce(
  settings: Settings | undefined,
  addresses: readonly ListenAddress[],
): AnnouncedService | undefined {
  const port = addresses.find(({ host }) => !isLoopback(host))?.port;
  const isWanted = settings?.server.rmonitor === true && settings.server.announce;
  return isWanted && port !== undefined ? { name: hostname().split('.')[0] ?? '', port } : undefined;
}

export function createProduct(parts: ProductParts): Product {
  const { clock, log, dataDir, settings: keeper } = parts;
  let { configuration } = parts;
  const startedAt = clock.now();
  const stopped = new AbortController();
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
        baseDir: configuration.baseDir,
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
  /** Tells people. Undefined before the start. */
  let alerts: Alerts | undefined;
  /** What the monitor told before anybody could be told: it guards this computer first. */
  const early: ((alerts: Alerts) => Promise<void>)[] = [];
  const tellPeople = async (news: (alerts: Alerts) => Promise<void>): Promise<void> => {
    if (alerts) await news(alerts);
    else early.push(news);
  };
  /** Listeners from before the start. */
  const onTroubles = new Set<() => void>();
  const incidents = createIncidentLog(engine.store, () => limitsOf(keeper?.current.settings, monitor));
  const decisions = createDecisionLog(join(dataDir, DECISIONS_FILE), log);
  const monitor: Monitor = createMonitor({
    policy: configuration.monitor ?? NO_POLICY,
    store: engine.store,
    control: engine.control,
    clients: () => engine.clients(),
    onLogin: (changed) => engine.onLogin(changed),
    clock,
    log,
    power: parts.power,
    lateHook: parts.lateHook ?? NO_LATE_HOOK,
    keeper: keepInFile(join(dataDir, 'monitor.json')),
    onDecision: (decision) => decisions.add(decision),
    onNotice: ({ type, ups }) => tellPeople((told) => told.notice(type, ups)),
    onFailed: (failure) => tellPeople((told) => told.shutdownFailed(failure)),
  });
  const history = createHistory({
    store: engine.store,
    clock,
    log,
    file: join(dataDir, HISTORY_FILE),
    open: parts.openHistory ?? openInThread,
  });
  const battery = createBattery({ history, control: engine.control, clock });
  incidents.onIncident((incident) => history.record(incident));
  engine.onListChanged(() => incidents.endOfRemoved(clock.now()));
  monitor.onStory(({ at, startedAt, charge }, ups) =>
    incidents.note({
      ups,
      kind: 'shutdown',
      startedAt: at,
      endedAt: startedAt,
      ...(charge === undefined ? {} : { chargeLowest: charge }),
    }),
  );
  // One search at a time, for all who ask meanwhile: each opens every device.
  let scanning: Promise<readonly FoundDevice[]> | undefined;
  const scanDevices = (): Promise<readonly FoundDevice[]> =>
    (scanning ??= parts.scanDevices().finally(() => (scanning = undefined)));
  /** How the newest settings were taken up. */
  let applied: Promise<AppError | undefined> = Promise.resolve(undefined);
  const reconfigure = async (next: Configuration, renamings: readonly Renaming[] = []): Promise<void> => {
    configuration = next;
    for (const [before, after] of inSteps(renamings)) {
      history.renameUps(before, after);
      incidents.rename(before, after);
    }
    try {
      await engine.reconfigure(
        next.engine,
        renamings.map(([, after]) => after),
      );
    } finally {
      // What guards this computer does not wait for a port to be free.
      await monitor.reconfigure(next.monitor ?? NO_POLICY, renamings);
    }
  };
  let inForce = keeper?.current.settings;
  const announcer = createAnnouncer(parts.discovery, log);
  const announce = (): void => announcer.want(serviceToAnnounce(inForce, engine.addresses));
  const stopAnnouncing = engine.onNetworkChanged(announce);
  const takeUp = async (settings: Settings): Promise<void> => {
    const renamings = inForce ? renamedUpses(inForce, settings, ATTACHED_UPS.name) : [];
    inForce = settings;
    announce();
    await reconfigure(settingsConfiguration(settings, dataDir, log), renamings);
  };
  const stopFollowing = keeper?.onChange(({ settings }) => {
    alerts?.setSettings(settings);
    // One after the other: a name that is given up by one change may be taken by the next.
    const before = applied;
    applied = before
      .then(() => takeUp(settings))
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof AppError)) throw error;
          log.error(`The changed settings are not wholly in force: ${describeError(error)}`);
          return error;
        },
      );
  });
  const source = (): SettingsSource => {
    if (keeper) return { kind: 'kept', keeper, applied: () => applied };
    return { kind: configuration.kind === 'demo' ? 'demo' : 'nut-files', settings: () => shownSettings(configuration) };
  };
  const api = createApi({
    engine,
    samples,
    incidents,
    monitor,
    history,
    battery,
    clock,
    log,
    about: () => ({
      version: VERSION,
      hostName: hostname(),
      configuration: configuration.kind,
      startedAt,
      nut: engine.addresses.map(formatAddress),
      needsSetup: configuration.kind === 'automatic' && keeper?.current.settings.setup.isDone === false,
      ...(keeper ? { energy: keeper.current.settings.energy } : {}),
    }),
    settings: createSettingsHandlers(source(), async (ups, settings) => alerts?.test(ups, settings)),
    setup: createSetupHandlers({
      scanDevices,
      discovery: parts.discovery,
      dataDir,
      clock,
      log,
      environment: process.env,
      driverPath: () => configuration.driverPath,
      optionsOf: (id) => keeper?.current.settings.ups.find((ups) => ups.id === id)?.options ?? '',
      addresses: () => engine.addresses,
      allow: () => configuration.engine.allow ?? [],
      refusals: () => engine.refusals(),
      firewall: (opening) => parts.setupSystem.firewall(opening),
    }),
    wizard: createWizardHandlers({
      system: parts.setupSystem,
      store: engine.store,
      monitor,
      clock,
      power: parts.power,
      lateHook: parts.lateHook ?? NO_LATE_HOOK,
      network: engine,
      scanDevices,
      stopped: stopped.signal,
      settingsNow: () => keeper?.current.settings ?? shownSettings(configuration),
    }),
    alerts: createAlertHandlers(
      () => alerts,
      () => keeper?.current.settings ?? shownSettings(configuration),
    ),
    web: createWebHandlers(parts.webPasswords),
    onTroubles: (changed): Stop => {
      const tell = (): void => changed(troublesOf(alerts));
      onTroubles.add(tell);
      return () => onTroubles.delete(tell);
    },
    // Told once they are in force, so that who looks again sees what they made.
    onSettingsChanged: (changed) =>
      keeper?.onChange(({ revision }) => void applied.then(() => changed(revision))) ?? (() => undefined),
    scanDevices,
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
    battery,
    get networkProblem() {
      return engine.networkProblem;
    },
    async start(network) {
      // What is shown of the past holds nothing up.
      void readDecisions(join(dataDir, DECISIONS_FILE)).then(
        (earlier) => monitor.recall(earlier.filter(({ at }) => at < startedAt)),
        (error: unknown) => log.warn(describeError(error)),
      );
      // Before a UPS is heard: what lasted when the program ended may still last.
      incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
      const addresses = await engine.start(network);
      if (engine.networkProblem) log.warn(describeError(engine.networkProblem));
      incidents.endOfRemoved(clock.now());
      await monitor.start();
      const { locale = () => 'en', power, desktop } = parts;
      alerts = await openAlerts({
        dataDir,
        store: engine.store,
        onListChanged: (changed) => engine.onListChanged(changed),
        samples,
        incidents,
        clock,
        log,
        power,
        locale,
        planWords: (language) => planWords(monitor.view(), clock.now(), language),
        ...(desktop ? { desktop } : {}),
      });
      alerts.onTroubles(() => {
        for (const tell of onTroubles) tell();
      });
      // With NUT's files NOTIFYCMD tells people elsewhere; who sits here is told all the same.
      alerts.setSettings(keeper?.current.settings ?? Settings.parse({}));
      for (const news of early.splice(0)) void news(alerts);
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
      // As upsd does: what is open stays as it was opened.
      return reconfigure({ ...next, engine: { ...next.engine, nut: configuration.engine.nut } });
    },
    metrics: (webClients) =>
      renderMetrics(
        engine.store.list(),
        {
          version: VERSION,
          nutClients: engine.nutConnections,
          nutRefused: engine.nutRefused,
          webClients,
          startedAtSeconds: startedAt / 1000,
        },
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
      stopped.abort();
      stopFollowing?.();
      stopAnnouncing();
      api.stop();
      samples.stop();
      incidents.stop();
      await Promise.all([alerts?.stop(), monitor.stop(), announcer.stop(), engine.stop()]);
      await Promise.all([history.stop(), withinLimit(clock, DISK_LIMIT_MS, decisions.settled(), () => undefined)]);
    },
  };
}
