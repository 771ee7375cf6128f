/**
 * The decision to shut down, as a pure machine: what it knows, what happened and the time give what it knows next and
 * what is to be done. It reads no clock and no disk. Facts are only taken down; decisions fall in a `pass`, so it makes no
 * difference whether facts come one by one or all at once.
 *
 * docs/developer/shutdown.md has every transition as a sentence.
 */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import {
  NEW_STATE,
  NEW_SUPPLY,
  type Facts,
  type MonitorNow,
  type MonitorState,
  type Phase,
  type SupplyState,
} from './monitor-state.ts';
import { noticeOf, tell, type Notice } from './notices.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import type { NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import { allMissing, expire, stillThere, told } from './secondaries.ts';
import { heard, judge, keepTimes, keyOf, lost, unheard, type Verdict } from './supply.ts';
import { runOut, schedule, type ScriptRun } from './upssched.ts';

export type MonitorEvent =
  /** A look at a UPS, or a part of it. */
  | { readonly type: 'facts'; readonly ups: string; readonly facts: Partial<Facts> }
  /** A look at a UPS failed. */
  | { readonly type: 'lost'; readonly ups: string }
  /** Everything that is new has been told, or time has passed: decide. */
  | { readonly type: 'pass' }
  /** The computer is about to sleep. */
  | { readonly type: 'going-to-sleep' }
  /** The system says that the computer woke up, or that it did not sleep after all. */
  | { readonly type: 'awake' }
  /** The computer slept, or the program stood still for long. */
  | { readonly type: 'resumed' }
  /**
   * The program starts with a state from disk. `isSameRun`: the computer has not been started since. `isRecent`: the
   * state is fresh enough for an outage in it to be the one of now. `computerStartedAt`: time of day.
   */
  | {
      readonly type: 'started';
      readonly isSameRun: boolean;
      readonly isRecent: boolean;
      readonly computerStartedAt: number;
    }
  /**
   * Who is logged in to a UPS of ours beside this computer; empty also where nobody can tell. `broken`: whose connection
   * ended without a goodbye since this was last told, where the server is ours.
   */
  | {
      readonly type: 'logins';
      readonly ups: string;
      readonly others: readonly string[];
      readonly broken?: readonly string[];
    }
  | { readonly type: 'power-off-ended' }
  | { readonly type: 'action-ended'; readonly attempt: number; readonly failure: Text | undefined }
  /** The program is told to end, which is what a shutdown of the system begins with. */
  | { readonly type: 'stopping' }
  | { readonly type: 'asked'; readonly what: PersonsWish };

/** What a person may ask for. */
export type PersonsWish =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'postpone'; readonly seconds: number }
  | { readonly kind: 'shutdown-now' };

export type MonitorEffect =
  | { readonly type: 'say'; readonly level: 'info' | 'warn' | 'error'; readonly text: Phrase }
  | { readonly type: 'notify'; readonly notice: Notice }
  /** Nobody may miss it. */
  /** Nothing worked: whoever can be reached has to know. */
  | { readonly type: 'give-up'; readonly text: Phrase; readonly failure: Text }
  | { readonly type: 'run-script'; readonly run: ScriptRun }
  | { readonly type: 'set-fsd'; readonly upses: readonly string[] }
  | { readonly type: 'clear-fsd'; readonly upses: readonly string[] }
  | { readonly type: 'write-power-down-flag' }
  | { readonly type: 'power-off-ups'; readonly upses: readonly string[] }
  | { readonly type: 'take-power-off-back' }
  | { readonly type: 'act'; readonly attempt: number; readonly ticket: string }
  | { readonly type: 'log-out' }
  | { readonly type: 'log-in' };

export interface MonitorStep {
  readonly state: MonitorState;
  /** To be carried out in this order, once the state is on disk. */
  readonly effects: readonly MonitorEffect[];
}

/** A UPS that does not take the order to switch off does not keep the computer from going down. */
const POWER_OFF_LIMIT_MS = 10_000;
const RETRY_PAUSES_MS = [5_000, 10_000, 20_000, 40_000] as const;
/** Power that has been good for so long after an action that left the computer running: all is ready for the next outage. */
const REARM_MS = 300_000;
const KEPT_DURATIONS = 5;

export const isBeyondReturn = ({ phase }: MonitorState): boolean => phase.phase !== 'watching';

/** From the point of no return until the action has been carried out or given up. */
const isGoingDown = (state: MonitorState): boolean =>
  isBeyondReturn(state) && state.phase.phase !== 'acted' && state.phase.phase !== 'failed';

