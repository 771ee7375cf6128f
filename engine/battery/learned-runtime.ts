/** How long a battery lasts, from how its own discharges went (docs/developer/battery.md). Pure. */
import type { LearnedRuntime, Range } from '#domain/schema/battery.ts';
import { PERCENTS, workOf, type DischargeProfile } from './discharge-profile.ts';

export interface RuntimeQuestion {
  readonly now: number;
  /** Percent; undefined: unknown. */
  readonly load: number | undefined;
  readonly charge: number | undefined;
}

/** Percents that share one pace: gauges are not straight, and not exact to a single percent either. */
const BAND = 10;
/** Percents of newer discharge that halve the say of an older one: a battery ages. */
const HALF_SAY = 200;
/** Nobody knows Peukert's exponent of a battery better than this. */
const EXPONENT_DOUBT = 0.2;
/** A load below this part of the lightest that was seen is not believed to last any longer: the inverter draws too. */
const LIGHTEST_PART = 0.5;
/** Battery rooms lose some six percent of their capacity a year, hot ones twice that. */
const FADE_A_YEAR = 0.1;
const YEAR_MS = 365.25 * 86_400_000;
/** Relative doubt that remains with one, two, and more discharges, however well they agree. */
const LEAST_DOUBT = [0.15, 0.1, 0.05] as const;
const MOST_DOUBT = 0.9;
/** From the mean of absolute deviations to a standard deviation. */
const MEAN_TO_SIGMA = 1.2533;

interface Weighed {
  readonly value: number;
  readonly weight: number;
}

