/** A line for the shell, as a person wrote it into the settings: looked at, and tried. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { phrase } from '#domain/messages/message.ts';
import type { Command } from '#engine/monitor/actions/commands.ts';
import type { Clock, LineTrial, PowerCheck } from '#engine/ports.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { exitText, startProgram, type Run, type RunOptions } from './run-program.ts';

export interface ShellLineOptions {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

const CHECK_TIMEOUT_MS = 5_000;
/** Of what a line writes; the end says most. */
const KEPT_OUTPUT = 4_000;
/** Looks a word up as the shell itself would: built in, a path, or a name in PATH. */
const LOOK_UP = 'command -v -- "$1"';

/** Begins it in the shell of the system. */
export const startLine = (line: string, platform: NodeJS.Platform, options: RunOptions): Run =>
  platform === 'win32'
    ? // It takes the outermost quotes away and leaves those within (`/s`); with more it would look for `\"C:\...`.
      startProgram('cmd.exe', ['/d', '/s', '/c', `"${line}"`], { ...options, isVerbatim: true })
    : startProgram('/bin/sh', ['-c', line], options);

/** Whether the shell could carry it out: its grammar, and the program that it begins with. Runs nothing of it. */
export async function checkLine(line: string, { platform, env, clock }: ShellLineOptions): Promise<PowerCheck> {
  const program = firstProgram(line);
  const fine: PowerCheck = { ok: true, by: program ?? line };
  // From a disk that does not answer nothing can be run either.
  const isThere = (path: string): Promise<boolean> => withinLimit(clock, DISK_LIMIT_MS, isProgram(path), () => false);
  // cmd.exe has no way to check a line, and much is built into it: a path can be looked at.
  if (platform === 'win32') {
    const path = /^\s*(?:"([^"]+)"|(\S+))/.exec(line)?.slice(1).find(Boolean) ?? '';
    // Where a variable stands in it, or no ending, the shell has to work it out.
    const isWhole = /[\\/]/.test(path) && /^[^%]+\.\w+$/.test(path);
    return !isWhole || (await isThere(path))
      ? fine
      : { ok: false, reason: phrase('reason.no-program', { program: path }) };
  }
  const grammar = await answerOf(['/bin/sh', '-n', '-c', line], env, clock);
  if (grammar.exit !== 0) return { ok: false, reason: exitText(grammar.exit, grammar.stderr) };
  if (program === undefined) return fine;
  const found = await answerOf(['/bin/sh', '-c', LOOK_UP, 'sh', program], env, clock);
  if (found.exit !== 0 || (program.includes('/') && !(await isThere(program))))
    return { ok: false, reason: phrase('reason.no-program', { program }) };
  return { ok: true, by: found.stdout.trim() || program };
}

/** Assignments for the program stand before it. Source: POSIX sh, 2.9.1. */
const ASSIGNMENTS = /^\s*(?:\w+=(?:"[^"]*"|'[^']*'|[^\s"';&|<>])*\s+)*/;
const FIRST_WORD = /^(?:"([^"\\$`]+)"|'([^']+)'|([^\s"'\\$`;&|<>(){}#!*?[\]~]+))(?=[\s;&|<>]|$)/;

/** The word in which a program is named; undefined where the shell has to work it out. */
export function firstProgram(line: string): string | undefined {
  const [, double, single, plain] = FIRST_WORD.exec(line.replace(ASSIGNMENTS, '')) ?? [];
  return double ?? single ?? plain;
}

/** @returns false for what is there and cannot be carried out: the shell's own look-up does not tell */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // which is the answer
  }
}

/** Runs it now, with what it writes. @param stopped ends it with all it began */
export async function tryLine(
  line: string,
  more: Readonly<Record<string, string>>,
  timeoutSeconds: number,
  stopped: AbortSignal,
  { platform, env, clock }: ShellLineOptions,
): Promise<LineTrial> {
  let output = '';
  const begun = clock.monotonic();
  if (stopped.aborted) return { failure: phrase('reason.was-ended', {}), output, seconds: 0 };
  const run = startLine(line, platform, {
    env: { ...env, ...more },
    timeoutMs: timeoutSeconds * 1000,
    clock,
    onOutput: (text) => (output = `${output}${text}`.slice(-KEPT_OUTPUT)),
  });
  const end = (): void => run.end();
  stopped.addEventListener('abort', end);
  const ended = await run.exit;
  stopped.removeEventListener('abort', end);
  const seconds = Math.round((clock.monotonic() - begun) / 100) / 10;
  return { output, seconds, ...(ended === 0 ? {} : { failure: exitText(ended, '') }) };
}

/** What a program that only looks wrote; empty when it cannot be run, or does not end. */
export const outputOf = async (command: Command, env: NodeJS.ProcessEnv, clock: Clock): Promise<string> =>
  (await answerOf(command, env, clock)).stdout;

/** What a program that only looks says, and how it ended. */
async function answerOf([program, ...args]: Command, env: NodeJS.ProcessEnv, clock: Clock) {
  const said = { stdout: '', stderr: '' };
  const { exit } = startProgram(program, args, {
    env,
    timeoutMs: CHECK_TIMEOUT_MS,
    clock,
    onOutput: (text, to) => (said[to] += text),
  });
  return { exit: await exit, ...said };
}
