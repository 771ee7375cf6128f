/** This computer, told to go down by its own programs. */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { phrase, type Text } from '#domain/messages/message.ts';
import {
  ASK_MAC,
  ASK_WINDOWS,
  ASK_WINDOWS_RIGHTS,
  askLogind,
  isOnlyLocked,
  logindAnswer,
  macRefusal,
  windowsRefusal,
} from '#engine/monitor/actions/abilities.ts';
import {
  asShellLine,
  isPowerCommand,
  waysTo,
  type Command,
  type SystemAction,
} from '#engine/monitor/actions/commands.ts';
import { asSeconds } from '#domain/units.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import type { Clock, Log, PowerCheck, SleepWatch, SystemPower } from '#engine/ports.ts';
import { watchLogindSleep } from './logind-sleep.ts';
import { createRunOnce, takeTicket, ticketFolder } from './run-once.ts';
import { exitText, runProgram } from './run-program.ts';
import { checkLine, outputOf, startLine, tryLine } from './shell-line.ts';

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
  // Each folder has room for one at a time, and a command after the action may still run when the next action comes.
  const lineTickets = ticketFolder(`${folder}-around`);
  const runLineOnce = createRunOnce({ clock, log, env, tickets: lineTickets });

  /** Why an action is not even tried. */
  const refusal = (action: ShutdownAction): Text | undefined => {
    if (!isPowerForbidden(env) || action.kind === 'nothing') return undefined;
    if (action.kind === 'command' && !isPowerCommand(action.command)) return undefined;
    const what = action.kind === 'command' ? action.command : action.kind;
    return phrase('error.monitor/refused-under-test', { action: what });
  };

  const checkSystem = async (action: SystemAction): Promise<PowerCheck> => {
    const ways = waysTo(action, platform, isRoot);
    const fine = (way: Command | undefined, by: string | undefined = way?.[0]): PowerCheck => ({
      ok: true,
      by: by ?? '',
      command: way?.join(' ') ?? '',
    });
    const refuse = (reason: Text): PowerCheck => ({ ok: false, reason });
    const ask = (command: Command): Promise<string> => outputOf(command, env, clock);
    if (platform === 'win32') {
      const [abilities, rights] = await Promise.all([ask(ASK_WINDOWS), ask(ASK_WINDOWS_RIGHTS)]);
      const reason = windowsRefusal(action, abilities, rights);
      return reason ? refuse(reason) : fine(ways[0]);
    }
    if (platform === 'darwin') {
      const reason = macRefusal(action, await ask(ASK_MAC));
      return reason ? refuse(reason) : fine(ways[0]);
    }
    const answer = logindAnswer(await ask(askLogind(action)));
    if (answer === 'yes') return fine(ways[0], 'logind');
    if (isOnlyLocked(answer) && isRoot) return fine(ways[1]);
    // Without logind root can do it all the same, where there is a program that does.
    const last = ways.at(-1);
    if (answer === undefined && isRoot && last?.[0].startsWith('/')) return fine(last);
    return refuse(answer === undefined ? phrase('reason.logind-silent', {}) : phrase('reason.logind-says', { answer }));
  };

  const lines = { platform, env, clock };
  const refusedLine = (line: string): Text | undefined =>
    refusal({ kind: 'command', command: line, timeout: asSeconds(1) });
  const checkWanted = async (line: string): Promise<PowerCheck> => {
    const refused = refusedLine(line);
    return refused === undefined ? checkLine(line, lines) : { ok: false, reason: refused };
  };

  /** What Windows cannot be asked twice for: a line of a person's own. */
  const onWindows = async (
    line: string,
    timeoutSeconds: number,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Text | undefined> => {
    const options = { env: { ...env, ...more }, timeoutMs: timeoutSeconds * 1000, clock };
    const status = await startLine(line, platform, options).exit;
    return status === 0 ? undefined : exitText(status, '');
  };

  return {
    bootId: platform === 'linux' ? bootIdOfLinux() : undefined,
    uptime: () => uptime() * 1000,
    async check(action) {
      const refused = refusal(action);
      if (refused !== undefined) return { ok: false, reason: refused };
      if (action.kind === 'nothing') return { ok: true, by: action.kind };
      return action.kind === 'command' ? checkLine(action.command, lines) : checkSystem(action.kind);
    },
    async act(action, ticket) {
      const refused = refusal(action);
      if (refused !== undefined) return refused;
      if (action.kind === 'nothing') return undefined;
      if (action.kind === 'command') {
        if (platform !== 'win32') return runOnce(action.command, action.timeout, ticket);
        return onWindows(action.command, action.timeout);
      }
      const ways = waysTo(action.kind, platform, isRoot);
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
    checkLine: checkWanted,
    async runLine(line, more, timeoutSeconds, ticket) {
      const refused = refusedLine(line);
      if (refused !== undefined) return refused;
      if (platform !== 'win32') return runLineOnce(line, timeoutSeconds, ticket, more);
      // Nobody can say there what became of one that was begun before; it is not begun again.
      const isFirst = await takeTicket(lineTickets, ticket, clock);
      return isFirst ? onWindows(line, timeoutSeconds, more) : phrase('reason.was-ended', {});
    },
    async tryLine(line, more, timeoutSeconds, stopped) {
      const refused = refusedLine(line);
      return refused === undefined
        ? tryLine(line, more, timeoutSeconds, stopped, lines)
        : { failure: refused, output: '', seconds: 0 };
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

function bootIdOfLinux(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    return undefined; // no /proc here: uptime has to tell
  }
}
