/** Who is told what: the ways to people besides mail, what each of them takes, and the limits that are watched. */
import { z } from 'zod';
import { ALERT_KINDS, ALERT_SEVERITIES, CHANNEL_TYPES } from '../alerts.ts';
import { FilePath, HostName, missingBecause, Port, wants, WholeNumber, YesNo } from './parts.ts';

const Severity = z.enum(ALERT_SEVERITIES, wants('expected.one-of'));
const Kinds = z.array(z.enum(ALERT_KINDS, wants('expected.one-of')), wants('expected.list'));
/** Empty: there are none. */
const QuietTime = z
  .string(wants('expected.time'))
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d)?$/, wants('expected.time'))
  .default('');

/** What a way takes of all that is told. */
export const routing = {
  /** Nothing that matters less. */
  least: Severity.default('care'),
  /** Not these, although they matter enough. */
  except: Kinds.default([]),
  /** What is no danger waits from this time of day to that one, and comes as one message then. Local time. */
  quietFrom: QuietTime,
  quietTo: QuietTime,
};
export interface Routing {
  readonly least: z.output<typeof Severity>;
  readonly except: readonly z.output<typeof Kinds>[number][];
  readonly quietFrom: string;
  readonly quietTo: string;
}

/** What comes with every day of some UPSes, and is read in the interface. */
const CHATTER = ['trim', 'boost', 'eco', 'calibration', 'other-status', 'waiting', 'sleep', 'wake'] as const;

export const SYSLOG_TRANSPORTS = ['local', 'udp', 'tcp'] as const;
export const MQTT_SECURITY = ['none', 'tls'] as const;
/** Where the public services are; another address for one's own. */
export const PUBLIC_SERVERS = { ntfy: 'https://ntfy.sh', telegram: 'https://api.telegram.org' } as const;

const Line = (longest: number) =>
  z
    .string(wants('expected.text'))
    .max(longest, wants('expected.shorter-text'))
    .regex(/^\P{Cc}*$/u, wants('expected.one-line'));
/** A part of an MQTT topic: no wildcards, no empty level. */
const Topic = Line(200).regex(/^[^/#+\s]+(?:\/[^/#+\s]+)*$/, wants('expected.topic'));

/** What each type has besides its name, what it takes and for which UPSes. */
export const CHANNEL_FIELDS = {
  ntfy: ['server', 'topic', 'token'],
  telegram: ['server', 'token', 'chat'],
  discord: ['url'],
  slack: ['url'],
  gotify: ['server', 'token'],
  webhook: ['url', 'token'],
  mqtt: ['host', 'port', 'security', 'caFile', 'user', 'password', 'topic', 'discovery'],
  command: ['command', 'timeout'],
  syslog: ['transport', 'host', 'port'],
} as const satisfies Record<(typeof CHANNEL_TYPES)[number], readonly string[]>;

/** Of those, which cannot be empty. A secret may have been lost with its file; checkSettings asks for it. */
const NEEDED = {
  ntfy: ['topic'],
  telegram: ['chat'],
  discord: [],
  slack: [],
  gotify: ['server'],
  webhook: [],
  mqtt: ['host'],
  command: ['command'],
  syslog: [],
} as const satisfies Record<(typeof CHANNEL_TYPES)[number], readonly string[]>;

const channelSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z
    .strictObject({
      /** Given once: what waits for it is kept under it. */
      id: z.string(wants('expected.text')).regex(/^[a-z0-9-]{1,40}$/, wants('expected.text')),
      type: z.enum(CHANNEL_TYPES, wants('expected.one-of')),
      enabled: YesNo.default(true),
      /** What people call it; empty: its type. */
      name: Line(60).default(''),
      /** Names of UPSes; empty: all, also those to come. */
      upses: z.array(Line(120), wants('expected.list')).max(64, wants('expected.fewer')).default([]),
      ...routing,
      /** Webhooks: the whole address, which most services hide the right to post in. */
      url: secret,
      /** ntfy, Telegram, Gotify: `https://HOST`, empty for the public service. */
      server: Line(200)
        .regex(/^(?:https?:\/\/[^\s/]\S*)?$/i, wants('expected.web-address'))
        .default(''),
      /** ntfy (where the topic is protected), Telegram, Gotify, webhook: what proves the right to post. */
      token: secret,
      /** ntfy: the topic. MQTT: what all topics begin with; empty: `ridethrough`. */
      topic: z.union([z.literal(''), Topic], wants('expected.topic')).default(''),
      /** Telegram: number of the chat, or `@name` of a channel. */
      chat: Line(100).default(''),
      /** MQTT broker, or the computer that takes syslog. */
      host: z.union([z.literal(''), HostName], wants('expected.host')).default(''),
      /** Absent: 1883 or 8883 for MQTT, 514 for syslog. */
      port: Port.optional(),
      security: z.enum(MQTT_SECURITY, wants('expected.one-of')).default('none'),
      /** MQTT: who vouches for a broker whose certificate the system does not know. PEM. */
      caFile: FilePath.optional(),
      user: Line(254).default(''),
      password: secret,
      /** MQTT: Home Assistant finds the UPSes by itself. */
      discovery: YesNo.default(true),
      /** Program and its words, as NOTIFYCMD has them. No shell reads it. */
      command: Line(1024).default(''),
      /** Seconds after which a command is ended. */
      timeout: WholeNumber(1, 3600).default(30),
      /** Where syslog goes. */
      transport: z.enum(SYSLOG_TRANSPORTS, wants('expected.one-of')).default('local'),
    })
    .superRefine((channel, context) => {
      const needed: readonly (string & keyof typeof channel)[] = [
        ...NEEDED[channel.type],
        ...(channel.type === 'syslog' && channel.transport !== 'local' ? (['host'] as const) : []),
      ];
      for (const key of needed) {
        if (channel[key] === '') context.addIssue(missingBecause([key], { key: 'type', value: channel.type }));
      }
    });

export const alertSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z.strictObject({
    /** The notifications of the desktop program. */
    desktop: z
      .strictObject({
        enabled: YesNo.default(true),
        ...routing,
        least: Severity.default('info'),
        except: Kinds.default([...CHATTER]),
      })
      .prefault({}),
    /** What is an incident although the UPS itself says nothing. Absent: not watched. */
    limits: z
      .strictObject({
        /** Load in percent. */
        load: WholeNumber(1, 200).optional(),
        /** Input voltage in volts, while on line. */
        inputLow: WholeNumber(1, 500).optional(),
        inputHigh: WholeNumber(1, 500).optional(),
        /** Degrees Celsius of unit or battery. */
        temperature: WholeNumber(1, 100).optional(),
        /** Years since the battery was put in. */
        batteryYears: WholeNumber(1, 30).optional(),
        /** A full battery that would not last until the shutdown is over. */
        shortRuntime: YesNo.default(true),
      })
      .prefault({}),
    channels: z
      .array(channelSettings(secret), wants('expected.list'))
      .max(32, wants('expected.fewer'))
      .default([])
      .superRefine((channels, context) => {
        const ids = new Set<string>();
        channels.forEach(({ id }, index) => {
          if (ids.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'expected.text' });
          ids.add(id);
        });
      }),
  });
