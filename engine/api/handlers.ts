/** The contract answered by the engine: one handler per request, one stream of numbered events. */
import {
  isRequestName,
  mayAccess,
  requests,
  type AccessLevel,
  type Answer,
  type EventName,
  type EventPayload,
  type FoundDevice,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '#domain/contract.ts';
import { ApiError, AppError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { ChannelTrouble } from '#domain/schema/alerts.ts';
import type { NetworkClient } from '#domain/schema/snapshot.ts';
import type { Battery } from '#engine/battery/battery.ts';
import type { Engine } from '#engine/engine.ts';
import type { History } from '#engine/history/history.ts';
import type { IncidentLog } from '#engine/history/incidents.ts';
import type { RecentSamples } from '#engine/history/recent-samples.ts';
import type { Monitor } from '#engine/monitor/monitor.ts';
import type { PersonsWish } from '#engine/monitor/machine-step.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import { createBatteryHandlers } from './battery-handlers.ts';
import type { AlertHandlers } from './alert-handlers.ts';
import type { SettingsHandlers } from './settings-handlers.ts';
import type { SetupHandlers } from './setup-handlers.ts';
import type { WebHandlers } from './web-handlers.ts';
import type { WizardHandlers } from './wizard-handlers.ts';
import { toSnapshot } from './to-snapshot.ts';

/** An event of the contract with its number. */
export type NumberedEvent = {
  [Name in EventName]: { readonly name: Name; readonly payload: EventPayload<Name> };
}[EventName];

export interface ApiDeps {
  readonly engine: Engine;
  readonly samples: RecentSamples;
  readonly incidents: IncidentLog;
  readonly monitor: Pick<Monitor, 'view' | 'onChanged' | 'ask'>;
  readonly history: History;
  readonly battery: Battery;
  readonly clock: Clock;
  readonly log: Log;
  /** Who answers, and what it runs on now. */
  readonly about: () => Omit<RequestResult<'engine.hello'>, 'access'>;
  readonly settings: SettingsHandlers;
  readonly setup: SetupHandlers;
  readonly wizard: WizardHandlers;
  readonly alerts: AlertHandlers;
  readonly web: WebHandlers;
  /** Calls back with the ways to people that do not work, when they are others than before. */
  onTroubles(changed: (troubles: ChannelTrouble[]) => void): Stop;
  /** Calls back after every change of the settings, with their revision. */
  onSettingsChanged(changed: (revision: string) => void): Stop;
  scanDevices(): Promise<readonly FoundDevice[]>;
  readonly demo: { start(): Promise<string>; stop(): Promise<void> };
}

export interface Api {
  /** Checks the parameters and the right, and answers; never throws. */
  handle<Name extends RequestName>(name: Name, params: unknown, access: AccessLevel): Promise<Answer<Name>>;
  handle(name: string, params: unknown, access: AccessLevel): Promise<Answer<RequestName>>;
  onEvent(receive: (event: NumberedEvent) => void): Stop;
  stop(): void;
}

type Handlers = {
  [Name in RequestName]: (
    params: RequestParams<Name>,
    access: AccessLevel,
  ) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

type Unnumbered<Payload> = Payload extends unknown ? Omit<Payload, 'sequence'> : never;

export function createApi(deps: ApiDeps): Api {
  const { engine, samples, incidents, monitor, history, log } = deps;
  const listeners = new Set<(event: NumberedEvent) => void>();
  let sequence = 0;

  const publish = <Name extends EventName>(name: Name, payload: Unnumbered<EventPayload<Name>>): void => {
    sequence += 1;
    const event = { name, payload: { ...payload, sequence } } as unknown as NumberedEvent;
    for (const listener of listeners) listener(event);
  };

  const clients = (): NetworkClient[] => engine.clients().map((client) => ({ ...client }));

  const upsNamed = (name: string): UpsState => {
    const state = engine.store.get(name);
    if (!state) throw new ApiError('api/unknown-ups', { ups: name });
    return state;
  };

  const wish = async (what: PersonsWish) => {
    const outcome = await monitor.ask(what);
    log.warn(`A person asked for ${what.kind}: ${outcome}`);
    return { outcome };
  };

  const problemOfHistory = (): Pick<RequestResult<'history.range'>, 'problem'> =>
    history.problem === undefined ? {} : { problem: wireOf(history.problem) };

  const handlers: Handlers = {
    'engine.hello': (_, access) => ({ ...deps.about(), access }),
    'ups.list': () => ({
      sequence,
      upses: engine.store.list().map(toSnapshot),
      clients: clients(),
      incidents: [...incidents.list()],
    }),
    'ups.samples': ({ ups, sinceAt }) => ({ samples: [...samples.of(upsNamed(ups).config.name, sinceAt)] }),
    'history.range': async (question) => {
      const { from, stepMs, series, outages, oldest } = await history.range(question);
      return {
        from,
        stepMs,
        series: [...series],
        outages: [...outages],
        ...(oldest === undefined ? {} : { oldest }),
        ...problemOfHistory(),
      };
    },
    'history.incidents': async ({ ups, kinds, beforeId, limit }) => {
      // One more than asked for tells whether there are more.
      const found = await history.incidents({
        limit: limit + 1,
        ...(ups === undefined ? {} : { ups: [ups] }),
        ...(kinds === undefined ? {} : { kinds }),
        ...(beforeId === undefined ? {} : { beforeId }),
      });
      return { incidents: found.slice(0, limit), isMore: found.length > limit, ...problemOfHistory() };
    },
    'history.statuses': async ({ ups, from, to, limit }) => ({
      statuses: (await history.statuses(ups, { from, to }, limit)).map(({ at, status }) => ({ at, status })),
    }),
    'ups.runCommand': async ({ ups, command, parameter }) => ({
      outcome: await engine.control.runCommand(upsNamed(ups).config.name, command, parameter),
    }),
    'ups.setVariable': async ({ ups, variable, value }) => ({
      outcome: await engine.control.setVariable(upsNamed(ups).config.name, variable, value),
    }),
    'ups.clearForcedShutdown': ({ ups }) => {
      engine.store.dispatch(upsNamed(ups).config.name, { type: 'forced-shutdown', isSet: false });
      log.warn('Forced shutdown taken back', { ups });
      return {};
    },
    'ups.retry': async ({ ups }) => {
      await engine.retry(upsNamed(ups).config.name);
      return {};
    },
    'monitor.get': () => monitor.view(),
    'monitor.cancel': () => wish({ kind: 'cancel' }),
    'monitor.postpone': ({ seconds }) => wish({ kind: 'postpone', seconds }),
    'monitor.shutdownNow': () => wish({ kind: 'shutdown-now' }),
    'device.scan': async () => ({ devices: [...(await deps.scanDevices())] }),
    'demo.start': async () => ({ ups: await deps.demo.start() }),
    'demo.stop': async () => {
      await deps.demo.stop();
      return {};
    },
    ...createBatteryHandlers({ battery: deps.battery, history, upsNamed }),
    ...deps.settings,
    ...deps.setup,
    ...deps.wizard,
    ...deps.alerts,
    ...deps.web,
  };

  const answer = (name: string, params: unknown, access: AccessLevel): unknown => {
    if (!isRequestName(name))
      throw new ApiError('api/bad-request', { name, reason: phrase('reason.no-such-request', {}) });
    const request = requests[name];
    if (!mayAccess(access, request.access)) throw new ApiError('api/forbidden', { name });
    const parsed = request.params.safeParse(params);
    if (!parsed.success) {
      const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim()).join('; ');
      throw new ApiError('api/bad-request', { name, reason });
    }
    return (handlers[name] as (params: unknown, access: AccessLevel) => unknown)(parsed.data, access);
  };

  /** The NUT server is asked once a second: log-ins are rare, and a second late is soon enough for a picture. */
  const tellClients = (): Stop => {
    let last = '[]';
    return deps.clock.every(1000, () => {
      const now = clients();
      const text = JSON.stringify(now.map(({ since: _since, ...client }) => client));
      if (text === last) return;
      last = text;
      publish('clients.changed', { clients: now });
    });
  };

  const stops = [
    engine.store.subscribe((change) => {
      const state = engine.store.get(change.ups);
      if (!state) return;
      publish('ups.changed', {
        ups: state.config.name,
        at: change.at,
        availability: state.availability,
        revision: state.revision,
        snapshot: toSnapshot(state),
        changed: Object.keys(change.set),
      });
    }),
    engine.onListChanged(() =>
      publish('ups.listChanged', { names: engine.store.list().map((ups) => ups.config.name) }),
    ),
    tellClients(),
    monitor.onChanged(() => publish('monitor.changed', { monitor: monitor.view() })),
    samples.onSample((ups, sample) => publish('ups.sample', { ups, sample })),
    incidents.onIncident((incident) => publish('incident', { incident })),
    deps.onSettingsChanged((revision) => publish('settings.changed', { revision })),
    deps.onTroubles((troubles) => publish('alerts.changed', { troubles })),
  ];

  return {
    async handle(name: string, params: unknown, access: AccessLevel) {
      try {
        return { ok: true, value: await answer(name, params, access) } as Answer<RequestName>;
      } catch (error) {
        if (error instanceof AppError) return { ok: false, error: error.toWire() };
        log.error(`Request ${name} failed`, { error: error instanceof Error ? error.stack : String(error) });
        return { ok: false, error: new ApiError('api/internal', { name }).toWire() };
      }
    },
    onEvent(receive) {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
    stop() {
      for (const stop of stops) stop();
      listeners.clear();
    },
  } as Api;
}

function wireOf(error: AppError): { code: string; message: string; remedy: string; details: Record<string, unknown> } {
  const wire = error.toWire();
  return { ...wire, details: { ...wire.details } };
}