/** The value half of the weight lies below of; the lower one of two. NaN without any. */
function medianOf(values: readonly Weighed[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  for (const { value, weight } of sorted) {
    passed += weight;
    if (passed >= half) return value;
  }
  return NaN;
}

const sumOf = (cells: Float64Array, from = 0, to = PERCENTS): number =>
  cells.subarray(from, to).reduce((sum, value) => sum + value, 0);

/** Newer discharges have more to say. @param profiles newest first */
function weigh(profiles: readonly DischargeProfile[]): readonly Told[] {
  let newer = 0;
  return profiles.map((profile) => {
    const say = 0.5 ** (newer / HALF_SAY);
    newer += profile.from - profile.to;
    return { ...profile, say };
  });
}

/** @param profiles of one battery, in any order @returns undefined where none of them says how fast the charge falls */
export function learnRuntime(
  profiles: readonly DischargeProfile[],
  { now, load: askedLoad, charge }: RuntimeQuestion,
): LearnedRuntime | undefined {
  const fallen = profiles.filter(({ from, to }) => from > to).sort((a, b) => b.startedAt - a.startedAt);
  const load = askedLoad !== undefined && Number.isFinite(askedLoad) && askedLoad > 0 ? askedLoad : undefined;
  // With a load every time is reckoned for the load of now; discharges that told none cannot be.
  const measured = load === undefined ? [] : fallen.filter((profile) => profile.load !== undefined);
  const isByLoad = load !== undefined && measured.length > 0;
  const used = weigh(isByLoad ? measured : fallen);
  const [newest] = used;
  if (!newest) return undefined;

  // Without a load to reckon for, the times are those of the loads that were carried.
  const told = isByLoad ? used : used.map(inSeconds);
  const paces = pacesOf(told);
  const seenDownTo = Math.min(...told.map(({ to }) => to));
  const seenUpTo = Math.max(...told.map(({ from }) => from));

  const depth = told.reduce((sum, { from, to }) => sum + from - to, 0);
  const doubt = Math.hypot(doubtOf(told, paces), 1 / depth);
  const years = Math.max(0, now - newest.startedAt) / YEAR_MS;
  const span = isByLoad ? spanOfLoads(told) : undefined;
  const times = span && load !== undefined ? timesFor(load, span) : { low: 1, likely: 1, high: 1 };

  const rangeFrom = (level: number): Range => {
    let [all, seen] = [0, 0];
    for (let place = 0; place < Math.min(PERCENTS, level); place += 1) {
      const work = (paces[Math.floor(place / BAND)] ?? 0) * Math.min(1, level - place);
      all += work;
      if (place >= Math.floor(seenDownTo) && place < seenUpTo) seen += work;
    }
    return {
      low: seen * times.low * (1 - doubt) * (1 - FADE_A_YEAR) ** years,
      likely: all * times.likely,
      high: all * times.high * (1 + doubt),
    };
  };
  const level = Math.min(100, Math.max(0, charge ?? NaN));
  const deep = told.filter(({ from, to }) => from - to >= BAND).length;
  return {
    ...(isByLoad ? { load } : {}),
    full: rangeFrom(100),
    ...(Number.isNaN(level) ? {} : { now: rangeFrom(level) }),
    discharges: told.length,
    newestAt: newest.startedAt,
    seenDownTo,
    ...(span && load !== undefined ? beyond(load, span) : {}),
    sureness: surenessOf({ deep, seenDownTo, doubt, years, isLoadSeen: !span || isWithin(load ?? 0, span) }),
  };
}

type Told = DischargeProfile & { readonly say: number };

function inSeconds(profile: Told): Told {
  const { load } = profile;
  return load === undefined ? profile : { ...profile, work: profile.work.map((work) => work / workOf(load, 1)) };
}

/** Work of one percent in each band: the weighted median of those that saw it; elsewhere no more than was seen nearby. */
function pacesOf(told: readonly Told[]): readonly number[] {
  const seen = Array.from({ length: PERCENTS / BAND }, (_, band) =>
    medianOf(
      told.flatMap((profile) => {
        const depth = sumOf(profile.seen, band * BAND, (band + 1) * BAND);
        // A gauge that trembles makes a percent or two out of nothing.
        if (depth < BAND / 2) return [];
        return [{ value: sumOf(profile.work, band * BAND, (band + 1) * BAND) / depth, weight: profile.say * depth }];
      }),
    ),
  );
  const mean = medianOf(
    told.map(({ work, seen: parts, say }) => {
      const depth = sumOf(parts);
      return { value: sumOf(work) / depth, weight: say * depth };
    }),
  );
  const shape = seen.map((pace, band) => {
    if (!Number.isNaN(pace)) return pace;
    const above = seen.slice(band).find((other) => !Number.isNaN(other));
    return Math.min(mean, above ?? mean);
  });
  // What trembles from band to band evens out over a whole discharge.
  const scale = medianOf(
    told.map((profile) => ({ value: ratioOf(profile, shape), weight: profile.say * sumOf(profile.seen) })),
  );
  return shape.map((pace) => pace * scale);
}

/** Work that a discharge did, beside what the same percents do by these paces. */
function ratioOf({ work, seen }: Told, paces: readonly number[]): number {
  const expected = seen.reduce((sum, part, place) => sum + part * (paces[Math.floor(place / BAND)] ?? 0), 0);
  return expected > 0 ? sumOf(work) / expected : 1;
}

/** By how much discharges differ from what was learned of all of them, as a relative standard deviation. */
function doubtOf(told: readonly Told[], paces: readonly number[]): number {
  const weights = told.map(({ say, seen }) => say * sumOf(seen));
  const deviation = told.reduce(
    (sum, profile, place) => sum + (weights[place] ?? 0) * Math.abs(ratioOf(profile, paces) - 1),
    0,
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const least = LEAST_DOUBT[Math.min(told.length, LEAST_DOUBT.length) - 1] ?? LEAST_DOUBT[0];
  return Math.min(MOST_DOUBT, Math.max(least, (deviation / all) * MEAN_TO_SIGMA));
}

interface LoadSpan {
  readonly lightest: number;
  readonly usual: number;
  readonly heaviest: number;
}

function spanOfLoads(told: readonly Told[]): LoadSpan {
  const loads = told.flatMap(({ load, say, from, to }) =>
    load === undefined ? [] : [{ value: load, weight: say * (from - to) }],
  );
  const values = loads.map(({ value }) => value);
  return { lightest: Math.min(...values), usual: medianOf(loads), heaviest: Math.max(...values) };
}

/** Seconds of one unit of work at a load. */
function timesFor(load: number, { lightest, usual }: LoadSpan): Range {
  const secondsAt = (percent: number): number => 1 / workOf(percent, 1);
  const doubt = Math.exp(EXPONENT_DOUBT * Math.abs(Math.log(load / usual)));
  const likely = secondsAt(Math.max(load, lightest * LIGHTEST_PART));
  // A lighter load than any that was seen has not been seen to last longer.
  return { low: Math.min(likely / doubt, secondsAt(Math.max(load, lightest))), likely, high: likely * doubt };
}

/** Loads wander a little all the time. */
const WANDER = 1.25;
const isWithin = (load: number, { lightest, heaviest }: LoadSpan): boolean =>
  load >= lightest / WANDER && load <= heaviest * WANDER;

function beyond(load: number, span: LoadSpan): { beyond?: 'lighter' | 'heavier' } {
  if (isWithin(load, span)) return {};
  return { beyond: load < span.lightest ? 'lighter' : 'heavier' };
}

interface Grounds {
  /** Discharges of ten percent and more. */
  readonly deep: number;
  readonly seenDownTo: number;
  readonly doubt: number;
  readonly years: number;
  readonly isLoadSeen: boolean;
}

function surenessOf({ deep, seenDownTo, doubt, years, isLoadSeen }: Grounds): LearnedRuntime['sureness'] {
  if (deep >= 3 && seenDownTo <= 40 && doubt <= 0.12 && years <= 1 && isLoadSeen) return 'good';
  if (deep >= 1 && seenDownTo <= 70 && doubt <= 0.25 && years <= 2 && isLoadSeen) return 'fair';
  return 'little';
}
