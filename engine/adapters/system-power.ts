/** This computer, told to go down by its own programs. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { phrase, type Text } from '#domain/messages/message.ts';
import {
  asShellLine,
  askLogind,
  isPowerCommand,
  logindAnswer,
  waysTo,
  type Command,
} from '#engine/monitor/actions/commands.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import type { Clock, Log, PowerCheck, SleepWatch, SystemPower } from '#engine/ports.ts';
import { watchLogindSleep } from './logind-sleep.ts';
import { createRunOnce, ticketFolder } from './run-once.ts';
import { exitText, runProgram } from './run-program.ts';

export interface SystemPowerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder for what is known of actions that were begun. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Tells of sleep where there is no logind to ask. */
  readonly watchSleep?: SleepWatch;
}

/** A way that hangs must not keep the next one from being tried. */
const SYSTEM_TIMEOUT_SECONDS = 60;
const CHECK_TIMEOUT_MS = 5_000;
const PROGRAM_TIMEOUT_MS = 600_000;
/** Under test nothing may put this computer down, or cut its power. */
export const isPowerForbidden = (env: NodeJS.ProcessEnv): boolean =>
  env.NODE_ENV === 'test' || env.VITEST !== undefined || env.RIDETHROUGH_NO_POWER !== undefined;

export function createSystemPower(options: SystemPowerOptions): SystemPower {
  const { clock, log, folder, env, platform = process.platform } = options;
  const isRoot = process.getuid?.() === 0;
  const watchSleep: SleepWatch =
    platform === 'linux'
      ? (told) => watchLogindSleep({ env, clock, log }, told)
      : (options.watchSleep ?? (() => () => undefined));
  const runOnce = createRunOnce({ clock, log, env, tickets: ticketFolder(folder) });

  /** Why an action is not even tried. */
  const refusal = (action: ShutdownAction): Text | undefined => {
    if (!isPowerForbidden(env) || action.kind === 'nothing') return undefined;
    if (action.kind === 'command' && !isPowerCommand(action.command)) return undefined;
    const what = action.kind === 'command' ? action.command : action.kind;
    return phrase('error.monitor/refused-under-test', { action: what });
  };

  const checkSystem = async (action: Exclude<ShutdownAction['kind'], 'command' | 'nothing'>): Promise<PowerCheck> => {
    const ways = waysTo(action, platform, isRoot);
    const [first] = ways;
    if (!first) return { ok: false, reason: phrase('reason.system-cannot', {}) };
    if (platform !== 'linux') return { ok: true, by: first[0] };
    const asked = await outputOf(askLogind(action), env);
    const answer = logindAnswer(asked);
    if (answer === 'yes') return { ok: true, by: 'logind' };
    // Without logind root can do it all the same, where there is a program that does.
    const last = ways.at(-1);
    if (answer === undefined && isRoot && last?.[0].startsWith('/')) return { ok: true, by: last[0] };
    if (answer === undefined) return { ok: false, reason: phrase('reason.logind-silent', {}) };
    return { ok: false, reason: phrase('reason.logind-says', { answer }) };
  };

  return {
    bootId: platform === 'linux' ? bootIdOfLinux() : undefined,
    uptime: () => uptime() * 1000,
    async check(action) {
      const refused = refusal(action);
      if (refused !== undefined) return { ok: false, reason: refused };
      if (action.kind === 'nothing' || action.kind === 'command') return { ok: true, by: action.kind };
      return checkSystem(action.kind);
    },
    async act(action, ticket) {
      const refused = refusal(action);
      if (refused !== undefined) return refused;
      if (action.kind === 'nothing') return undefined;
      if (action.kind === 'command') {
        if (platform !== 'win32') return runOnce(action.command, action.timeout, ticket);
        const status = await runProgram('cmd.exe', ['/d', '/s', '/c', action.command], {
          env,
          timeoutMs: action.timeout * 1000,
          clock,
        });
        return status === 0 ? undefined : exitText(status, '');
      }
      const ways = waysTo(action.kind, platform, isRoot);
      if (ways.length === 0) return phrase('reason.system-cannot', {});
      if (platform !== 'win32') return runOnce(asShellLine(ways), SYSTEM_TIMEOUT_SECONDS, ticket);
      // Asking Windows twice is no harm.
      let failure: Text | undefined;
      for (const [program, ...args] of ways) {
        const status = await runProgram(program, args, { env, timeoutMs: SYSTEM_TIMEOUT_SECONDS * 1000, clock });
        if (status === 0) return undefined;
        failure = exitText(status, '');
      }
      return failure;
    },
    async run([program, ...args], more, timeoutSeconds) {
      if (program === undefined) return undefined;
      const timeout = timeoutSeconds === undefined ? PROGRAM_TIMEOUT_MS : timeoutSeconds * 1000;
      const status = await runProgram(program, args, { env: { ...env, ...more }, timeoutMs: timeout, clock });
      return status === 0 ? undefined : exitText(status, '');
    },
    onSleep: (told) => watchSleep(told),
    async wall(text) {
      const [program, args] = platform === 'win32' ? ['msg.exe', ['*', text]] : ['wall', [text]];
      const status = await runProgram(program, args, { env, timeoutMs: PROGRAM_TIMEOUT_MS, clock });
      return status === 0 ? undefined : exitText(status, '');
    },
  };
}

/** What a program wrote; empty when it cannot be run. */
function outputOf([program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'], timeout: CHECK_TIMEOUT_MS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(output));
  });
}

function bootIdOfLinux(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    return undefined; // no /proc here: uptime has to tell
  }
}
