/** The fields of the form as data: which there are, in which part, and how each is edited. */
import { en } from '#domain/messages/en.ts';
import type { MessageKey } from '#domain/messages/message.ts';
import type { FieldPath } from '#domain/schema/field-problem.ts';
import { ALERT_SEVERITIES, type ChannelType } from '#domain/schema/alerts.ts';
import { CHANNEL_FIELDS, MQTT_SECURITY, SYSLOG_TRANSPORTS } from '#domain/schema/settings/alert-settings.ts';
import { MAIL_SECURITY, WEB_TLS_MODES } from '#domain/schema/settings/server-settings.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { SHUTDOWN_ACTIONS, SHUTDOWN_MODES, UPS_MODES } from '#domain/schema/settings/ups-settings.ts';
import { valueAt } from '../../state/settings-changes.ts';

export type UpsDraft = SettingsDraft['ups'][number];
export type ChannelDraft = SettingsDraft['alerts']['channels'][number];
type Group = 'ups' | 'server' | 'mail' | 'web' | 'alerts' | 'channel';
/** A label stands under this name, and a sentence under the same with `.help`. */
type TextName = Extract<
  MessageKey extends infer Key ? (Key extends `form.${infer Name}.help` ? Name : never) : never,
  `${Group}.${string}`
>;
/** What a field of a channel means to this kind of channel. */
type ChannelHelp = Extract<MessageKey, `form.channel-help.${string}`>;
type RoutingKey = 'least' | 'except' | 'quietFrom' | 'quietTo';
/** What mail and desktop take is said with the words of the channels. */
export type FieldName = TextName | `${'mail' | 'alerts.desktop'}.${RoutingKey}`;

export function textNameOf(name: FieldName): TextName {
  const key = name.slice(name.lastIndexOf('.') + 1);
  return key === 'least' || key === 'except' || key === 'quietFrom' || key === 'quietTo'
    ? `channel.${key}`
    : (name as TextName);
}

/** How a value is edited. */
export type FieldKind =
  | { readonly type: 'text' | 'switch' | 'secret' | 'driver' | 'port' | 'host' | 'options' | 'remote' }
  /** Time of day; kinds of alerts that are left out. */
  | { readonly type: 'time' | 'kinds' }
  /** Texts between separators. */
  | { readonly type: 'texts'; readonly separator: ';' | ',' }
  | { readonly type: 'number'; readonly unit?: 's' | '%' | 'V' | '°C' }
  | { readonly type: 'choice'; readonly values: readonly string[]; readonly isLarge?: true };

export interface FieldDescription {
  readonly name: FieldName;
  readonly kind: FieldKind;
  /** The sentence below it, where it is another one than `.help` of its name. */
  readonly help?: ChannelHelp;
  /** What it is called in NUT's files, and in which. */
  readonly directive?: string;
  /** Shown where everything is asked for, and where it is not as it comes. */
  readonly isExpert?: true;
  /** Only for a UPS of this mode. */
  readonly mode?: 'MASTER' | 'SLAVE';
  /** Only with this value of another field of the same group. */
  readonly onlyWith?: { readonly key: string; readonly value: string };
}

export interface FormPart {
  readonly name:
    | 'unit'
    | 'shutdown'
    | 'login'
    | 'email'
    | 'server'
    | 'accounts'
    | 'mail'
    | 'desktop'
    | 'channels'
    | 'limits'
    | 'web';
  readonly fields: readonly FieldDescription[];
  readonly mode?: 'SLAVE';
}

const SECONDS = { type: 'number', unit: 's' } as const;

const routingOf = (owner: 'mail' | 'alerts.desktop' | 'channel'): readonly FieldDescription[] => [
  { name: `${owner}.least`, kind: { type: 'choice', values: ALERT_SEVERITIES }, isExpert: true },
  { name: `${owner}.except`, kind: { type: 'kinds' }, isExpert: true },
  { name: `${owner}.quietFrom`, kind: { type: 'time' }, isExpert: true },
  { name: `${owner}.quietTo`, kind: { type: 'time' }, isExpert: true },
];

