/** What holds of the shutdown machine whatever happens, in whatever order. RIDETHROUGH_RUNS multiplies the runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asSeconds, asTimestamp, type Seconds } from '#domain/units.ts';
import { toPowerOff } from './going-down.ts';
import { isBeyondReturn, NEW_STATE, type Facts, type MonitorState } from './monitor-state.ts';
import type { MonitorPolicy } from './policy.ts';
import type { MonitorEffect, MonitorEvent } from './machine-step.ts';
import { step } from './shutdown-machine.ts';
import { policyOf, rulesOf, supplyOf } from './test-support.ts';

const runs = (count: number) => ({ numRuns: count * Number(process.env.RIDETHROUGH_RUNS ?? 1) });
const UPSES = ['a', 'b'] as const;
const START = 1_700_000_000_000;

/** What happens in the world; the machine is told of it in the ways under test. */
type Happening =
  | { readonly kind: 'look'; readonly ups: string; readonly facts: Facts }
  | { readonly kind: 'silence'; readonly ups: string }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'logins'; readonly others: readonly string[] }
  | { readonly kind: 'answers' }
  /** The computer slept, or stood still. */
  | { readonly kind: 'sleep' };

const status = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('OL', 'OB', 'OB LB', 'OL LB', 'OB DISCHRG', 'OL CHRG', 'OL RB') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('OB LB CAL', 'OL OFF', 'OL BYPASS', 'OL ALARM', 'OB OVER', 'FSD OL', 'WAIT'),
  },
);
const look = fc
  .record({
    ups: fc.constantFrom(...UPSES),
    words: status,
    charge: fc.integer({ min: 0, max: 100 }),
    runtime: fc.integer({ min: 0, max: 2000 }),
    isTesting: fc.boolean(),
  })
  .map(({ ups, words, ...facts }): Happening => ({ kind: 'look', ups, facts: { ...facts, status: words.split(' ') } }));
const time = fc.integer({ min: 1, max: 40 }).map((seconds): Happening => ({ kind: 'time', seconds }));
const logins = fc.constantFrom([], ['nas']).map((others): Happening => ({ kind: 'logins', others }));
const answers = fc.constant<Happening>({ kind: 'answers' });
const sleep = fc.constant<Happening>({ kind: 'sleep' });
const silence = fc.constantFrom(...UPSES).map((ups): Happening => ({ kind: 'silence', ups }));

const happenings = (...more: readonly fc.Arbitrary<Happening>[]) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: look }, { weight: 3, arbitrary: time }, logins, answers, ...more), {
    minLength: 10,
    maxLength: 60,
  });

const rules = fc
  .record({
    mode: fc.constantFrom<'on-battery' | 'low-battery'>('on-battery', 'low-battery'),
    timer: fc.integer({ min: 0, max: 60 }).map(asSeconds),
    ignoreShorterThan: fc.integer({ min: 0, max: 10 }).map(asSeconds),
    holdDuringTest: fc.boolean(),
    chargeBelow: fc.integer({ min: 0, max: 100 }),
    runtimeBelow: fc.integer({ min: 0, max: 600 }).map(asSeconds),
  })
  .map(rulesOf);
const policies: fc.Arbitrary<MonitorPolicy> = fc
  .record({
    rules: fc.tuple(rules, rules),
    roles: fc.tuple(
      fc.constantFrom<'primary' | 'secondary'>('primary', 'secondary'),
      fc.constantFrom<'primary' | 'secondary'>('primary', 'secondary'),
    ),
    minSupplies: fc.constantFrom(1, 1, 2),
    finalDelay: fc.constantFrom(0, 5).map(asSeconds),
    oblbDuration: fc.constantFrom(0, 0, 7).map(asSeconds),
    isWanted: fc.boolean(),
    around: fc.record({
      before: fc.constantFrom(undefined, 'before'),
      after: fc.constantFrom(undefined, 'after'),
      timeout: fc.integer({ min: 1, max: 20 }).map(asSeconds),
    }),
  })
  .map(({ rules: given, roles, isWanted, around, ...policy }) =>
    policyOf({
      ...policy,
      around: definedOf(around),
      supplies: UPSES.map((ups, index) =>
        supplyOf(ups, { rules: given[index] ?? given[0], role: roles[index] ?? roles[0] }),
      ),
      powerOff: { isWanted, delay: 'measured' },
    }),
  );

