import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf, type Discharge, type DischargeProfile, type DischargeSample } from './discharge-profile.ts';
import { learnRuntime } from './learned-runtime.ts';

const START = 1_700_000_000_000;
const DAY = 86_400_000;

interface Played {
  readonly at?: number;
  /** Seconds from full to empty at a load of 30 %. */
  readonly runtime?: number;
  readonly from?: number;
  readonly to?: number;
  /** Percent at a second of the discharge; undefined: the unit tells none. */
  readonly load?: (second: number) => number | undefined;
  /** What the gauge makes of the true charge. */
  readonly gauge?: (charge: number, second: number) => number | undefined;
}

/** A battery that goes by Peukert's law with an exponent of its own, read every two seconds. */
function play({
  at = START,
  runtime = 2400,
  from = 100,
  to = 20,
  load = () => 30,
  gauge = Math.round,
}: Played): Discharge & { readonly seconds: number } {
  const samples: DischargeSample[] = [];
  let [charge, second] = [from, 0];
  while (charge > to) {
    samples.push({ at: at + second * 1000, charge: gauge(charge, second), load: load(second) });
    charge -= (2 * 100 * ((load(second) ?? 30) / 30) ** 1.18) / runtime;
    second += 2;
  }
  return { startedAt: at, endedAt: at + second * 1000, samples, seconds: second };
}

const profilesOf = (...played: Played[]): DischargeProfile[] =>
  played.map((one, place) => profileOf(play({ at: START + place * DAY, ...one })));
const question = (load: number | undefined = 30, charge: number | undefined = 100) => ({
  now: START + 10 * DAY,
  load,
  charge,
});
const learn = (played: readonly Played[], asked = question()) => {
  const learned = learnRuntime(profilesOf(...played), asked);
  if (!learned) throw new Error('nothing was learned');
  return learned;
};
const isNear = (value: number, truth: number, part = 0.1): boolean => Math.abs(value - truth) <= truth * part;

