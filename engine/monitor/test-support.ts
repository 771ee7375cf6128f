/** For the tests of the machine: a policy, and a machine that is told what happens and remembers what it asked for. */
import { asSeconds, asTimestamp } from '#domain/units.ts';
import { NEW_STATE, type MonitorState } from './monitor-state.ts';
import {
  NO_RULES,
  POLICY_DEFAULTS,
  type MonitorPolicy,
  type RemoteSource,
  type ShutdownRules,
  type SupplyPolicy,
} from './policy.ts';
import type { MonitorEffect, MonitorEvent } from './machine-step.ts';
import { step } from './shutdown-machine.ts';

export const supplyOf = (ups: string, change: Partial<SupplyPolicy> = {}): SupplyPolicy => ({
  ups,
  name: ups.split('@')[0] ?? ups,
  source: { kind: 'local' },
  role: 'primary',
  powerValue: 1,
  rules: NO_RULES,
  ...change,
});

const NAS: RemoteSource = {
  kind: 'remote',
  host: 'nas',
  port: 3493,
  user: 'u',
  password: 'p',
  tls: 'off',
  verify: false,
};
/** A supply whose primary is another computer. */
export const secondary = (change: Partial<SupplyPolicy> = {}): SupplyPolicy =>
  supplyOf('ups@nas', { role: 'secondary', source: NAS, ...change });

export const rulesOf = (change: Partial<ShutdownRules>): ShutdownRules => ({ ...NO_RULES, ...change });

export const afterTimer = (seconds: number, change: Partial<ShutdownRules> = {}): ShutdownRules =>
  rulesOf({ mode: 'on-battery', timer: asSeconds(seconds), ...change });

export const policyOf = (change: Partial<MonitorPolicy> = {}): MonitorPolicy => ({
  ...POLICY_DEFAULTS,
  supplies: [supplyOf('ups')],
  action: { kind: 'command', command: 'true', timeout: asSeconds(10) },
  ...change,
});

export interface DrivenMachine {
  readonly state: MonitorState;
  /** Seconds of machine time. */
  readonly seconds: number;
  tell(...events: readonly MonitorEvent[]): readonly MonitorEffect[];
  /** A look that told this status, and a pass. */
  status(
    text: string,
    ups?: string,
    more?: { charge?: number; runtime?: number; isTesting?: boolean },
  ): readonly MonitorEffect[];
  /** A look that failed, and a pass. */
  silence(ups?: string): readonly MonitorEffect[];
  /** Lets time pass, with a pass each second. */
  wait(seconds: number): readonly MonitorEffect[];
  /** Sets the time of day, as NTP does. */
  setWall(wall: number): void;
  /** The program is killed and started anew after a while. */
  restart(seconds?: number): readonly MonitorEffect[];
  /** The computer is started anew. */
  reboot(seconds: number): readonly MonitorEffect[];
}

const START = 1_700_000_000_000;

export function driveMachine(policy: MonitorPolicy, initial: MonitorState = NEW_STATE): DrivenMachine {
  let state = initial;
  let at = 0;
  let wall = START;
  const tell = (...events: readonly MonitorEvent[]): readonly MonitorEffect[] =>
    events.flatMap((event) => {
      const next = step(policy, state, event, { at, wall: asTimestamp(wall) });
      // What is kept is JSON.
      state = JSON.parse(JSON.stringify(next.state)) as MonitorState;
      return next.effects;
    });
  const pass = (ms: number): void => {
    at += ms;
    wall += ms;
  };
  const first = policy.supplies[0]?.ups ?? 'ups';
  return {
    get state() {
      return state;
    },
    get seconds() {
      return at / 1000;
    },
    tell,
    status: (text, ups = first, more = {}) =>
      tell(
        {
          type: 'facts',
          ups,
          facts: { status: text.split(' ').filter((word) => word !== ''), isTesting: false, ...more },
        },
        { type: 'pass' },
      ),
    silence: (ups = first) => tell({ type: 'lost', ups }, { type: 'pass' }),
    wait(seconds) {
      const effects: MonitorEffect[] = [];
      for (let second = 0; second < seconds; second += 1) {
        pass(1000);
        effects.push(...tell({ type: 'pass' }));
      }
      return effects;
    },
    setWall(next) {
      wall = next;
    },
    restart(seconds = 0) {
      pass(seconds * 1000);
      return tell({ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START });
    },
    reboot(seconds) {
      pass(seconds * 1000);
      return tell({ type: 'started', isSameRun: false, isRecent: true, computerStartedAt: wall - 20_000 });
    },
  };
}

/** The kinds of effects, and of notices, without what is only said. */
export const namesOf = (effects: readonly MonitorEffect[]): readonly string[] =>
  effects.flatMap((effect) =>
    effect.type === 'say' ? [] : [effect.type === 'notify' ? effect.notice.type : effect.type],
  );

export const sentencesOf = (effects: readonly MonitorEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === 'say' ? [effect.text.phrase] : []));