function definedOf({
  before,
  after,
  timeout,
}: Readonly<Record<'before' | 'after', string | undefined>> & { timeout: Seconds }) {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }), timeout };
}

interface World {
  state: MonitorState;
  at: number;
  wallShift: number;
  readonly effects: MonitorEffect[];
}

const newWorld = (): World => ({ state: NEW_STATE, at: 0, wallShift: 0, effects: [] });

function tell(world: World, policy: MonitorPolicy, events: readonly MonitorEvent[]): void {
  for (const event of events) {
    const now = { at: world.at, wall: asTimestamp(START + world.at + world.wallShift) };
    const next = step(policy, world.state, event, now);
    world.state = next.state;
    world.effects.push(...next.effects);
  }
}

function live(world: World, policy: MonitorPolicy, happening: Happening, split = false): void {
  const pass: MonitorEvent = { type: 'pass' };
  switch (happening.kind) {
    case 'look': {
      const { ups, facts } = happening;
      const parts: Partial<Facts>[] = split
        ? Object.entries(facts)
            .map(([name, value]): Partial<Facts> => ({ [name]: value }))
            .reverse()
        : [facts];
      tell(world, policy, [...parts.map((part): MonitorEvent => ({ type: 'facts', ups, facts: part })), pass]);
      break;
    }
    case 'silence':
      tell(world, policy, [{ type: 'lost', ups: happening.ups }, pass]);
      break;
    case 'time':
      for (let second = 0; second < happening.seconds; second += 1) {
        world.at += 1000;
        tell(world, policy, [pass]);
      }
      break;
    case 'logins':
      tell(world, policy, [
        ...UPSES.map((ups): MonitorEvent => ({ type: 'logins', ups, others: happening.others })),
        pass,
      ]);
      break;
    case 'sleep':
      tell(world, policy, [{ type: 'resumed' }, pass]);
      break;
    case 'answers': {
      const { phase, after } = world.state;
      if (phase.phase === 'preparing') {
        tell(world, policy, [{ type: 'around-ended', place: 'before', ticket: phase.ticket, failure: 'exit 1' }]);
      }
      if (after)
        tell(world, policy, [{ type: 'around-ended', place: 'after', ticket: after.ticket, failure: undefined }]);
      tell(world, policy, [{ type: 'power-off-ended' }]);
      if (phase.phase === 'acting') {
        tell(world, policy, [{ type: 'action-ended', attempt: phase.attempt, failure: undefined }]);
      }
    }
  }
}

const firstAttempts = (effects: readonly MonitorEffect[]): number =>
  effects.filter((effect) => effect.type === 'act' && effect.attempt === 1).length;

