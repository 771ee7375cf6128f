/**
 * A rehearsal: the mains fail for every UPS at once, on simulated time, and the machine that decides in earnest decides.
 * Nothing is carried out; what would be is told with its time. Pure.
 */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import type { Rehearsal, RehearsalStep } from '#domain/schema/rehearsal.ts';
import { asTimestamp } from '#domain/units.ts';
import { NEW_STATE, type Facts, type MonitorNow, type MonitorState } from './monitor-state.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import { powerOffDelay } from './power-off.ts';
import { countdownEnd, step, type MonitorEffect, type MonitorEvent } from './shutdown-machine.ts';
import { keyOf } from './supply.ts';

/** What a UPS tells of its battery now; absent what it does not tell. */
export interface BatteryFigures {
  /** % */
  readonly charge?: number;
  /** s at the present load */
  readonly runtime?: number;
  /** Where it calls itself low: %, s. */
  readonly lowCharge?: number;
  readonly lowRuntime?: number;
}

export interface RehearsalFacts {
  /** By `ups` of the policy's supplies. */
  readonly batteries: ReadonlyMap<string, BatteryFigures>;
  /** Computers that are logged in to a UPS of ours now. */
  readonly secondaries: readonly string[];
  /** How long the last shutdowns of this computer took, seconds. */
  readonly shutdownTook: readonly number[];
}

/** A usual one, where none was measured. */
const UNMEASURED_SECONDS = 60;
/** Where a UPS does not say when it calls itself low. */
const USUAL_LOW_CHARGE = 10;
/** Mains that fail for longer than this are beyond any setting. */
const HORIZON_SECONDS = 100_000;
/** More decisions than any configuration asks for. */
const MOST_STEPS = 2_000;

export function rehearse(policy: MonitorPolicy, facts: RehearsalFacts): Rehearsal {
  const takesSeconds = Math.max(...facts.shutdownTook, 0) || UNMEASURED_SECONDS;
  const drains = policy.supplies.map((supply) => drainOf(supply, facts.batteries.get(supply.ups) ?? {}));
  const emptyAt = least(drains.map(({ runtime }) => runtime));
  const here = phrase('monitor.this-computer', {});
  const steps: RehearsalStep[] = [
    { afterSeconds: 0, who: phrase('rehearsal.mains', {}), what: phrase('rehearsal.fail', {}) },
  ];
  const add = (afterSeconds: number, who: Text, what: Phrase): void => void steps.push({ afterSeconds, who, what });

  const found = run(policy, drains, facts.secondaries);
  for (const { ups, lowAt } of drains) {
    // What comes after this computer is off nobody sees any more.
    if (lowAt !== undefined && lowAt <= (found.actsAt ?? Infinity)) add(lowAt, ups, phrase('rehearsal.low', {}));
  }
  if (found.beginsAt !== undefined && found.why) {
    if (found.isForcing) {
      for (const name of facts.secondaries) add(found.beginsAt, name, phrase('monitor.plan.fsd', {}));
    }
    add(found.beginsAt, here, phrase('rehearsal.begin', { why: found.why }));
  }
  const offAt = found.actsAt === undefined ? undefined : found.actsAt + takesSeconds;
  if (found.actsAt !== undefined && offAt !== undefined) {
    add(found.actsAt, here, phrase(`monitor.plan.${policy.action.kind}`, {}));
    if (policy.action.kind === 'shutdown') add(offAt, here, phrase('rehearsal.off', {}));
    const cutAt = found.actsAt + powerOffDelay(policy.powerOff, facts.shutdownTook);
    for (const ups of found.cuts) add(cutAt, ups, phrase('monitor.plan.power-off', {}));
  } else if (policy.supplies.length > 0 && policy.minSupplies > 0) {
    steps.push({ who: here, what: phrase('rehearsal.when-low', {}) });
  }
  if (emptyAt !== undefined) add(emptyAt, phrase('rehearsal.battery', {}), phrase('rehearsal.empty', {}));
  return {
    steps: steps.toSorted((a, b) => (a.afterSeconds ?? Infinity) - (b.afterSeconds ?? Infinity)),
    action: policy.action.kind,
    takesSeconds,
    isMeasured: facts.shutdownTook.length > 0,
    ...(found.beginsAt === undefined ? {} : { beginsAfterSeconds: found.beginsAt }),
    ...(emptyAt === undefined ? {} : { batterySeconds: emptyAt }),
    ...(emptyAt === undefined || offAt === undefined ? {} : { isInTime: offAt <= emptyAt }),
  };
}

/** The battery of one UPS under the present load; times are seconds from the begin of the outage. */
interface Drain extends BatteryFigures {
  readonly ups: string;
  readonly supply: SupplyPolicy;
  readonly lowAt: number | undefined;
  /** When a rule on charge or runtime may come true. */
  readonly thresholds: readonly number[];
}

