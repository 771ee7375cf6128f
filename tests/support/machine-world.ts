/** A world around the shutdown machine, for what holds of it whatever happens. RIDETHROUGH_RUNS multiplies the runs. */
import fc from 'fast-check';
import { asSeconds, asTimestamp, type Seconds } from '#domain/units.ts';
import { NEW_STATE, type Facts, type MonitorState } from '#engine/monitor/monitor-state.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import type { MonitorEffect, MonitorEvent } from '#engine/monitor/machine-step.ts';
import { step } from '#engine/monitor/shutdown-machine.ts';
import { policyOf, rulesOf, supplyOf } from '#engine/monitor/test-support.ts';

export const runs = (count: number) => ({ numRuns: count * Number(process.env.RIDETHROUGH_RUNS ?? 1) });
export const UPSES = ['a', 'b'] as const;
export const START = 1_700_000_000_000;

/** What happens in the world; the machine is told of it in the ways under test. */
export type Happening =
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
export const sleep = fc.constant<Happening>({ kind: 'sleep' });
export const silence = fc.constantFrom(...UPSES).map((ups): Happening => ({ kind: 'silence', ups }));

export const happenings = (...more: readonly fc.Arbitrary<Happening>[]) =>
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
export const policies: fc.Arbitrary<MonitorPolicy> = fc
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

export interface World {
  state: MonitorState;
  at: number;
  wallShift: number;
  readonly effects: MonitorEffect[];
}

export const newWorld = (): World => ({ state: NEW_STATE, at: 0, wallShift: 0, effects: [] });

export function tell(world: World, policy: MonitorPolicy, events: readonly MonitorEvent[]): void {
  for (const event of events) {
    const now = { at: world.at, wall: asTimestamp(START + world.at + world.wallShift) };
    const next = step(policy, world.state, event, now);
    world.state = next.state;
    world.effects.push(...next.effects);
  }
}

export function live(world: World, policy: MonitorPolicy, happening: Happening, split = false): void {
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

export const firstAttempts = (effects: readonly MonitorEffect[]): number =>
  effects.filter((effect) => effect.type === 'act' && effect.attempt === 1).length;

/** The outside carries one ticket out once, however often it is asked. */
export const ticketsOf = (effects: readonly MonitorEffect[]): readonly string[] => [
  ...new Set(effects.flatMap((effect) => (effect.type === 'act' ? [effect.ticket] : []))),
];

export const aroundTickets = (effects: readonly MonitorEffect[], place: 'before' | 'after'): readonly string[] => [
  ...new Set(
    effects.flatMap((effect) => (effect.type === 'run-around' && effect.place === place ? [effect.ticket] : [])),
  ),
];
