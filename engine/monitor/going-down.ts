/** The way down, from FSD to the action and what comes of it: every phase beyond the point of no return. Pure. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { announce } from './announce.ts';
import { aroundCommand, isOverdue, isSleeping, outcomeOfAround, runAfter, runAround } from './around-action.ts';
import { after, say, still, type MonitorEffect, type MonitorEvent, type MonitorStep } from './machine-step.ts';
import type { MonitorNow, MonitorState, Phase, SupplyState } from './monitor-state.ts';
import { noticeOf } from './notices.ts';
import type { MonitorPolicy } from './policy.ts';
import { stillThere } from './secondaries.ts';
import { changeSupply, primaries, weigh } from './supplies.ts';
import { keyOf } from './supply.ts';

/** A UPS that does not take the order to switch off does not keep the computer from going down. */
const POWER_OFF_LIMIT_MS = 10_000;
const RETRY_PAUSES_MS = [5_000, 10_000, 20_000, 40_000] as const;
/** Power that has been good for so long after an action that left the computer running: all is ready for the next outage. */
const REARM_MS = 300_000;

/** The point of no return. @param cause the UPS that leads to it, in lower case */
export function force(
  policy: MonitorPolicy,
  before: MonitorState,
  why: Phrase,
  cause: string | undefined,
  now: MonitorNow,
): MonitorStep {
  const state: MonitorState = { ...before, cause };
  const upses = primaries(policy).map(({ ups }) => ups);
  const effects = [say(phrase('monitor.say.shutdown', { why }), 'warn')];
  if (upses.length === 0) return after(effects, finalDelay(policy, state, { why, until: now.at }, now));
  const until = now.at + policy.hostSync * 1000;
  const waiting: Phase = {
    phase: 'waiting',
    why,
    until,
    answered: [],
    seen: secondariesLeft(policy, state),
    isWaitTold: false,
  };
  const marked = upses.reduce<MonitorState>((next, ups) => changeSupply(next, policy, ups, withFsdTold), {
    ...state,
    phase: waiting,
  });
  const announced = announce(
    policy,
    marked,
    upses.map((ups) => noticeOf(policy.notices, 'FSD', ups)),
    now,
  );
  return { state: announced.state, effects: [...effects, { type: 'set-fsd', upses }, ...announced.effects] };
}

/** The server is about to say FSD because we asked it to. */
const withFsdTold = (supply: SupplyState): SupplyState => ({
  ...supply,
  told: { ...supply.told, words: [...new Set([...supply.told.words, 'FSD'])] },
});

/** The phases beyond the point of no return, from one pass to the next. */
export function goDown(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const { phase } = state;
  switch (phase.phase) {
    case 'watching':
      return still(state);
    case 'waiting': {
      const { why, until } = phase;
      const left = secondariesLeft(policy, state);
      const hasEveryAnswer = primaries(policy).every((supply) => phase.answered.includes(keyOf(supply)));
      if (hasEveryAnswer && left.length === 0) return finalDelay(policy, state, { why, until }, now);
      if (now.at >= until) {
        const names = left.length === 0 ? phrase('monitor.say.nobody-known', {}) : left;
        const said = say(phrase('monitor.say.no-more-waiting', { names }), 'warn');
        return after([said], finalDelay(policy, state, { why, until }, now));
      }
      if (left.length === 0 || phase.isWaitTold) return still(state);
      const announced = announce(
        policy,
        { ...state, phase: { ...phase, isWaitTold: true } },
        primaries(policy)
          .filter((supply) => stillThere(state.secondaries, [keyOf(supply)]).length > 0)
          .map(({ ups }) => noticeOf(policy.notices, 'SHUTDOWN_HOSTSYNC', ups)),
        now,
      );
      return after([say(phrase('monitor.say.waiting', { names: left }))], announced);
    }
    case 'final-delay': {
      if (now.at < phase.endsAt) return still(state);
      // One that was killed in its own final delay is back by now, and goes first.
      const isWaiting = now.at < phase.until && secondariesLeft(policy, state).length > 0;
      return isWaiting ? still(state) : prepare(policy, state, phase.why, now);
    }
    case 'preparing':
      return isOverdue(phase, now)
        ? after([say(phrase('monitor.say.before-silent', {}), 'error')], powerOff(policy, state, phase.why, now))
        : still(state);
    case 'powering-off':
      return now.at >= phase.since + POWER_OFF_LIMIT_MS ? act(state, phase.why, 1, now) : still(state);
    case 'acting':
      return still(state);
    case 'retrying':
      return now.at >= phase.at ? act(state, phase.why, phase.attempt, now) : still(state);
    case 'acted':
    case 'failed': {
      const done = phase.phase === 'acted' ? logOutWhenDue(policy, state, now) : still(state);
      return after(done.effects, rearm(policy, done.state, now));
    }
  }
}

