import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const CLI = 'dist/headless/cli.mjs';
const LATE_POWER_OFF = 'dist/headless/late-power-off.mjs';

/** Who runs the program: root, or somebody without any rights. */
export type User = 'root' | 'nobody';

const IDS: Readonly<Record<User, number>> = { root: 0, nobody: 65534 };

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the program to its end. */
export async function runProgram(args: readonly string[], user: User = 'root'): Promise<Finished> {
  const child = spawnProgram(args, user);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout, stderr };
}

/** Runs what the hook of systemd-shutdown runs. @param word file that says what is to be switched off */
export async function runLatePowerOff(word: string): Promise<Pick<Finished, 'status' | 'stderr'>> {
  const child = spawn(process.execPath, [LATE_POWER_OFF, word], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stderr };
}

/** A running `ridethrough serve`. */
export interface Service {
  readonly nutPort: number;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  /** Asks it to end, as a service manager does. @returns its exit status */
  stop(): Promise<number | null>;
}

/** Starts the program as a service and waits until it takes NUT clients. @throws Error with its log when it ends before */
export async function startService(args: readonly string[], user: User = 'root'): Promise<Service> {
  const child = spawnProgram(['serve', '--no-web', ...args], user);
  const closed = once(child, 'close');
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const nutPort = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const ready = /^ridethrough ready nut=127\.0\.0\.1:(\d+) web=off$/.exec(line);
      if (ready) resolve(Number(ready[1]));
      else reject(new Error(`instead of the ready line: ${line}`));
    });
    child.once('close', () => reject(new Error(`serve ended with ${child.exitCode}:\n${log.join('\n')}`)));
  });
  return {
    nutPort,
    log,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}

function spawnProgram(args: readonly string[], user: User) {
  return spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    uid: IDS[user],
    gid: IDS[user],
    env: { PATH: process.env.PATH, HOME: '/tmp' },
  });
}
