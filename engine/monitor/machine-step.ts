/** What the shutdown machine can be told, what it asks for, and a step of it: state and effects. Data only. */
import type { Phrase, Text } from '#domain/messages/message.ts';
import type { AroundPlace } from './around-action.ts';
import type { Facts, MonitorState } from './monitor-state.ts';
import type { Notice } from './notices.ts';
import type { ScriptRun } from './upssched.ts';

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
  | {
      readonly type: 'around-ended';
      readonly place: AroundPlace;
      readonly ticket: string;
      readonly failure: Text | undefined;
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
  /** Nothing worked: whoever can be reached has to know. */
  | { readonly type: 'give-up'; readonly text: Phrase; readonly failure: Text }
  | { readonly type: 'run-script'; readonly run: ScriptRun }
  | { readonly type: 'set-fsd'; readonly upses: readonly string[] }
  | { readonly type: 'clear-fsd'; readonly upses: readonly string[] }
  | { readonly type: 'write-power-down-flag' }
  /** `seconds`: after which it is ended. `ups`: in lower case. */
  | {
      readonly type: 'run-around';
      readonly place: AroundPlace;
      readonly ticket: string;
      readonly seconds: number;
      readonly why: Phrase;
      readonly ups?: string;
    }
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

export const still = (state: MonitorState): MonitorStep => ({ state, effects: [] });

export const say = (text: Phrase, level: 'info' | 'warn' | 'error' = 'info'): MonitorEffect => ({
  type: 'say',
  level,
  text,
});

export const after = (effects: readonly MonitorEffect[], next: MonitorStep): MonitorStep => ({
  state: next.state,
  effects: [...effects, ...next.effects],
});
