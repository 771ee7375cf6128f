import type { ShutdownAction } from '#engine/monitor/policy.ts';
import type { Clock, SleepMoment, SystemPower } from '#engine/ports.ts';
import type { Text } from '#domain/messages/message.ts';

/** A computer that only remembers what it was told. A ticket counts once, as with the real one. */
export interface FakePower extends SystemPower {
  readonly acts: { readonly action: ShutdownAction; readonly ticket: string }[];
  readonly runs: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> }[];
  readonly walls: string[];
  /** Lines before and after the action, each ticket once. */
  readonly lines: {
    readonly line: string;
    readonly env: Readonly<Record<string, string>>;
    readonly seconds: number;
    readonly ticket: string;
  }[];
  readonly trials: {
    readonly line: string;
    readonly env: Readonly<Record<string, string>>;
    readonly seconds: number;
  }[];
  /** What becomes of them; they end well at once unless told otherwise. */
  lineEnds: () => Promise<Text | undefined>;
  /** Why actions fail from now on; undefined: they do not. */
  failure: Text | undefined;
  bootId: string;
  /** Tells who listens that the computer is about to sleep, or woke up. */
  sleep(moment: SleepMoment): Promise<void>;
}

export function createFakePower(clock: Clock): FakePower {
  const sleepers = new Set<(moment: SleepMoment) => Promise<void>>();
  const power: FakePower = {
    acts: [],
    runs: [],
    walls: [],
    lines: [],
    trials: [],
    lineEnds: () => Promise.resolve(undefined),
    failure: undefined,
    bootId: 'first',
    uptime: () => clock.monotonic() + 3_600_000,
    check: () =>
      Promise.resolve(power.failure === undefined ? { ok: true, by: 'fake' } : { ok: false, reason: power.failure }),
    act(action, ticket) {
      if (!power.acts.some((act) => act.ticket === ticket)) power.acts.push({ action, ticket });
      return Promise.resolve(power.failure);
    },
    checkLine: (line) => Promise.resolve({ ok: true, by: line }),
    runLine(line, env, seconds, ticket) {
      if (!power.lines.some((run) => run.ticket === ticket)) power.lines.push({ line, env, seconds, ticket });
      return power.lineEnds();
    },
    tryLine(line, env, seconds) {
      power.trials.push({ line, env, seconds });
      return Promise.resolve({ output: `${line}\n`, seconds: 0 });
    },
    run(command, env) {
      power.runs.push({ command, env });
      return Promise.resolve(undefined);
    },
    onSleep(told) {
      sleepers.add(told);
      return () => sleepers.delete(told);
    },
    async sleep(moment) {
      await Promise.all([...sleepers].map((told) => told(moment)));
    },
    wall(text) {
      power.walls.push(text);
      return Promise.resolve(undefined);
    },
  };
  return power;
}
