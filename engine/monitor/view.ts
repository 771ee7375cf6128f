/** What faces see of the monitor: the machine's state and the policy, as a plan and as sentences. Pure. */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import type { Decision, MonitorView, WishOutcome } from '#domain/schema/monitor.ts';
import type { BatteryFigures } from './battery-figures.ts';
import { isBeyondReturn, NEW_SUPPLY, type MonitorNow, type MonitorState, type Story } from './monitor-state.ts';
import { planFrom } from './plan.ts';
import type { MonitorPolicy } from './policy.ts';
import type { PersonsWish } from './machine-step.ts';
import { step } from './shutdown-machine.ts';
import { countdownEnd, weigh } from './supplies.ts';
import { keyOf } from './supply.ts';

export interface ViewFacts {
  readonly decisions: readonly Decision[];
  /** Computers logged in to a UPS of ours, and those that have left since the shutdown began. */
  readonly secondaries: MonitorView['secondaries'];
  /** By `ups` of the policy's supplies. */
  readonly batteries: ReadonlyMap<string, BatteryFigures>;
  /** Everything that is watched is a simulation. */
  readonly isSimulated: boolean;
}

export function viewOf(policy: MonitorPolicy, state: MonitorState, now: MonitorNow, facts: ViewFacts): MonitorView {
  const { verdicts } = weigh(state, policy, now);
  const wall = (at: number): number => now.wall + (at - now.at);
  const due = endOf(policy, state, now);
  const { phase } = state;
  const isWatching = phase.phase === 'watching' && policy.supplies.length > 0;
  const wish = (kind: PersonsWish): boolean => outcomeOf(policy, state, kind, now) === 'done';
  return {
    phase: phaseName(policy, state, now),
    reason: reasonOf(policy, state, now),
    ...('failure' in phase ? { failure: phase.failure } : {}),
    ...(due === undefined ? {} : { endsAt: wall(due) }),
    canCancel: wish({ kind: 'cancel' }),
    canPostpone: wish({ kind: 'postpone', seconds: 300 }),
    canShutDown: isWatching || phase.phase === 'failed',
    plan: planFrom(policy, state, now, {
      batteries: facts.batteries,
      secondaries: facts.secondaries.filter(({ hasLeft }) => !hasLeft).map(({ name }) => name as Text),
      shutdownTook: state.shutdownTook,
    }),
    isSimulated: facts.isSimulated,
    secondaries: [...facts.secondaries],
    supplies: verdicts.map(([{ ups, role, powerValue }, verdict]) => ({
      ups,
      role,
      powerValue,
      isGood: !verdict.isCritical,
      reason: verdict.why,
    })),
    ...(state.story ? { story: storyViewOf(state.story) } : {}),
    decisions: [...facts.decisions],
  };
}

/** What a wish would do now. A cancel that changes no countdown is none. */
export function outcomeOf(policy: MonitorPolicy, state: MonitorState, what: PersonsWish, now: MonitorNow): WishOutcome {
  if (policy.supplies.length === 0) return 'nothing-to-do';
  if (what.kind === 'shutdown-now') {
    return state.phase.phase === 'watching' || state.phase.phase === 'failed' ? 'done' : 'nothing-to-do';
  }
  if (isBeyondReturn(state)) return 'too-late';
  const before = countdownEnd(state, policy, now);
  const after = step(policy, state, { type: 'asked', what }, now).state;
  return before !== countdownEnd(after, policy, now) ? 'done' : 'nothing-to-do';
}

function phaseName(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorView['phase'] {
  switch (state.phase.phase) {
    case 'watching':
      if (policy.supplies.length === 0) return 'off';
      if (countdownEnd(state, policy, now) !== undefined) return 'counting-down';
      return outOf(policy, state).length > 0 ? 'on-battery' : 'watching';
    case 'waiting':
      return 'waiting-for-secondaries';
    case 'final-delay':
      return 'final-delay';
    case 'preparing':
      return 'preparing';
    case 'powering-off':
    case 'acting':
    case 'retrying':
      return 'acting';
    case 'acted':
      return 'acted';
    case 'failed':
      return 'failed';
  }
}

const outOf = (policy: MonitorPolicy, state: MonitorState) =>
  policy.supplies.filter((own) => state.supplies[keyOf(own)]?.line === 'OB');

function reasonOf(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): Phrase {
  if (state.phase.phase !== 'watching') return state.phase.why;
  const { verdicts } = weigh(state, policy, now);
  // The supply that comes first to its end says most, then one on battery, then one that is not as it should be.
  const weight = ([own, verdict]: (typeof verdicts)[number]): number => {
    if (verdict.isCritical) return 1;
    if (verdict.dueAt !== undefined) return 0;
    const supply = state.supplies[keyOf(own)] ?? NEW_SUPPLY;
    return supply.line === 'OB' ? 2 : verdict.why.phrase === 'monitor.now.line' ? 4 : 3;
  };
  const first = verdicts.toSorted((a, b) => weight(a) - weight(b))[0];
  if (!first) return phrase('monitor.now.off-duty', {});
  const [{ ups }, verdict] = first;
  return verdict.isCritical ? phrase('monitor.now.enough', { ups }) : verdict.why;
}

function endOf(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): number | undefined {
  const { phase } = state;
  switch (phase.phase) {
    case 'watching':
      return countdownEnd(state, policy, now);
    case 'waiting':
      return phase.until;
    case 'final-delay':
      return now.at < phase.endsAt ? phase.endsAt : Math.max(phase.endsAt, phase.until);
    case 'preparing':
      return phase.until;
    case 'retrying':
      return phase.at;
    default:
      return undefined;
  }
}

export function storyViewOf({ at, why, ups: _cause, took: _took, ...rest }: Story): NonNullable<MonitorView['story']> {
  return { ...rest, shutDownAt: at, reason: why };
}
