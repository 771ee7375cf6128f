/** Runs a program to its end and says what it wrote. */
import { spawn } from 'node:child_process';

export interface ProgramRun {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status, or the name of the signal that ended it. */
  readonly status: number | NodeJS.Signals | null;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** After this the program is ended. Default 20 s. */
  readonly timeoutMs?: number;
  /** Number of the user to run as, where this process may choose. */
  readonly uid?: number;
}

/** @throws Error when the program cannot be started */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: 'pipe',
      env: options.env ?? process.env,
      timeout: options.timeoutMs ?? 20_000,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ stdout, stderr, status: signal ?? code }));
  });
}
