/** Changes of the settings: by key and text as on the command line, or all of them as from the form. Nothing is written. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';
import { becauseText, expectedOf, missingOf } from '#domain/schema/settings/issue-text.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { nearestName } from './nut-conf/nearest-name.ts';
import { isSecretReference } from './secret-file.ts';
import { restoreSecrets } from './hidden-lines.ts';
import { phrasesOf } from './nut-conf/problem.ts';
import {
  hasLines,
  keysOfSettings,
  settingKeys,
  settingText,
  valueOfText,
  type SettingKey,
  type SettingPath,
} from './setting-keys.ts';
import { beside, isGroup, keyOf, stored, type Group, type StoredSettings } from './stored-settings.ts';
import { usersFromText } from './users-text.ts';

/** A key and the text of its new value; an empty text goes back to the default. */
export type SettingChange = readonly [key: string, text: string];

/**
 * The settings with changes, checked as a whole. Writes nothing. Setting the identifier of the next UPS, or the type of
 * the next channel, adds it; an empty one takes it away.
 * @throws SettingsError settings/unknown-key, settings/mistyped-key, settings/bad-value, settings/missing-value,
 *   settings/no-such-ups, settings/no-such-channel, settings/bad-line for accounts that cannot be read
 */
export function changeSettings(before: StoredSettings, changes: readonly SettingChange[]): StoredSettings {
  const keys = keysAfter(before.settings, changes);
  let { given } = before;
  for (const list of LISTS) given = addMembers(given, list, changes);
  for (const [key, text] of changes) {
    if (text === '' && LISTS.some(({ name }) => name.test(key))) continue;
    const setting = findSetting(key, keys);
    given =
      setting.kind === 'users' && text !== ''
        ? withUsers(given, before, setting, text)
        : (withValue(given, setting.path, newValue(setting, text, before.settings)) as Group);
  }
  for (const { path, name } of LISTS) {
    const gone = new Set(changes.flatMap(([key, text]) => (text === '' ? (indexIn(name, key) ?? []) : [])));
    if (gone.size === 0) continue;
    given = withValue(
      given,
      path,
      listAt(given, path).filter((_, index) => !gone.has(index)),
    ) as Group;
  }
  try {
    return stored(given, before.revision);
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    if (!issue) throw error;
    throw refusal(issue, keys, changes, error);
  }
}

/** An issue of the schema as what is wrong with a key that was to be changed. */
function refusal(
  issue: z.core.$ZodIssue,
  keys: ReadonlyMap<string, SettingKey>,
  changes: readonly SettingChange[],
  cause: unknown,
): SettingsError {
  const key = keyOf(issue);
  const missing = missingOf(issue);
  if (missing) {
    const because = becauseText({ ...missing, key: beside(key, missing.key) });
    return new SettingsError('settings/missing-value', { key, because }, cause);
  }
  const given = changes.findLast(([changed]) => changed === key)?.[1] ?? '';
  const value = keys.get(key)?.kind === 'secret' ? '…' : given;
  return new SettingsError('settings/bad-value', { key, value, expected: expectedOf(issue) }, cause);
}

/** Lists whose next member is added by setting what it is called by, and taken away by an empty one. */
const LISTS = [
  { path: ['ups'], key: /^ups\.(\d+)\./, name: /^ups\.(\d+)\.identifier$/, error: 'settings/no-such-ups' },
  {
    path: ['alerts', 'channels'],
    key: /^alerts\.channels\.(\d+)\./,
    name: /^alerts\.channels\.(\d+)\.type$/,
    error: 'settings/no-such-channel',
  },
] as const;
type MemberList = (typeof LISTS)[number];
const [UPSES, CHANNELS] = LISTS;

