/**
 * From stretches of time to bins of equal length with lowest, highest and mean value: the buckets that are kept, and the
 * points of a chart. Pure.
 */

/** Bins side by side. NaN: nothing is known of that time. */
export interface Bins {
  /** Milliseconds since 1970 where the first one begins. */
  readonly from: number;
  readonly stepMs: number;
  readonly count: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** How many milliseconds of each bin are known. */
  readonly knownMs: Float64Array;
  /** Sum of value times known milliseconds. */
  readonly sum: Float64Array;
}

export function createBins(from: number, stepMs: number, count: number): Bins {
  return {
    from,
    stepMs,
    count,
    min: new Float64Array(count).fill(NaN),
    max: new Float64Array(count).fill(NaN),
    knownMs: new Float64Array(count),
    sum: new Float64Array(count),
  };
}

/**
 * Adds a time in which a value lay between two limits; what is outside of the bins is left out. A value that held for
 * no time at all counts for the extremes only.
 * @param knownShare how much of the stretch is known, 0 to 1
 */
export function addStretch(
  bins: Bins,
  start: number,
  end: number,
  min: number,
  max: number,
  mean: number,
  knownShare = 1,
): void {
  const { from, stepMs, count } = bins;
  const first = Math.floor((start - from) / stepMs);
  const last = Math.min(count - 1, end > start ? Math.ceil((end - from) / stepMs) - 1 : first);
  for (let place = Math.max(0, first); place <= last; place++) {
    if (!(min >= (bins.min[place] ?? 0))) bins.min[place] = min;
    if (!(max <= (bins.max[place] ?? 0))) bins.max[place] = max;
    const begin = from + place * stepMs;
    const ms = (Math.min(end, begin + stepMs) - Math.max(start, begin)) * knownShare;
    bins.knownMs[place] = (bins.knownMs[place] ?? 0) + ms;
    bins.sum[place] = (bins.sum[place] ?? 0) + ms * mean;
  }
}

/** The mean of a bin; of one whose values held for no time, the middle. NaN where nothing is known. */
export function meanOf({ min, max, knownMs, sum }: Bins, place: number): number {
  const low = min[place] ?? NaN;
  const high = max[place] ?? NaN;
  const ms = knownMs[place] ?? 0;
  // Sums of many parts miss the truth by a hair; a mean never lies outside of what was there.
  return ms > 0 ? Math.min(high, Math.max(low, (sum[place] ?? 0) / ms)) : (low + high) / 2;
}
