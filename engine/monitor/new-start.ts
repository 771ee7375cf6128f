/** What a start of the program, a start of the computer, a sleep and new names make of what was known. Pure. */
import { phrase } from '#domain/messages/message.ts';
import { announce, sleepNotice } from './announce.ts';
import { isOverdue, isSleeping, runAfter, runAround, takenUpAgain } from './around-action.ts';
import { toFlag, toPowerOff } from './going-down.ts';
import { after, say, still, type MonitorEffect, type MonitorStep } from './machine-step.ts';
import { NEW_STATE, NEW_SUPPLY, type MonitorNow, type MonitorState } from './monitor-state.ts';
import type { MonitorPolicy } from './policy.ts';
import { allMissing, renameUpses } from './secondaries.ts';
import { mapSupplies, primaries } from './supplies.ts';
import { keyOf, underNewKeys, unheard } from './supply.ts';

const KEPT_DURATIONS = 5;

/** How long a system and its UPS need from the start until the first look. */
const FIRST_LOOKS_MS = 300_000;

/** The program was started anew while the computer ran on: it goes on where it stood. */
export function goOn(policy: MonitorPolicy, before: MonitorState, isRecent: boolean, now: MonitorNow): MonitorStep {
  const { state, effects } = goOnDown(policy, before, isRecent, now);
  const { after: command } = state;
  if (!command) return { state, effects };
  if (isOverdue(command, now)) return { state: { ...state, after: undefined }, effects };
  return { state, effects: [...effects, runAround('after', command, now)] };
}

function goOnDown(policy: MonitorPolicy, before: MonitorState, isRecent: boolean, now: MonitorNow): MonitorStep {
  const supplies = mapSupplies(before, (kept) => (isRecent ? unheard(kept, now) : NEW_SUPPLY));
  const state: MonitorState = {
    ...before,
    // This program was ended and the computer was not: that was no shutdown.
    shutdown: before.shutdown && { ...before.shutdown, took: undefined },
    supplies,
    timers: isRecent ? before.timers : [],
    secondaries: isRecent ? allMissing(before.secondaries, policy.hostSync, now) : NEW_STATE.secondaries,
  };
  const { phase } = state;
  const orders = ordersInForce(policy, before);
  switch (phase.phase) {
    case 'watching':
    case 'final-delay':
    case 'acted':
    case 'failed':
      return { state, effects: orders };
    case 'waiting':
      return { state: { ...state, phase: { ...phase, answered: [] } }, effects: orders };
    case 'preparing': {
      const again = takenUpAgain(phase, now);
      return { state: { ...state, phase: again }, effects: [...orders, runAround('before', again, now)] };
    }
    case 'retrying':
      return { state, effects: [...orders, ...toFlag(policy)] };
    case 'powering-off':
      return { state, effects: [...orders, ...toFlag(policy), { type: 'power-off-ups', upses: toPowerOff(policy) }] };
    case 'acting':
      // Whether it was begun only the outside knows; the same attempt is never carried out twice there.
      return {
        state,
        effects: [...orders, ...toFlag(policy), { type: 'act', attempt: phase.attempt, ticket: phase.ticket }],
      };
  }
}

/** What servers were told in this shutdown, and have to be told again where they may not know it. */
export function ordersInForce(
  policy: MonitorPolicy,
  { phase, supplies }: MonitorState,
): readonly Extract<MonitorEffect, { type: 'set-fsd' | 'log-out' }>[] {
  const upses = primaries(policy).map(({ ups }) => ups);
  const fsd = upses.length === 0 ? [] : [{ type: 'set-fsd', upses } as const];
  if (phase.phase === 'watching') return [];
  if (phase.phase !== 'acted' && phase.phase !== 'failed') return fsd;
  // While power is out, whoever comes back must see it still; with power back, a new start is the way to end it.
  const isOut = Object.values(supplies).some(({ line }) => line === 'OB');
  // Who has logged out for good does not log in again and make others wait.
  const isGone = phase.phase === 'acted' && phase.isLoggedOut;
  return [...(isOut ? fsd : []), ...(isGone ? [{ type: 'log-out' } as const] : [])];
}