/** Those that every UPS has. */
export const UPS_PARTS: readonly FormPart[] = [
  {
    name: 'unit',
    fields: [
      { name: 'ups.identifier', kind: { type: 'text' }, directive: 'ups.conf [section]' },
      { name: 'ups.aliases', kind: { type: 'texts', separator: ',' } },
      { name: 'ups.mode', kind: { type: 'choice', values: UPS_MODES, isLarge: true }, directive: 'nut.conf MODE' },
      { name: 'ups.driver', kind: { type: 'driver' }, directive: 'ups.conf driver', mode: 'MASTER' },
      { name: 'ups.port', kind: { type: 'port' }, directive: 'ups.conf port', mode: 'MASTER' },
      { name: 'ups.remotehost', kind: { type: 'host' }, directive: 'upsmon.conf MONITOR', mode: 'SLAVE' },
      {
        name: 'ups.remoteport',
        kind: { type: 'number' },
        directive: 'upsmon.conf MONITOR',
        mode: 'SLAVE',
      },
      { name: 'ups.description', kind: { type: 'text' }, directive: 'ups.conf desc' },
      { name: 'ups.options', kind: { type: 'options' }, directive: 'ups.conf', mode: 'MASTER', isExpert: true },
    ],
  },
  {
    name: 'login',
    mode: 'SLAVE',
    fields: [
      { name: 'ups.monuser', kind: { type: 'text' }, directive: 'upsmon.conf MONITOR' },
      { name: 'ups.monpwd', kind: { type: 'secret' }, directive: 'upsmon.conf MONITOR' },
    ],
  },
  {
    name: 'shutdown',
    fields: [
      {
        name: 'ups.shutdown',
        kind: { type: 'choice', values: SHUTDOWN_MODES, isLarge: true },
        directive: 'upssched.conf AT',
      },
      {
        name: 'ups.shutdowntimer',
        kind: SECONDS,
        directive: 'upssched.conf START-TIMER',
        onlyWith: { key: 'shutdown', value: 'BATT' },
      },
      { name: 'ups.shutdowncharge', kind: { type: 'number', unit: '%' }, isExpert: true },
      { name: 'ups.shutdownruntime', kind: SECONDS, isExpert: true },
      { name: 'ups.shutdownignore', kind: SECONDS, isExpert: true },
      { name: 'ups.shutdownaction', kind: { type: 'choice', values: SHUTDOWN_ACTIONS } },
      { name: 'ups.shutdowncmd', kind: { type: 'text' }, directive: 'upsmon.conf SHUTDOWNCMD' },
      { name: 'ups.shutdownbefore', kind: { type: 'text' }, isExpert: true },
      { name: 'ups.shutdownafter', kind: { type: 'text' }, isExpert: true },
      { name: 'ups.shutdownextratimeout', kind: SECONDS, isExpert: true },
      { name: 'ups.powerdown', kind: { type: 'switch' }, directive: 'upsmon.conf POWERDOWNFLAG', mode: 'MASTER' },
      { name: 'ups.hostsync', kind: SECONDS, directive: 'upsmon.conf HOSTSYNC', isExpert: true },
      { name: 'ups.nocommwarntime', kind: SECONDS, directive: 'upsmon.conf NOCOMMWARNTIME', isExpert: true },
    ],
  },
  {
    name: 'email',
    fields: [
      { name: 'ups.emailnotify', kind: { type: 'switch' }, directive: 'upsmon.conf NOTIFYFLAG' },
      { name: 'ups.toemail', kind: { type: 'texts', separator: ';' } },
      { name: 'ups.subject', kind: { type: 'text' } },
    ],
  },
];

