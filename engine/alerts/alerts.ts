/** Tells people what happens to the UPSes, by the ways the settings name. Owner of what was told and what is on its way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AlertError, describeError } from '#domain/errors.ts';
import type { Locale } from '#domain/messages/message.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { toSnapshot } from '#engine/api/to-snapshot.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { IncidentLog } from '#engine/history/incidents.ts';
import type { RecentSamples } from '#engine/history/recent-samples.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { alertPolicy, isAlertIncident, type AlertIncident } from './alert-policy.ts';
import { AlertMemory, NO_ALERTS, stepAlerts, type Alert } from './alert-rules.ts';
import { testWords, wordsOf, type AlertFacts } from './alert-words.ts';
import { createMailChannel } from './channels/mail.ts';
import { openOutbox, type Channel, type ChannelTrouble } from './outbox.ts';

export interface AlertsParts {
  readonly dataDir: string;
  readonly store: UpsStore;
  readonly samples: RecentSamples;
  readonly incidents: IncidentLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly locale: Locale;
  /** What will happen next to a UPS, in a sentence. */
  planOf?(ups: string): string | undefined;
}

export interface Alerts {
  /** Who is told what from now on. */
  setSettings(settings: Pick<Settings, 'ups' | 'mail'>): void;
  /**
   * Sends a test by the way of real messages, and waits for it.
   * @throws AlertError
   */
  test(ups: string, settings: Pick<Settings, 'ups' | 'mail'>): Promise<void>;
  troubles(): readonly ChannelTrouble[];
  stop(): Promise<void>;
}

const TEN_MINUTES_MS = 600_000;
const MemoryFile = z.object({ version: z.literal(1), memory: AlertMemory });

export async function openAlerts(parts: AlertsParts): Promise<Alerts> {
  const { dataDir, store, samples, incidents, clock, log, locale } = parts;
  const file = join(dataDir, 'alerts.json');
  const outbox = await openOutbox({ file: join(dataDir, 'outbox.json'), clock, log });
  let memory = await readMemory(file, log);
  let settings: Pick<Settings, 'ups' | 'mail'> = { ups: [], mail: NO_MAIL };
  let ended: readonly AlertIncident[] = [];
  let stopTimer: Stop | undefined;
  let saving: Promise<void> = Promise.resolve();

  const factsOf = (name: string): AlertFacts => {
    const state = store.get(name);
    const plan = parts.planOf?.(name);
    return {
      ups: state && toSnapshot(state),
      samples: samples.of(name, clock.now() - TEN_MINUTES_MS),
      ...(plan === undefined ? {} : { plan }),
    };
  };

  const tell = (alert: Alert): void => {
    const { ups } = alert.incident;
    const facts = factsOf(ups);
    // Logs speak English.
    log[alert.stage === 'end' ? 'info' : 'warn'](wordsOf(alert, facts, 'en').title, { ups });
    const words = wordsOf(alert, facts, locale);
    for (const channel of channelsOf(settings, ups, clock, locale)) outbox.put(channel.id, words);
  };

  const step = (): void => {
    stopTimer?.();
    const open = incidents
      .list()
      .filter(isAlertIncident)
      .filter(({ endedAt }) => endedAt === undefined);
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

  const stopListening = incidents.onIncident((incident) => {
    if (!isAlertIncident(incident)) return;
    if (incident.endedAt !== undefined) ended = [...ended, incident];
    step();
  });

  return {
    setSettings(next) {
      settings = next;
      outbox.setChannels(next.ups.flatMap(({ identifier }) => channelsOf(next, identifier, clock, locale)));
      step();
    },
    async test(ups, wanted) {
      const [channel] = channelsOf(wanted, ups, clock, locale);
      if (!channel) throw new AlertError('alert/no-recipient', { ups });
      await channel.send([testWords(ups, factsOf(ups), clock.now(), locale)]);
    },
    troubles: () => outbox.troubles(),
    async stop() {
      stopListening();
      stopTimer?.();
      await outbox.stop();
      await saving;
    },
  };
}

const NO_MAIL: Settings['mail'] = { host: '', security: 'starttls', user: '', from: '' };

function channelsOf(
  { ups, mail }: Pick<Settings, 'ups' | 'mail'>,
  name: string,
  clock: Clock,
  locale: Locale,
): readonly Channel[] {
  const one = ups.find(({ identifier }) => identifier === name);
  if (!one?.emailnotify || one.toemail.length === 0) return [];
  const { id, toemail, subject } = one;
  return [createMailChannel({ id: `mail-${id}`, server: mail, to: toemail, subject, clock, locale })];
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
