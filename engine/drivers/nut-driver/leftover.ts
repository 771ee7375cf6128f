/**
 * A driver outlives us when we are killed, and then holds the device and an old configuration. So each driver we start
 * is written down, and one that a dead run left behind is ended before the next is started.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '#engine/ports.ts';

const run = promisify(execFile);
const FILE = 'owner.json';
const CHECK_MS = 100;
const END_LIMIT_MS = 3_000;

/** Writes down which process serves a UPS for us. @param home the folder of that UPS */
export async function writeOwner(home: string, driverPid: number, program: string): Promise<void> {
  await writeFile(join(home, FILE), JSON.stringify({ driver: driverPid, program, owner: process.pid }), {
    mode: 0o600,
  });
}

/**
 * Ends the driver that a dead run of this program left behind.
 * @throws the signal's reason
 * @returns the process id of another living run that owns it; undefined when the way is free
 */
export async function endLeftover(home: string, clock: Clock, signal: AbortSignal): Promise<number | undefined> {
  const found = await readOwner(home);
  if (!found || !(await runs(found.driver, found.program))) return undefined;
  if (found.owner !== process.pid && isAlive(found.owner)) return found.owner;
  for (const [end, limit] of [
    ['SIGTERM', END_LIMIT_MS],
    ['SIGKILL', CHECK_MS],
  ] as const) {
    if (!isAlive(found.driver)) break;
    try {
      process.kill(found.driver, end);
    } catch {
      break; // gone in this moment, or not ours any more: then the new driver will say what is in its way
    }
    for (let waited = 0; waited < limit && isAlive(found.driver); waited += CHECK_MS)
      await clock.sleep(CHECK_MS, signal);
  }
  return undefined;
}

interface Owner {
  readonly driver: number;
  readonly program: string;
  readonly owner: number;
}

async function readOwner(home: string): Promise<Owner | undefined> {
  try {
    const { driver, program, owner } = JSON.parse(await readFile(join(home, FILE), 'utf8')) as Partial<Owner>;
    if (!Number.isInteger(driver) || !Number.isInteger(owner) || !driver || !owner || driver < 2) return undefined;
    return typeof program === 'string' ? { driver, program, owner } : undefined;
  } catch {
    return undefined; // none was written, or not to its end
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are given again: only a process of this very program is the one that was written down. */
async function runs(pid: number, program: string): Promise<boolean> {
  try {
    if (process.platform === 'win32') return false;
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')[0] === program;
    }
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.trim().startsWith(`${program} `);
  } catch {
    return false; // no such process
  }
}
