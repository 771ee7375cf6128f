/** upssched's job: what follows a notice, at once or after a while. Pure; the timers are part of the machine's state. */
import type { UpsschedConf } from '#engine/settings/nut-conf/nut-conf.ts';
import type { MonitorNow, UpsschedTimer } from './monitor-state.ts';
import type { Notice } from './notices.ts';

/** A run of CMDSCRIPT: its last argument, and what its environment says. */
export interface ScriptRun {
  readonly name: string;
  readonly ups: string;
  readonly type: string;
  readonly message: string;
}

interface Scheduled {
  readonly timers: readonly UpsschedTimer[];
  readonly runs: readonly ScriptRun[];
}

/** Carries out every rule that fits, in the order of the file. */
export function schedule(
  conf: UpsschedConf,
  before: readonly UpsschedTimer[],
  notice: Notice,
  now: MonitorNow,
): Scheduled {
  let timers = before;
  const runs: ScriptRun[] = [];
  const runNow = (name: string): void =>
    void runs.push({ name, ups: notice.ups, type: notice.type, message: notice.message });
  for (const { type, ups, command } of conf.rules) {
    if (type !== notice.type || (ups !== '*' && ups !== notice.ups)) continue;
    switch (command.kind) {
      case 'execute':
        runNow(command.name);
        break;
      case 'cancel-timer': {
        const left = timers.filter(({ name }) => name !== command.name);
        if (left.length === timers.length && command.otherwise !== undefined) runNow(command.otherwise);
        timers = left;
        break;
      }
      case 'start-timer': {
        const running = command.isShared ? timers.find(({ name }) => name === command.name) : undefined;
        const joined = running && {
          ...running,
          upses: [...new Set([...running.upses, notice.ups])],
          types: [...new Set([...running.types, notice.type])],
          messages: [...running.messages, notice.message],
        };
        timers = joined
          ? timers.map((timer) => (timer === running ? joined : timer))
          : [
              ...timers,
              {
                name: command.name,
                dueAt: now.at + command.seconds * 1000,
                upses: [notice.ups],
                types: [notice.type],
                messages: [notice.message],
              },
            ];
        break;
      }
    }
  }
  return { timers, runs };
}

/** Timers that have run out, in the order in which they did. */
export function runOut(timers: readonly UpsschedTimer[], now: MonitorNow): Scheduled {
  const due = timers.filter(({ dueAt }) => now.at >= dueAt).sort((a, b) => a.dueAt - b.dueAt);
  if (due.length === 0) return { timers, runs: [] };
  return {
    timers: timers.filter((timer) => !due.includes(timer)),
    runs: due.map(({ name, upses, types, messages }) => ({
      name,
      ups: upses.join(','),
      type: types.join(','),
      message: messages.join(', '),
    })),
  };
}