/** The place in a list that a key is about. */
function indexIn(pattern: RegExp, key: string): number | undefined {
  const digits = pattern.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function listAt(given: Group, path: SettingPath): readonly Group[] {
  let value: unknown = given;
  for (const name of path) value = (value as Group | undefined)?.[name];
  return (value as readonly Group[] | undefined) ?? [];
}
const listOf = (given: Group): readonly Group[] => listAt(given, UPSES.path);

/** The keys there are once the changes are made: a UPS may come, or change sides. */
export function keysAfter(settings: Settings, changes: readonly SettingChange[]): ReadonlyMap<string, SettingKey> {
  const last = (key: string): string | undefined => changes.findLast(([changed]) => changed === key)?.[1];
  const placesOf = (known: number, { name }: MemberList): readonly number[] => {
    const named = changes.flatMap(([key]) => indexIn(name, key) ?? []);
    return [...Array(Math.min(Math.max(known, ...named.map((index) => index + 1)), 1000)).keys()];
  };
  return settingKeys({
    upses: placesOf(settings.ups.length, UPSES).map((index) => ({
      isSecondary: (last(`ups.${index}.mode`) ?? settings.ups[index]?.mode) === 'SLAVE',
    })),
    channels: placesOf(settings.alerts.channels.length, CHANNELS).map((index) => ({
      type: last(`alerts.channels.${index}.type`) ?? settings.alerts.channels[index]?.type ?? '',
    })),
  });
}

/** A list with those that are named for the first time at its end. */
function addMembers(given: Group, { path, key: pattern, name, error }: MemberList, changes: readonly SettingChange[]) {
  const before = listAt(given, path);
  let list = before;
  const asked = new Set(changes.flatMap(([key]) => indexIn(pattern, key) ?? []));
  for (const index of [...asked].sort((a, b) => a - b)) {
    if (index < list.length) continue;
    const isNamed = changes.some(([key, text]) => indexIn(name, key) === index && text !== '');
    if (!isNamed || index > list.length) throw new SettingsError(error, { index, next: list.length });
    list = [...list, { id: newUpsId() }];
  }
  return list === before ? given : (withValue(given, path, list) as Group);
}

/** For a UPS or a channel that is new. */
export const newUpsId = (): string => randomBytes(6).toString('hex');

function newValue(setting: SettingKey, text: string, before: Settings): unknown {
  if (text === '') return undefined;
  if (hasLines(setting.path)) {
    const known = setting.path.reduce<unknown>((part, name) => (part as Group | undefined)?.[name], before);
    return restoreSecrets(text, typeof known === 'string' ? known : '');
  }
  return valueOfText(setting, text);
}

/** With the accounts of a text. Passwords that cannot be had here go with them, also to another name. */
function withUsers(given: Group, before: StoredSettings, { key, path }: SettingKey, text: string): Group {
  const { users, formerNames, problems } = usersFromText(text, before.settings.server.users);
  const fault = problems.list().find(({ severity }) => severity === 'error');
  if (fault) throw new SettingsError('settings/bad-line', { file: key, line: fault.line, ...phrasesOf(fault) });
  const renamed = new Map(
    users.flatMap(({ name }, index) => {
      const former = formerNames[index];
      return former === undefined || former === name ? [] : [[former, name] as const];
    }),
  );
  return withUnopened(withValue(given, path, users) as Group, withNewNames(before.given, renamed), ['server']);
}

/**
 * Settings as a whole in place of others, without what is as it is by default anyway.
 * @param renamed accounts that go by another name now: the new one, by the one before
 * @throws z.ZodError where they do not fit
 */
export function replaceSettings(
  before: StoredSettings,
  settings: Settings,
  renamed: ReadonlyMap<string, string> = new Map(),
): StoredSettings {
  const { ups, ...others } = settings;
  const { ups: _ups, ...defaults } = Settings.parse({});
  const given = difference(others, defaults, before.given);
  const list = ups.map((one) => {
    const known = listOf(before.given).find(({ id }) => id === one.id) ?? {};
    return difference(one, UPS_DEFAULTS, known);
  });
  const next = list.length > 0 ? { ...given, ups: list } : given;
  const known = withNewNames(before.given, renamed);
  return stored(withUnopened(next, known, ['ups', 'server', 'mail', 'alerts']), before.revision);
}

/** Accounts under the names they have now. One whose name was taken over by another is gone. */
function withNewNames(given: Group, renamed: ReadonlyMap<string, string>): Group {
  if (renamed.size === 0) return given;
  const taken = new Set(renamed.values());
  const users = listAt(given, ['server', 'users']).flatMap((user) => {
    const name = renamed.get(String(user.name));
    if (name !== undefined) return [{ ...user, name }];
    return taken.has(String(user.name)) ? [] : [user];
  });
  return withValue(given, ['server', 'users'], users) as Group;
}

/**
 * Passwords that cannot be had here look as if there were none. Whoever changes something else does not mean to take
 * them away: their references stay, of a UPS by its id and of an account by its name.
 */
function withUnopened(given: Group, before: Group, groups: readonly string[]): Group {
  const at = (after: unknown, known: unknown): unknown => {
    if (Array.isArray(after) && Array.isArray(known)) {
      return after.map((item: unknown) =>
        at(
          item,
          known.find((other: unknown) => isSameItem(item, other)),
        ),
      );
    }
    if (!isGroup(known) || (after !== undefined && !isGroup(after))) return after;
    const names = new Set([...Object.keys(after ?? {}), ...Object.keys(known)]);
    const entries = [...names].flatMap((name) => {
      const value = after?.[name];
      const kept = value === undefined && isSecretReference(known[name]) ? known[name] : at(value, known[name]);
      return kept === undefined || (isGroup(kept) && Object.keys(kept).length === 0) ? [] : [[name, kept] as const];
    });
    return entries.length === 0 ? after : Object.fromEntries(entries);
  };
  const merged = groups.map((name) => [name, at(given[name], before[name])] as const);
  return { ...given, ...Object.fromEntries(merged.filter(([, group]) => group !== undefined)) };
}

const isSameItem = (one: unknown, other: unknown): boolean =>
  isGroup(one) &&
  isGroup(other) &&
  (one.id === undefined ? one.name !== undefined && one.name === other.name : one.id === other.id);

const UPS_DEFAULTS: Group = Object.fromEntries(
  Object.entries(Settings.shape.ups.unwrap().element.shape).flatMap(([name, field]) => {
    const { success, data } = field.safeParse(undefined);
    return success && data !== undefined ? [[name, data]] : [];
  }),
);

/** What differs from the defaults, or was chosen before although it does not. */
function difference(value: Group, defaults: Group, chosen: Group): Group {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      const otherwise = defaults[name];
      if (isGroup(part)) {
        const inner = difference(part, isGroup(otherwise) ? otherwise : {}, isGroup(chosen[name]) ? chosen[name] : {});
        return Object.keys(inner).length > 0 ? [[name, inner]] : [];
      }
      const isDefault = JSON.stringify(part) === JSON.stringify(otherwise);
      return part === undefined || (isDefault && !Object.hasOwn(chosen, name)) ? [] : [[name, part]];
    }),
  );
}

/**
 * The setting of a key.
 * @param others keys that are known besides, for the guess at what was meant
 * @throws SettingsError settings/unknown-key, settings/mistyped-key
 */
export function findSetting(
  key: string,
  keys: ReadonlyMap<string, SettingKey>,
  others: readonly string[] = [],
): SettingKey {
  const setting = keys.get(key);
  if (setting) return setting;
  const nearest = nearestName(key, [...keys.keys(), ...others]);
  throw nearest === undefined
    ? new SettingsError('settings/unknown-key', { key })
    : new SettingsError('settings/mistyped-key', { key, nearest });
}

/** The value of every key as text, empty where nothing is set. */
export const listSettings = (settings: Settings): ReadonlyMap<string, string> =>
  new Map([...keysOfSettings(settings)].map(([key, setting]) => [key, settingText(settings, setting)]));

/** A group or list with a value at a path; undefined takes away what is there. Groups on the way are made. */
function withValue(group: unknown, [name, ...rest]: SettingPath, value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(group)) {
    return group.map((item: unknown, index) => (index === name ? withValue(item, rest, value) : item));
  }
  const inner = (group as Group | undefined)?.[name];
  return { ...(group as Group | undefined), [name]: withValue(inner, rest, value) };
}
