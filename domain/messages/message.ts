import { de } from './de.ts';
import { en } from './en.ts';

export type MessageKey = keyof typeof en;

/** Languages of the faces. Logs, the command line and the NUT protocol speak English. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

const CATALOGUES: Readonly<Record<Locale, Readonly<Partial<Record<MessageKey, string>>>>> = { en, de };

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Parameters a message needs, read off its English text: `{device}` asks for `device`. */
export type MessageParams<Key extends MessageKey> = Record<Placeholders<(typeof en)[Key]>, string | number>;

/** Messages that exist once for each plural category of English: `x` for `x.one` and `x.other`. */
export type PluralKey = {
  [Key in MessageKey]: Key extends `${infer Base}.other` ? (`${Base}.one` extends MessageKey ? Base : never) : never;
}[MessageKey];

/** Puts parameters into a text. A placeholder without a parameter stays visible rather than becoming "undefined". */
export function fill(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

/** The text of a message, in English where the language has none. */
export function message<Key extends MessageKey>(key: Key, params: MessageParams<Key>, locale: Locale = 'en'): string {
  return fill(CATALOGUES[locale][key] ?? en[key], params);
}

/** The text of a message that depends on a count; `{count}` is filled with it, written as the language writes numbers. */
export function messageOfCount<Key extends PluralKey>(
  key: Key,
  count: number,
  params: Omit<MessageParams<Extract<MessageKey, `${Key}.other`>>, 'count'>,
  locale: Locale = 'en',
): string {
  const category = new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other';
  const chosen = `${key}.${category}` as MessageKey;
  const written = new Intl.NumberFormat(locale).format(count);
  return fill(CATALOGUES[locale][chosen] ?? en[chosen], { ...params, count: written });
}

/**
 * The text of an error in a language, by its code; undefined for codes this version does not know.
 * @param part the sentence that says what failed, or what to do now
 */
export function errorText(
  part: 'error' | 'remedy',
  error: { readonly code: string; readonly details: Readonly<Record<string, unknown>> },
  locale: Locale,
): string | undefined {
  const key = `${part}.${error.code}`;
  return key in en ? fill(CATALOGUES[locale][key as MessageKey] ?? en[key as MessageKey], error.details) : undefined;
}
