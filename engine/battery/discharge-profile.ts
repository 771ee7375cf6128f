/**
 * A discharge as the battery felt it: how much work each percent of its charge did (docs/developer/battery.md). Pure.
 */

/** What the UPS said from a moment on; undefined: it did not say. */
export interface DischargeSample {
  readonly at: number;
  readonly charge: number | undefined;
  readonly load: number | undefined;
}

export interface Discharge {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Oldest first; each holds until the next one, the last until the end. */
  readonly samples: readonly DischargeSample[];
}

export interface DischargeProfile {
  readonly startedAt: number;
  readonly seconds: number;
  /** Percent: the load as steady as it would have been just as hard; undefined: the UPS told none. */
  readonly load: number | undefined;
  /** Charge at the beginning and the lowest one that was left behind, percent. */
  readonly from: number;
  readonly to: number;
  /** Work that the percent from `place` to `place + 1` did, as far as it was seen: seconds times load to EXPONENT. */
  readonly work: Float64Array;
  /** How much of that percent was seen, 0 to 1. */
  readonly seen: Float64Array;
}

/**
 * Time goes with load to this power: Peukert's law. Sealed lead acid has 1.1 to 1.3, lithium hardly more than 1; what
 * the inverter draws for itself lessens it.
 */
export const EXPONENT = 1.15;
/** Percents of the charge. */
export const PERCENTS = 100;
/** Longer without a word of the charge: nobody knows whether it went on. */
const SILENCE_MS = 300_000;
/** Less than what was rounded says nothing about the battery. */
const LEAST_DEPTH = 3;

export const workOf = (load: number, seconds: number): number => (load / 100) ** EXPONENT * seconds;

const isPercent = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 100;

/**
 * The charge is followed downwards only: what it climbs back while the battery drains is the gauge's doing. The time at a
 * level is the work of the way to the next lower one, so a gauge that leaps gets no more out of the battery than one that
 * glides. The last level was not left behind, and does not count.
 */
export function profileOf({ startedAt, endedAt, samples }: Discharge): DischargeProfile {
  const work = new Float64Array(PERCENTS);
  const seen = new Float64Array(PERCENTS);
  const isLoadKnown = samples.some(({ load }) => isLoad(load));
  let load = samples.map((sample) => sample.load).find(isLoad);
  let [from, level, pending, total, seconds, silentSince] = [NaN, NaN, 0, 0, 0, startedAt];

  const fallTo = (next: number): void => {
    spread(work, next, level, pending);
    spread(seen, next, level, level - next);
    level = next;
    pending = 0;
  };
  for (const [place, sample] of samples.entries()) {
    if (isLoad(sample.load)) load = sample.load;
    if (isPercent(sample.charge)) {
      if (Number.isNaN(from)) from = level = sample.charge;
      else if (sample.charge < level) fallTo(sample.charge);
      silentSince = Infinity;
    } else {
      silentSince = Math.min(silentSince, sample.at);
    }
    const until = samples[place + 1]?.at ?? endedAt;
    if (until - silentSince > SILENCE_MS && !Number.isNaN(from)) break;
    const lasted = Math.max(0, until - Math.max(startedAt, sample.at)) / 1000;
    const done = isLoadKnown ? workOf(load ?? 0, lasted) : lasted;
    pending += Number.isNaN(from) ? 0 : done;
    total += done;
    seconds += lasted;
  }
  const isMeasured = from - level >= LEAST_DEPTH;
  return {
    startedAt,
    seconds,
    load: isLoadKnown && seconds > 0 ? (total / seconds) ** (1 / EXPONENT) * 100 : undefined,
    from: isMeasured ? from : 0,
    to: isMeasured ? level : 0,
    work: isMeasured ? work : work.fill(0),
    seen: isMeasured ? seen : seen.fill(0),
  };
}

/** A load of nothing is a unit that does not measure. */
const isLoad = (value: number | undefined): value is number => value !== undefined && value >= 0.5 && value <= 200;

/** Shares an amount out evenly over the percents between two levels. */
function spread(cells: Float64Array, low: number, high: number, amount: number): void {
  for (let place = Math.floor(low); place < Math.min(PERCENTS, high); place += 1) {
    const share = (Math.min(high, place + 1) - Math.max(low, place)) / (high - low);
    cells[place] = (cells[place] ?? 0) + amount * share;
  }
}
