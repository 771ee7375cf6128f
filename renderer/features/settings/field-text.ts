/** How fields, values and problems are said. */
import { en } from '#domain/messages/en.ts';
import type { MessageKey } from '#domain/messages/message.ts';
import type { AlertKind, ChannelType } from '#domain/schema/alerts.ts';
import type { LocaleState } from '../../state/locale.svelte.ts';
import type { Change } from '../../state/settings-changes.ts';
import type { Problem } from '../../state/settings-draft.svelte.ts';
import {
  COMMON_PARTS,
  CHANNEL_FIELD_LIST,
  textNameOf,
  UPS_PARTS,
  USERS_NAME,
  type FieldDescription,
  type FieldKind,
  type FieldName,
} from './fields.ts';
import { fits } from './hardware-search.ts';
import { usualNames } from './usual-options.ts';

const FIELDS = new Map<string, FieldDescription>(
  [...[...UPS_PARTS, ...COMMON_PARTS].flatMap(({ fields }) => fields), ...CHANNEL_FIELD_LIST].map((field) => [
    field.name,
    field,
  ]),
);

export const isFound = (name: FieldName, directive: string | undefined, query: string, locale: LocaleState): boolean =>
  fits(
    query,
    locale.t(`form.${textNameOf(name)}`, {}),
    locale.t(`form.${textNameOf(name)}.help`, {}),
    name,
    directive ?? '',
    ...usualNames(name),
  );

const isKey = (key: string): key is MessageKey => Object.hasOwn(en, key);

/** A word of a choice. */
export const choiceText = (name: FieldName, value: string, locale: LocaleState): string => {
  const key = textNameOf(name) === 'channel.least' ? `severity.${value}` : `form.${name}.${value}`;
  return isKey(key) ? locale.say({ phrase: key, params: {} }) : value;
};

export const choiceHint = (name: FieldName, value: string, locale: LocaleState): string | undefined => {
  const key = `form.${name}.${value}.hint`;
  return isKey(key) ? locale.say({ phrase: key, params: {} }) : undefined;
};

/** A value as a person reads it. Passwords are never said. */
export function valueText(value: unknown, name: FieldName, kind: FieldKind | undefined, locale: LocaleState): string {
  if (kind?.type === 'kinds' && Array.isArray(value)) return kindsText(value as readonly AlertKind[], locale);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    return locale.t('form.default.empty', {});
  }
  if (typeof value === 'boolean') return locale.t(value ? 'form.yes' : 'form.no', {});
  if (typeof value === 'number' && kind?.type === 'number' && kind.unit !== undefined) {
    return locale.quantity(value, kind.unit);
  }
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) {
    if ('value' in value) return locale.t('form.new-password', {});
    return locale.t('isSet' in value && value.isSet === true ? 'form.set' : 'form.not-set', {});
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return kind?.type === 'choice' ? choiceText(name, text, locale) : text;
}

/** What is told, by what is left out. */
export const kindsText = (without: readonly AlertKind[], locale: LocaleState): string =>
  without.length === 0
    ? locale.t('form.kinds.all', {})
    : locale.t('form.kinds.but', { kinds: without.map((kind) => locale.t(`alert-kind.${kind}`, {})).join(', ') });

/** What is wrong, and what to do, as sentences. */
export function problemText({ reason, fix, line }: Problem, locale: LocaleState): string {
  const isMissing = typeof reason === 'object' && reason.phrase === 'field.missing';
  const text = isMissing
    ? locale.t('form.needed', {})
    : [reason, fix].map((part) => asSentence(locale.say(part), part)).join(' ');
  return line === undefined ? text : locale.t('form.line', { line, text });
}

/** A name that begins it stays as it is written. */
function asSentence(said: string, text: Problem['reason']): string {
  const isName = typeof text === 'object' && isKey(text.phrase) && /^\W*\{/.test(en[text.phrase]);
  return `${isName ? said : said.charAt(0).toUpperCase() + said.slice(1)}.`;
}

export interface ChangeLine {
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

/** A change as a line of a list. @param upsName what a UPS is called in the draft, by its place there */
export function changeLine(
  change: Change,
  upsName: (index: number) => string | undefined,
  locale: LocaleState,
): ChangeLine {
  const { path, kind, before, after } = change;
  const [group = '', second] = path;
  if (kind !== 'changed') {
    const member = (kind === 'added' ? after : before) as {
      readonly identifier?: string;
      readonly name?: string;
      readonly type?: ChannelType;
    };
    const named = member.name ?? '';
    const title =
      group === 'ups'
        ? locale.t('form.changes.ups', { name: member.identifier ?? '' })
        : member.type === undefined
          ? locale.t('form.changes.account', { name: named })
          : locale.t('form.changes.channel', { name: named === '' ? locale.t(`channel.${member.type}`, {}) : named });
    const none = locale.t('form.changes.none', {});
    const what = locale.t(`form.changes.${kind}`, {});
    return kind === 'added' ? { title, before: none, after: what } : { title, before: what, after: none };
  }
  if (group === 'server' && second === 'users') {
    const key = String(path[3]);
    const what: MessageKey = `form.users.${key}` as MessageKey;
    const title = locale.t('form.changes.of-account', {
      what: isKey(what) ? locale.say({ phrase: what, params: {} }) : key,
      name: change.key.split('/')[2] ?? '',
    });
    return { title, ...bothTexts(before, after, USERS_NAME, undefined, locale) };
  }
  const isOfChannel = group === 'alerts' && second === 'channels';
  const name =
    group === 'alerts' && !isOfChannel ? path.join('.') : `${isOfChannel ? 'channel' : group}.${path.at(-1) ?? ''}`;
  const field = FIELDS.get(name);
  const label = field ? locale.t(`form.${textNameOf(field.name)}`, {}) : name;
  const ups = group === 'ups' && typeof second === 'number' ? upsName(second) : undefined;
  return {
    title: ups === undefined ? label : locale.t('form.changes.of-ups', { field: label, ups }),
    ...bothTexts(before, after, field?.name ?? USERS_NAME, field?.kind, locale),
  };
}

const bothTexts = (
  before: unknown,
  after: unknown,
  name: FieldName,
  kind: FieldKind | undefined,
  locale: LocaleState,
): { readonly before: string; readonly after: string } => ({
  before: valueText(before, name, kind, locale),
  after: valueText(after, name, kind, locale),
});