/** Those that there are once, for all UPSes. */
export const COMMON_PARTS: readonly FormPart[] = [
  {
    name: 'server',
    fields: [
      { name: 'server.rmonitor', kind: { type: 'remote' }, directive: 'upsd.conf LISTEN' },
      { name: 'server.allow', kind: { type: 'texts', separator: ',' } },
      { name: 'server.announce', kind: { type: 'switch' }, isExpert: true },
      { name: 'server.remoteport', kind: { type: 'number' }, directive: 'upsd.conf LISTEN' },
      { name: 'server.optionsupsd', kind: { type: 'options' }, directive: 'upsd.conf', isExpert: true },
    ],
  },
  {
    name: 'accounts',
    fields: [
      { name: 'server.monuser', kind: { type: 'text' }, directive: 'upsd.users [user]' },
      { name: 'server.monpwd', kind: { type: 'secret' }, directive: 'upsd.users password' },
    ],
  },
  {
    name: 'mail',
    fields: [
      { name: 'mail.host', kind: { type: 'text' } },
      { name: 'mail.security', kind: { type: 'choice', values: MAIL_SECURITY } },
      { name: 'mail.port', kind: { type: 'number' } },
      { name: 'mail.user', kind: { type: 'text' } },
      { name: 'mail.password', kind: { type: 'secret' } },
      { name: 'mail.from', kind: { type: 'text' } },
      ...routingOf('mail'),
    ],
  },
  { name: 'channels', fields: [] },
  {
    name: 'desktop',
    fields: [{ name: 'alerts.desktop.enabled', kind: { type: 'switch' } }, ...routingOf('alerts.desktop')],
  },
  {
    name: 'limits',
    fields: [
      { name: 'alerts.limits.shortRuntime', kind: { type: 'switch' } },
      { name: 'alerts.limits.load', kind: { type: 'number', unit: '%' } },
      { name: 'alerts.limits.inputLow', kind: { type: 'number', unit: 'V' } },
      { name: 'alerts.limits.inputHigh', kind: { type: 'number', unit: 'V' } },
      { name: 'alerts.limits.temperature', kind: { type: 'number', unit: '°C' } },
      { name: 'alerts.limits.batteryYears', kind: { type: 'number' } },
    ],
  },
  {
    name: 'web',
    fields: [
      { name: 'web.tls', kind: { type: 'choice', values: WEB_TLS_MODES } },
      { name: 'web.certFile', kind: { type: 'text' }, onlyWith: { key: 'tls', value: 'files' } },
      { name: 'web.keyFile', kind: { type: 'text' }, onlyWith: { key: 'tls', value: 'files' } },
      { name: 'web.allowPlainHttp', kind: { type: 'switch' }, isExpert: true },
      { name: 'web.hostNames', kind: { type: 'texts', separator: ',' }, isExpert: true },
    ],
  },
];

/** Fields that some kinds of channel have, by their key. */
const OF_CHANNELS: readonly FieldDescription[] = [
  { name: 'channel.transport', kind: { type: 'choice', values: SYSLOG_TRANSPORTS } },
  { name: 'channel.host', kind: { type: 'text' } },
  { name: 'channel.port', kind: { type: 'number' } },
  { name: 'channel.security', kind: { type: 'choice', values: MQTT_SECURITY } },
  { name: 'channel.caFile', kind: { type: 'text' }, onlyWith: { key: 'security', value: 'tls' } },
  { name: 'channel.user', kind: { type: 'text' } },
  { name: 'channel.password', kind: { type: 'secret' } },
  { name: 'channel.url', kind: { type: 'secret' } },
  { name: 'channel.server', kind: { type: 'text' } },
  { name: 'channel.token', kind: { type: 'secret' } },
  { name: 'channel.chat', kind: { type: 'text' } },
  { name: 'channel.topic', kind: { type: 'text' } },
  { name: 'channel.discovery', kind: { type: 'switch' } },
  { name: 'channel.command', kind: { type: 'text' } },
  { name: 'channel.timeout', kind: SECONDS, isExpert: true },
];
const OF_EVERY_CHANNEL: readonly FieldDescription[] = [
  { name: 'channel.enabled', kind: { type: 'switch' } },
  { name: 'channel.name', kind: { type: 'text' }, isExpert: true },
  { name: 'channel.upses', kind: { type: 'texts', separator: ',' }, isExpert: true },
  ...routingOf('channel'),
];
export const CHANNEL_FIELD_LIST: readonly FieldDescription[] = [...OF_CHANNELS, ...OF_EVERY_CHANNEL];

