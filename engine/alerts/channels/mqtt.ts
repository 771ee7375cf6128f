/**
 * MQTT: every UPS as a retained state, what happens as events, and Home Assistant told of them. The connection is kept
 * and made anew by the client itself; the broker says for us that we are gone.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { IClientOptions, MqttClient } from 'mqtt';
import { AlertError, describeError } from '#domain/errors.ts';
import { phrase, type Locale, type Text } from '#domain/messages/message.ts';
import type { ChannelSettings } from '#domain/schema/settings/settings.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { withinLimit } from '#engine/within-limit.ts';
import type { Channel } from '../outbox.ts';
import { discoveryOf, stateOf } from './home-assistant.ts';
import { factsOf, nameOf } from './http-forms.ts';

/** The UPSes whose states are published. */
export interface UpsSource {
  list(): readonly { readonly snapshot: UpsSnapshot; /** Stays when it is renamed. */ readonly id: string }[];
  /** Calls back with the name of one that changed, and without one when some came or went. */
  onChange(changed: (ups?: string) => void): Stop;
}

export interface MqttParts {
  readonly settings: ChannelSettings;
  /** Absent: only messages are sent. A test must not say that we are gone when it ends. */
  readonly source?: UpsSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly locale: Locale;
  /** The connection came or went. */
  readonly changed?: () => void;
}

const BASE = 'ridethrough';
const PORTS = { none: 1883, tls: 8883 } as const;
const PATIENCE_MS = 15_000;
const AGAIN_MS = 10_000;
/** A UPS says something every second or two; more often nobody looks. */
const GATHER_MS = 1_000;
const ONLINE = 'online';
const OFFLINE = 'offline';

