/** What the wizard asks of this computer, and the one thing it changes on it: the udev rule. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SettingsError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { Log } from '#engine/ports.ts';
import type { RuleInstallation, SetupSystem } from '#engine/setup/setup-system.ts';
import {
  commandByHand,
  FOREIGN_STATUS,
  INSTALL_SCRIPT,
  PACKAGED_RULE_FOLDERS,
  RULE_FILE,
  RULE_FOLDER,
  ruleState,
  ruleWay,
} from '#engine/setup/udev-rule.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { findFirewall } from './firewall.ts';
import { lookForNeighbours } from './look-for-neighbours.ts';
import type { ReadFs } from './node-hid-fs.ts';

export interface SetupSystemParts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly fs: ReadFs;
  readonly log: Log;
  /** File with the rule that this program brings. */
  readonly ruleFile: string;
  /** Where the rule goes. */
  readonly ruleFolder?: string;
  readonly isRoot?: boolean;
}

/** Exit statuses of pkexec: the dialog was closed, nobody may. */
const PKEXEC_DISMISSED = 126;
const PKEXEC_REFUSED = 127;

export function createSetupSystem(parts: SetupSystemParts): SetupSystem {
  const { platform, env, fs, log, ruleFile, ruleFolder = RULE_FOLDER } = parts;
  const isRoot = parts.isRoot ?? process.getuid?.() === 0;
  const target = join(ruleFolder, RULE_FILE);

  const ownRule = async (): Promise<string> => {
    try {
      return await readFile(ruleFile, 'utf8');
    } catch (error) {
      throw new SettingsError('settings/cannot-read', { file: ruleFile, reason: reasonOf(error) }, error);
    }
  };

  const state = async (wanted: string) => {
    const packaged = await Promise.all(PACKAGED_RULE_FOLDERS.map((folder) => fs.readText(join(folder, RULE_FILE))));
    return ruleState(
      wanted,
      await fs.readText(target),
      packaged.filter((text) => text !== undefined),
    );
  };

  return {
    neighbours: (low) => lookForNeighbours({ platform, env, fs }, log, low),
    firewall: (opening) => findFirewall({ platform, env, fs, isRoot }, opening),
    rule: async () => (platform === 'linux' ? state(await ownRule()) : undefined),
    async installRule(): Promise<RuleInstallation> {
      const command = commandByHand(ruleFile);
      const told = (outcome: RuleInstallation['outcome'], reason?: Text): RuleInstallation => ({
        outcome,
        command,
        ...(reason === undefined ? {} : { reason }),
      });
      if (platform !== 'linux') return told('failed', phrase('reason.system-cannot', {}));
      const text = await ownRule();
      const before = await state(text);
      if (before === 'installed') return told('already');
      if (before === 'foreign') return told('foreign');
      const way = ruleWay({
        isRoot,
        hasDisplay: [env.WAYLAND_DISPLAY, env.DISPLAY].some(Boolean),
        hasPkexec: await isInPath('pkexec', env),
      });
      if (way === 'by-hand') return told('by-hand');
      const shell = ['/bin/sh', '-c', INSTALL_SCRIPT, 'sh', target] as const;
      const [status, words] = await runWith(text, way === 'pkexec' ? ['pkexec', ...shell] : shell, env);
      log.info(`The udev rule was asked to be put into ${target} (${way}): exit status ${status} ${words}`.trim());
      if (status === 0) return told('installed');
      if (status === FOREIGN_STATUS) return told('foreign');
      if (way === 'pkexec' && status === PKEXEC_DISMISSED) return told('by-hand', phrase('rule.dismissed', {}));
      if (way === 'pkexec' && status === PKEXEC_REFUSED) return told('by-hand', phrase('rule.refused', {}));
      return told('failed', words === '' ? phrase('reason.exit-status', { status }) : words);
    },
  };
}

async function isInPath(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      continue; // not here: the next folder may have it
    }
  }
  return false;
}

/** @returns exit status, and the last line of what it had to say */
function runWith(
  input: string,
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly [number, string]> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
    // It may end before it has read everything; how it ended says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error) => resolve([PKEXEC_REFUSED, error.message]));
    child.once('close', (status) => resolve([status ?? 1, words.trim().split('\n').at(-1) ?? '']));
  });
}
