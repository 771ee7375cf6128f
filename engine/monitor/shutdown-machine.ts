/**
 * The decision to shut down, as a pure machine: what it knows, what happened and the time give what it knows next and
 * what is to be done. It reads no clock and no disk. Facts are only taken down; decisions fall in a `pass`, so it makes no
 * difference whether facts come one by one or all at once.
 *
 * docs/developer/shutdown.md has every transition as a sentence.
 */
import { phrase } from '#domain/messages/message.ts';
import { announce, sleepNotice } from './announce.ts';
import { afterEnded } from './around-action.ts';
import { act, actionEnded, beforeEnded, force, goDown, secondariesLeft } from './going-down.ts';
import {
  after,
  say,
  still,
  type MonitorEffect,
  type MonitorEvent,
  type MonitorStep,
  type PersonsWish,
} from './machine-step.ts';
import { isBeyondReturn, NEW_SUPPLY, type MonitorNow, type MonitorState, type SupplyState } from './monitor-state.ts';
import { begin, goOn, noteReturn, resume } from './new-start.ts';
import { tell, type Notice } from './notices.ts';
import type { MonitorPolicy } from './policy.ts';
import { expire, told } from './secondaries.ts';
import { changeSupply, countdownEnd, mapSupplies, weigh } from './supplies.ts';
import { heard, judge, keepTimes, keyOf, lost, type Verdict } from './supply.ts';
import { runOut } from './upssched.ts';

/** After longer it is somebody else who ends this program, or the time of day was set. */
const LONGEST_SHUTDOWN_SECONDS = 1_800;

export function step(policy: MonitorPolicy, state: MonitorState, event: MonitorEvent, now: MonitorNow): MonitorStep {
  switch (event.type) {
    case 'facts':
      return still(changeSupply(state, policy, event.ups, (supply) => heard(supply, event.facts, now)));
    case 'lost':
      return still(changeSupply(state, policy, event.ups, lost));
    case 'pass':
      return pass(policy, state, now);
    case 'going-to-sleep':
      return announce(policy, { ...state, isGoingToSleep: true }, sleepNotice(policy, 'SUSPEND_STARTING'), now);
    case 'awake':
      // A sleep that the clock has shown already is over.
      return state.isGoingToSleep ? resume(policy, state, now) : still(state);
    case 'resumed':
      return resume(policy, state, now);
    case 'started':
      return event.isSameRun
        ? goOn(policy, state, event.isRecent, now)
        : begin(state, event.computerStartedAt, event.isRecent, now);
    case 'logins': {
      const { phase } = state;
      const key = event.ups.toLowerCase();
      const secondaries = told(state.secondaries, key, event, policy.hostSync, now);
      if (phase.phase !== 'waiting') return still({ ...state, secondaries });
      const answered = [...new Set([...phase.answered, key])];
      const seen = [...new Set([...phase.seen, ...secondariesLeft(policy, { ...state, secondaries })])];
      return still({ ...state, secondaries, phase: { ...phase, answered, seen } });
    }
    case 'around-ended':
      return event.place === 'before'
        ? beforeEnded(policy, state, event, now)
        : afterEnded(state, event.ticket, event.failure);
    case 'power-off-ended':
      return state.phase.phase === 'powering-off' ? act(state, state.phase.why, 1, now) : still(state);
    case 'action-ended':
      return actionEnded(policy, state, event, now);
    case 'stopping': {
      const { phase, shutdown } = state;
      if (!shutdown || (phase.phase !== 'acting' && phase.phase !== 'acted')) return still(state);
      const took = Math.round((now.wall - shutdown.at) / 1000);
      return took < 0 || took > LONGEST_SHUTDOWN_SECONDS
        ? still(state)
        : still({ ...state, shutdown: { ...shutdown, took } });
    }
    case 'asked':
      return asked(policy, state, event.what, now);
  }
}

