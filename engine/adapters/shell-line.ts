/** A line for the shell, as a person wrote it into the settings: looked at, and tried. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { phrase } from '#domain/messages/message.ts';
import type { Command } from '#engine/monitor/actions/commands.ts';
import type { Clock, LineTrial, PowerCheck } from '#engine/ports.ts';
import { exitText, startProgram } from './run-program.ts';

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

/** cmd.exe takes the outermost quotes away and leaves those within (`/s`). */
export const shellOf = (platform: NodeJS.Platform, line: string): readonly [string, string[]] =>
  platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', `"${line}"`]] : ['/bin/sh', ['-c', line]];

/** Whether the shell could carry it out: its grammar, and the program that it begins with. Runs nothing of it. */
export async function checkLine(line: string, { platform, env }: ShellLineOptions): Promise<PowerCheck> {
  const program = firstProgram(line);
  const fine: PowerCheck = { ok: true, by: program ?? line };
  // cmd.exe has no way to check a line, and much is built into it: a path can be looked at.
  if (platform === 'win32') {
    const path = /^\s*(?:"([^"]+)"|(\S+))/.exec(line)?.slice(1).find(Boolean) ?? '';
    // Where a variable stands in it, or no ending, the shell has to work it out.
    const isWhole = /[\\/]/.test(path) && /^[^%]+\.\w+$/.test(path);
    const isThere = !isWhole || (await isProgram(path));
    return isThere ? fine : { ok: false, reason: phrase('reason.no-program', { program: path }) };
  }
  const grammar = await answerOf('/bin/sh', ['-n', '-c', line], env);
  if (!grammar.ok) return { ok: false, reason: exitText(2, grammar.text) };
  if (program === undefined) return fine;
  const found = await answerOf('/bin/sh', ['-c', LOOK_UP, 'sh', program], env);
  if (!found.ok || (program.includes('/') && !(await isProgram(program))))
    return { ok: false, reason: phrase('reason.no-program', { program }) };
  return { ok: true, by: found.text.trim() || program };
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

/** Runs it now, with what it writes. */
export async function tryLine(
  line: string,
  more: Readonly<Record<string, string>>,
  timeoutSeconds: number,
  { platform, env, clock }: ShellLineOptions,
): Promise<LineTrial> {
  let output = '';
  const begun = clock.monotonic();
  const [program, args] = shellOf(platform, line);
  const { exit } = startProgram(program, args, {
    env: { ...env, ...more },
    timeoutMs: timeoutSeconds * 1000,
    clock,
    onOutput: (text) => (output = `${output}${text}`.slice(-KEPT_OUTPUT)),
  });
  const ended = await exit;
  const seconds = Math.round((clock.monotonic() - begun) / 100) / 10;
  return { output, seconds, ...(ended === 0 ? {} : { failure: exitText(ended, '') }) };
}

/** What a program that only looks wrote; empty when it cannot be run. */
export const outputOf = async ([program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<string> =>
  (await answerOf(program, args, env)).text;

/** What a program that only looks says. */
function answerOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: CHECK_TIMEOUT_MS });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (said: string) => (text += said));
    child.on('error', () => resolve({ ok: false, text: '' }));
    child.on('close', (code) => resolve({ ok: code === 0, text }));
  });
}
