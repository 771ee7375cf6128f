/**
 * Outside programs that some suites need (NUT's own programs, Chromium, qemu). As root on Debian or Ubuntu a missing
 * one is installed; elsewhere the suite is skipped by name and says what to install. With CI=true a missing one fails.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProgramNeed {
  /** Name looked up in PATH (and in sbin and /lib/nut), or an absolute path. */
  readonly program: string;
  /** Debian package that brings it. */
  readonly package: string;
}

export interface ProgramsFound {
  readonly ok: boolean;
  /** What is missing and how it comes; empty where all are there. */
  readonly reason: string;
}

const EXTRA_FOLDERS = ['/usr/sbin', '/sbin', '/lib/nut', '/usr/lib/nut'];

/** Full path of a program, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  const candidates = name.startsWith('/')
    ? [name]
    : [...(process.env.PATH ?? '').split(delimiter), ...EXTRA_FOLDERS].map((folder) => join(folder, name));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.R_OK);
      return candidate;
    } catch {
      continue; // not in this folder
    }
  }
  return undefined;
}

async function missing(needs: readonly ProgramNeed[]): Promise<readonly ProgramNeed[]> {
  const found = await Promise.all(needs.map((need) => findProgram(need.program)));
  return needs.filter((_, index) => found[index] === undefined);
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, maxBuffer: 1 << 26 });
}

/**
 * Makes sure programs are there.
 * @throws Error with CI=true when one is missing and cannot be installed
 */
export async function ensurePrograms(needs: readonly ProgramNeed[]): Promise<ProgramsFound> {
  let lacking = await missing(needs);
  if (lacking.length === 0) return { ok: true, reason: '' };
  const packages = [...new Set(lacking.map((need) => need.package))];
  let reason = `missing: ${lacking.map((need) => need.program).join(', ')} (install: ${packages.join(' ')})`;
  const isRootOnDebian = process.getuid?.() === 0 && (await findProgram('apt-get')) !== undefined;
  if (isRootOnDebian) {
    try {
      await install(packages);
    } catch (error) {
      reason += `; apt-get failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    lacking = await missing(needs);
    if (lacking.length === 0) return { ok: true, reason: '' };
  }
  if (process.env.CI === 'true') throw new Error(`a suite cannot run: ${reason}`);
  return { ok: false, reason };
}
