/** Tells people what happens to the UPSes, by the ways the settings name. Owner of what was told and what is on its way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AlertError, AppError, describeError, type WireError } from '#domain/errors.ts';
import { message, textIn, type Locale, type Text } from '#domain/messages/message.ts';
import { powerStateOf } from '#domain/power-state.ts';
import type { ChannelTrouble } from '#domain/schema/alerts.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { toSnapshot } from '#engine/api/to-snapshot.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { IncidentLog } from '#engine/history/incidents.ts';
import type { RecentSamples } from '#engine/history/recent-samples.ts';
import type { Clock, DesktopNotifier, Log, Stop, SystemPower } from '#engine/ports.ts';
import type { NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS, withinLimit } from '#engine/within-limit.ts';
import { alertPolicy, momentOf, notifyTypeOf, type AlertIncident } from './alert-policy.ts';
import { alertKey, AlertMemory, NO_ALERTS, stepAlerts, type Alert } from './alert-rules.ts';
import { testWords, wordsOf, type AlertFacts } from './alert-words.ts';
import { createMailChannel } from './channels/mail.ts';
import { unnamedId, type UpsSource } from './channels/mqtt.ts';
import { openOutbox, OUTBOX_FILE } from './outbox.ts';
import { createRoutes, createTestChannel, isTaken, type AlertSettings, type Route, type RouteParts } from './routes.ts';
import { dueAt } from './routing.ts';

export interface AlertsParts {
  readonly dataDir: string;
  readonly store: UpsStore;
  /** Calls back when UPSes came or went. */
  readonly onListChanged: (changed: () => void) => Stop;
  readonly samples: RecentSamples;
  readonly incidents: IncidentLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly power: Pick<SystemPower, 'run'>;
  readonly locale: () => Locale;
  /** Absent where nobody sits at this computer. */
  readonly desktop?: DesktopNotifier;
  /** What will happen next, in lines. */
  planWords(locale: Locale): readonly string[];
}

export interface Alerts {
  /** Who is told what from now on. */
  setSettings(settings: AlertSettings): void;
  /**
   * Something that the shutdown monitor says and no state of a UPS tells; any other of its notices is passed over.
   * @returns once what is being sent has been sent, or could not be and waits
   */
  notice(type: NotifyType, ups: string): Promise<void>;
  /** The monitor gave up: this computer stays on until a person shuts it down. Resolves as after a notice. */
  shutdownFailed(failure: Text): Promise<void>;
  /**
   * Sends a mail about a UPS as a test by the way of real messages, and waits for it.
   * @throws AlertError
   */
  test(ups: string, settings: AlertSettings): Promise<void>;
  /** The same by another channel of the settings. @throws AlertError */
  testChannel(channel: string, settings: AlertSettings): Promise<void>;
  /** Ways that do not work, and did not when they were tried again. */
  troubles(): readonly ChannelTrouble[];
  onTroubles(changed: () => void): Stop;
  stop(): Promise<void>;
}

const TEN_MINUTES_MS = 600_000;
const MemoryFile = z.object({ version: z.literal(1), memory: AlertMemory });
/** How NUT's drivers say that a test did not go well. */
const FAILED_TEST = /fail|error|warning|bad|abort/i;

