/** From samples to what is drawn: points, gaps, outages, extremes. Pure. */
import type { Sample } from '#domain/schema/snapshot.ts';

export type Quantity = Exclude<keyof Sample, 'at' | 'onBattery'>;

export interface Point {
  /** Milliseconds since 1970. */
  readonly x: number;
  /** NaN: unknown, drawn as a gap. */
  readonly y: number;
}

/** Longer than this without a sample is a gap and must not be bridged by a line. */
const GAP_MS = 5000;

/**
 * The corners of a line: of a time in which nothing changes only the first and the last second are points.
 * @param scale what a value is multiplied with, as 1/60 for seconds shown as minutes
 */
export function pointsOf(samples: readonly Sample[], quantity: Quantity, scale = 1): Point[] {
  const points: { x: number; y: number }[] = [];
  let last: { x: number; y: number } | undefined;
  let isLevel = false;
  for (const { at, [quantity]: value } of samples) {
    if (last && at - last.x > GAP_MS) {
      last = { x: last.x + 1, y: NaN };
      points.push(last);
      isLevel = false;
    }
    const y = value === undefined ? NaN : value * scale;
    const isSame = last !== undefined && Object.is(last.y, y);
    if (last && isSame && isLevel) last.x = at;
    else {
      last = { x: at, y };
      points.push(last);
      isLevel = isSame;
    }
  }
  return points;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When the UPS ran on its battery. Milliseconds since 1970. */
export function outagesIn(samples: readonly Sample[]): Span[] {
  const spans: { from: number; to: number }[] = [];
  let open: { from: number; to: number } | undefined;
  for (const { at, onBattery } of samples) {
    if (onBattery === true) {
      if (open && at - open.to <= GAP_MS) open.to = at;
      else {
        open = { from: at, to: at };
        spans.push(open);
      }
    } else if (onBattery === false && open) {
      open.to = Math.min(at, open.to + GAP_MS);
      open = undefined;
    }
  }
  return spans;
}

export interface Extremes {
  readonly low: number;
  readonly high: number;
}

export function extremesOf(samples: readonly Sample[], quantity: Quantity): Extremes | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const sample of samples) {
    const value = sample[quantity];
    if (value === undefined) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? undefined : { low, high };
}

/** The samples after a moment; the input is sorted by time. */
export function since(samples: readonly Sample[], at: number): readonly Sample[] {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? samples : samples.slice(low);
}

/** A path for a small line: `M` begins anew after each gap. Empty when nothing is known. */
export function sparkline(
  samples: readonly Sample[],
  quantity: Quantity,
  box: { readonly from: number; readonly to: number; readonly width: number; readonly height: number },
): string {
  const extremes = extremesOf(samples, quantity);
  if (!extremes) return '';
  const middle = (extremes.low + extremes.high) / 2;
  // A steady value is drawn as a flat line in the middle, not as noise blown up to the whole height.
  const reach = Math.max((extremes.high - extremes.low) / 2, Math.abs(middle) * 0.01, 0.5);
  let path = '';
  let isPenDown = false;
  for (const { x, y } of pointsOf(samples, quantity)) {
    if (Number.isNaN(y)) {
      isPenDown = false;
      continue;
    }
    const left = ((x - box.from) / (box.to - box.from)) * box.width;
    const top = box.height / 2 - ((y - middle) / reach) * (box.height / 2 - 1);
    path += `${isPenDown ? 'L' : 'M'}${left.toFixed(1)} ${top.toFixed(1)}`;
    isPenDown = true;
  }
  return path;
}

/** How many seconds a row of the table stands for, so that there are at most `most` of them. */
export const tableStep = (samples: readonly Sample[], most: number): number =>
  Math.max(1, Math.ceil(samples.length / Math.max(1, most - 1)));

/**
 * Rows for the table view: one value per step, the last one known in it. At most `most` rows, newest first. Steps are
 * those of the clock, so that a row stays what it is when the next one comes.
 */
export function tableRows(samples: readonly Sample[], most: number): readonly Sample[] {
  const stepMs = tableStep(samples, most) * 1000;
  const rows: Sample[] = [];
  let last: number | undefined;
  for (let index = samples.length - 1; index >= 0 && rows.length < most; index -= 1) {
    const sample = samples[index];
    if (!sample) break;
    const step = Math.floor(sample.at / stepMs);
    if (step !== last) rows.push(sample);
    last = step;
  }
  return rows;
}