/** Verdicts on all supplies and the sum of the power values that still count. */
export function weigh(
  state: MonitorState,
  policy: MonitorPolicy,
  now: MonitorNow,
): { readonly verdicts: readonly (readonly [SupplyPolicy, Verdict])[]; readonly power: number } {
  const verdicts = policy.supplies.map((supply): [SupplyPolicy, Verdict] => [
    supply,
    judge(state.supplies[keyOf(supply)] ?? NEW_SUPPLY, supply, policy, now),
  ]);
  const power = verdicts.reduce((sum, [{ powerValue }, { isCritical }]) => sum + (isCritical ? 0 : powerValue), 0);
  return { verdicts, power };
}

/** When time alone brings the shutdown, unless something changes; undefined: not by time alone. */
export function countdownEnd(state: MonitorState, policy: MonitorPolicy, now: MonitorNow): number | undefined {
  const { verdicts, power } = weigh(state, policy, now);
  let left = power;
  const ends = verdicts
    .flatMap(([{ powerValue }, verdict]) =>
      verdict.isCritical || verdict.dueAt === undefined || powerValue === 0 ? [] : [{ powerValue, at: verdict.dueAt }],
    )
    .sort((a, b) => a.at - b.at);
  for (const { powerValue, at } of ends) {
    left -= powerValue;
    if (left < policy.minSupplies) return at;
  }
  return undefined;
}

export function step(policy: MonitorPolicy, state: MonitorState, event: MonitorEvent, now: MonitorNow): MonitorStep {
  switch (event.type) {
    case 'facts':
      return still(change(state, policy, event.ups, (supply) => heard(supply, event.facts, now)));
    case 'lost':
      return still(change(state, policy, event.ups, lost));
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
    case 'power-off-ended':
      return state.phase.phase === 'powering-off' ? act(state, state.phase.why, 1, now) : still(state);
    case 'action-ended':
      return actionEnded(policy, state, event, now);
    case 'stopping': {
      const { phase, shutdown } = state;
      if (!shutdown || (phase.phase !== 'acting' && phase.phase !== 'acted')) return still(state);
      const took = Math.max(0, Math.round((now.wall - shutdown.at) / 1000));
      return still({ ...state, shutdownTook: [...state.shutdownTook, took].slice(-KEPT_DURATIONS) });
    }
    case 'asked':
      return asked(policy, state, event.what, now);
  }
}

const still = (state: MonitorState): MonitorStep => ({ state, effects: [] });
const say = (text: Phrase, level: 'info' | 'warn' | 'error' = 'info'): MonitorEffect => ({ type: 'say', level, text });

/** UPSes that the policy does not know are passed over: a look may end after the configuration changed. */
function change(
  state: MonitorState,
  policy: MonitorPolicy,
  ups: string,
  to: (supply: SupplyState) => SupplyState,
): MonitorState {
  const key = ups.toLowerCase();
  if (!policy.supplies.some((supply) => keyOf(supply) === key)) return state;
  return { ...state, supplies: { ...state.supplies, [key]: to(state.supplies[key] ?? NEW_SUPPLY) } };
}