/** Addresses of those that are waited for, or would be. */
export const secondariesLeft = (policy: MonitorPolicy, state: MonitorState): string[] => [
  ...stillThere(state.secondaries, primaries(policy).map(keyOf)),
];

function finalDelay(
  policy: MonitorPolicy,
  state: MonitorState,
  { why, until }: { readonly why: Phrase; readonly until: number },
  now: MonitorNow,
): MonitorStep {
  const endsAt = now.at + policy.finalDelay * 1000;
  const notices = [noticeOf(policy.notices, 'SHUTDOWN', '')];
  // No longer than it would have taken had somebody been there for all of HOSTSYNC.
  const phase: Phase = { phase: 'final-delay', why, endsAt, until: until + policy.finalDelay * 1000 };
  const announced = announce(policy, { ...state, phase }, notices, now);
  return policy.finalDelay > 0 ? announced : after(announced.effects, prepare(policy, announced.state, why, now));
}

/**
 * Everybody else is gone or given up by now, and nothing that counts time has begun: the delay of the UPS runs from its
 * order, which comes after this.
 */
function prepare(policy: MonitorPolicy, state: MonitorState, why: Phrase, now: MonitorNow): MonitorStep {
  const command = aroundCommand(policy, 'before', { why, ups: state.cause }, now);
  if (!command) return powerOff(policy, state, why, now);
  return {
    state: { ...state, after: undefined, phase: { phase: 'preparing', ...command } },
    effects: [say(phrase('monitor.say.before', { seconds: policy.around.timeout })), runAround('before', command, now)],
  };
}

/** However it ended, the way down goes on. */
export function beforeEnded(
  policy: MonitorPolicy,
  state: MonitorState,
  { ticket, failure }: Pick<Extract<MonitorEvent, { type: 'around-ended' }>, 'ticket' | 'failure'>,
  now: MonitorNow,
): MonitorStep {
  const { phase } = state;
  if (phase.phase !== 'preparing' || phase.ticket !== ticket) return still(state);
  return after([outcomeOfAround('before', failure)], powerOff(policy, state, phase.why, now));
}

function powerOff(policy: MonitorPolicy, state: MonitorState, why: Phrase, now: MonitorNow): MonitorStep {
  const flag = toFlag(policy);
  const upses = toPowerOff(policy);
  if (upses.length === 0) return after(flag, act(state, why, 1, now));
  const phase: Phase = { phase: 'powering-off', why, since: now.at };
  return { state: { ...state, phase }, effects: [...flag, { type: 'power-off-ups', upses }] };
}

/** What tells the system's own late power-off step. */
export const toFlag = (policy: MonitorPolicy): readonly MonitorEffect[] =>
  policy.powerDownFlag === undefined ? [] : [{ type: 'write-power-down-flag' }];

/** Only what hangs on this computer's cable can be told to switch off when this computer is down. In the order wanted. */
export const toPowerOff = (policy: MonitorPolicy): readonly string[] =>
  policy.powerOff.isWanted
    ? primaries(policy)
        .filter(({ powerValue, source }) => powerValue > 0 && source.kind === 'local')
        .filter(({ powerOffOrder = 0 }) => powerOffOrder >= 0)
        .sort((a, b) => (a.powerOffOrder ?? 0) - (b.powerOffOrder ?? 0))
        .map(({ ups }) => ups)
    : [];