export function createMqttChannel({ settings, source, clock, log, locale, changed }: MqttParts): Channel {
  const { id, host, security, port = PORTS[security] } = settings;
  const base = settings.topic || BASE;
  const statusTopic = `${base}/status`;
  const fault = { channel: nameOf(settings), server: `${host}:${port}` };
  let client: MqttClient | undefined;
  let trouble: { readonly since: number; readonly error: AlertError } | undefined;
  let isStopped = false;
  let stopGathering: Stop | undefined;
  const dirty = new Set<string>();
  /** What Home Assistant was told, by topic, and of which UPS. */
  const told = new Map<string, { readonly ups: string; readonly text: string }>();
  const waiting = new Set<() => void>();

  const settle = (error?: Text): void => {
    const was = trouble;
    trouble =
      error === undefined
        ? undefined
        : { since: was?.since ?? clock.now(), error: new AlertError('alert/unreachable', { ...fault, reason: error }) };
    for (const wake of waiting) wake();
    if ((was === undefined) === (trouble === undefined)) return;
    if (trouble) log.warn(describeError(trouble.error));
    else log.info(`${fault.channel}: connected to ${fault.server} again`);
    changed?.();
  };

  const publish = (topic: string, payload: string, isRetained: boolean): void => {
    // Without a connection nothing is lost: all of it is published anew with the next one.
    if (client?.connected !== true) return;
    client.publish(topic, payload, { qos: 1, retain: isRetained }, (error) => {
      if (error) log.debug(`${fault.channel}: ${topic} was not published: ${error.message}`);
    });
  };

  const topicsOf = (ups: string) => ({
    program: statusTopic,
    contact: `${base}/${ups}/availability`,
    state: `${base}/${ups}/state`,
  });

  const publishUps = ({ snapshot, id: upsId }: ReturnType<UpsSource['list']>[number]): void => {
    const topics = topicsOf(snapshot.name);
    const isThere = snapshot.availability === 'available';
    if (isThere) {
      if (settings.discovery) tellDiscovery(snapshot, upsId);
      publish(topics.state, JSON.stringify(stateOf(snapshot)), true);
    }
    publish(topics.contact, isThere ? ONLINE : OFFLINE, true);
  };

  /** Only what is new: the broker keeps the rest. */
  const tellDiscovery = (snapshot: UpsSnapshot, upsId: string): void => {
    for (const [topic, text] of discoveryOf(snapshot, nodeOf(upsId), topicsOf(snapshot.name), locale)) {
      if (told.get(topic)?.text === text) continue;
      told.set(topic, { ups: snapshot.name, text });
      publish(topic, text, true);
    }
  };

  /** An empty retained message takes one away. */
  const forget = (names: ReadonlySet<string>): void => {
    for (const [topic, { ups }] of told) {
      if (names.has(ups)) continue;
      told.delete(topic);
      publish(topic, '', true);
      for (const gone of [topicsOf(ups).state, topicsOf(ups).contact]) publish(gone, '', true);
    }
  };

  const publishAll = (): void => {
    if (!source) return;
    publish(statusTopic, ONLINE, true);
    const upses = source.list();
    forget(new Set(upses.map(({ snapshot }) => snapshot.name)));
    upses.forEach(publishUps);
  };

  const flush = (): void => {
    stopGathering = undefined;
    const names = new Set(dirty);
    dirty.clear();
    if (names.has('')) publishAll();
    else source?.list().forEach((ups) => (names.has(ups.snapshot.name) ? publishUps(ups) : undefined));
  };

  const stopSource = source?.onChange((ups = '') => {
    dirty.add(ups);
    stopGathering ??= clock.after(GATHER_MS, flush);
  });

  const connect = async (): Promise<void> => {
    const options: IClientOptions = {
      clientId: `ridethrough-${randomBytes(6).toString('hex')}`,
      clean: true,
      reconnectPeriod: source ? AGAIN_MS : 0,
      connectTimeout: PATIENCE_MS,
      ...(settings.user === '' ? {} : { username: settings.user, password: settings.password ?? '' }),
      ...(source ? { will: { topic: statusTopic, payload: Buffer.from(OFFLINE), qos: 1, retain: true } } : {}),
      ...(settings.caFile === undefined ? {} : { ca: await readFile(settings.caFile) }),
    };
    // Fetched when a broker is set: most have none.
    const { connect: open } = await import('mqtt');
    if (isStopped) return;
    client = open({
      ...options,
      protocol: security === 'tls' ? 'mqtts' : 'mqtt',
      host,
      port,
      ...(security === 'tls' ? { servername: host } : {}),
    });
    client.on('connect', () => {
      told.clear();
      settle();
      publishAll();
    });
    client.on('error', (error) => settle(reasonOf(error)));
    client.on('close', () => {
      if (!isStopped && trouble === undefined) settle(phrase('reason.connection-reset', {}));
    });
  };
  const connecting = connect().catch((error: unknown) => settle(reasonOf(error)));

  /** The first word of the connection, good or bad. */
  const hear = async (): Promise<void> => {
    await connecting;
    if (client?.connected === true || trouble) return;
    const word = new Promise<void>((resolve) => waiting.add(resolve));
    await withinLimit(clock, PATIENCE_MS, word, () => undefined);
    waiting.clear();
  };

  return {
    id,
    standing: () => trouble,
    async send(messages) {
      await hear();
      if (client?.connected !== true) {
        const reason = phrase('reason.no-answer-in-time', {});
        throw trouble?.error ?? new AlertError('alert/unreachable', { ...fault, reason });
      }
      for (const one of messages) {
        const topic = one.ups === '' ? `${base}/event` : `${base}/${one.ups}/event`;
        try {
          await client.publishAsync(topic, JSON.stringify(factsOf(one)), { qos: 1 });
        } catch (error) {
          throw new AlertError('alert/unreachable', { ...fault, reason: reasonOf(error) }, error);
        }
      }
    },
    async stop() {
      isStopped = true;
      stopSource?.();
      stopGathering?.();
      await connecting;
      if (!client) return;
      // Who leaves in order has no last will.
      if (source && client.connected)
        await client.publishAsync(statusTopic, OFFLINE, { qos: 1, retain: true }).catch(() => undefined); // the broker will notice
      await client.endAsync(!client.connected).catch(() => undefined); // it is being thrown away
    },
  };
}

const nodeOf = (upsId: string): string => `${BASE}_${upsId}`.replaceAll(/[^A-Za-z0-9_-]/g, '_');
/** Of a UPS that stands in no settings: the same name at two computers are two UPSes. */
export const unnamedId = (ups: string): string => `${hostname()}_${ups}`;