const isChannelHelp = (key: string): key is ChannelHelp => Object.hasOwn(en, key);

/** What stands on the card of a channel: its own first. A log that is here has no host. */
export function fieldsOfChannel({ type, transport }: ChannelDraft): readonly FieldDescription[] {
  const own: readonly string[] = CHANNEL_FIELDS[type];
  const isLocal = type === 'syslog' && transport === 'local';
  return [
    ...OF_CHANNELS.filter(({ name }) => own.includes(keyOf(name)) && !(isLocal && keyOf(name) !== 'transport')).map(
      (field) => {
        const help = `form.channel-help.${keyOf(field.name)}.${type}`;
        return isChannelHelp(help) ? { ...field, help } : field;
      },
    ),
    ...OF_EVERY_CHANNEL,
  ];
}

/** @throws Error for a name without a field */
export function fieldNamed(name: FieldName): FieldDescription {
  const field = [...UPS_PARTS, ...COMMON_PARTS].flatMap(({ fields }) => fields).find((one) => one.name === name);
  if (!field) throw new Error(`the form has no field ${name}`);
  return field;
}

/** The extra users have a table of their own instead of a field; they are found and named as one. */
export const USERS_NAME = 'server.users' satisfies FieldName;

/** Optional texts: left out when they are empty. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'ups.nocommwarntime',
  'mail.port',
  'web.certFile',
  'web.keyFile',
  'channel.port',
  'channel.caFile',
  'alerts.limits.load',
  'alerts.limits.inputLow',
  'alerts.limits.inputHigh',
  'alerts.limits.temperature',
  'alerts.limits.batteryYears',
]);

export const keyOf = (name: FieldName): string => name.slice(name.indexOf('.') + 1);

/** @param index of the UPS or the channel, for its fields */
export function pathOf(name: FieldName, index: number): FieldPath {
  const [group = '', ...rest] = name.split('.');
  if (group === 'ups') return ['ups', index, ...rest];
  return group === 'channel' ? ['alerts', 'channels', index, ...rest] : [group, ...rest];
}

const PATTERN = SettingsDraft.parse({
  ups: [{ id: 'pattern', identifier: 'ups', driver: 'x', port: 'x' }],
  alerts: { channels: [{ id: 'pattern', type: 'syslog' }] },
});

/** A channel as the form begins with it. @param id given once, for ever */
export function newChannel(id: string, type: ChannelType): ChannelDraft {
  const [pattern] = PATTERN.alerts.channels;
  if (!pattern) throw new Error('the pattern of the settings has a channel');
  return { ...pattern, id, type };
}

/** A UPS as the form begins with it. @param id given once, for ever */
export function newUps(id: string, identifier: string): UpsDraft {
  const [pattern] = PATTERN.ups;
  if (!pattern) throw new Error('the pattern of the settings has a UPS');
  return { ...pattern, id, identifier, driver: 'usbhid-ups', port: 'auto' };
}

/** What a field is before anybody sets it. */
export function defaultOf(name: FieldName): unknown {
  if (name === 'ups.driver' || name === 'ups.port') return '';
  return valueAt(PATTERN, pathOf(name, 0));
}

/** Text of a field as it is typed. */
export const textOf = (value: unknown, kind: FieldKind): string => {
  if (kind.type === 'texts' && Array.isArray(value)) return value.join(`${kind.separator} `);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** The value that a text stands for. What is no number stays a text: it is told what is wrong with it. */
export function valueOf(text: string, kind: FieldKind, name: FieldName): unknown {
  if (kind.type === 'texts') {
    // Several lines that are pasted become one with blanks.
    return text.split(/[\s,;]+/).filter((part) => part !== '');
  }
  if (text.trim() === '' && OPTIONAL.has(name)) return undefined;
  if (kind.type === 'number') return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
  return text;
}
