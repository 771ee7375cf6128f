import { de } from './de.ts';
import { en } from './en.ts';

export type MessageKey = keyof typeof en;
/** Every text of the product in one language. A language that lacks one does not compile. */
export type Catalogue = Readonly<Record<MessageKey, string>>;

/** Languages of the faces. Logs, the command line and the NUT protocol speak English. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];
/** What a person chooses: a language, or whichever the system speaks. */
export type LocaleChoice = 'system' | Locale;

const CATALOGUES: Readonly<Record<Locale, Catalogue>> = { en, de };

export const isLocaleChoice = (value: unknown): value is LocaleChoice =>
  value === 'system' || LOCALES.some((locale) => locale === value);

/** @param languages BCP 47 tags as the system or the browser prefers them, best first */
export function localeOf(choice: LocaleChoice, languages: readonly string[]): Locale {
  if (choice !== 'system') return choice;
  for (const language of languages) {
    const spoken = language.toLowerCase().split('-')[0];
    const found = LOCALES.find((locale) => locale === spoken);
    if (found) return found;
  }
  return 'en';
}

/**
 * A text inside of a text, said in the language of the one around it: why something failed, who holds a device. Plain
 * data, so that it crosses the contract inside of an error's details.
 */
export interface Phrase {
  readonly phrase: MessageKey;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What stands for a placeholder. Plain strings are said as they are; of several texts a list with commas is made, with
 * semicolons where a text has commas or colons of its own.
 */
export type Text = string | Phrase;
type Param = number | Text | readonly Text[];

type Placeholders<Said extends string> = Said extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Parameters a message needs, read off its English text: `{device}` asks for `device`. */
export type MessageParams<Key extends MessageKey> = Record<Placeholders<(typeof en)[Key]>, Param>;

/** Messages that exist once for each plural category of English: `x` for `x.one` and `x.other`. */
export type PluralKey = {
  [Key in MessageKey]: Key extends `${infer Base}.other` ? (`${Base}.one` extends MessageKey ? Base : never) : never;
}[MessageKey];

export const phrase = <Key extends MessageKey>(key: Key, params: MessageParams<Key>): Phrase => ({
  phrase: key,
  params,
});

/** The text of a message. */
export const message = <Key extends MessageKey>(key: Key, params: MessageParams<Key>, locale: Locale = 'en'): string =>
  fill(CATALOGUES[locale][key], params, locale);

/** The text of a message that depends on a count; `{count}` is filled with it, written as the language writes numbers. */
export function messageOfCount<Key extends PluralKey>(
  key: Key,
  count: number,
  params: Omit<MessageParams<Extract<MessageKey, `${Key}.other`>>, 'count'>,
  locale: Locale = 'en',
): string {
  const category = new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other';
  const written = new Intl.NumberFormat(locale).format(count);
  return fill(CATALOGUES[locale][`${key}.${category}` as MessageKey], { ...params, count: written }, locale);
}

/** What a text says in a language. One of a newer version, whose key is not known here, gives undefined. */
export function textIn(text: unknown, locale: Locale = 'en'): string | undefined {
  if (typeof text === 'string') return text;
  if (typeof text === 'number') return String(text);
  if (Array.isArray(text)) {
    const parts = text.map((part: unknown) => textIn(part, locale));
    if (parts.some((part) => part === undefined)) return undefined;
    return parts.join(parts.some((part) => part && /[,:]/.test(part)) ? '; ' : ', ');
  }
  return isPhrase(text) ? lookUp(text.phrase, text.params, locale) : undefined;
}

/**
 * The text of an error in a language, by its code and details; undefined where this version does not know the code or
 * a phrase within.
 * @param part the sentence that says what failed, or what to do now
 */
export const errorText = (
  part: 'error' | 'remedy',
  error: { readonly code: string; readonly details: Readonly<Record<string, unknown>> },
  locale: Locale,
): string | undefined =>
  Object.values(error.details).some((detail) => isPhrase(detail) && textIn(detail, locale) === undefined)
    ? undefined
    : lookUp(`${part}.${error.code}`, error.details, locale);

/**
 * Puts parameters into a text. A placeholder without a parameter stays visible rather than becoming "undefined". What
 * brings its own full stop ends the sentence that it stands last in: reasons come from systems and servers too.
 */
export const fill = (text: string, params: Readonly<Record<string, unknown>>, locale: Locale = 'en'): string =>
  text.replace(/\{(\w+)\}(\.(?!\S))?/g, (whole, name: string, stop: string | undefined) => {
    const said = textIn(params[name], locale);
    return said === undefined ? whole : `${said}${stop === undefined || /[.!?…]$/.test(said) ? '' : stop}`;
  });

const lookUp = (key: string, params: Readonly<Record<string, unknown>>, locale: Locale): string | undefined =>
  Object.hasOwn(en, key) ? fill(CATALOGUES[locale][key as MessageKey], params, locale) : undefined;

const isPhrase = (value: unknown): value is { readonly phrase: string; readonly params: Record<string, unknown> } =>
  typeof value === 'object' &&
  value !== null &&
  'phrase' in value &&
  typeof value.phrase === 'string' &&
  'params' in value &&
  typeof value.params === 'object' &&
  value.params !== null;
