/** The time a chart of the past shows: chosen, moved, made longer and shorter. Pure. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What can be chosen, shortest first. */
export const LENGTHS = [
  { name: '1h', ms: HOUR },
  { name: '6h', ms: 6 * HOUR },
  { name: '24h', ms: DAY },
  { name: '7d', ms: 7 * DAY },
  { name: '30d', ms: 30 * DAY },
  { name: '90d', ms: 90 * DAY },
  { name: '1y', ms: 365 * DAY },
  { name: '10y', ms: 3653 * DAY },
] as const;
export type LengthName = (typeof LENGTHS)[number]['name'];

const SHORTEST = MINUTE;
const LONGEST = 3653 * DAY;

/** Milliseconds since 1970. */
export interface ViewSpan {
  readonly from: number;
  readonly to: number;
}

export const lengthOf = ({ from, to }: ViewSpan): number => to - from;

/** The name of a length, where it can be chosen. */
export const nameOfLength = (span: ViewSpan): LengthName | undefined =>
  LENGTHS.find(({ ms }) => Math.abs(ms - lengthOf(span)) < 1000)?.name;

/** Nothing is known of the future, so a span ends now at the latest. */
const untilNow = (from: number, length: number, now: number): ViewSpan => {
  const to = Math.min(now, from + length);
  return { from: to - length, to };
};

/** @param share of the span, negative into the past */
export const panned = (span: ViewSpan, share: number, now: number): ViewSpan =>
  untilNow(span.from + lengthOf(span) * share, lengthOf(span), now);

/**
 * @param factor below 1 shows less time
 * @param share what stays where it is, 0 at the left to 1 at the right
 */
export function zoomed(span: ViewSpan, factor: number, share: number, now: number): ViewSpan {
  const length = Math.min(LONGEST, Math.max(SHORTEST, lengthOf(span) * factor));
  const fixed = span.from + lengthOf(span) * share;
  return untilNow(fixed - length * share, length, now);
}
