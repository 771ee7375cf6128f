/**
 * Who will do what, and when: the machine that decides in earnest is run ahead on simulated time. Nothing is carried out;
 * what would be is told with its time. From the present outage on, or, as a rehearsal, from mains that fail for every UPS at
 * once. Pure.
 */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import type { Plan, PlanStep } from '#domain/schema/plan.ts';
import { clockLength } from '#domain/shutdown-sentence.ts';
import { asTimestamp } from '#domain/units.ts';
import { isSleeping } from './around-action.ts';
import type { BatteryFigures } from './battery-figures.ts';
import { NEW_STATE, NEW_SUPPLY, type Facts, type MonitorNow, type MonitorState } from './monitor-state.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import { powerOffDelay } from './power-off.ts';
import { toPowerOff } from './going-down.ts';
import type { MonitorEffect, MonitorEvent } from './machine-step.ts';
import { step } from './shutdown-machine.ts';
import { countdownEnd } from './supplies.ts';
import { keyOf } from './supply.ts';

export interface PlanFacts {
  /** By `ups` of the policy's supplies. */
  readonly batteries: ReadonlyMap<string, BatteryFigures>;
  /** Computers that are logged in to a UPS of ours now. */
  readonly secondaries: readonly Text[];
  /** How long the last shutdowns of this computer took, seconds. */
  readonly shutdownTook: readonly number[];
}

/** A usual one, where none was measured. */
const UNMEASURED_SECONDS = 60;
/** Where a UPS does not say when it calls itself low. */
const USUAL_LOW_CHARGE = 10;
/** Mains that fail for longer than this are beyond any setting. */
const HORIZON_MS = 100_000_000;
/** More decisions than any configuration asks for. */
const MOST_STEPS = 2_000;

/** What would come if the mains failed now. */
export function rehearse(policy: MonitorPolicy, facts: PlanFacts): Plan {
  const drains = policy.supplies.map((supply) =>
    drainOf(supply, facts.batteries.get(supply.ups) ?? {}, ['OB', 'DISCHRG']),
  );
  // A moment before, the machine has seen every UPS on line.
  const before = { at: -1000, wall: asTimestamp(-1000) };
  const onLine = (drain: Drain): MonitorEvent => ({
    type: 'facts',
    ups: keyOf(drain.supply),
    facts: { ...factsAt(drain, 0), status: ['OL'] },
  });
  const state = [...drains.map(onLine), { type: 'pass' } as const].reduce(
    (next: MonitorState, event) => step(policy, next, event, before).state,
    NEW_STATE,
  );
  const found = run(policy, state, { at: 0, wall: asTimestamp(0) }, drains, facts.secondaries);
  return planOf({ policy, facts, drains, found, began: 0, isOutage: true });
}

/** What comes if nothing changes: from the present outage or shutdown on; while there is none, a rehearsal. */
export function planFrom(policy: MonitorPolicy, state: MonitorState, now: MonitorNow, facts: PlanFacts): Plan {
  const out = policy.supplies.filter((own) => state.supplies[keyOf(own)]?.onBatterySince !== undefined);
  const { phase } = state;
  const isQuiet = phase.phase === 'watching' && out.length === 0 && countdownEnd(state, policy, now) === undefined;
  if (isQuiet) return rehearse(policy, facts);
  const drains = out.map((supply) => drainNow(supply, state, now, facts));
  // What was carried out, or given up, has nothing more to come.
  const isOver = phase.phase === 'acted' || phase.phase === 'failed';
  const found = isOver ? NOTHING_FOUND : run(policy, state, now, drains, facts.secondaries);
  const since = out.map((own) => state.supplies[keyOf(own)]?.onBatterySince ?? now.at);
  const began = Math.min(...since, now.at + (found.beginsAt ?? 0), now.at) - now.at;
  const plan = planOf({ policy, facts, drains, found, began, isOutage: out.length > 0 });
  return { ...plan, from: now.wall + began, ...(isOver ? { steps: [] } : {}) };
}

interface PlanParts {
  readonly policy: MonitorPolicy;
  readonly facts: PlanFacts;
  readonly drains: readonly Drain[];
  readonly found: Found;
  /** Begin of the plan, ms from the begin of the simulation: not after it. */
  readonly began: number;
  readonly isOutage: boolean;
}

