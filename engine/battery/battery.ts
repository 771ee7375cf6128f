/**
 * What is known of the battery of each UPS. Everything it was learned from stands in the history; here is only what was
 * read of it once, so that it need not be read again.
 */
import type { BatteryView, LearnedRuntime, Range } from '#domain/schema/battery.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import { joinSpans, type Span } from '#engine/history/downsample.ts';
import type { History } from '#engine/history/history.ts';
import { OUTAGES } from '#engine/history/levels.ts';
import type { Clock } from '#engine/ports.ts';
import { numberOf } from '#engine/state/readings.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import {
  batteryBegan,
  batteryDate,
  DATE_VARIABLES,
  dayLike,
  SAID_REPLACED,
  TEST_VARIABLES,
  testsOf,
} from './battery-facts.ts';
import { profileOf, type DischargeProfile, type DischargeSample } from './discharge-profile.ts';
import { learnRuntime, type RuntimeQuestion } from './learned-runtime.ts';
import { wattsNow } from './watts.ts';

export interface Battery {
  /** Everything that is known of the battery of a UPS. */
  view(state: UpsState): Promise<BatteryView>;
  /**
   * How long the battery would carry the present load from full and from its present charge, by its own discharges;
   * undefined before the first one that says anything. For whoever compares it with what the UPS claims.
   */
  learnedRuntime(state: UpsState): Promise<LearnedRuntime | undefined>;
  /** A new battery was put in. The unit is told where it takes a date; else it is kept here. @param day `YYYY-MM-DD` */
  setReplaced(state: UpsState, day: string): Promise<DriverOutcome>;
}

export interface BatteryParts {
  readonly history: Pick<History, 'incidents' | 'rows' | 'texts' | 'note'>;
  readonly control: UpsControl;
  readonly clock: Clock;
}

/** Older ones have next to nothing to say beside them. */
const MOST_DISCHARGES = 40;
const VARIABLES = ['battery.charge', 'ups.load'];
/** Shorter times on battery, as self tests are, tell nothing that rounding would not. */
const LEAST_MS = 20_000;
/** So many discharges at either end of a battery's life are compared with each other. */
const COMPARED = 3;

export function createBattery({ history, control, clock }: BatteryParts): Battery {
  /** Of discharges that are over, by UPS and their end: what was read of them stays true. */
  const profiles = new Map<string, DischargeProfile>();

  const profileIn = async (ups: string, span: Span): Promise<DischargeProfile> => {
    const key = `${ups.toLowerCase()} ${span.from} ${span.to}`;
    const known = profiles.get(key);
    if (known) return known;
    // More than a lifetime of any number of batteries; what is still needed is read again.
    if (profiles.size > 1000) profiles.clear();
    const made = profileOf({
      startedAt: span.from,
      endedAt: span.to,
      samples: samplesOf(await history.rows(ups, span, VARIABLES)),
    });
    profiles.set(key, made);
    return made;
  };

  const textsOf = (state: UpsState) =>
    history.texts(state.config.name, [...DATE_VARIABLES, ...TEST_VARIABLES, SAID_REPLACED]);

  /** Discharges of the battery that is in its place now, newest first. */
  const dischargesOf = async (state: UpsState, beganAt = -Infinity): Promise<readonly DischargeProfile[]> => {
    const { name } = state.config;
    const incidents = await history.incidents({
      ups: [name],
      kinds: [...OUTAGES],
      limit: MOST_DISCHARGES * OUTAGES.length,
    });
    const spans = spansOf(incidents)
      .filter(({ from, to }) => from >= beganAt && to - from >= LEAST_MS)
      .slice(-MOST_DISCHARGES)
      .reverse();
    return Promise.all(spans.map((span) => profileIn(name, span)));
  };

  const questionOf = (state: UpsState): RuntimeQuestion => {
    const isKnown = state.availability === 'available';
    return {
      now: clock.now(),
      load: isKnown ? numberOf(state, 'ups.load') : undefined,
      charge: isKnown ? numberOf(state, 'battery.charge') : undefined,
    };
  };

  return {
    learnedRuntime: async (state) =>
      learnRuntime(await dischargesOf(state, batteryBegan(await textsOf(state))), questionOf(state)),
    async view(state) {
      const texts = await textsOf(state);
      const beganAt = batteryBegan(texts);
      const discharges = await dischargesOf(state, beganAt);
      const question = questionOf(state);
      const learned = learnRuntime(discharges, question);
      const watts = state.availability === 'available' ? wattsNow(state) : undefined;
      const tests = testsOf(texts);
      const interval = numberOf(state, 'ups.test.interval');
      const lastTest = tests[0];
      const longest = discharges.toSorted((a, b) => b.seconds - a.seconds)[0];
      const date = batteryDate(texts, told(state));
      const writesTo = writableDate(state);
      const shareOfFirst = shareOf(discharges, question);
      return {
        ...(date === undefined ? {} : { date }),
        ...(writesTo === undefined ? {} : { writesTo }),
        ...(beganAt === undefined ? {} : { beganAt }),
        ...(learned === undefined ? {} : { learned }),
        ...(learned?.load === undefined || watts === undefined
          ? {}
          : { capacityWh: mapRange(learned.full, (seconds) => (seconds * watts) / 3600) }),
        ...(shareOfFirst === undefined ? {} : { shareOfFirst }),
        ...(longest === undefined
          ? {}
          : {
              longest: {
                at: longest.startedAt,
                seconds: longest.seconds,
                ...(longest.load === undefined ? {} : { load: longest.load }),
              },
            }),
        tests,
        ...(interval === undefined || interval <= 0 || lastTest === undefined
          ? {}
          : { nextTestAt: lastTest.at + interval * 1000 }),
      };
    },
    async setReplaced(state, day) {
      const variable = writableDate(state);
      if (variable !== undefined) {
        const like = state.variables.get(variable)?.value ?? '';
        return control.setVariable(state.config.name, variable, dayLike(day, like));
      }
      history.note(state.config.name, SAID_REPLACED, day);
      return 'handled';
    },
  };
}

