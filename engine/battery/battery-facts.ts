/** What is said of a battery in words: since when it is there, and how its tests went. Pure. */
import type { BatteryView } from '#domain/schema/battery.ts';
import type { TextChange } from '#engine/history/history-store.ts';

/** Not a variable of NUT: what a person said where the unit takes no date. */
export const SAID_REPLACED = 'battery.replaced';
export const DATE_VARIABLES = ['battery.date', 'battery.mfr.date'] as const;
export const TEST_VARIABLES = ['ups.test.result', 'ups.test.date'] as const;

type Told = Pick<TextChange, 'at' | 'variable' | 'value'>;

const isDate = ({ variable }: Told): boolean => variable !== 'ups.test.result' && variable !== 'ups.test.date';
const two = (value: string): string => value.padStart(2, '0');

/**
 * A date as units write it: year first, or month/day/year as APC does, there with two digits of the year as well.
 * @returns `YYYY-MM-DD`; undefined for anything else
 */
export function dayOf(text: string): string | undefined {
  const [, year, month, day] = /^\s*(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\b/.exec(text) ?? [];
  if (year && month && day) return realDay(year, month, day);
  const [, before, middle, last] = /^\s*(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})\s*$/.exec(text) ?? [];
  if (!before || !middle || !last) return undefined;
  // Two digits: there were no such units before 1990.
  const whole = last.length === 4 ? last : Number(last) < 90 ? `20${last}` : `19${last}`;
  return realDay(whole, before, middle);
}

function realDay(year: string, month: string, day: string): string | undefined {
  const text = `${year}-${two(month)}-${two(day)}`;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : undefined;
}

/** A day as this unit writes days. @param like what its variable says now */
export function dayLike(day: string, like: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  if (/^\s*\d{1,2}[/-]\d{1,2}[/-]\d{2}\s*$/.test(like)) return `${month}/${date}/${year.slice(2)}`;
  if (/^\s*\d{1,2}[/-]\d{1,2}[/-]\d{4}\s*$/.test(like)) return `${month}/${date}/${year}`;
  return /^\s*\d{4}-/.test(like) ? day : `${year}/${month}/${date}`;
}

const DAY_MS = 86_400_000;
const startOf = (day: string): number => new Date(`${day}T00:00:00`).getTime();

/**
 * When the battery that is in its place now began to serve: a person said so, or the unit tells another date than
 * before. The first date that is heard of is no change.
 * @param texts oldest first @returns undefined where nothing of the kind was ever told
 */
export function batteryBegan(texts: readonly Told[]): number | undefined {
  const before = new Map<string, string>();
  let began: number | undefined;
  for (const { at, variable, value } of texts.filter(isDate)) {
    const last = before.get(variable);
    before.set(variable, value);
    if (variable !== SAID_REPLACED && last === undefined) continue;
    const day = dayOf(value);
    // The day it was made says nothing of when it was put in; and what happened on the very day, happened to the old one.
    const isEarlierDay = variable !== 'battery.mfr.date' && day !== undefined && startOf(day) + DAY_MS <= at;
    began = isEarlierDay ? startOf(day) : at;
  }
  return began;
}

/**
 * Since when the battery is there. What was said last counts: a person, or a unit that tells another date since; of what
 * a unit tells, the day it was put in counts more than the day it was made.
 */
export function batteryDate(
  texts: readonly Told[],
  variables: Readonly<Partial<Record<(typeof DATE_VARIABLES)[number], string>>>,
): BatteryView['date'] {
  const said = texts.filter(({ variable }) => variable === SAID_REPLACED).at(-1);
  const told = texts.filter(isDate);
  const changed = told.filter(
    ({ variable }, place) =>
      variable !== SAID_REPLACED && told.slice(0, place).some((earlier) => earlier.variable === variable),
  );
  const isSaidLast = said !== undefined && changed.every(({ at }) => at <= said.at);
  const as = (text: string, from: 'installed' | 'made' | 'person'): BatteryView['date'] => {
    const day = dayOf(text);
    return { ...(day === undefined ? {} : { day }), text, from };
  };
  if (isSaidLast) return as(said.value, 'person');
  const { 'battery.date': installed, 'battery.mfr.date': made } = variables;
  if (installed !== undefined && installed.trim() !== '') return as(installed, 'installed');
  if (made !== undefined && made.trim() !== '') return as(made, 'made');
  return undefined;
}

/** Results that say that a test is running, or that there was none, in the words of NUT's drivers. */
const NO_RESULT = /^\s*(no)?\s*$|in progress|not done|no test|not initiated|unknown/i;
/** A unit tells result and date of one test within its slowest poll. */
const TOGETHER_MS = 120_000;

/**
 * Every result that was told, and every date that came with a result as before. The first result that is heard may be
 * far older than the moment it was heard in; only the date beside it says so.
 * @param texts oldest first @returns newest first
 */
export function testsOf(texts: readonly Told[]): BatteryView['tests'] {
  const tests: BatteryView['tests'] = [];
  let [result, date]: (string | undefined)[] = [];
  for (const { at, variable, value } of texts) {
    const last = tests.at(-1);
    if (variable === 'ups.test.result') {
      result = NO_RESULT.test(value) ? undefined : value;
      if (result !== undefined) tests.push({ at, result });
    } else if (variable === 'ups.test.date') {
      const isFirst = date === undefined;
      date = value;
      if (last && at - last.at <= TOGETHER_MS) last.date = value;
      else if (!isFirst && result !== undefined) tests.push({ at, result, date });
    }
  }
  return tests.reverse();
}