function planOf({ policy, facts, drains, found, began, isOutage }: PlanParts): Plan {
  const takesSeconds = Math.max(...facts.shutdownTook, 0) || UNMEASURED_SECONDS;
  const after = (ms: number): number => Math.round((ms - began) / 1000);
  const empty = least(drains.map(({ runtime }) => runtime));
  const emptyAt = empty === undefined ? undefined : empty * 1000;
  const here = phrase('monitor.this-computer', {});
  const steps: PlanStep[] = [];
  const add = (at: number, who: Text, what: Phrase, mayBeLate = true): void => {
    const isLate = mayBeLate && emptyAt !== undefined && at > emptyAt;
    steps.push({
      afterSeconds: after(at),
      who: textOf(who),
      what: { ...what },
      ...(isLate ? { mark: 'late' as const } : {}),
    });
  };

  if (isOutage) add(began, phrase('rehearsal.mains', {}), phrase('rehearsal.fail', {}));
  const { beginsAt, waitedUntil, preparesAt, actsAt, why } = found;
  for (const { ups, lowAt, isLow } of drains) {
    // What comes after this computer is off nobody sees any more.
    const isSeen = lowAt !== undefined && !isLow && lowAt * 1000 <= (actsAt ?? Infinity);
    if (isSeen) add(lowAt * 1000, ups, phrase('rehearsal.low', {}));
  }
  if (beginsAt !== undefined && why) {
    if (found.isForcing) for (const name of facts.secondaries) add(beginsAt, name, phrase('monitor.plan.fsd', {}));
    add(beginsAt, here, phrase('rehearsal.begin', { why }));
  }
  if (waitedUntil !== undefined && facts.secondaries.length > 0) {
    add(waitedUntil, here, phrase('monitor.plan.wait', {}));
  }
  const { around } = policy;
  const offAt = actsAt === undefined ? undefined : actsAt + takesSeconds * 1000;
  if (preparesAt !== undefined) {
    add(preparesAt, here, phrase('monitor.plan.before', { time: clockLength(around.timeout) }));
  }
  if (actsAt !== undefined && offAt !== undefined) {
    add(actsAt, here, phrase(`monitor.plan.${policy.action.kind}`, {}));
    if (around.after !== undefined && !isSleeping(policy)) add(actsAt, here, phrase('monitor.plan.after', {}));
    if (policy.action.kind === 'shutdown') add(offAt, here, phrase('rehearsal.off', {}));
    const cutAt = actsAt + powerOffDelay(policy.powerOff, facts.shutdownTook) * 1000;
    // A battery that is empty before it switches off by order does no harm: nothing runs on it any more.
    for (const ups of toPowerOff(policy)) add(cutAt, ups, phrase('monitor.plan.power-off', {}), false);
  } else if (policy.supplies.length > 0 && policy.minSupplies > 0) {
    steps.push({ who: here, what: { ...phrase('rehearsal.when-low', {}) } });
  }
  if (actsAt !== undefined && around.after !== undefined && isSleeping(policy)) {
    steps.push({ who: here, what: { ...phrase('monitor.plan.after-wake', {}) } });
  }
  if (emptyAt !== undefined) {
    const who = phrase('rehearsal.battery', {});
    steps.push({ afterSeconds: after(emptyAt), who, what: { ...phrase('rehearsal.empty', {}) }, mark: 'empty' });
  }
  return {
    steps: steps.toSorted((a, b) => (a.afterSeconds ?? Infinity) - (b.afterSeconds ?? Infinity)),
    action: policy.action.kind,
    takesSeconds,
    isMeasured: facts.shutdownTook.length > 0,
    ...(beginsAt === undefined ? {} : { beginsAfterSeconds: after(beginsAt) }),
    ...(preparesAt === undefined ? {} : { beforeSeconds: around.timeout }),
    ...(offAt === undefined ? {} : { offAfterSeconds: after(offAt) }),
    ...(emptyAt === undefined ? {} : { batterySeconds: after(emptyAt) }),
    ...(emptyAt === undefined || offAt === undefined ? {} : { isInTime: offAt <= emptyAt }),
  };
}

