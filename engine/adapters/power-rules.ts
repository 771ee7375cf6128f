/** What this system does by itself when a battery runs out, asked of its own files and programs. Changes nothing. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningProgram } from '#engine/setup/neighbours.ts';
import {
  hasHidBattery,
  kdeRules,
  macRules,
  upowerRules,
  windowsRules,
  type PowerRule,
} from '#engine/setup/power-rules.ts';
import type { ReadFs } from './node-hid-fs.ts';

export interface PowerRuleSources {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly fs: ReadFs;
  /** What a program prints. @throws Error where it cannot be run, or fails */
  readonly ask?: (program: string, args: readonly string[]) => Promise<string>;
}

const run = promisify(execFile);
const askSystem = async (program: string, args: readonly string[]): Promise<string> =>
  (await run(program, [...args], { timeout: 5_000, windowsHide: true })).stdout;

const HID_BATTERIES = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\HidBatt\Enum`;

/** @param programs what runs here: a rule counts while its program does @throws Error where the system cannot be asked */
export async function readPowerRules(
  { platform, env, fs, ask = askSystem }: PowerRuleSources,
  programs: readonly RunningProgram[],
): Promise<readonly PowerRule[]> {
  const runs = (name: string): boolean => programs.some((program) => program.name === name);
  switch (platform) {
    case 'linux':
      return [
        ...(runs('upowerd') ? upowerRules(await upowerFiles(fs)) : []),
        ...(runs('org_kde_powerdevil') ? kdeRules(await kdeFile(fs, env)) : []),
      ];
    case 'darwin':
      return macRules(await ask('/usr/bin/pmset', ['-g', 'ups']));
    case 'win32': {
      const batteries = await ask('reg.exe', ['query', HID_BATTERIES, '/v', 'Count']).catch(absentKey);
      if (!hasHidBattery(batteries)) return [];
      return windowsRules(await ask('powercfg.exe', ['/qh', 'SCHEME_CURRENT', 'SUB_BATTERY']));
    }
    default:
      return [];
  }
}

/** reg ends with 1 for a key that is not there: no such battery was ever attached. */
function absentKey(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 1) return '';
  throw error;
}

const UPOWER = '/etc/UPower/UPower.conf';

async function upowerFiles(fs: ReadFs): Promise<readonly { readonly path: string; readonly text: string }[]> {
  // Others in the folder are not read: UPower asks for a name that begins with two digits.
  const added = (await fs.list(`${UPOWER}.d`)).filter((name) => /^\d\d-[\w-]*\.conf$/.test(name));
  const paths = [UPOWER, ...added.map((name) => `${UPOWER}.d/${name}`)];
  return Promise.all(paths.map(async (path) => ({ path, text: (await fs.readText(path)) ?? '' })));
}

/** Of whoever runs this program: in the desktop app that is who sits here, in a service nobody. */
async function kdeFile(fs: ReadFs, { HOME = '', XDG_CONFIG_HOME }: NodeJS.ProcessEnv): Promise<string> {
  const folder = XDG_CONFIG_HOME ?? join(HOME, '.config');
  return (await fs.readText(join(folder, 'powerdevilrc'))) ?? '';
}