/** How long the shutdown before this start took, where that is known. */
const tookOf = (shutdown: MonitorState['shutdown']): readonly number[] =>
  shutdown?.took === undefined ? [] : [shutdown.took];

/** The computer was started anew. */
export function begin(before: MonitorState, startedAt: number, isRecent: boolean, now: MonitorNow): MonitorStep {
  const { shutdown } = before;
  const isAfterShutdown = before.phase.phase !== 'watching';
  const isForgotten = isAfterShutdown || !isRecent;
  const supplies = mapSupplies(before, (kept) => (isForgotten ? NEW_SUPPLY : unheard(kept, now)));
  const state: MonitorState = {
    ...NEW_STATE,
    supplies,
    shutdownTook: [...before.shutdownTook, ...(isAfterShutdown ? tookOf(shutdown) : [])].slice(-KEPT_DURATIONS),
    timers: isForgotten ? [] : before.timers,
    story: shutdown && isAfterShutdown ? { ...shutdown, took: undefined, startedAt } : before.story,
  };
  return still(state);
}

/** The computer slept: what it knew is old, and no silence counts. Its own action may have been to sleep. */
export function resume(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const supplies = mapSupplies(state, (kept) => unheard(kept, now));
  const notices = sleepNotice(policy, state.isGoingToSleep ? 'SUSPEND_FINISHED' : 'SUSPEND_TIMEJUMP_UNEXPECTED');
  const announced = announce(policy, { ...state, supplies, isGoingToSleep: false }, notices, now);
  const effects = [say(phrase('monitor.say.resumed', {})), ...announced.effects];
  const { phase } = state;
  if (!isSleeping(policy) || (phase.phase !== 'acting' && phase.phase !== 'acted')) {
    return { state: announced.state, effects };
  }
  // As good as a new start: whoever connects now must not be sent down again.
  const fresh = begin(announced.state, now.wall, true, now);
  const upses = primaries(policy).map(({ ups }) => ups);
  const awake = after(
    [...effects, { type: 'take-power-off-back' }, { type: 'clear-fsd', upses }, { type: 'log-in' }],
    fresh,
  );
  return runAfter(policy, awake, { why: phase.why, ups: state.cause }, now);
}

/** When the first UPS on line is seen after a shutdown, power is back: since the start at the latest, where it is there at once. */
export function noteReturn(state: MonitorState, policy: MonitorPolicy, now: MonitorNow): MonitorState {
  const { story } = state;
  if (!story || story.backAt !== undefined) return state;
  const seen = policy.supplies.map((own) => state.supplies[keyOf(own)]);
  if (!seen.every((supply) => supply?.contact === 'heard' && supply.line === 'OL')) return state;
  const wasThereAtOnce = now.wall - story.startedAt < FIRST_LOOKS_MS;
  return { ...state, story: { ...story, backAt: wasThereAtOnce ? story.startedAt : now.wall } };
}

/** UPSes go by other names from now on. @param keyOfOld from the name before to the one after, both in lower case */
export function underNewNames(state: MonitorState, keyOfOld: (key: string) => string): MonitorState {
  const renamed = <Part extends { readonly ups?: string | undefined }>(part: Part | undefined): Part | undefined =>
    part?.ups === undefined ? part : { ...part, ups: keyOfOld(part.ups) };
  return {
    ...state,
    supplies: underNewKeys(state.supplies, keyOfOld),
    secondaries: renameUpses(state.secondaries, keyOfOld),
    phase: state.phase.phase === 'preparing' ? { ...state.phase, ...renamed(state.phase) } : state.phase,
    after: renamed(state.after),
    cause: state.cause === undefined ? undefined : keyOfOld(state.cause),
    shutdown: renamed(state.shutdown),
    story: renamed(state.story),
  };
}