export function act(state: MonitorState, why: Phrase, attempt: number, now: MonitorNow): MonitorStep {
  const out = Object.values(state.supplies).filter(({ outageBeganAt }) => outageBeganAt !== undefined);
  const outageBeganAt = Math.min(...out.map((supply) => supply.outageBeganAt ?? Infinity));
  const charge = Math.min(...out.map(({ facts }) => facts.charge ?? Infinity));
  const ticket = `${now.wall}-${attempt}`;
  return {
    state: {
      ...state,
      phase: { phase: 'acting', why, attempt, since: now.at, ticket },
      shutdown: {
        why,
        ...(state.cause === undefined ? {} : { ups: state.cause }),
        at: state.shutdown?.at ?? now.wall,
        ...(Number.isFinite(outageBeganAt) ? { outageBeganAt } : {}),
        ...(Number.isFinite(charge) ? { charge } : {}),
      },
      story: undefined,
    },
    effects: [{ type: 'act', attempt, ticket }],
  };
}

export function actionEnded(
  policy: MonitorPolicy,
  state: MonitorState,
  { attempt, failure }: Extract<MonitorEvent, { type: 'action-ended' }>,
  now: MonitorNow,
): MonitorStep {
  const { phase } = state;
  // An answer to an attempt that is over says nothing of the present one.
  if (phase.phase !== 'acting' || phase.attempt !== attempt) return still(state);
  const { why } = phase;
  if (failure === undefined) {
    const acted: Phase = { phase: 'acted', why, since: now.at, isLoggedOut: false };
    const handed = after(
      [say(phrase('monitor.say.acted', {}))],
      logOutWhenDue(policy, { ...state, phase: acted }, now),
    );
    return isSleeping(policy) ? handed : runAfter(policy, handed, { why, ups: state.cause }, now);
  }
  const pause = RETRY_PAUSES_MS[attempt - 1];
  if (pause === undefined) {
    const failed: Phase = { phase: 'failed', why, since: now.at, failure };
    const text = phrase('monitor.say.failed', { attempts: attempt, failure });
    return { state: { ...state, phase: failed }, effects: [say(text, 'error'), { type: 'give-up', text, failure }] };
  }
  return {
    state: { ...state, phase: { phase: 'retrying', why, attempt: attempt + 1, at: now.at + pause, failure } },
    effects: [say(phrase('monitor.say.retry', { seconds: pause / 1000, failure }), 'error')],
  };
}

function logOutWhenDue(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const { phase } = state;
  if (phase.phase !== 'acted' || phase.isLoggedOut || policy.logOut === 'never') return still(state);
  const wait = policy.logOut === 'at-once' ? 0 : policy.logOut * 1000;
  if (now.at < phase.since + wait) return still(state);
  return { state: { ...state, phase: { ...phase, isLoggedOut: true } }, effects: [{ type: 'log-out' }] };
}

/** An action that left the computer running is over once power has been good for a while and nobody asks for FSD. */
function rearm(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const { phase } = state;
  if (phase.phase !== 'acted' && phase.phase !== 'failed') return still(state);
  const seen = policy.supplies.map((own) => state.supplies[keyOf(own)]);
  if (seen.some((supply) => supply === undefined || supply.contact === 'unheard')) return still(state);
  const isGood =
    weigh(state, policy, now).power >= policy.minSupplies &&
    seen.every((supply) => supply?.contact === 'heard' && supply.line === 'OL' && !supply.facts.status.includes('FSD'));
  if (!isGood) {
    const { goodSince: _ended, ...rest } = phase;
    return phase.goodSince === undefined ? still(state) : still({ ...state, phase: rest });
  }
  const goodSince = phase.goodSince ?? now.at;
  if (now.at < goodSince + REARM_MS) return still({ ...state, phase: { ...phase, goodSince } });
  const ready: MonitorStep = {
    state: { ...state, phase: { phase: 'watching' }, cause: undefined, shutdown: undefined },
    effects: [say(phrase('monitor.say.ready-again', {})), { type: 'take-power-off-back' }, { type: 'log-in' }],
  };
  // One that was to sleep and did not is awake all the same.
  return isSleeping(policy) ? runAfter(policy, ready, { why: phase.why, ups: state.cause }, now) : ready;
}
