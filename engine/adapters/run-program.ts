/** Runs a program to its end, or ends it. */
import { spawn } from 'node:child_process';
import { phrase, type Phrase } from '#domain/messages/message.ts';
import type { Clock } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';

/** How a program ended that did not end well: a number, what kept it from starting, or that it took too long. */
export type Exit = number | Phrase;

export function exitText(exit: Exit, output: string): Phrase {
  if (typeof exit !== 'number') return exit;
  const status = phrase('reason.exit-status', { status: exit });
  const words = output.trim().split('\n').at(-1)?.trim().slice(0, 200);
  return words ? phrase('reason.last-words', { words, how: status }) : status;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** After which it is ended with all it began. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called at its first output; what it writes after that is lost. */
  readonly onWord?: () => void;
  /** Called with what it writes to its output and its errors, as it comes. */
  readonly onOutput?: (text: string, to: 'stdout' | 'stderr') => void;
  /** On Windows: the program takes its arguments as they stand, not in the quotes that others read. */
  readonly isVerbatim?: boolean;
}

export interface Run {
  readonly exit: Promise<Exit>;
  /** Ends it with all it began. */
  end(): void;
}

const LAST_OUTPUT_MS = 500;

/** In a group of its own, so that it goes on should this program be ended. */
export function startProgram(
  program: string,
  args: readonly string[],
  { env, timeoutMs, clock, onWord, onOutput, isVerbatim = false }: RunOptions,
): Run {
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', onWord || onOutput ? 'pipe' : 'ignore', onOutput ? 'pipe' : 'ignore'],
    detached: true,
    windowsHide: true,
    windowsVerbatimArguments: isVerbatim,
  });
  const end = (): void => {
    if (child.pid !== undefined) endGroup(child.pid);
  };
  const exit = new Promise<Exit>((resolve) => {
    const cancel = clock.after(timeoutMs, () => {
      end();
      resolve(phrase('reason.not-ended', { seconds: Math.round(timeoutMs / 1000) }));
    });
    child.on('error', (error) => {
      cancel();
      resolve(phrase('reason.not-started', { program, why: reasonOf(error) }));
    });
    // A word it still said is heard before its end.
    child.on(onWord || onOutput ? 'close' : 'exit', (code: number | null, signal: NodeJS.Signals | null) => {
      cancel();
      resolve(code ?? phrase('reason.ended-by', { signal: signal ?? 'signal' }));
    });
  });
  if (onWord) {
    child.stdout?.once('data', () => {
      onWord();
      child.stdout?.destroy();
    });
  }
  if (onOutput) {
    for (const to of ['stdout', 'stderr'] as const)
      child[to]?.setEncoding('utf8').on('data', (text: string) => onOutput(text, to));
    // What it left running in the background may hold its output for ever.
    child.on('exit', () => {
      clock.after(LAST_OUTPUT_MS, () => {
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      });
    });
  }
  child.unref();
  return { exit, end };
}

export const runProgram = (program: string, args: readonly string[], options: RunOptions): Promise<Exit> =>
  startProgram(program, args, options).exit;

/** Ends a program with all it began. */
export function endGroup(pid: number, platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32') {
    endProcess(-pid);
    return;
  }
  // There a process can be ended alone, and what it began is found by its parent.
  const asked = spawn('taskkill.exe', ['/t', '/f', '/pid', String(pid)], { stdio: 'ignore', windowsHide: true });
  asked.on('error', () => endProcess(pid));
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in the same moment, or it is another user's, by sudo for instance, whom nobody here can end.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