export async function openAlerts(parts: AlertsParts): Promise<Alerts> {
  const { dataDir, store, samples, incidents, clock, log } = parts;
  const file = join(dataDir, 'alerts.json');
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const [outbox, known] = await Promise.all([
    openOutbox({ file: join(dataDir, OUTBOX_FILE), clock, log, changed }),
    withinLimit(clock, DISK_LIMIT_MS, readMemory(file, log), () => {
      log.warn(
        `What was told before is not known: the disk with ${file} has not answered within ${DISK_LIMIT_SECONDS} s.`,
      );
      return NO_ALERTS;
    }),
  ]);
  let memory = known;
  let settings: AlertSettings = Settings.parse({});
  let routes: readonly Route[] = [];
  let ended: readonly AlertIncident[] = [];
  let stopTimer: Stop | undefined;
  let saving: Promise<void> = Promise.resolve();
  /** Connections of channels that are gone. */
  let closing: Promise<unknown> = Promise.resolve();
  /** UPSes that test their batteries. */
  const testing = new Map<string, 'self-test' | 'calibration'>();

  const source: UpsSource = {
    list: () =>
      store.list().map((state) => ({
        snapshot: toSnapshot(state),
        id: settings.ups.find(({ identifier }) => identifier === state.config.name)?.id ?? unnamedId(state.config.name),
      })),
    onChange(tell) {
      const stops = [store.subscribe((change) => tell(store.get(change.ups)?.config.name)), parts.onListChanged(tell)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
  const { desktop, power, locale } = parts;
  const routeParts: RouteParts = { clock, log, power, locale, source, changed, ...(desktop ? { desktop } : {}) };

  const factsOf = (name: string, language: Locale): AlertFacts => {
    const state = store.get(name);
    return {
      ups: state && toSnapshot(state),
      samples: samples.of(name, clock.now() - TEN_MINUTES_MS),
      plan: parts.planWords(language),
    };
  };

  const tell = (alert: Alert): void => {
    const { ups, kind } = alert.incident;
    // Logs speak English.
    log[alert.stage === 'end' || alert.severity === 'info' ? 'info' : 'warn'](
      wordsOf(alert, factsOf(ups, 'en'), 'en').title,
      { ...(ups === '' ? {} : { ups }), notice: notifyTypeOf(kind, alert.stage) },
    );
    const words = wordsOf(alert, factsOf(ups, locale()), locale());
    for (const route of routes) {
      if (!isTaken(route, kind, alert.severity, ups)) continue;
      if (ups === '' && isToldBySame(route)) continue;
      outbox.put(route.channel.id, words, dueAt(route.routing, alert.severity, clock.now()));
    }
  };

  /** What is about no UPS goes once to people who are written to about several. */
  const isToldBySame = (route: Route): boolean =>
    route.type === 'mail' && routes.find(({ type, name }) => type === 'mail' && name === route.name) !== route;

  const step = (): void => {
    stopTimer?.();
    const isTest = (incident: AlertIncident): boolean =>
      incident.kind === 'on-battery' && testing.has(incident.ups) && !Object.hasOwn(memory.open, alertKey(incident));
    const open = incidents.list().filter((incident) => incident.endedAt === undefined && !isTest(incident));
    const now = clock.now();
    const warnEvery = (ups: string): number | undefined =>
      settings.ups.find(({ identifier }) => identifier === ups)?.nocommwarntime;
    const result = stepAlerts(memory, [...ended, ...open], now, (kind, ups) => alertPolicy(kind, warnEvery(ups)));
    ended = [];
    const isChanged = JSON.stringify(result.memory) !== JSON.stringify(memory);
    ({ memory } = result);
    for (const alert of result.alerts) tell(alert);
    if (isChanged) keep();
    if (result.wakeAt !== undefined) stopTimer = clock.after(Math.max(0, result.wakeAt - now), step);
  };

  const keep = (): void => {
    const content = `${JSON.stringify({ version: 1, memory })}\n`;
    saving = saving
      .then(() => replaceFile(file, content))
      .catch((error: unknown) => {
        // Telling needs no disk; after a restart something may be told once more.
        log.debug(`What was told cannot be kept in ${file}: ${describeError(error)}`);
      });
  };

  const tellMoment = (kind: AlertIncident['kind'], ups: string, detail?: string): void => {
    const at = clock.now();
    const { severity } = alertPolicy(kind);
    const incident = { id: at, ups, kind, startedAt: at, endedAt: at, ...(detail === undefined ? {} : { detail }) };
    const isBad = kind === 'test-ended' && FAILED_TEST.test(detail ?? '');
    tell({ id: `${at}-${kind}-${ups}`, stage: 'begin', severity: isBad ? 'care' : severity, incident, at });
  };

  /** A test runs on battery on purpose: no outage is told of it, but its end, by the result. */
  const watchTest = (name: string): void => {
    const state = store.get(name);
    if (!state) return;
    const doing = powerStateOf(toSnapshot(state));
    if (doing === 'self-test' || doing === 'calibration') testing.set(state.config.name, doing);
    else if (doing !== 'no-contact' && doing !== 'old-data' && doing !== 'waiting') {
      const was = testing.get(state.config.name);
      if (was === undefined) return;
      testing.delete(state.config.name);
      const result = state.variables.get('ups.test.result')?.value;
      if (was === 'self-test' && result !== undefined) tellMoment('test-ended', state.config.name, result);
      // Perhaps the power failed meanwhile.
      step();
    }
  };

  const stops = [
    incidents.onIncident((incident) => {
      if (incident.endedAt !== undefined) ended = [...ended, incident];
      // It may be heard before the store's own word of the same change.
      watchTest(incident.ups);
      step();
    }),
    store.subscribe((change) => {
      if ('ups.status' in change.set || 'ups.test.result' in change.set || testing.has(change.ups))
        watchTest(change.ups);
    }),
  ];

  return {
    setSettings(next) {
      settings = next;
      const before = routes;
      routes = createRoutes(next, before, routeParts);
      outbox.setChannels(routes.map(({ channel }) => channel));
      const gone = before.filter(({ channel }) => !routes.some((route) => route.channel === channel));
      closing = Promise.all([closing, ...gone.map(async ({ channel }) => channel.stop?.())]).catch((error: unknown) =>
        log.debug(`A channel that is gone did not end well: ${describeError(error)}`),
      );
      step();
    },
    notice(type, ups) {
      const kind = momentOf(type);
      if (kind !== undefined) tellMoment(kind, ups);
      return outbox.settled();
    },
    shutdownFailed(failure) {
      const language = locale();
      const said = message('shutdown.failure', { failure: textIn(failure, language) ?? '' }, language);
      tellMoment('shutdown-failed', '', `${said} ${message('shutdown.by-hand', {}, language)}`);
      return outbox.settled();
    },
    async test(ups, wanted) {
      const one = wanted.ups.find(({ identifier }) => identifier === ups);
      if (!one?.emailnotify || one.toemail.length === 0) throw new AlertError('alert/no-recipient', { ups });
      const { id, toemail, subject } = one;
      const channel = createMailChannel({
        id: `mail-${id}`,
        server: wanted.mail,
        to: toemail,
        subject,
        clock,
        locale: locale(),
      });
      await channel.send([testWords(ups, factsOf(ups, locale()), clock.now(), locale())]);
    },
    async testChannel(id, wanted) {
      const channel = createTestChannel(id, wanted, routeParts);
      if (!channel) throw new AlertError('alert/unknown-channel', { channel: id });
      const ups = store.list()[0]?.config.name ?? '';
      try {
        await channel.send([testWords(ups, factsOf(ups, locale()), clock.now(), locale())]);
      } finally {
        await channel.stop?.();
      }
    },
    troubles: () =>
      outbox.troubles().flatMap(({ channel, since, error, pending, isLasting }) => {
        const route = routes.find((one) => one.channel.id === channel);
        if (!route || !isLasting) return [];
        return [{ channel, type: route.type, name: route.name, since, error: wireOf(error), pending }];
      }),
    onTroubles(receive) {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
    async stop() {
      for (const stop of stops) stop();
      stopTimer?.();
      await outbox.stop();
      await Promise.all([saving, closing]);
    },
  };
}

function wireOf(error: unknown): ChannelTrouble['error'] {
  if (!(error instanceof AppError)) {
    return { code: 'alert/unknown', message: describeError(error), remedy: '', details: {} };
  }
  const wire: WireError = error.toWire();
  return { ...wire, details: { ...wire.details } };
}

async function readMemory(file: string, log: Log): Promise<AlertMemory> {
  try {
    return MemoryFile.parse(JSON.parse(await readFile(file, 'utf8'))).memory;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) log.warn(`What was told before is not known, ${file} cannot be read: ${describeError(error)}`);
    return NO_ALERTS;
  }
}