const textOf = (text: Text): PlanStep['who'] => (typeof text === 'string' ? text : { ...text });

/** The battery of one UPS under the present load; times are seconds from the begin of the simulation. */
interface Drain extends BatteryFigures {
  readonly ups: string;
  readonly supply: SupplyPolicy;
  /** What it says of itself meanwhile, without LB. */
  readonly words: readonly string[];
  /** Low from the begin. */
  readonly isLow: boolean;
  readonly lowAt: number | undefined;
  /** When a rule on charge or runtime may come true. */
  readonly thresholds: readonly number[];
}

function drainOf(supply: SupplyPolicy, battery: BatteryFigures, words: readonly string[]): Drain {
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
  const isLow = words.includes('LB');
  const lowAt = isLow ? 0 : least([atCharge(isTold ? lowCharge : USUAL_LOW_CHARGE), atRuntime(lowRuntime)]);
  const { rules } = supply;
  const thresholds = [atCharge(rules.chargeBelow), atRuntime(rules.runtimeBelow), lowAt].filter(
    (at) => at !== undefined,
  );
  const others = words.filter((word) => word !== 'LB');
  return { ...battery, ups: supply.ups, supply, words: others, isLow, lowAt, thresholds };
}

/** A battery in use: as it was heard last, less what has gone since. */
function drainNow(supply: SupplyPolicy, state: MonitorState, now: MonitorNow, { batteries }: PlanFacts): Drain {
  const { facts, heardAt = now.at } = state.supplies[keyOf(supply)] ?? NEW_SUPPLY;
  const { runtime, charge, status } = facts;
  const limits = batteries.get(supply.ups) ?? {};
  const gone = (now.at - heardAt) / 1000;
  const battery = {
    ...limits,
    ...(charge === undefined ? {} : { charge }),
    ...(runtime === undefined ? {} : { runtime: Math.max(0, runtime - gone) }),
  };
  return drainOf(supply, battery, status);
}

/** What the UPS would tell at a moment of the outage. */
function factsAt({ charge, runtime, lowAt, words }: Drain, seconds: number): Facts {
  const left = runtime === undefined ? undefined : Math.max(0, runtime - seconds);
  const share = runtime === undefined || left === undefined || runtime === 0 ? 1 : left / runtime;
  return {
    status: [...words, ...(lowAt !== undefined && seconds >= lowAt ? ['LB'] : [])],
    ...(charge === undefined ? {} : { charge: charge * share }),
    ...(left === undefined ? {} : { runtime: left }),
    isTesting: false,
  };
}

/** Times are ms from the begin of the simulation. */
interface Found {
  /** When it can no longer be stopped, and why. */
  readonly beginsAt?: number;
  readonly why?: Phrase;
  /** Others are told to go down. */
  readonly isForcing: boolean;
  /** Until when the others are waited for. */
  readonly waitedUntil?: number;
  /** When the command before the action begins. It is taken to need all the time it may have. */
  readonly preparesAt?: number;
  readonly actsAt?: number;
}

const NOTHING_FOUND: Found = { isForcing: false };