describe('the shutdown machine', () => {
  test('never begins while enough supplies are on line', () => {
    let shutdowns = 0;
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const world = newWorld();
        for (const happening of story) {
          const wasWatching = !isBeyondReturn(world.state);
          live(world, policy, happening);
          if (!wasWatching || !isBeyondReturn(world.state)) continue;
          shutdowns += 1;
          const onLine = Object.values(world.state.supplies).filter(
            ({ line, facts, contact }) =>
              line === 'OL' &&
              !['FSD', 'OFF'].some((word) => facts.status.includes(word)) &&
              !(contact === 'lost' && ['ALARM', 'BYPASS', 'CAL'].some((word) => facts.status.includes(word))),
          );
          expect(onLine.length).toBeLessThan(policy.minSupplies);
        }
      }),
      runs(300),
    );
    expect(shutdowns).toBeGreaterThan(30);
  });

  test('acts exactly once for each time it begins, and always gets there', () => {
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const world = newWorld();
        for (const happening of story) live(world, policy, happening);
        const hasBegun = isBeyondReturn(world.state);
        for (let second = 0; hasBegun && second < 60; second += 1) {
          live(world, policy, { kind: 'time', seconds: 1 });
          live(world, policy, { kind: 'answers' });
        }
        expect(firstAttempts(world.effects)).toBe(hasBegun ? 1 : 0);
        for (const place of ['before', 'after'] as const) {
          const isWanted = hasBegun && policy.around[place] !== undefined;
          expect(aroundTickets(world.effects, place)).toHaveLength(isWanted ? 1 : 0);
        }
        if (hasBegun) expect(world.state.phase.phase).toBe('acted');
      }),
      runs(300),
    );
  });

  test('decides the same whether facts come one by one or in one look', () => {
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const [whole, split] = [newWorld(), newWorld()];
        for (const happening of story) {
          live(whole, policy, happening);
          live(split, policy, happening, true);
          expect(split.state).toEqual(whole.state);
        }
        expect(split.effects).toEqual(whole.effects);
      }),
      runs(200),
    );
  });

  test('decides the same when it was killed and started again between any two steps', () => {
    let shutdowns = 0;
    const kills = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(policies, happenings(), kills, (policy, story, isKilled) => {
        const [whole, killed] = [newWorld(), newWorld()];
        const lastLook = new Map<string, Happening>();
        const kill = (): void => {
          killed.state = JSON.parse(JSON.stringify(killed.state)) as MonitorState;
          tell(killed, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
          for (const again of lastLook.values()) for (const world of [whole, killed]) live(world, policy, again);
        };
        for (const [index, happening] of story.entries()) {
          for (const world of [whole, killed]) live(world, policy, happening);
          if (happening.kind === 'look') lastLook.set(happening.ups, happening);
          if (isKilled[index % isKilled.length] === true) kill();
          expect(isBeyondReturn(killed.state)).toBe(isBeyondReturn(whole.state));
          if (isBeyondReturn(whole.state)) break;
        }
        const hasBegun = isBeyondReturn(whole.state);
        for (let second = 0; hasBegun && second < 60; second += 1) {
          for (const world of [whole, killed]) live(world, policy, { kind: 'time', seconds: 1 });
          // A kill every few seconds, or nothing would ever be done.
          if (second % 7 === 0 && isKilled[second % isKilled.length] === true) kill();
          for (const world of [whole, killed]) live(world, policy, { kind: 'answers' });
        }
        for (const world of [whole, killed]) {
          expect(ticketsOf(world.effects)).toHaveLength(hasBegun ? 1 : 0);
          for (const place of ['before', 'after'] as const) {
            const isWanted = hasBegun && policy.around[place] !== undefined;
            expect(aroundTickets(world.effects, place)).toHaveLength(isWanted ? 1 : 0);
          }
        }
        if (!hasBegun) return;
        shutdowns += 1;
        expect([whole.state.phase.phase, killed.state.phase.phase]).toEqual(['acted', 'acted']);
      }),
      runs(200),
    );
    expect(shutdowns).toBeGreaterThan(20);
  });

  test('leaves nothing out, whichever step it is killed after: before anything of that step is done', () => {
    let killedUnderWay = 0;
    fc.assert(
      fc.property(
        policies,
        fc.boolean(),
        // One that never says what became of it is not waited for.
        fc.boolean(),
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 40 }), pause: fc.constantFrom(0, 3_000, 60_000) }), {
          maxLength: 3,
        }),
        (given, isFlagged, doesAnswer, kills) => {
          const policy = { ...given, ...(isFlagged ? { powerDownFlag: '/flag' } : {}) };
          const world = newWorld();
          const done: MonitorEffect[] = [];
          let count = 0;
          let beforeEndsAt = 0;
          const takeStep = (...events: readonly MonitorEvent[]): void => {
            world.effects.length = 0;
            tell(world, policy, [...events, { type: 'pass' }]);
            count += 1;
            const kill = kills.find(({ at }) => at === count);
            if (kill) {
              if (isBeyondReturn(world.state)) killedUnderWay += 1;
              world.effects.length = 0;
              world.at += kill.pause;
              world.state = JSON.parse(JSON.stringify(world.state)) as MonitorState;
              tell(world, policy, [
                { type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START },
                { type: 'pass' },
              ]);
            }
            const asked = [...world.effects];
            done.push(...asked);
            for (const effect of asked) {
              if (effect.type === 'run-around' && effect.place === 'before')
                beforeEndsAt = world.at + (doesAnswer ? 0 : effect.seconds * 1000);
              if (effect.type === 'act') expect(world.at).toBeGreaterThanOrEqual(beforeEndsAt);
              if (effect.type === 'power-off-ups') takeStep({ type: 'power-off-ended' });
              if (effect.type === 'run-around' && doesAnswer)
                takeStep({ type: 'around-ended', place: effect.place, ticket: effect.ticket, failure: undefined });
            }
          };
          for (let second = 0; second < 200 && !done.some(({ type }) => type === 'act'); second += 1) {
            world.at += 1000;
            takeStep(
              ...UPSES.map((ups): MonitorEvent => ({
                type: 'facts',
                ups,
                facts: { status: ['OB', 'LB'], isTesting: false },
              })),
              ...UPSES.map((ups): MonitorEvent => ({ type: 'logins', ups, others: [] })),
            );
          }
          const places = (type: MonitorEffect['type']): number => done.findIndex((effect) => effect.type === type);
          const act = places('act');
          expect(act).toBeGreaterThanOrEqual(0);
          const wanted: MonitorEffect['type'][] = [
            ...(policy.supplies.some(({ role }) => role === 'primary') ? (['set-fsd'] as const) : []),
            ...(policy.around.before === undefined ? [] : (['run-around'] as const)),
            ...(isFlagged ? (['write-power-down-flag'] as const) : []),
            ...(toPowerOff(policy).length > 0 ? (['power-off-ups'] as const) : []),
          ];
          // Each of them, in this order.
          const order = [...wanted.map(places), act];
          expect(order).not.toContain(-1);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          expect(aroundTickets(done, 'before').length).toBe(policy.around.before === undefined ? 0 : 1);
          expect(ticketsOf(done)).toHaveLength(1);
        },
      ),
      runs(300),
    );
    expect(killedUnderWay).toBeGreaterThan(30);
  });

  test('never goes down earlier for a kill while contact is lost, and goes down all the same', () => {
    let shutdowns = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), (kills) => {
        const policy = policyOf();
        const world = newWorld();
        live(world, policy, { kind: 'look', ups: 'ups', facts: { status: ['OB'], isTesting: false } });
        live(world, policy, { kind: 'silence', ups: 'ups' });
        for (const seconds of kills) {
          live(world, policy, { kind: 'time', seconds });
          if (isBeyondReturn(world.state)) break;
          tell(world, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
          live(world, policy, { kind: 'silence', ups: 'ups' });
        }
        if (isBeyondReturn(world.state)) expect(world.at).toBeGreaterThan(15_000);
        live(world, policy, { kind: 'time', seconds: 16 });
        expect(isBeyondReturn(world.state)).toBe(true);
        shutdowns += 1;
      }),
      runs(200),
    );
    expect(shutdowns).toBeGreaterThan(100);
  });

  test('a primary goes after its secondaries, whoever is killed, or when HOSTSYNC is over', () => {
    const names = ['nas', 'pc', 'pi'] as const;
    const moves = fc.array(
      fc.record({
        what: fc.constantFrom('in', 'gone', 'broken', 'kill', 'time', 'time'),
        who: fc.constantFrom(...names),
        seconds: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 5, maxLength: 40 },
    );
    let [early, late] = [0, 0];
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 20 }), (story, lowAfter) => {
        const policy = policyOf({ finalDelay: asSeconds(2) });
        const world = newWorld();
        const hostSync = policy.hostSync * 1000;
        const present = new Set<string>();
        const expected = new Map<string, number>();
        let begunAt: number | undefined;
        const tellLogins = (broken: readonly string[] = []): void =>
          tell(world, policy, [{ type: 'logins', ups: 'ups', others: [...present], broken }, { type: 'pass' }]);
        const look = (): void => {
          const status = world.at >= lowAfter * 1000 ? ['OB', 'LB'] : ['OB'];
          live(world, policy, { kind: 'look', ups: 'ups', facts: { status, isTesting: false } });
        };
        const check = (): boolean => {
          if (begunAt === undefined && isBeyondReturn(world.state)) begunAt = world.at;
          if (firstAttempts(world.effects) === 0) return false;
          if (world.at >= (begunAt ?? 0) + hostSync) {
            late += 1;
            return true;
          }
          early += 1;
          expect([...present]).toEqual([]);
          expect([...expected].filter(([, until]) => world.at < until)).toEqual([]);
          return true;
        };
        for (const { what, who, seconds } of story) {
          switch (what) {
            case 'in':
              present.add(who);
              expected.delete(who);
              tellLogins();
              break;
            case 'gone':
              present.delete(who);
              tellLogins();
              break;
            case 'broken':
              if (!present.delete(who)) break;
              expected.set(who, world.at + hostSync);
              tellLogins([who]);
              break;
            case 'kill':
              for (const name of present) expected.set(name, world.at + hostSync);
              present.clear();
              world.state = JSON.parse(JSON.stringify(world.state)) as MonitorState;
              tell(world, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
              tellLogins();
              break;
            case 'time':
              for (let second = 0; second < seconds; second += 1) {
                live(world, policy, { kind: 'time', seconds: 1 });
                look();
                tellLogins();
                if (check()) return;
              }
          }
          if (check()) return;
        }
      }),
      runs(400),
    );
    expect(early).toBeGreaterThan(3);
    expect(late).toBeGreaterThan(3);
  });

  test('a cancelled outage leaves no trace once power is back', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 200 }), (policy, seconds) => {
        const [plain, cancelled] = [newWorld(), newWorld()];
        const facts = (words: string): Facts => ({ status: [words], isTesting: false, charge: 100, runtime: 9_999 });
        const both = (happening: Happening): void => {
          live(plain, policy, happening);
          live(cancelled, policy, happening);
        };
        for (const ups of UPSES) both({ kind: 'look', ups, facts: facts('OL') });
        const untouched = plain.state;
        for (const ups of UPSES) live(cancelled, policy, { kind: 'look', ups, facts: facts('OB') });
        if (isBeyondReturn(cancelled.state)) return;
        tell(cancelled, policy, [{ type: 'asked', what: { kind: 'cancel' } }]);
        live(cancelled, policy, { kind: 'time', seconds });
        expect(isBeyondReturn(cancelled.state)).toBe(false);
        for (const ups of UPSES) live(cancelled, policy, { kind: 'look', ups, facts: facts('OL') });
        expect(withoutLooks(cancelled.state)).toEqual(withoutLooks(untouched));
      }),
      runs(200),
    );
  });

  test('the time of day does no harm, wherever it jumps', () => {
    const jump = fc.integer({ min: -1e11, max: 1e11 });
    fc.assert(
      fc.property(
        policies,
        happenings(silence, sleep),
        fc.array(jump, { minLength: 1, maxLength: 60 }),
        (policy, story, jumps) => {
          const [steady, jumping] = [newWorld(), newWorld()];
          for (const [index, happening] of story.entries()) {
            jumping.wallShift = jumps[index % jumps.length] ?? 0;
            live(steady, policy, happening);
            live(jumping, policy, happening);
            expect(withoutTickets(jumping.state.phase)).toEqual(withoutTickets(steady.state.phase));
          }
          expect(withoutTickets(jumping.effects)).toEqual(withoutTickets(steady.effects));
        },
      ),
      runs(200),
    );
  });
});

/** Tickets only have to differ from one another. */
const withoutTickets = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'ticket' ? undefined : part)));

/** The outside carries one ticket out once, however often it is asked. */
const ticketsOf = (effects: readonly MonitorEffect[]): readonly string[] => [
  ...new Set(effects.flatMap((effect) => (effect.type === 'act' ? [effect.ticket] : []))),
];

const aroundTickets = (effects: readonly MonitorEffect[], place: 'before' | 'after'): readonly string[] => [
  ...new Set(
    effects.flatMap((effect) => (effect.type === 'run-around' && effect.place === place ? [effect.ticket] : [])),
  ),
];

/** When it was last looked at is no trace. */
const withoutLooks = ({ supplies, ...state }: MonitorState): unknown => ({
  ...state,
  supplies: Object.fromEntries(
    Object.entries(supplies).map(([key, { heardAt: _heardAt, fineAt: _fineAt, ...supply }]) => [key, supply]),
  ),
});
