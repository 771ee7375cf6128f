/** The commands before and after the action: when each is begun, and what comes of it. Pure. */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import { after, say, still, type MonitorEffect, type MonitorStep } from './machine-step.ts';
import type { AroundCommand, MonitorNow, MonitorState } from './monitor-state.ts';
import { SLEEPING_ACTIONS, type ActionKind, type MonitorPolicy } from './policy.ts';

export type AroundPlace = 'before' | 'after';

/** Whoever runs it ends it in time and says so; who has not said so by then is not waited for. */
const TELLING_MS = 5_000;

/** For who was away for all of its time: enough to end one that hangs, or to hear how it ended. */
const LATE_MS = 1_000;

/** What is kept of a command while it runs. @returns undefined where none is wanted */
export function aroundCommand(
  { around }: MonitorPolicy,
  place: AroundPlace,
  { why, ups }: { readonly why: Phrase; readonly ups: string | undefined },
  now: MonitorNow,
): AroundCommand | undefined {
  if (around[place] === undefined) return undefined;
  return {
    why,
    ...(ups === undefined ? {} : { ups }),
    until: now.at + around.timeout * 1000,
    ticket: `${now.wall}-${place}`,
  };
}

/** Begins it, or asks again for one that was begun before: the outside carries out one ticket once. */
export const runAround = (place: AroundPlace, command: AroundCommand, now: MonitorNow): MonitorEffect => ({
  type: 'run-around',
  place,
  ticket: command.ticket,
  seconds: Math.max(1, Math.ceil((command.until - now.at) / 1000)),
  why: command.why,
  ...(command.ups === undefined ? {} : { ups: command.ups }),
});

/** It has had its time, and nobody said what became of it. */
export const isOverdue = ({ until }: AroundCommand, now: MonitorNow): boolean => now.at >= until + TELLING_MS;

/** After a start of the program: nothing of it may run beside the action, so it is heard or ended before it is given up. */
export const takenUpAgain = <Command extends AroundCommand>(command: Command, now: MonitorNow): Command => ({
  ...command,
  until: Math.max(command.until, now.at + LATE_MS),
});

export const outcomeOfAround = (place: AroundPlace, failure: Text | undefined): MonitorEffect =>
  failure === undefined
    ? say(phrase(`monitor.say.${place}-ended`, {}))
    : say(phrase(`monitor.say.${place}-failed`, { failure }), 'error');

/** A computer that sleeps is there again once it woke up, any other only until the order takes hold. */
export const isSleeping = ({ action }: MonitorPolicy): boolean =>
  (SLEEPING_ACTIONS as readonly string[]).includes(action.kind);

/** NUT's names first, as for every program that is run because of a UPS. */
export const aroundEnvironment = (
  place: AroundPlace,
  action: ActionKind,
  ups: string,
  why: string,
): Readonly<Record<string, string>> => ({
  NOTIFYTYPE: 'SHUTDOWN',
  UPSNAME: ups,
  NOTIFYMSG: why,
  RIDETHROUGH_STEP: place,
  RIDETHROUGH_ACTION: action,
});

/** Nothing waits for it. */
export function runAfter(
  policy: MonitorPolicy,
  step: MonitorStep,
  about: { readonly why: Phrase; readonly ups: string | undefined },
  now: MonitorNow,
): MonitorStep {
  const command = aroundCommand(policy, 'after', about, now);
  if (!command) return step;
  return {
    state: { ...step.state, after: command },
    effects: [...step.effects, say(phrase('monitor.say.after', {})), runAround('after', command, now)],
  };
}

export function afterEnded(state: MonitorState, ticket: string, failure: Text | undefined): MonitorStep {
  if (state.after?.ticket !== ticket) return still(state);
  return after([outcomeOfAround('after', failure)], still({ ...state, after: undefined }));
}
