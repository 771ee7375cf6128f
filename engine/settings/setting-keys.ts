/**
 * The dotted keys of the settings, read off their schema, and how a value is written as one text. A UPS has the names of
 * TrueNAS's form, `ups.0.shutdowntimer`; those of them that belong to the one NUT server stand for its own:
 * `ups.0.optionsupsd` is `server.optionsupsd`.
 */
import { z } from 'zod';
import type { ChannelType } from '#domain/schema/alerts.ts';
import { CHANNEL_FIELDS } from '#domain/schema/settings/alert-settings.ts';
import { SECRET_NAMES } from '#domain/schema/settings/parts.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { hideSecrets } from './hidden-lines.ts';
import { usersToText } from './users-text.ts';

type SettingValue = string | number | boolean | readonly string[] | undefined;

export type SettingPath = readonly (string | number)[];

/** What a text means: a value, or the accounts of an upsd.users. */
type SettingKind = 'text' | 'boolean' | 'number' | 'list' | 'secret' | 'users';

export interface SettingKey {
  readonly key: string;
  readonly path: SettingPath;
  readonly kind: SettingKind;
  /** What stands between the items of a list when it is told. */
  readonly separator: ',' | ';';
  /** The path of a file, which the caller makes absolute. */
  readonly isPath: boolean;
}

type Leaf = Pick<SettingKey, 'kind' | 'isPath' | 'separator'>;

const plain = (kind: SettingKind): Leaf => ({ kind, isPath: false, separator: ',' });

function leafOf(name: string, schema: z.core.$ZodType): Leaf {
  if (SECRET_NAMES.has(name)) return plain('secret');
  if (schema instanceof z.ZodBoolean) return plain('boolean');
  if (schema instanceof z.ZodNumber) return plain('number');
  if (schema instanceof z.ZodArray) return { ...plain('list'), separator: name === 'toemail' ? ';' : ',' };
  return { ...plain('text'), isPath: schema instanceof z.ZodString && schema.meta()?.isPath === true };
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? unwrap(schema.unwrap()) : schema;
}

function keysOf(wrapped: z.core.$ZodType, path: SettingPath): SettingKey[] {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as z.core.$ZodShape).flatMap(([name, part]) => keysOf(part, [...path, name]));
  }
  const name = String(path.at(-1));
  if (name === 'users') return [{ ...plain('users'), key: [...path.slice(0, -1), 'extrausers'].join('.'), path }];
  // The version and the number of a UPS or a channel are nobody's to set.
  if (schema instanceof z.ZodLiteral || name === 'id' || name === 'ups' || name === 'channels') return [];
  return [{ key: path.join('.'), path, ...leafOf(name, schema) }];
}

const UPS_SCHEMA = (unwrap(Settings.shape.ups) as z.ZodArray).element;
const ALERTS_SHAPE = (unwrap(Settings.shape.alerts) as z.ZodObject<{ channels: z.core.$ZodType }>).shape;
const CHANNEL_SCHEMA = (unwrap(ALERTS_SHAPE.channels) as z.ZodArray).element;
const COMMON_KEYS = keysOf(Settings, []);
/** Fields that only some types of channel have. */
const OF_SOME_CHANNELS = new Set<string>(Object.values(CHANNEL_FIELDS).flat());

/** Fields of TrueNAS's form that belong to the one server, whichever UPS they are asked of. */
const OF_SERVER = ['optionsupsd', 'extrausers', 'rmonitor'] as const;
/** Those that do where the cable is here; as a secondary they are about the other server. */
const OF_SERVER_AS_PRIMARY = ['remoteport', 'monuser', 'monpwd'] as const;

/** The keys of one UPS. */
function upsKeys(index: number, isSecondary: boolean): SettingKey[] {
  const aliases = new Map(
    [...OF_SERVER, ...(isSecondary ? [] : OF_SERVER_AS_PRIMARY)].map((name) => [name as string, `server.${name}`]),
  );
  const own = keysOf(UPS_SCHEMA, ['ups', index]);
  const names = new Set([...own.map(({ path }) => String(path.at(-1))), ...OF_SERVER]);
  return [...names].flatMap((name): SettingKey[] => {
    const alias = aliases.get(name);
    const found =
      alias === undefined ? own.find(({ path }) => path.at(-1) === name) : COMMON_KEYS.find(({ key }) => key === alias);
    return found ? [{ ...found, key: `ups.${index}.${name}` }] : [];
  });
}

/** The keys of one channel: of a type nobody knows only those that all have. */
function channelKeys(index: number, type: string): SettingKey[] {
  const own: readonly string[] = Object.hasOwn(CHANNEL_FIELDS, type) ? CHANNEL_FIELDS[type as ChannelType] : [];
  return keysOf(CHANNEL_SCHEMA, ['alerts', 'channels', index]).filter(({ path }) => {
    const name = String(path.at(-1));
    return !OF_SOME_CHANNELS.has(name) || own.includes(name);
  });
}

export interface ListedSettings {
  /** Whether each UPS is a secondary of another server. */
  readonly upses: readonly { readonly isSecondary: boolean }[];
  readonly channels: readonly { readonly type: string }[];
}

/** Every key there is, in the order of the schema. */
export const settingKeys = ({ upses, channels }: ListedSettings): ReadonlyMap<string, SettingKey> =>
  new Map(
    [
      ...upses.flatMap(({ isSecondary }, index) => upsKeys(index, isSecondary)),
      ...COMMON_KEYS,
      ...channels.flatMap(({ type }, index) => channelKeys(index, type)),
    ].map((key) => [key.key, key]),
  );

/** Keys of settings as they are. */
export const keysOfSettings = (settings: Settings): ReadonlyMap<string, SettingKey> =>
  settingKeys({
    upses: settings.ups.map(({ mode }) => ({ isSecondary: mode === 'SLAVE' })),
    channels: settings.alerts.channels,
  });

const YES = /^(?:true|yes|on|1)$/i;
const NO = /^(?:false|no|off|0)$/i;

/** The value a text stands for; the text itself where it stands for none, for the schema to refuse. */
export function valueOfText({ kind }: Pick<SettingKey, 'kind'>, text: string): unknown {
  switch (kind) {
    case 'boolean':
      return YES.test(text) ? true : NO.test(text) ? false : text;
    case 'number':
      // A small one is told as `5e-7`.
      return /^-?\d+(?:\.\d+)?(?:e-\d+)?$/.test(text) ? Number(text) : text;
    case 'list': {
      // Another separator, or a line each, is a mistake nobody makes on purpose, and no address or name holds one.
      return [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];
    }
    case 'text':
    case 'secret':
    case 'users':
      return text;
  }
}

/** Lines for NUT's files, in which passwords may stand. */
export const hasLines = (path: SettingPath): boolean => ['options', 'optionsupsd'].includes(String(path.at(-1)));

/** A value as one text: lists are joined, what is not set is empty, a password only says that it is there. */
export function settingText(settings: Settings, { path, kind, separator }: SettingKey): string {
  if (kind === 'users') return usersToText(settings.server.users);
  let value: unknown = settings;
  for (const name of path) value = (value as Readonly<Record<string | number, unknown>>)[name];
  if (kind === 'secret') return value === undefined ? '(not set)' : '(set)';
  if (Array.isArray(value)) return value.join(separator);
  const text = String((value as SettingValue) ?? '');
  return hasLines(path) ? hideSecrets(text) : text;
}
