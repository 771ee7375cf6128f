import { sayError } from '#domain/errors.ts';
import { fetchTexts } from '#domain/messages/fetch.ts';
import { variableText, commandText } from '#domain/messages/names.ts';
import {
  localeOf,
  message,
  messageOfCount,
  textIn,
  type Locale,
  type LocaleChoice,
  type MessageKey,
  type MessageParams,
  type PluralKey,
} from '#domain/messages/message.ts';
import { roughTime } from '#domain/power-sentence.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { isMidnight, type TickUnit } from '../components/chart-ticks.ts';
import type { LanguageKeeper } from './language-keeper.ts';

const TIME_STYLES = {
  second: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  minute: { hour: 'numeric', minute: '2-digit' },
  day: { hour: 'numeric', minute: '2-digit', day: 'numeric', month: 'short' },
  date: { dateStyle: 'short' },
  whole: { dateStyle: 'medium', timeStyle: 'short' },
  wholeDay: { dateStyle: 'medium' },
  dayOnly: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Making a format costs far more than using it, and every second asks for dozens.
const timeFormats: Record<string, Intl.DateTimeFormat> = {};
const numberFormats: Record<string, Intl.NumberFormat> = {};

const listFormats: Record<string, Intl.ListFormat> = {};

const timeFormat = (locale: string, style: keyof typeof TIME_STYLES): Intl.DateTimeFormat =>
  (timeFormats[`${locale} ${style}`] ??= new Intl.DateTimeFormat(locale, TIME_STYLES[style]));

const numberFormat = (locale: string, digits: number): Intl.NumberFormat =>
  (numberFormats[`${locale} ${digits}`] ??= new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }));

const listFormat = (locale: string, type: 'conjunction' | 'disjunction'): Intl.ListFormat =>
  (listFormats[`${locale} ${type}`] ??= new Intl.ListFormat(locale, { type }));

/** The language of the page, and everything that is written by its rules. */
export class LocaleState {
  readonly #keeper: LanguageKeeper;

  choice = $state<LocaleChoice>('system');
  readonly current = $derived.by((): Locale => localeOf(this.choice, this.#keeper.ofSystem));
  /** As the system writes numbers and times, where it speaks the same language. */
  readonly #format = $derived.by(
    (): string => this.#keeper.ofSystem.find((language) => language.startsWith(this.current)) ?? this.current,
  );

  constructor(keeper: LanguageKeeper) {
    this.#keeper = keeper;
    this.choice = keeper.choice;
  }

  async choose(choice: LocaleChoice): Promise<void> {
    this.#keeper.keep(choice);
    await fetchTexts(localeOf(choice, this.#keeper.ofSystem));
    this.choice = choice;
  }

  t = <Key extends MessageKey>(key: Key, params: MessageParams<Key>): string => message(key, params, this.current);

  count = <Key extends PluralKey>(
    key: Key,
    count: number,
    params: Omit<MessageParams<Extract<MessageKey, `${Key}.other`>>, 'count'>,
  ): string => messageOfCount(key, count, params, this.current);

  /** @param digits after the decimal mark */
  number = (value: number, digits = 0): string => numberFormat(this.#format, digits).format(value);

  /** A text that came over the contract. */
  say = (text: unknown): string => textIn(text, this.current) ?? '';

  /** A value and its unit, kept on one line. */
  quantity = (value: number, unit: string, digits = 0): string => `${this.number(value, digits)}\u00a0${unit}`;

  /** A length of time as a person says it. @param seconds rounded down */
  duration = (seconds: number): string => {
    const days = wholeDays(seconds);
    return days >= 2 ? this.count('time.days', days, {}) : roughTime(seconds, this.current);
  };

  ago = (seconds: number): string => {
    if (seconds < 5) return this.t('time.just-now', {});
    const days = wholeDays(seconds);
    // German counts days in another case behind "vor".
    if (days >= 2) return this.count('time.days-ago', days, {});
    return this.t('time.ago', { time: this.duration(seconds) });
  };

  /** Clock time, with the day where it is not today, and the year where it is not this one. */
  moment = (at: number, now: number): string => {
    const isToday = timeFormat('en', 'date').format(at) === timeFormat('en', 'date').format(now);
    if (timeFormat('en', 'year').format(at) !== timeFormat('en', 'year').format(now)) return this.date(at);
    return timeFormat(this.#format, isToday ? 'minute' : 'day').format(at);
  };

  clock = (at: number, withSeconds: boolean): string =>
    timeFormat(this.#format, withSeconds ? 'second' : 'minute').format(at);

  /** A moment of any year. */
  date = (at: number): string => timeFormat(this.#format, 'whole').format(at);

  /** A day of any year. */
  day = (at: number): string => timeFormat(this.#format, 'wholeDay').format(at);

  /** @param currency as `EUR` */
  money = (value: number, currency: string): string =>
    new Intl.NumberFormat(this.#format, { style: 'currency', currency }).format(value);

  /** What tells a tick of a time axis from its neighbours. */
  tick = (at: number, unit: TickUnit): string => {
    const style = {
      clock: isMidnight(at) ? 'dayOnly' : 'minute',
      day: 'dayOnly',
      month: 'month',
      year: 'year',
    } as const;
    return timeFormat(this.#format, style[unit]).format(at);
  };

  list = (items: readonly string[]): string => listFormat(this.#format, 'conjunction').format(items);

  /** One of several: `a, b or c`. */
  either = (items: readonly string[]): string => listFormat(this.#format, 'disjunction').format(items);

  /** A cure or guess at work on a unit; one of a newer version is said as it was told. */
  note = ({ code, text, details }: UpsSnapshot['notes'][number]): string =>
    textIn({ phrase: `note.${code}`, params: details }, this.current) ?? text;

  /** What failed and what to do. */
  error = (error: unknown): { readonly message: string; readonly remedy: string } => sayError(error, this.current);

  variable = (name: string): string => variableText(name, this.current);
  command = (name: string): string => commandText(name, this.current);
}

const wholeDays = (seconds: number): number => Math.floor(seconds / 86_400);
