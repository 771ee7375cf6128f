/** The fields of the form as data: which there are, in which part, and how each is edited. */
import type { MessageKey } from '#domain/messages/message.ts';
import type { FieldPath } from '#domain/schema/field-problem.ts';
import { MAIL_SECURITY, WEB_TLS_MODES } from '#domain/schema/settings/server-settings.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { SHUTDOWN_ACTIONS, SHUTDOWN_MODES, UPS_MODES } from '#domain/schema/settings/ups-settings.ts';

export type UpsDraft = SettingsDraft['ups'][number];
type Group = 'ups' | 'server' | 'mail' | 'web';
/** Every field has a label under this name, and a sentence under the same with `.help`. */
export type FieldName = Extract<
  MessageKey extends infer Key ? (Key extends `form.${infer Name}.help` ? Name : never) : never,
  `${Group}.${string}`
>;

/** How a value is edited. */
export type FieldKind =
  | { readonly type: 'text' | 'lines' | 'switch' | 'secret' | 'driver' | 'port' | 'host' | 'options' | 'remote' }
  /** Texts between separators. */
  | { readonly type: 'texts'; readonly separator: ';' | ',' }
  | { readonly type: 'number'; readonly unit?: 's' | '%' }
  | { readonly type: 'choice'; readonly values: readonly string[]; readonly isLarge?: true };

export interface FieldDescription {
  readonly name: FieldName;
  readonly kind: FieldKind;
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
  readonly name: 'unit' | 'shutdown' | 'login' | 'email' | 'server' | 'accounts' | 'mail' | 'web';
  readonly fields: readonly FieldDescription[];
  readonly mode?: 'SLAVE';
}

const SECONDS = { type: 'number', unit: 's' } as const;

/** Those that every UPS has. */
export const UPS_PARTS: readonly FormPart[] = [
  {
    name: 'unit',
    fields: [
      { name: 'ups.identifier', kind: { type: 'text' }, directive: 'ups.conf [section]' },
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
      { name: 'server.remoteport', kind: { type: 'number' }, directive: 'upsd.conf LISTEN' },
      { name: 'server.optionsupsd', kind: { type: 'lines' }, directive: 'upsd.conf', isExpert: true },
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

/** @throws Error for a name without a field */
export function fieldNamed(name: FieldName): FieldDescription {
  const field = [...UPS_PARTS, ...COMMON_PARTS].flatMap(({ fields }) => fields).find((one) => one.name === name);
  if (!field) throw new Error(`the form has no field ${name}`);
  return field;
}

/** The extra users have a table of their own instead of a field; they are found and named as one. */
export const USERS_NAME = 'server.users' satisfies FieldName;

/** Optional texts: left out when they are empty. */
const OPTIONAL: ReadonlySet<string> = new Set(['ups.nocommwarntime', 'mail.port', 'web.certFile', 'web.keyFile']);

export const keyOf = (name: FieldName): string => name.slice(name.indexOf('.') + 1);

/** @param index of the UPS, for its fields */
export function pathOf(name: FieldName, index: number): FieldPath {
  const [group = '', key = ''] = name.split('.');
  return group === 'ups' ? ['ups', index, key] : [group, key];
}

const PATTERN = SettingsDraft.parse({ ups: [{ id: 'pattern', identifier: 'ups', driver: 'x', port: 'x' }] });

/** A UPS as the form begins with it. @param id given once, for ever */
export function newUps(id: string, identifier: string): UpsDraft {
  const [pattern] = PATTERN.ups;
  if (!pattern) throw new Error('the pattern of the settings has a UPS');
  return { ...pattern, id, identifier, driver: 'usbhid-ups', port: 'auto' };
}

/** What a field is before anybody sets it. */
export function defaultOf(name: FieldName): unknown {
  const [group = '', key = ''] = name.split('.');
  if (name === 'ups.driver' || name === 'ups.port') return '';
  const groups: Readonly<Record<string, unknown>> = { ...PATTERN, ups: PATTERN.ups[0] };
  return (groups[group] as Readonly<Record<string, unknown>> | undefined)?.[key];
}

/** Text of a field as it is typed. */
export const textOf = (value: unknown, kind: FieldKind): string => {
  if (kind.type === 'texts' && Array.isArray(value)) return value.join(`${kind.separator} `);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** The value that a text stands for. What is no number stays a text: it is told what is wrong with it. */
export function valueOf(text: string, kind: FieldKind, name: FieldName): unknown {
  if (kind.type === 'texts') {
    const texts = text.split(kind.separator).map((part) => part.trim());
    return texts.filter((part) => part !== '');
  }
  if (text.trim() === '' && OPTIONAL.has(name)) return undefined;
  if (kind.type === 'number') return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
  return text;
}