const told = (state: UpsState) => ({
  ...entry('battery.date', state.variables.get('battery.date')?.value),
  ...entry('battery.mfr.date', state.variables.get('battery.mfr.date')?.value),
});
const entry = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

const writableDate = (state: UpsState): BatteryView['writesTo'] =>
  DATE_VARIABLES.find((name) => state.variables.get(name)?.traits.isWritable === true);

const mapRange = ({ low, likely, high }: Range, map: (value: number) => number): Range => ({
  low: map(low),
  likely: map(likely),
  high: map(high),
});

/** Times on battery, oldest first; of an outage whose end nobody saw, what was watched. Those that last are left out. */
function spansOf(incidents: readonly Incident[]): readonly Span[] {
  const spans = incidents.flatMap(({ startedAt, endedAt, watchedUntil }) => {
    const to = watchedUntil ?? endedAt;
    return to === undefined || to <= startedAt ? [] : [{ from: startedAt, to }];
  });
  return joinSpans(
    spans.sort((a, b) => a.from - b.from),
    0,
  );
}

/** Readings of charge and load as one course. */
function samplesOf(rows: Awaited<ReturnType<History['rows']>>): readonly DischargeSample[] {
  const samples: DischargeSample[] = [];
  let [charge, load]: (number | undefined)[] = [];
  for (const { at, variable, value } of [...rows].sort((a, b) => a.at - b.at)) {
    if (variable === 'battery.charge') charge = value?.mean;
    else load = value?.mean;
    samples.push({ at, charge, load });
  }
  return samples;
}

/** What a full battery does now beside what it did at first. Neither is told where either is hardly known. */
function shareOf(discharges: readonly DischargeProfile[], question: RuntimeQuestion): number | undefined {
  const deep = discharges.filter(({ from, to }) => from - to >= 20);
  if (deep.length < 2 * COMPARED) return undefined;
  const first = deep.slice(-COMPARED);
  const [then, now] = [
    learnRuntime(first, { ...question, now: first[0]?.startedAt ?? 0 }),
    learnRuntime(deep.slice(0, COMPARED), question),
  ];
  if (!then || !now || then.sureness === 'little' || now.sureness === 'little') return undefined;
  return now.full.likely / then.full.likely;
}