describe('what a discharge tells', () => {
  test('the work of a discharge is neither lost nor made up, however the gauge goes', () => {
    const gauges = fc.array(fc.double({ min: 0, max: 110, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(gauges, fc.double({ min: 1, max: 120, noNaN: true }), (levels, load) => {
        const samples = levels.map((charge, place) => ({ at: START + place * 10_000, charge, load }));
        const endedAt = START + levels.length * 10_000;
        const { work, seen, from, to } = profileOf({ startedAt: START, endedAt, samples });
        const total = work.reduce((sum, value) => sum + value, 0);
        expect(seen.reduce((sum, value) => sum + value, 0)).toBeCloseTo(from - to, 6);
        expect([...work, ...seen].every((value) => value >= 0)).toBe(true);
        expect(total).toBeLessThanOrEqual((load / 100) ** 1.15 * levels.length * 10 + 1e-6);
      }),
    );
  });

  test('a gauge that leaps tells the same time as one that glides', () => {
    const inSteps = learn([{ gauge: (charge) => Math.ceil(charge / 10) * 10 }]);
    const gliding = learn([{ gauge: (charge) => Math.round(charge * 10) / 10 }]);
    expect(isNear(inSteps.full.likely, gliding.full.likely, 0.05)).toBe(true);
  });

  test('without a charge, or with one that stands still, nothing is learned but how long it lasted', () => {
    for (const gauge of [() => undefined, () => 100, () => 99.5]) {
      const profile = profileOf(play({ gauge }));
      expect(learnRuntime([profile], question())).toBeUndefined();
      expect(profile.seconds).toBeGreaterThan(1900);
    }
  });

  test('what came after minutes of silence does not count', () => {
    const whole = play({ to: 50 });
    const heard = whole.samples.slice(0, 200);
    const last = heard.at(-1);
    const silent = profileOf({
      startedAt: whole.startedAt,
      endedAt: whole.endedAt + 7_200_000,
      samples: [...heard, { at: (last?.at ?? 0) + 2000, charge: undefined, load: undefined }],
    });
    const cut = profileOf({ ...whole, endedAt: (last?.at ?? 0) + 2000, samples: heard });
    expect(silent.to).toBe(cut.to);
    expect([...silent.work]).toEqual([...cut.work]);
  });
});

describe('the learned runtime', () => {
  test('is within ten percent after three discharges to 40 % and below, whatever noise is in charge and load', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600, max: 20_000 }),
        fc.array(fc.tuple(fc.integer({ min: 20, max: 40 }), fc.integer({ min: 20, max: 45 })), {
          minLength: 3,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 1000 }),
        (runtime, outages, seed) => {
          const noise = (second: number) => Math.sin(second * 12.9898 + seed);
          const played = outages.map(([to, load]) => ({
            runtime,
            to,
            load: (second: number) => load + noise(second) * 3,
            gauge: (charge: number, second: number) => Math.min(100, Math.round(charge + noise(second + 1))),
          }));
          const { full, now, discharges } = learn(played);
          expect(discharges).toBe(3);
          expect(full.likely).toBeGreaterThan(runtime * 0.9);
          expect(full.likely).toBeLessThan(runtime * 1.1);
          expect(full.low).toBeLessThanOrEqual(runtime);
          expect(full.high).toBeGreaterThanOrEqual(runtime * 0.98);
          expect(now).toEqual(full);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('its low end is never more than was seen: no charge that was not left behind, no lighter load', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 10_000 }),
        fc.integer({ min: 40, max: 100 }),
        fc.integer({ min: 0, max: 35 }),
        fc.integer({ min: 5, max: 90 }),
        fc.integer({ min: 1, max: 120 }),
        (runtime, from, to, load, askedLoad) => {
          const played = play({ runtime, from, to, load: () => load });
          const learned = learnRuntime([profileOf(played)], question(askedLoad, from));
          if (!learned?.now) return;
          expect(learned.now.low).toBeLessThanOrEqual(learned.now.likely);
          expect(learned.now.likely).toBeLessThanOrEqual(learned.now.high);
          if (askedLoad <= load) expect(learned.now.low).toBeLessThanOrEqual(played.seconds);
          // What is likely beyond what was seen comes with the word that says so.
          if (learned.now.likely > played.seconds * 1.05) {
            expect(learned.seenDownTo > 0 || learned.beyond !== undefined || askedLoad < load).toBe(true);
          }
        },
      ),
    );
  });

  test('less load lasts longer, more charge lasts longer', () => {
    const profiles = profilesOf({}, {}, {});
    const likely = (load: number, charge: number) => learnRuntime(profiles, question(load, charge))?.now?.likely ?? NaN;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 119 }), fc.integer({ min: 1, max: 99 }), (load, charge) => {
        expect(likely(load + 1, charge)).toBeLessThanOrEqual(likely(load, charge));
        expect(likely(load, charge + 1)).toBeGreaterThan(likely(load, charge));
      }),
    );
  });

  test('loads that change between and within discharges are reckoned with', () => {
    const steps = (second: number) => (second % 300 < 150 ? 15 : 55);
    const { full } = learn([{ load: steps }, { load: () => 20 }, { load: () => 50 }]);
    expect(isNear(full.likely, 2400)).toBe(true);
    const { full: heavy } = learn([{ load: steps }, { load: () => 20 }, { load: () => 50 }], question(50));
    expect(isNear(heavy.likely, 2400 * (30 / 50) ** 1.18)).toBe(true);
  });

  test('a battery that got weaker is believed after three discharges, and one odd discharge is not', () => {
    const healthy = { runtime: 2400 };
    const weak = { runtime: 1200 };
    const { full, sureness } = learn([healthy, healthy, healthy, weak, weak, weak]);
    expect(isNear(full.likely, 1200)).toBe(true);
    expect(sureness).not.toBe('good');
    expect(isNear(learn([healthy, healthy, healthy, healthy, weak]).full.likely, 2400)).toBe(true);
  });

  test('a gauge that falls off a cliff does not make the battery last longer than it did', () => {
    // It says 100 % for most of the time, then little, and is empty.
    const cliff = (charge: number) => (charge > 40 ? 100 : Math.round(charge / 2));
    const played = { gauge: cliff, to: 1 };
    const { full } = learn([played, played, played]);
    expect(isNear(full.likely, 2400)).toBe(true);
    expect(full.low).toBeLessThanOrEqual(2400);
  });

  test('a unit without a load is asked about what it carried', () => {
    const silent = { load: () => undefined };
    const { full, load, beyond } = learn([silent, silent, silent], question(undefined));
    expect([load, beyond]).toEqual([undefined, undefined]);
    expect(isNear(full.likely, 2400)).toBe(true);
  });

  test('says what it does not know: shallow, old and few discharges, loads that were never carried', () => {
    expect(learn([{}, {}, {}]).sureness).toBe('good');
    expect(learn([{ to: 85 }]).sureness).toBe('little');
    expect(learn([{ to: 85 }]).seenDownTo).toBeCloseTo(85, -1);
    expect(learn([{}]).sureness).toBe('fair');
    expect(learn([{}, {}, {}], question(80))).toMatchObject({ sureness: 'little', beyond: 'heavier' });
    expect(learn([{}, {}, {}], question(10))).toMatchObject({ sureness: 'little', beyond: 'lighter' });
    const later = { ...question(), now: START + 1000 * DAY };
    expect(learn([{}, {}, {}], later).sureness).toBe('little');
    expect(learn([{}, {}, {}], later).full.low).toBeLessThan(learn([{}, {}, {}]).full.low * 0.8);
    const shallow = learn([{ to: 85 }]).full;
    expect(shallow.high / shallow.low).toBeGreaterThan(5);
  });

  test('whatever a unit tells, figures are numbers and in order', () => {
    const value = fc.option(fc.oneof(fc.double({ min: -50, max: 250 }), fc.constantFrom(NaN, Infinity, 0)), {
      nil: undefined,
    });
    const samples = fc.array(fc.record({ charge: value, load: value, gap: fc.integer({ min: 0, max: 600 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(samples, { maxLength: 5 }), value, value, (courses, load, charge) => {
        const profiles = courses.map((course, place) => {
          let at = START + place * DAY;
          const told = course.map(({ charge: level, load: carried, gap }) => ({
            at: (at += gap * 1000),
            charge: level,
            load: carried,
          }));
          return profileOf({ startedAt: START + place * DAY, endedAt: at + 10_000, samples: told });
        });
        const learned = learnRuntime(profiles, question(load, charge));
        for (const range of [learned?.full, learned?.now]) {
          if (!range) continue;
          expect(range.low).toBeGreaterThanOrEqual(0);
          expect(range.likely).toBeGreaterThanOrEqual(range.low);
          expect(range.high).toBeGreaterThanOrEqual(range.likely);
          expect(range.high).toBeLessThan(Infinity);
        }
      }),
    );
  });
});