function pass(policy: MonitorPolicy, before: MonitorState, now: MonitorNow): MonitorStep {
  const effects: MonitorEffect[] = [];
  const supplies: Record<string, SupplyState> = {};
  const notices: Notice[] = [];
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
  return after(effects, decide(policy, state, now));
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

/** Notices go out, and through upssched where that is what follows them. */
function announce(
  policy: MonitorPolicy,
  state: MonitorState,
  notices: readonly Notice[],
  now: MonitorNow,
): MonitorStep {
  const effects: MonitorEffect[] = [];
  let { timers } = state;
  const { upssched } = policy.notices;
  for (const notice of notices) {
    if (notice.flags.includes('IGNORE')) continue;
    effects.push({ type: 'notify', notice });
    if (!upssched || !notice.flags.includes('EXEC')) continue;
    const scheduled = schedule(upssched, timers, notice, now);
    timers = [...scheduled.timers];
    effects.push(...scheduled.runs.map((run): MonitorEffect => ({ type: 'run-script', run })));
  }
  return { state: { ...state, timers }, effects };
}

const after = (effects: readonly MonitorEffect[], next: MonitorStep): MonitorStep => ({
  state: next.state,
  effects: [...effects, ...next.effects],
});

function decide(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const { phase } = state;
  switch (phase.phase) {
    case 'watching': {
      if (policy.supplies.length === 0) return still(state);
      const { verdicts, power } = weigh(state, policy, now);
      if (power >= policy.minSupplies) return still(state);
      const culprit = verdicts.find(([{ powerValue }, { isCritical }]) => isCritical && powerValue > 0);
      return force(policy, state, culprit?.[1].why ?? phrase('monitor.why.too-little', {}), now);
    }
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
      return isWaiting ? still(state) : powerOff(policy, state, phase.why, now);
    }
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

const primaries = (policy: MonitorPolicy): readonly SupplyPolicy[] =>
  policy.supplies.filter(({ role }) => role === 'primary');

/** Addresses of those that are waited for, or would be. */
export const secondariesLeft = (policy: MonitorPolicy, state: MonitorState): string[] => [
  ...stillThere(state.secondaries, primaries(policy).map(keyOf)),
];

/** The point of no return. */
function force(policy: MonitorPolicy, state: MonitorState, why: Phrase, now: MonitorNow): MonitorStep {
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
  const marked = upses.reduce<MonitorState>((next, ups) => change(next, policy, ups, withFsdTold), {
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

function finalDelay(
  policy: MonitorPolicy,
  state: MonitorState,
  { why, until }: { readonly why: Phrase; readonly until: number },
  now: MonitorNow,
): MonitorStep {
  const endsAt = now.at + policy.finalDelay * 1000;
  const notices = [noticeOf(policy.notices, 'SHUTDOWN', '')];
  const phase: Phase = { phase: 'final-delay', why, endsAt, until };
  const announced = announce(policy, { ...state, phase }, notices, now);
  return policy.finalDelay > 0 ? announced : after(announced.effects, powerOff(policy, announced.state, why, now));
}

function powerOff(policy: MonitorPolicy, state: MonitorState, why: Phrase, now: MonitorNow): MonitorStep {
  const flag: MonitorEffect[] = policy.powerDownFlag === undefined ? [] : [{ type: 'write-power-down-flag' }];
  const upses = toPowerOff(policy);
  if (upses.length === 0) return after(flag, act(state, why, 1, now));
  const phase: Phase = { phase: 'powering-off', why, since: now.at };
  return { state: { ...state, phase }, effects: [...flag, { type: 'power-off-ups', upses }] };
}

/** Only what hangs on this computer's cable can be told to switch off when this computer is down. In the order wanted. */
export const toPowerOff = (policy: MonitorPolicy): readonly string[] =>
  policy.powerOff.isWanted
    ? primaries(policy)
        .filter(({ powerValue, source }) => powerValue > 0 && source.kind === 'local')
        .filter(({ powerOffOrder = 0 }) => powerOffOrder >= 0)
        .sort((a, b) => (a.powerOffOrder ?? 0) - (b.powerOffOrder ?? 0))
        .map(({ ups }) => ups)
    : [];

function act(state: MonitorState, why: Phrase, attempt: number, now: MonitorNow): MonitorStep {
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
        at: state.shutdown?.at ?? now.wall,
        ...(Number.isFinite(outageBeganAt) ? { outageBeganAt } : {}),
        ...(Number.isFinite(charge) ? { charge } : {}),
      },
      story: undefined,
    },
    effects: [{ type: 'act', attempt, ticket }],
  };
}

function actionEnded(
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
    return after([say(phrase('monitor.say.acted', {}))], logOutWhenDue(policy, { ...state, phase: acted }, now));
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
  return {
    state: { ...state, phase: { phase: 'watching' }, shutdown: undefined },
    effects: [say(phrase('monitor.say.ready-again', {})), { type: 'take-power-off-back' }, { type: 'log-in' }],
  };
}

/** The computer slept: what it knew is old, and no silence counts. Its own action may have been to sleep. */
function resume(policy: MonitorPolicy, state: MonitorState, now: MonitorNow): MonitorStep {
  const supplies = mapSupplies(state, (kept) => unheard(kept, now));
  const notices = sleepNotice(policy, state.isGoingToSleep ? 'SUSPEND_FINISHED' : 'SUSPEND_TIMEJUMP_UNEXPECTED');
  const announced = announce(policy, { ...state, supplies, isGoingToSleep: false }, notices, now);
  const effects = [say(phrase('monitor.say.resumed', {})), ...announced.effects];
  const { kind } = policy.action;
  const wentToSleep = kind === 'sleep' || kind === 'hibernate' || kind === 'hybrid-sleep';
  const { phase } = state.phase;
  if (!wentToSleep || (phase !== 'acting' && phase !== 'acted')) return { state: announced.state, effects };
  // As good as a new start: whoever connects now must not be sent down again.
  const fresh = begin(announced.state, now.wall, true, now);
  const upses = primaries(policy).map(({ ups }) => ups);
  return after([...effects, { type: 'take-power-off-back' }, { type: 'clear-fsd', upses }, { type: 'log-in' }], fresh);
}

/** Who watches nothing has nothing to tell. */
const sleepNotice = (policy: MonitorPolicy, type: NotifyType): readonly Notice[] =>
  policy.supplies.length === 0 ? [] : [noticeOf(policy.notices, type, '')];

/** The program was started anew while the computer ran on: it goes on where it stood. */
function goOn(policy: MonitorPolicy, before: MonitorState, isRecent: boolean, now: MonitorNow): MonitorStep {
  const supplies = mapSupplies(before, (kept) => (isRecent ? unheard(kept, now) : NEW_SUPPLY));
  const state: MonitorState = {
    ...before,
    supplies,
    timers: isRecent ? before.timers : [],
    secondaries: isRecent ? allMissing(before.secondaries, policy.hostSync, now) : NEW_STATE.secondaries,
  };
  const { phase } = state;
  const upses = primaries(policy).map(({ ups }) => ups);
  const fsd: MonitorEffect[] = upses.length === 0 ? [] : [{ type: 'set-fsd', upses }];
  switch (phase.phase) {
    case 'watching':
      return still(state);
    case 'waiting':
      return { state: { ...state, phase: { ...phase, answered: [] } }, effects: fsd };
    case 'final-delay':
    case 'retrying':
      return { state, effects: fsd };
    case 'powering-off':
      return { state, effects: [...fsd, { type: 'power-off-ups', upses: toPowerOff(policy) }] };
    case 'acting':
      // Whether it was begun only the outside knows; the same attempt is never carried out twice there.
      return { state, effects: [...fsd, { type: 'act', attempt: phase.attempt, ticket: phase.ticket }] };
    case 'acted':
    case 'failed': {
      // While power is out, whoever comes back must see it still; with power back, a new start is the way to end it.
      const isOut = Object.values(before.supplies).some(({ line }) => line === 'OB');
      // Who has logged out for good does not log in again and make others wait.
      const out: MonitorEffect[] = phase.phase === 'acted' && phase.isLoggedOut ? [{ type: 'log-out' }] : [];
      return { state, effects: [...(isOut ? fsd : []), ...out] };
    }
  }
}

/** The computer was started anew. */
function begin(before: MonitorState, startedAt: number, isRecent: boolean, now: MonitorNow): MonitorStep {
  const { shutdown } = before;
  const isAfterShutdown = before.phase.phase !== 'watching';
  const isForgotten = isAfterShutdown || !isRecent;
  const supplies = mapSupplies(before, (kept) => (isForgotten ? NEW_SUPPLY : unheard(kept, now)));
  const state: MonitorState = {
    ...NEW_STATE,
    supplies,
    shutdownTook: before.shutdownTook,
    timers: isForgotten ? [] : before.timers,
    story: shutdown && isAfterShutdown ? { ...shutdown, startedAt } : before.story,
  };
  return still(state);
}

/** When the first UPS on line is seen after a shutdown, power is back: since the start at the latest, where it is there at once. */
function noteReturn(state: MonitorState, policy: MonitorPolicy, now: MonitorNow): MonitorState {
  const { story } = state;
  if (!story || story.backAt !== undefined) return state;
  const seen = policy.supplies.map((own) => state.supplies[keyOf(own)]);
  if (!seen.every((supply) => supply?.contact === 'heard' && supply.line === 'OL')) return state;
  const wasThereAtOnce = now.wall - story.startedAt < FIRST_LOOKS_MS;
  return { ...state, story: { ...story, backAt: wasThereAtOnce ? story.startedAt : now.wall } };
}

/** How long a system and its UPS need from the start until the first look. */
const FIRST_LOOKS_MS = 300_000;

function asked(policy: MonitorPolicy, state: MonitorState, what: PersonsWish, now: MonitorNow): MonitorStep {
  if (policy.supplies.length === 0) return still(state);
  if (what.kind === 'shutdown-now') {
    const { phase } = state;
    if (phase.phase === 'watching') return force(policy, state, phrase('monitor.why.person', {}), now);
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

const mapSupplies = (state: MonitorState, to: (supply: SupplyState) => SupplyState): MonitorState['supplies'] =>
  Object.fromEntries(Object.entries(state.supplies).map(([key, supply]) => [key, to(supply)]));
