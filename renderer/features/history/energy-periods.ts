/** Days, weeks, months and years of the calendar where the page is looked at, and what a load used in them. Pure. */
import type { EnergyPeriod, RequestParams } from '#domain/contract.ts';

export const PERIODS = ['day', 'week', 'month', 'year'] as const;
export type PeriodName = (typeof PERIODS)[number];

/** How many are shown, the one that goes on now included. */
const COUNTS: Readonly<Record<PeriodName, number>> = { day: 31, week: 27, month: 25, year: 10 };

/** Weeks begin on Monday. @param back how many periods before the one that goes on */
function beginOf(period: PeriodName, now: number, back: number): number {
  const date = new Date(now);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  switch (period) {
    case 'day':
      return new Date(year, month, day - back).getTime();
    case 'week':
      return new Date(year, month, day - ((date.getDay() + 6) % 7) - 7 * back).getTime();
    case 'month':
      return new Date(year, month - back, 1).getTime();
    case 'year':
      return new Date(year - back, 0, 1).getTime();
  }
}

/** Where periods begin, oldest first, and where the one that goes on now will end. */
export const edgesOf = (period: PeriodName, now: number): number[] =>
  Array.from({ length: COUNTS[period] + 1 }, (_, place) => beginOf(period, now, COUNTS[period] - 1 - place));

export interface EnergyRow extends EnergyPeriod {
  readonly from: number;
  /** How much of the time up to now is known, 0 to 1. */
  readonly share: number;
}

/** Newest first, from the first period on of which anything is known. */
export function rowsOf(edges: readonly number[], periods: readonly EnergyPeriod[], now: number): readonly EnergyRow[] {
  const rows = periods.map((period, place) => {
    const [from = 0, to = 0] = [edges[place], edges[place + 1]];
    return { ...period, from, share: Math.min(1, period.knownMs / Math.max(1, Math.min(to, now) - from)) };
  });
  const first = rows.findIndex(({ knownMs }) => knownMs > 0);
  return first < 0 ? [] : rows.slice(first).reverse();
}

export const sumOf = (rows: readonly EnergyRow[]): EnergyPeriod => ({
  wattHours: rows.reduce((sum, { wattHours }) => sum + wattHours, 0),
  knownMs: rows.reduce((sum, { knownMs }) => sum + knownMs, 0),
  computedMs: rows.reduce((sum, { computedMs }) => sum + computedMs, 0),
});

const HOUR_MS = 3_600_000;
/** Mean of the time that is known. */
export const meanWatts = ({ wattHours, knownMs }: EnergyPeriod): number =>
  knownMs > 0 ? wattHours / (knownMs / HOUR_MS) : NaN;

export type Price = RequestParams<'settings.setEnergy'>;

/** As a browser remembers it: `0.32 EUR`. */
export function priceFrom(text: string | undefined): Price {
  const [, price, currency = ''] = /^(\d+(?:\.\d+)?(?:e-\d+)?)? ?([A-Z]{3})?$/.exec(text ?? '') ?? [];
  return { ...(price === undefined ? {} : { price: Number(price) }), currency };
}
