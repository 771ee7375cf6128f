/** The built program as its users run it: child processes of dist/headless/cli.mjs, and folders of NUT's files for it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './nut-upsd.ts';
import { type ProgramRun, type RunOptions, runProgram } from './run-program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const LAUNCHER = join(ROOT, 'bin', 'ridethrough.mjs');
export const CLI = join(ROOT, 'dist', 'headless', 'cli.mjs');
/** Of a computer that has a great deal else to do. */
const PATIENCE_MS = 60_000;

/** Builds the program where the build is missing or older than its sources. @throws Error with what the build said */
export async function buildProgram(): Promise<void> {
  const { status, stderr } = await runProgram(process.execPath, [LAUNCHER, '--version'], { timeoutMs: 60_000 });
  if (status !== 0) throw new Error(`the program was not built: ${stderr}`);
}

/** Runs a command of the program to its end. */
export const ridethrough = (args: readonly string[], options?: RunOptions): Promise<ProgramRun> =>
  runProgram(process.execPath, [CLI, ...args], options);

/** Waits until something is so. @throws Error after a while, with what is known then */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, known = () => ''): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: did not happen\n${known()}`);
    await delay(25);
  }
}

/** Whether something on this computer accepts connections on a port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Ids of the processes that a process started and that still run (Linux). */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''); // it may end meanwhile
    const [, state, parent] = /^\d+ \(.*\) (\S) (\d+) /s.exec(stat) ?? [];
    if (Number(parent) === pid && state !== 'Z') children.push(Number(name));
  }
  return children;
}

export interface RunningProgram {
  readonly pid: number;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything written to standard output and standard error so far. */
  stdout(): string;
  stderr(): string;
  /** The line that says it is ready. @throws Error when it ends before */
  ready(): Promise<string>;
  /** Waits for a piece of the log. */
  logged(text: string | RegExp): Promise<void>;
  /** Resolves when it has ended, with its exit status or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** @param command program and its arguments before those of the command; the built program where it is left out */
export function startProgram(
  args: readonly string[],
  { command = [process.execPath, CLI], env = {} }: { command?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): RunningProgram {
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing that a test starts may put this computer down.
    env: { ...process.env, RIDETHROUGH_NO_POWER: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  let status: number | NodeJS.Signals | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'exit').then(([code, signal]: (number | NodeJS.Signals)[]) => {
    status = code ?? signal ?? 0;
    return status;
  });
  const known = (): string => `${stdout}\n${stderr}`;
  return {
    pid: child.pid ?? 0,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async ready() {
      await until('ready', () => stdout.includes('\n') || status !== undefined, known);
      if (!stdout.includes('\n')) throw new Error(`it ended with ${String(status)}: ${known()}`);
      return stdout.slice(0, stdout.indexOf('\n'));
    },
    logged: (text) =>
      until(
        `log line ${String(text)}`,
        () => (typeof text === 'string' ? stderr.includes(text) : text.test(stderr)),
        known,
      ),
    ended,
    async end(signal = 'SIGTERM') {
      if (status === undefined) child.kill(signal);
      return ended;
    },
  };
}

export interface NutFolder {
  /** Folder of NUT's files. */
  readonly conf: string;
  readonly data: string;
  readonly port: number;
  /** `127.0.0.1:PORT` of the NUT server. */
  readonly address: string;
  write(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** A folder of NUT's files with a free port in upsd.conf, and an empty data folder beside it. */
export async function createNutFolder(files: Readonly<Record<string, string>>): Promise<NutFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-'));
  const conf = join(folder, 'conf');
  await mkdir(conf);
  const port = await freePort();
  /** In one step: a driver that reads its file again every second must not find half of it. */
  const write = async (name: string, text: string): Promise<void> => {
    const file = join(conf, name);
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  for (const [name, text] of Object.entries({ 'upsd.conf': `LISTEN 127.0.0.1 ${port}\n`, ...files })) {
    await write(name, text.replaceAll('CONF_DIR', conf));
  }
  return {
    conf,
    data: join(folder, 'data'),
    port,
    address: `127.0.0.1:${port}`,
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The same for a computer that is guarded: its UPS is what `ups.dev` says, and `down` is written instead of going down. */
export async function createGuardedFolder(): Promise<NutFolder & { readonly down: string }> {
  const folder = await createNutFolder({
    'ups.conf': '[ups]\n driver = dummy-ups\n port = CONF_DIR/ups.dev\n pollinterval = 1\n',
    'ups.dev': 'ups.status: OL\nbattery.charge: 100\n',
    'upsd.users': '[here]\n password = geheim\n upsmon primary\n',
  });
  const down = join(folder.conf, 'down');
  await folder.write(
    'upsmon.conf',
    `MONITOR ups@${folder.address} 1 here geheim primary\nFINALDELAY 1\nSHUTDOWNCMD "echo down >> ${down}"\n`,
  );
  return { ...folder, down };
}
