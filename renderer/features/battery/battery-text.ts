/** What the page Battery says, as far as it takes deciding. Pure. */
import type { LearnedRuntime } from '#domain/schema/battery.ts';
import { numberIn } from '#domain/power-state.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { LocaleState } from '../../state/locale.svelte.ts';

const TESTS = ['test.battery.start.quick', 'test.battery.start', 'test.battery.start.deep'] as const;

/** The gentlest test the unit has. */
export const selfTestOf = ({ commands }: Pick<UpsSnapshot, 'commands'>): string | undefined =>
  TESTS.find((test) => commands.includes(test));

const DAY_MS = 86_400_000;

/** @returns months below two years, then years with their first decimal; undefined below two months */
export function ageOf(
  day: string,
  now: number,
): { readonly unit: 'months' | 'years'; readonly count: number } | undefined {
  const days = (now - momentOf(day)) / DAY_MS;
  if (days < 61) return undefined;
  return days < 731 ? { unit: 'months', count: Math.floor(days / 30.44) } : { unit: 'years', count: days / 365.25 };
}

/** The beginning of a day `YYYY-MM-DD` where the page is looked at. */
export const momentOf = (day: string): number => new Date(`${day}T00:00:00`).getTime();

/** Today, as a field for a day writes it. */
export function dayAt(now: number): string {
  const date = new Date(now);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** What the UPS claims, in seconds, where it promises more than all that its battery has shown. */
export function brokenPromise(ups: UpsSnapshot, learned: LearnedRuntime | undefined): number | undefined {
  const claim = numberIn(ups, 'battery.runtime');
  if (claim === undefined || learned?.now === undefined || learned.sureness === 'little') return undefined;
  return claim > learned.now.high ? claim : undefined;
}

/** What NUT's drivers say of a self test. */
const TEST_RESULTS = {
  'Done and passed': 'passed',
  'Done and warning': 'warning',
  'Done and error': 'failed',
  Aborted: 'aborted',
  'In progress': 'running',
  'No test initiated': 'none',
  'Test scheduled': 'planned',
} as const;

/** The result of a self test in plain words; of a unit that says it in words of its own those. */
export function testResult(said: string, { t }: Pick<LocaleState, 't'>): string {
  const known = Object.entries(TEST_RESULTS).find(([words]) => words.toLowerCase() === said.toLowerCase());
  return known ? t(`battery.test.said.${known[1]}`, {}) : said;
}

/** Facts the unit itself tells about its battery, by variable. */
export const UNIT_FACTS = [
  ['battery.type', 'battery.type'],
  ['battery.date.maintenance', 'battery.due'],
] as const;

/** What the page shows hangs on these words of the unit: when one changes, it is asked for again. */
export const wordsOf = ({ variables }: UpsSnapshot): string =>
  ['ups.test.result', 'ups.test.date', 'battery.date', 'battery.mfr.date', 'ups.test.interval']
    .map((name) => variables[name]?.value ?? '')
    .join('\n');