function drainOf(supply: SupplyPolicy, battery: BatteryFigures): Drain {
  const { charge = 100, runtime, lowCharge, lowRuntime } = battery;
  const atCharge = (limit: number | undefined): number | undefined =>
    runtime === undefined || limit === undefined
      ? undefined
      : charge <= limit
        ? 0
        : Math.ceil(runtime * (1 - limit / charge));
  const atRuntime = (limit: number | undefined): number | undefined =>
    runtime === undefined || limit === undefined ? undefined : Math.max(0, Math.ceil(runtime - limit));
  const isTold = lowCharge !== undefined || lowRuntime !== undefined;
  const lowAt = least([atCharge(isTold ? lowCharge : USUAL_LOW_CHARGE), atRuntime(lowRuntime)]);
  const { rules } = supply;
  const thresholds = [atCharge(rules.chargeBelow), atRuntime(rules.runtimeBelow), lowAt].filter(
    (at) => at !== undefined,
  );
  return { ...battery, ups: supply.ups, supply, lowAt, thresholds };
}

/** What the UPS would tell at a moment of the outage. */
function factsAt({ charge, runtime, lowAt }: Drain, seconds: number): Facts {
  const left = runtime === undefined ? undefined : Math.max(0, runtime - seconds);
  const share = runtime === undefined || left === undefined || runtime === 0 ? 1 : left / runtime;
  return {
    status: ['OB', 'DISCHRG', ...(lowAt !== undefined && seconds >= lowAt ? ['LB'] : [])],
    ...(charge === undefined ? {} : { charge: charge * share }),
    ...(left === undefined ? {} : { runtime: left }),
    isTesting: false,
  };
}

interface Found {
  /** When it can no longer be stopped, and why. */
  readonly beginsAt?: number;
  readonly why?: Phrase;
  /** Others are told to go down. */
  readonly isForcing: boolean;
  readonly actsAt?: number;
  /** UPSes that are told to cut the power. */
  readonly cuts: readonly string[];
}

/** Lets the machine live through the outage, from one moment at which something may change to the next. */
function run(policy: MonitorPolicy, drains: readonly Drain[], secondaries: readonly string[]): Found {
  let state: MonitorState = NEW_STATE;
  let found: Found = { isForcing: false, cuts: [] };
  /** Before the outage the machine has seen every UPS on line. */
  let seconds = -1;
  const now = (): MonitorNow => ({ at: seconds * 1000, wall: asTimestamp(seconds * 1000) });

  const tell = (event: MonitorEvent): void => {
    const next = step(policy, state, event, now());
    ({ state } = next);
    for (const effect of next.effects) follow(effect);
  };
  const follow = (effect: MonitorEffect): void => {
    if (effect.type === 'set-fsd') found = { ...found, isForcing: true };
    if (effect.type === 'power-off-ups') {
      found = { ...found, cuts: effect.upses };
      tell({ type: 'power-off-ended' });
    }
    if (effect.type === 'act') {
      found = { ...found, actsAt: seconds };
      tell({ type: 'action-ended', attempt: effect.attempt, failure: undefined });
    }
  };
  const look = (): void => {
    for (const drain of drains) {
      const facts = seconds < 0 ? { ...factsAt(drain, 0), status: ['OL'] } : factsAt(drain, seconds);
      tell({ type: 'facts', ups: keyOf(drain.supply), facts });
    }
    tell({ type: 'pass' });
    if (state.phase.phase === 'watching') return;
    if (found.beginsAt === undefined) found = { ...found, beginsAt: seconds, why: state.phase.why };
    if (state.phase.phase !== 'waiting') return;
    // The others are given all the time they may take.
    for (const { supply } of drains) {
      if (supply.role === 'primary') tell({ type: 'logins', ups: keyOf(supply), others: [...secondaries] });
    }
    tell({ type: 'pass' });
  };

  const moments = momentsOf(policy, drains);
  look();
  seconds = 0;
  for (let count = 0; count < MOST_STEPS && found.actsAt === undefined; count += 1) {
    look();
    const next = nextMoment(policy, state, now(), moments);
    if (next === undefined || next > HORIZON_SECONDS) break;
    seconds = next;
  }
  return found;
}

/** Moments at which facts or rules may change by themselves. */
function momentsOf(policy: MonitorPolicy, drains: readonly Drain[]): readonly number[] {
  return drains.flatMap(({ supply: { rules }, thresholds }) => [
    rules.ignoreShorterThan,
    ...thresholds,
    // The last look that was good: a secondary's patience counts from there, and has to have run out.
    ...thresholds.map((at) => at - 1),
    ...thresholds.map((at) => at + policy.hostSync),
    ...thresholds.map((at) => Math.max(at, rules.ignoreShorterThan)),
    ...thresholds.map((at) => at + policy.oblbDuration),
  ]);
}

function nextMoment(
  policy: MonitorPolicy,
  state: MonitorState,
  now: MonitorNow,
  moments: readonly number[],
): number | undefined {
  const { phase } = state;
  const seconds = now.at / 1000;
  if (phase.phase === 'waiting') return Math.max(seconds, phase.until / 1000);
  if (phase.phase === 'final-delay') return Math.max(seconds, phase.endsAt / 1000);
  if (phase.phase !== 'watching') return undefined;
  const due = countdownEnd(state, policy, now);
  return least([...moments, due === undefined ? undefined : Math.ceil(due / 1000)].filter((at) => (at ?? 0) > seconds));
}

const least = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};
