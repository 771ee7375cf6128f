/** What faces see of the monitor: the machine's state and the policy, as a plan and as sentences. Pure. */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import type { MonitorView, PlanStep, WishOutcome } from '#domain/schema/monitor.ts';
import { NEW_SUPPLY, type MonitorNow, type MonitorState } from './monitor-state.ts';
import type { MonitorPolicy } from './policy.ts';
import { powerOffDelay } from './power-off.ts';
import { countdownEnd, isBeyondReturn, step, weigh, type PersonsWish } from './shutdown-machine.ts';
import { keyOf } from './supply.ts';

export interface ViewFacts {
  readonly decisions: MonitorView['decisions'];
  /** Computers logged in to a UPS of ours. */
  readonly secondaries: readonly string[];
}

/** Seconds that a shutdown takes where none was measured. */
const UNMEASURED_SECONDS = 60;

export function viewOf(policy: MonitorPolicy, state: MonitorState, now: MonitorNow, facts: ViewFacts): MonitorView {
  const { verdicts } = weigh(state, policy, now);
  const wall = (at: number): number => now.wall + (at - now.at);
  const due = endOf(policy, state, now);
  const { phase } = state;
  const isWatching = phase.phase === 'watching' && policy.supplies.length > 0;
  const wish = (kind: PersonsWish): boolean => outcomeOf(policy, state, kind, now) === 'done';
  const plan = planOf(policy, state, now, facts.secondaries);
  const emptyAt = batteryEndOf(policy, state, now);
  const action = plan.find(({ what }) => what.phrase === actionPhrase(policy).phrase);
  const needs = (Math.max(...state.shutdownTook, 0) || UNMEASURED_SECONDS) * 1000;
  return {
    phase: phaseName(policy, state, now),
    reason: reasonOf(policy, state, now),
    ...('failure' in phase ? { failure: phase.failure } : {}),
    ...(due === undefined ? {} : { endsAt: wall(due) }),
    canCancel: wish({ kind: 'cancel' }),
    canPostpone: wish({ kind: 'postpone', seconds: 300 }),
    canShutDown: isWatching || phase.phase === 'failed',
    plan: [...plan],
    ...(emptyAt === undefined || action?.at === undefined ? {} : { isInTime: action.at + needs <= wall(emptyAt) }),
    secondaries: [...facts.secondaries],
    supplies: verdicts.map(([{ ups, role, powerValue }, verdict]) => ({
      ups,
      role,
      powerValue,
      isGood: !verdict.isCritical,
      reason: verdict.why,
    })),
    ...storyOf(state),
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
    case 'retrying':
      return phase.at;
    default:
      return undefined;
  }
}

const actionPhrase = (policy: MonitorPolicy): Phrase => phrase(`monitor.plan.${policy.action.kind}`, {});

/** Who does what when: from the begin of the shutdown to the cut. */
function planOf(
  policy: MonitorPolicy,
  state: MonitorState,
  now: MonitorNow,
  secondaries: readonly string[],
): readonly PlanStep[] {
  const { phase } = state;
  if (policy.supplies.length === 0 || phase.phase === 'acted' || phase.phase === 'failed') return [];
  const here = phrase('monitor.this-computer', {});
  const hasPrimary = policy.supplies.some(({ role }) => role === 'primary');
  const waitMs = hasPrimary && secondaries.length > 0 ? policy.hostSync * 1000 : 0;
  const steps: { readonly after: number; readonly who: Text; readonly what: Phrase }[] = [];
  const add = (after: number, who: Text, what: Phrase): void => void steps.push({ after, who, what });
  const isOpen = phase.phase === 'watching';
  if (isOpen && hasPrimary) for (const name of secondaries) add(0, name, phrase('monitor.plan.fsd', {}));
  if (isOpen) add(0, here, phrase('monitor.plan.begin', {}));
  if ((isOpen || phase.phase === 'waiting') && waitMs > 0) add(waitMs, here, phrase('monitor.plan.wait', {}));
  const actAfter =
    phase.phase === 'final-delay' || phase.phase === 'powering-off' || phase.phase === 'acting'
      ? 0
      : waitMs + policy.finalDelay * 1000;
  add(actAfter, here, actionPhrase(policy));
  if (policy.powerOff.isWanted) {
    const cutAfter = actAfter + powerOffDelay(policy.powerOff, state.shutdownTook) * 1000;
    for (const { role, source, ups } of policy.supplies) {
      if (role === 'primary' && source.kind === 'local') add(cutAfter, ups, phrase('monitor.plan.power-off', {}));
    }
  }
  const begin = beginOf(policy, state, now);
  return steps.map(({ after, who, what }) => ({
    ...(begin?.at === undefined ? {} : { at: now.wall + (begin.at - now.at) + after }),
    ...(begin?.afterSeconds === undefined ? {} : { afterSeconds: begin.afterSeconds + after / 1000 }),
    who,
    what: { ...what },
  }));
}

/** When the shutdown begins: at a moment, so long after the begin of an outage, or when the battery is low. */
function beginOf(
  policy: MonitorPolicy,
  state: MonitorState,
  now: MonitorNow,
): { readonly at?: number; readonly afterSeconds?: number } | undefined {
  const { phase } = state;
  if (phase.phase === 'waiting') return { at: phase.until - policy.hostSync * 1000 };
  if (phase.phase === 'final-delay') return { at: phase.endsAt };
  if (phase.phase !== 'watching') return { at: now.at };
  const at = countdownEnd(state, policy, now);
  if (at !== undefined) return { at };
  if (outOf(policy, state).length > 0) return undefined;
  // All supplies fail together: the last one that is needed decides.
  const timers = policy.supplies
    .filter(({ powerValue }) => powerValue > 0)
    .map(({ rules }) =>
      Math.max(
        Math.min(rules.mode === 'on-battery' ? rules.timer : Infinity, rules.timeOnBattery ?? Infinity),
        rules.ignoreShorterThan,
      ),
    )
    .sort((a, b) => a - b);
  const total = policy.supplies.reduce((sum, { powerValue }) => sum + powerValue, 0);
  const needed = Math.max(1, total - policy.minSupplies + 1);
  const afterSeconds = timers[Math.min(needed, timers.length) - 1];
  return afterSeconds === undefined || !Number.isFinite(afterSeconds) ? undefined : { afterSeconds };
}

/** When the first battery in use is empty, as far as it is told. */
function batteryEndOf(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): number | undefined {
  const ends = outOf(policy, state).flatMap((own) => {
    const supply = state.supplies[keyOf(own)];
    return supply?.facts.runtime === undefined ? [] : [(supply.heardAt ?? now.at) + supply.facts.runtime * 1000];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function storyOf({ story }: MonitorState): Pick<MonitorView, 'story'> {
  if (!story) return {};
  const { at, why, ...rest } = story;
  return { story: { ...rest, shutDownAt: at, reason: why } };
}
