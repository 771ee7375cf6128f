/** This computer, told to go down by its own programs. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import {
  asShellLine,
  askLogind,
  isPowerCommand,
  logindAnswer,
  waysTo,
  type Command,
} from '#engine/monitor/actions/commands.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import type { Clock, Log, PowerCheck, SystemPower } from '#engine/ports.ts';
import { watchLogindSleep } from './logind-sleep.ts';
import { reasonOf } from '#engine/system-reason.ts';

export interface SystemPowerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder for what is known of actions that were begun. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/** A way that hangs must not keep the next one from being tried. */
const SYSTEM_TIMEOUT_SECONDS = 60;
const CHECK_TIMEOUT_MS = 5_000;
const PROGRAM_TIMEOUT_MS = 600_000;
const LOOK_AGAIN_MS = 250;
/** Exit status of the script below when somebody else holds the ticket. */
const TICKET_TAKEN = 113;

/**
 * Takes the ticket and runs a line, atomically as far as the end of this program is concerned: whoever makes the file
 * first runs it, and how it ended is found by whoever comes later. `$1`: the ticket's file, `$2`: the line.
 */
const RUN_ONCE = `set -C; { echo $$ >"$1"; } 2>/dev/null || exit ${TICKET_TAKEN}; set +C
sh -c "$2" >"$1.log" 2>&1 </dev/null; status=$?; echo $status >"$1.ended"; exit $status`;

/** Under test nothing may put this computer down, or cut its power. */
export const isPowerForbidden = (env: NodeJS.ProcessEnv): boolean =>
  env.NODE_ENV === 'test' || env.VITEST !== undefined || env.RIDETHROUGH_NO_POWER !== undefined;

export function createSystemPower(options: SystemPowerOptions): SystemPower {
  const { clock, log, folder, env, platform = process.platform } = options;
  const isRoot = process.getuid?.() === 0;

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

  /** How an attempt that was begun before ended, once it has. */
  const follow = async (mark: string, timeoutSeconds: number): Promise<Text | undefined> => {
    const giveUpAt = clock.monotonic() + timeoutSeconds * 1000;
    for (;;) {
      const ended = (await textOf(`${mark}.ended`)).trim();
      if (ended !== '') return ended === '0' ? undefined : exitText(Number(ended), await textOf(`${mark}.log`));
      const pid = Number((await textOf(mark)).trim());
      if (!isAlive(pid)) {
        // It may have ended between the two looks.
        if ((await textOf(`${mark}.ended`)).trim() !== '') continue;
        return phrase('reason.was-ended', {});
      }
      if (clock.monotonic() > giveUpAt) return phrase('reason.not-ended', { seconds: timeoutSeconds });
      await clock.sleep(LOOK_AGAIN_MS);
    }
  };

  const runOnce = async (line: string, timeoutSeconds: number, ticket: string): Promise<Text | undefined> => {
    const mark = join(folder, ticket);
    if (await prepare(folder, ticket)) {
      if ((await textOf(mark)) !== '') return follow(mark, timeoutSeconds);
      const status = await exitOf('/bin/sh', ['-c', RUN_ONCE, 'sh', mark, line], env, timeoutSeconds * 1000, clock);
      if (status !== TICKET_TAKEN) return status === 0 ? undefined : exitText(status, await textOf(`${mark}.log`));
      if ((await textOf(mark)) !== '') return follow(mark, timeoutSeconds);
    }
    // Without a disk to write to, going down is worth more than not doing it twice.
    const status = await exitOf('/bin/sh', ['-c', line], env, timeoutSeconds * 1000, clock);
    return status === 0 ? undefined : exitText(status, '');
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
        const status = await exitOf('cmd.exe', ['/d', '/s', '/c', action.command], env, action.timeout * 1000, clock);
        return status === 0 ? undefined : exitText(status, '');
      }
      const ways = waysTo(action.kind, platform, isRoot);
      if (ways.length === 0) return phrase('reason.system-cannot', {});
      if (platform !== 'win32') return runOnce(asShellLine(ways), SYSTEM_TIMEOUT_SECONDS, ticket);
      // Asking Windows twice is no harm.
      let failure: Text | undefined;
      for (const [program, ...args] of ways) {
        const status = await exitOf(program, args, env, SYSTEM_TIMEOUT_SECONDS * 1000, clock);
        if (status === 0) return undefined;
        failure = exitText(status, '');
      }
      return failure;
    },
    async run([program, ...args], more, timeoutSeconds) {
      if (program === undefined) return undefined;
      const timeout = timeoutSeconds === undefined ? PROGRAM_TIMEOUT_MS : timeoutSeconds * 1000;
      const status = await exitOf(program, args, { ...env, ...more }, timeout, clock);
      return status === 0 ? undefined : exitText(status, '');
    },
    onSleep: (told) => (platform === 'linux' ? watchLogindSleep({ env, clock, log }, told) : () => undefined),
    async wall(text) {
      const [program, args] = platform === 'win32' ? ['msg.exe', ['*', text]] : ['wall', [text]];
      const status = await exitOf(program, args, env, PROGRAM_TIMEOUT_MS, clock);
      return status === 0 ? undefined : exitText(status, '');
    },
  };
}

/** Makes the folder and clears what earlier shutdowns left. @returns false when the disk does not let us */
async function prepare(folder: string, ticket: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const old = (await readdir(folder)).filter((name) => !name.startsWith(ticket));
    await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
    return true;
  } catch {
    return false; // the caller does without
  }
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => ''); // not there yet

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** How a program ended that did not end well: a number, what kept it from starting, or that it took too long. */
type Exit = number | Phrase;

function exitText(exit: Exit, output: string): Phrase {
  if (typeof exit !== 'number') return exit;
  const status = phrase('reason.exit-status', { status: exit });
  const words = output.trim().split('\n').at(-1)?.trim().slice(0, 200);
  return words ? phrase('reason.last-words', { words, how: status }) : status;
}

/** Runs a program in a group of its own, so that it goes on should this program be ended. */
function exitOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  clock: Clock,
): Promise<Exit> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: 'ignore', detached: true, windowsHide: true });
    const cancel = clock.after(timeoutMs, () => {
      if (child.pid !== undefined) endGroup(child.pid);
      resolve(phrase('reason.not-ended', { seconds: Math.round(timeoutMs / 1000) }));
    });
    child.on('error', (error) => {
      cancel();
      resolve(phrase('reason.not-started', { program, why: reasonOf(error) }));
    });
    child.on('exit', (code, signal) => {
      cancel();
      resolve(code ?? phrase('reason.ended-by', { signal: signal ?? 'signal' }));
    });
    child.unref();
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in the same moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
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
