/** How finely and how long history is kept. Pure. */
import type { Incident } from '#domain/schema/snapshot.ts';
import { joinSpans, type Span } from './downsample.ts';

export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Buckets of one length; a row of their table holds so many of them. */
export interface Level {
  readonly table: 'minutes' | 'quarters' | 'watches';
  readonly slotMs: number;
  readonly slots: number;
  readonly keptMs: number;
}

const TEN_YEARS_MS = 3653 * DAY_MS;

/** Finest first. Buckets of four hours only make charts of years fast. */
export const LEVELS = [
  { table: 'minutes', slotMs: MINUTE_MS, slots: 1440, keptMs: 90 * DAY_MS },
  { table: 'quarters', slotMs: 15 * MINUTE_MS, slots: 1536, keptMs: TEN_YEARS_MS },
  { table: 'watches', slotMs: 4 * HOUR_MS, slots: 1536, keptMs: TEN_YEARS_MS },
] as const satisfies readonly Level[];

/** Full rate; around what `keptSpans` tells it is kept for ever. */
export const FULL_RATE_MS = 2 * DAY_MS;
/** Status changes; around what `keptSpans` tells they are kept for ever. */
export const STATUSES_MS = 90 * DAY_MS;
/** Of incidents that are no outages, so many of each UPS. */
export const KEPT_INCIDENTS = 10_000;

/** Of each word that is kept, so many changes: far more than batteries and monthly tests make in a lifetime. */
export const KEPT_TEXTS = 1000;

/** How long before and after an event the full rate is kept. */
const AROUND_MS = 5 * MINUTE_MS;

/** The battery carried the load: kept whole. */
export const OUTAGES: readonly Incident['kind'][] = ['on-battery', 'low-battery', 'calibration'];
/** Mains that waver make thousands of these; their minutes tell enough. */
const COMMONPLACE: readonly Incident['kind'][] = ['trim', 'boost'];

/** When the full rate is kept for ever: outages as a whole, of other events the beginning and the end. */
export function keptSpans(
  incidents: readonly Pick<Incident, 'kind' | 'startedAt' | 'endedAt'>[],
  now: number,
): readonly Span[] {
  const around = (from: number, to: number): Span => ({ from: from - AROUND_MS, to: to + AROUND_MS });
  const spans = incidents.flatMap(({ kind, startedAt, endedAt = now }) => {
    if (COMMONPLACE.includes(kind)) return [];
    if (OUTAGES.includes(kind)) return [around(startedAt, endedAt)];
    return [around(startedAt, startedAt), around(endedAt, endedAt)];
  });
  return joinSpans(
    spans.sort((a, b) => a.from - b.from),
    0,
  );
}

/** The parts of a time that lie within spans. Both are sorted. */
export function partsWithin({ from, to }: Span, spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => {
    const part = { from: Math.max(from, span.from), to: Math.min(to, span.to) };
    return part.from < part.to ? [part] : [];
  });
}

/**
 * The level a step of a chart is drawn from: an index of LEVELS, -1 for the full rate. A bucket of two steps is still
 * narrower than a hair, and half as many have to be read.
 */
export const levelFor = (stepMs: number): number => LEVELS.findLastIndex(({ slotMs }) => slotMs <= stepMs * 2);