function pass(policy: MonitorPolicy, before: MonitorState, now: MonitorNow): MonitorStep {
  const effects: MonitorEffect[] = [];
  const supplies: Record<string, SupplyState> = {};
  const notices: Notice[] = [];
  const changed = new Set<string>();
  for (const own of policy.supplies) {
    const key = keyOf(own);
    const timed = keepTimes(before.supplies[key] ?? NEW_SUPPLY, own, policy, now);
    // Who goes down tells nothing but that: a word of hope would be wrong now.
    const spoken = isGoingDown(before) ? { supply: timed, notices: [] } : tell(timed, own, policy, now);
    notices.push(...spoken.notices);
    const verdict = judge(spoken.supply, own, policy, now);
    const standing = standingOf(verdict);
    if (standing !== spoken.supply.told.standing) {
      effects.push(say(verdict.why, verdict.isCritical ? 'warn' : 'info'));
      changed.add(key);
    }
    supplies[key] = { ...spoken.supply, told: { ...spoken.supply.told, standing } };
  }
  if (effects.some((effect) => effect.type === 'say' && effect.level === 'warn')) {
    effects.push(...enoughLeft(policy, { ...before, supplies }, now));
  }
  const secondaries = expire(before.secondaries, now);
  const announced = announce(policy, { ...before, supplies, secondaries }, notices, now);
  const out = runOut(announced.state.timers, now);
  const state = noteReturn({ ...announced.state, timers: [...out.timers] }, policy, now);
  effects.push(...announced.effects, ...out.runs.map((run): MonitorEffect => ({ type: 'run-script', run })));
  return after(effects, decide(policy, state, changed, now));
}

/** That a supply no longer counts and nothing follows from it is worth a word of its own. */
function enoughLeft(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): readonly MonitorEffect[] {
  const { verdicts, power } = weigh(state, policy, now);
  if (isBeyondReturn(state) || power < policy.minSupplies) return [];
  const gone = verdicts.filter(([, { isCritical }]) => isCritical).map(([{ ups }]) => ups);
  return [say(phrase('monitor.now.enough', { ups: gone }))];
}

/** What tells one standing from the next: the sentence, and the moment it names. */
const standingOf = (verdict: Verdict): string =>
  `${verdict.why.phrase} ${verdict.isCritical || verdict.dueAt === undefined ? '' : Math.round(verdict.dueAt / 1000)}`.trim();

/** @param changed UPSes (in lower case) whose standing is another one than before */
function decide(
  policy: MonitorPolicy,
  state: MonitorState,
  changed: ReadonlySet<string>,
  now: MonitorNow,
): MonitorStep {
  if (isBeyondReturn(state)) return goDown(policy, state, now);
  if (policy.supplies.length === 0) return still(state);
  const { verdicts, power } = weigh(state, policy, now);
  if (power >= policy.minSupplies) return still(state);
  const gone = verdicts.filter(([{ powerValue }, { isCritical }]) => isCritical && powerValue > 0);
  // Of several the one that went last: with the others alone the computer could have gone on.
  const [own, verdict] = gone.find(([supply]) => changed.has(keyOf(supply))) ?? gone[0] ?? [];
  return force(policy, state, verdict?.why ?? phrase('monitor.why.too-little', {}), own && keyOf(own), now);
}

function asked(policy: MonitorPolicy, state: MonitorState, what: PersonsWish, now: MonitorNow): MonitorStep {
  if (policy.supplies.length === 0) return still(state);
  if (what.kind === 'shutdown-now') {
    const { phase } = state;
    if (phase.phase === 'watching') {
      const out = policy.supplies.map(keyOf).find((key) => state.supplies[key]?.outageBeganAt !== undefined);
      return force(policy, state, phrase('monitor.why.person', {}), out, now);
    }
    return phase.phase === 'failed' ? act(state, phase.why, 1, now) : still(state);
  }
  if (isBeyondReturn(state)) return still(state);
  const endsAt = countdownEnd(state, policy, now) ?? now.at;
  const wished = (supply: SupplyState): SupplyState => {
    if (supply.line !== 'OB') return supply;
    if (what.kind === 'cancel') return { ...supply, isCancelled: true };
    return { ...supply, postponedUntil: Math.max(endsAt, now.at) + what.seconds * 1000 };
  };
  const text =
    what.kind === 'cancel'
      ? phrase('monitor.say.cancelled', {})
      : phrase('monitor.say.postponed', { seconds: what.seconds });
  return { state: { ...state, supplies: mapSupplies(state, wished) }, effects: [say(text, 'warn')] };
}

/** From the point of no return until the action has been carried out or given up. */
const isGoingDown = (state: MonitorState): boolean =>
  isBeyondReturn(state) && state.phase.phase !== 'acted' && state.phase.phase !== 'failed';
