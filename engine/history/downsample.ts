/** What a chart of a time needs: how fine, from which level, and the columns that go to the face. Pure. */
import { meanOf, type Bins } from './rollup.ts';

/** Bins that stay where they are when the time moves on, so that a chart that is asked for again does not tremble. */
export interface Grid {
  readonly from: number;
  readonly stepMs: number;
  readonly count: number;
}

const FINEST_STEP_MS = 1000;

/** @param points the most there may be, at least 2 */
export function gridOf(from: number, to: number, points: number): Grid {
  const stepMs = Math.max(FINEST_STEP_MS, Math.ceil((to - from) / (points - 1)));
  const start = Math.floor(from / stepMs) * stepMs;
  return { from: start, stepMs, count: Math.max(1, Math.ceil((to - start) / stepMs)) };
}

/** Lowest, highest and mean value of each bin; null where nothing is known. */
export interface Columns {
  readonly min: (number | null)[];
  readonly mean: (number | null)[];
  readonly max: (number | null)[];
}

export function columnsOf(bins: Bins): Columns {
  const columns: Columns = { min: [], mean: [], max: [] };
  for (let place = 0; place < bins.count; place++) {
    const min = bins.min[place] ?? NaN;
    if (Number.isNaN(min)) {
      columns.min.push(null);
      columns.mean.push(null);
      columns.max.push(null);
      continue;
    }
    const max = bins.max[place] ?? min;
    columns.min.push(min);
    columns.max.push(max);
    columns.mean.push(min === max ? min : Math.min(max, Math.max(min, round(meanOf(bins, place)))));
  }
  return columns;
}

/** A mean is no measurement: more than three decimals only make the answer longer. */
const round = (value: number): number => Math.round(value * 1000) / 1000;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Joins spans that are nearer to each other than a chart can show. The input is sorted by its beginnings. */
export function joinSpans(spans: readonly Span[], nearMs: number): Span[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = joined.at(-1);
    if (last && from - last.to <= nearMs) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