/** Lets the machine live through it, from one moment at which something may change to the next. */
function run(
  policy: MonitorPolicy,
  initial: MonitorState,
  start: MonitorNow,
  drains: readonly Drain[],
  secondaries: readonly Text[],
): Found {
  let state = initial;
  let found = asItStands(policy, initial, start);
  let ms = 0;
  const others = secondaries.map((_, index) => `${index}`);
  const now = (): MonitorNow => ({ at: start.at + ms, wall: asTimestamp(start.wall + ms) });

  const tell = (event: MonitorEvent): void => {
    const next = step(policy, state, event, now());
    ({ state } = next);
    for (const effect of next.effects) follow(effect);
  };
  const follow = (effect: MonitorEffect): void => {
    if (effect.type === 'set-fsd') found = { ...found, isForcing: true };
    if (effect.type === 'run-around' && effect.place === 'before') found = { ...found, preparesAt: ms };
    if (effect.type === 'power-off-ups') tell({ type: 'power-off-ended' });
    if (effect.type === 'act') {
      found = { ...found, actsAt: ms };
      tell({ type: 'action-ended', attempt: effect.attempt, failure: undefined });
    }
  };
  const look = (): void => {
    for (const drain of drains) tell(lookAt(drain, state, ms));
    const { phase } = state;
    if (phase.phase === 'preparing' && now().at >= phase.until) {
      tell({ type: 'around-ended', place: 'before', ticket: phase.ticket, failure: undefined });
    }
    tell({ type: 'pass' });
    if (state.phase.phase === 'watching') return;
    if (found.why === undefined) found = { ...found, beginsAt: ms, why: state.phase.why };
    if (state.phase.phase !== 'waiting') return;
    // The others are given all the time they may take.
    found = { ...found, waitedUntil: state.phase.until - start.at };
    for (const supply of policy.supplies) {
      if (supply.role === 'primary') tell({ type: 'logins', ups: keyOf(supply), others });
    }
    tell({ type: 'pass' });
  };

  const moments = momentsOf(policy, drains);
  if (state.phase.phase === 'powering-off') tell({ type: 'power-off-ended' });
  for (let count = 0; count < MOST_STEPS && found.actsAt === undefined; count += 1) {
    look();
    const next = nextMoment(policy, state, now(), moments, start.at);
    if (next === undefined || next > HORIZON_MS) break;
    ms = next;
  }
  return found;
}

/** What has been decided already. */
function asItStands(policy: MonitorPolicy, { phase }: MonitorState, start: MonitorNow): Found {
  switch (phase.phase) {
    case 'watching':
    case 'acted':
    case 'failed':
      return NOTHING_FOUND;
    case 'waiting':
      return { beginsAt: phase.until - policy.hostSync * 1000 - start.at, why: phase.why, isForcing: true };
    case 'acting':
      return { actsAt: phase.since - start.at, why: phase.why, isForcing: false };
    case 'preparing':
      return { preparesAt: phase.until - policy.around.timeout * 1000 - start.at, why: phase.why, isForcing: false };
    case 'final-delay':
    case 'powering-off':
    case 'retrying':
      return { why: phase.why, isForcing: false };
  }
}

/** Who does not answer now is not taken to answer later. */
function lookAt(drain: Drain, state: MonitorState, ms: number): MonitorEvent {
  const ups = keyOf(drain.supply);
  return state.supplies[ups]?.contact === 'lost'
    ? { type: 'lost', ups }
    : { type: 'facts', ups, facts: factsAt(drain, ms / 1000) };
}

/** Moments at which facts or rules may change by themselves, ms. */
const momentsOf = (policy: MonitorPolicy, drains: readonly Drain[]): readonly number[] =>
  drains
    .flatMap(({ supply: { rules }, thresholds }) => [
      rules.ignoreShorterThan,
      ...thresholds,
      // The last look that was good: a secondary's patience counts from there, and has to have run out.
      ...thresholds.map((at) => at - 0.001),
      ...thresholds.map((at) => at + policy.hostSync),
      ...thresholds.map((at) => Math.max(at, rules.ignoreShorterThan)),
      ...thresholds.map((at) => at + policy.oblbDuration),
    ])
    .map((seconds) => Math.round(seconds * 1000));

function nextMoment(
  policy: MonitorPolicy,
  state: MonitorState,
  now: MonitorNow,
  moments: readonly number[],
  startedAt: number,
): number | undefined {
  const { phase } = state;
  const ms = now.at - startedAt;
  const from = (at: number): number => Math.max(ms, Math.ceil(at - startedAt));
  if (phase.phase === 'waiting') return from(phase.until);
  // After its end somebody may still be waited for.
  if (phase.phase === 'final-delay') return from(now.at < phase.endsAt ? phase.endsAt : phase.until);
  if (phase.phase === 'preparing') return from(phase.until);
  if (phase.phase === 'retrying') return from(phase.at);
  if (phase.phase !== 'watching') return undefined;
  const due = countdownEnd(state, policy, now);
  return least([...moments, due === undefined ? undefined : Math.ceil(due - startedAt)].filter((at) => (at ?? 0) > ms));
}

const least = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};
