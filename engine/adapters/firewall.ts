/** The firewall of this computer, asked in the ways that need no more rights than there are and change nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  firewalldHint,
  iptablesHint,
  macHint,
  nftHint,
  SOCKET_FILTER,
  ufwHint,
  windowsHint,
  windowsQuestion,
  type FirewallHint,
  type Opening,
} from '#engine/setup/firewall.ts';
import type { ReadFs } from './node-hid-fs.ts';

export interface FirewallParts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly fs: ReadFs;
  readonly isRoot?: boolean;
}

const run = promisify(execFile);
const LIMITS = { timeout: 5_000, maxBuffer: 16 * 1024 * 1024, windowsHide: true };

/** @returns undefined where none is on that would keep somebody out, and where nobody can tell */
export async function findFirewall(parts: FirewallParts, opening: Opening): Promise<FirewallHint | undefined> {
  const { platform, env } = parts;
  const ask = async (program: string, ...args: readonly string[]): Promise<string> => {
    try {
      return (await run(program, args, { ...LIMITS, env })).stdout;
    } catch {
      return ''; // it is not here, or tells those only who may change it
    }
  };
  switch (platform) {
    case 'linux':
      return findOnLinux(parts, opening, ask);
    case 'win32': {
      const question = ['-NoProfile', '-NonInteractive', '-Command', windowsQuestion(opening)];
      return windowsHint(await ask('powershell.exe', ...question), opening);
    }
    case 'darwin':
      return macHint(await ask(SOCKET_FILTER, '--getglobalstate'), process.execPath, opening);
    default:
      return undefined;
  }
}

type Ask = (program: string, ...args: readonly string[]) => Promise<string>;

/** Those first that set the rules of the others. */
async function findOnLinux(
  { fs, isRoot = process.getuid?.() === 0 }: FirewallParts,
  opening: Opening,
  ask: Ask,
): Promise<FirewallHint | undefined> {
  const files = ['/etc/ufw/ufw.conf', '/etc/default/ufw', '/etc/ufw/user.rules', '/etc/ufw/user6.rules'];
  const [conf = '', defaults = '', rules = '', rules6 = ''] = await Promise.all(files.map((file) => fs.readText(file)));
  const ufw = ufwHint({ conf, defaults, rules: `${rules}\n${rules6}` }, opening);
  if (ufw) return ufw;
  const state = await ask('firewall-cmd', '--state');
  // Others than root would be asked for a password.
  const firewalld = firewalldHint(
    state,
    state !== '' && isRoot ? await ask('firewall-cmd', '--list-all') : '',
    opening,
  );
  if (firewalld || !isRoot) return firewalld;
  const listing = await ask('nft', '-j', 'list', 'ruleset');
  if (listing !== '') return nftHint(listing, opening);
  const [four, six] = await Promise.all([ask('iptables', '-S', 'INPUT'), ask('ip6tables', '-S', 'INPUT')]);
  return iptablesHint({ 4: four, 6: six }, opening);
}
