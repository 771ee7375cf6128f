import { variableText, commandText } from '#domain/messages/names.ts';
import {
  errorText,
  LOCALES,
  message,
  messageOfCount,
  type Locale,
  type MessageKey,
  type MessageParams,
  type PluralKey,
} from '#domain/messages/message.ts';
import { roughTime } from '#domain/power-sentence.ts';
import type { Preferences } from './preferences.ts';

export type LocaleChoice = 'system' | Locale;

const TIME_STYLES = {
  second: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  minute: { hour: 'numeric', minute: '2-digit' },
  day: { hour: 'numeric', minute: '2-digit', day: 'numeric', month: 'short' },
  date: { dateStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Making a format costs far more than using it, and every second asks for dozens.
const timeFormats: Record<string, Intl.DateTimeFormat> = {};
const numberFormats: Record<string, Intl.NumberFormat> = {};

const timeFormat = (locale: string, style: keyof typeof TIME_STYLES): Intl.DateTimeFormat =>
  (timeFormats[`${locale} ${style}`] ??= new Intl.DateTimeFormat(locale, TIME_STYLES[style]));

const numberFormat = (locale: string, digits: number): Intl.NumberFormat =>
  (numberFormats[`${locale} ${digits}`] ??= new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }));

/** The language of the page, and everything that is written by its rules. */
export class LocaleState {
  readonly #preferences: Preferences;
  readonly #languages: readonly string[];

  choice = $state<LocaleChoice>('system');
  readonly current = $derived.by((): Locale => (this.choice === 'system' ? this.#ofSystem() : this.choice));
  /** As the system writes numbers and times, where it speaks the same language. */
  readonly #format = $derived.by(
    (): string => this.#languages.find((language) => language.startsWith(this.current)) ?? this.current,
  );

  /** @param languages as the browser prefers them */
  constructor(preferences: Preferences, languages: readonly string[]) {
    this.#preferences = preferences;
    this.#languages = languages;
    const known = preferences.read('language');
    this.choice = LOCALES.find((locale) => locale === known) ?? 'system';
  }

  choose(choice: LocaleChoice): void {
    this.choice = choice;
    this.#preferences.write('language', choice === 'system' ? undefined : choice);
  }

  t = <Key extends MessageKey>(key: Key, params: MessageParams<Key>): string => message(key, params, this.current);

  count = <Key extends PluralKey>(
    key: Key,
    count: number,
    params: Omit<MessageParams<Extract<MessageKey, `${Key}.other`>>, 'count'>,
  ): string => messageOfCount(key, count, params, this.current);

  /** @param digits after the decimal mark */
  number = (value: number, digits = 0): string => numberFormat(this.#format, digits).format(value);

  /** A value and its unit, kept on one line. */
  quantity = (value: number, unit: string, digits = 0): string => `${this.number(value, digits)}\u00a0${unit}`;

  /** A length of time as a person says it. @param seconds rounded down */
  duration = (seconds: number): string => {
    const days = Math.floor(seconds / 86_400);
    return (days >= 2 ? this.count('time.days', days, {}) : roughTime(seconds, this.current)).replaceAll(' ', '\u00a0');
  };

  ago = (seconds: number): string =>
    seconds < 5 ? this.t('time.just-now', {}) : this.t('time.ago', { time: this.duration(seconds) });

  /** Clock time, with the day where it is not today. */
  moment = (at: number, now: number): string => {
    const isToday = timeFormat('en', 'date').format(at) === timeFormat('en', 'date').format(now);
    return timeFormat(this.#format, isToday ? 'minute' : 'day').format(at);
  };

  clock = (at: number, withSeconds: boolean): string =>
    timeFormat(this.#format, withSeconds ? 'second' : 'minute').format(at);

  list = (items: readonly string[]): string => new Intl.ListFormat(this.#format, { type: 'conjunction' }).format(items);

  /** What failed and what to do, in this language where the code is known, else as it was told. */
  error = (error: unknown): { readonly message: string; readonly remedy: string } => {
    if (!isTold(error)) return { message: error instanceof Error ? error.message : String(error), remedy: '' };
    return {
      message: errorText('error', error, this.current) ?? error.message,
      remedy: errorText('remedy', error, this.current) ?? error.remedy,
    };
  };

  variable = (name: string): string => variableText(name, this.current);
  command = (name: string): string => commandText(name, this.current);

  #ofSystem(): Locale {
    for (const language of this.#languages) {
      const found = LOCALES.find((locale) => language.toLowerCase().startsWith(locale));
      if (found) return found;
    }
    return 'en';
  }
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Errors of this product and errors as they cross the contract alike. */
const isTold = (error: unknown): error is Told =>
  typeof error === 'object' && error !== null && 'code' in error && 'remedy' in error && 'details' in error;
