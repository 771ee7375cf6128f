/** Which commands of a system carry an action out. Pure tables; engine/adapters/system-power.ts runs them. */
import type { ActionKind } from '#engine/monitor/policy.ts';

export type SystemAction = Exclude<ActionKind, 'command' | 'nothing'>;
export type Command = readonly [program: string, ...args: string[]];

const LOGIND = ['org.freedesktop.login1', '/org/freedesktop/login1', 'org.freedesktop.login1.Manager'] as const;
export const logind = (method: string, ...args: string[]): Command => [
  'busctl',
  '--system',
  'call',
  ...LOGIND,
  method,
  ...args,
];

/** Methods of logind's manager; there is a `Can…` for each. Source: org.freedesktop.login1(5). */
export const LOGIND_METHODS: Readonly<Record<SystemAction, string>> = {
  shutdown: 'PowerOff',
  restart: 'Reboot',
  hibernate: 'Hibernate',
  sleep: 'Suspend',
  'hybrid-sleep': 'HybridSleep',
};

const SYSTEMCTL_VERBS: Readonly<Record<SystemAction, string>> = {
  shutdown: 'poweroff',
  restart: 'reboot',
  hibernate: 'hibernate',
  sleep: 'suspend',
  'hybrid-sleep': 'hybrid-sleep',
};

/** Nobody is asked: whoever could answer may be long gone. */
const NOT_INTERACTIVE = ['b', 'false'];

function onLinux(action: SystemAction): readonly Command[] {
  const ways: Command[] = [
    logind(LOGIND_METHODS[action], ...NOT_INTERACTIVE),
    // Over the locks of programs: nobody has to burn a disc to its end while the battery empties.
    ['systemctl', '--no-ask-password', '-i', SYSTEMCTL_VERBS[action]],
  ];
  // For systems without systemd.
  if (action === 'shutdown') ways.push(['/sbin/shutdown', '-h', '+0']);
  if (action === 'restart') ways.push(['/sbin/shutdown', '-r', '+0']);
  return ways;
}

/** `/f`: programs that ask whether to save would hold the computer up until the battery is empty. */
const ON_WINDOWS: Readonly<Record<SystemAction, readonly Command[]>> = {
  shutdown: [['shutdown.exe', '/s', '/f', '/t', '0']],
  restart: [['shutdown.exe', '/r', '/f', '/t', '0']],
  hibernate: [['shutdown.exe', '/h', '/f']],
  sleep: [suspend('Suspend')],
  // Windows sleeps so by itself where hybrid sleep is switched on.
  'hybrid-sleep': [suspend('Suspend')],
};

function suspend(state: 'Suspend' | 'Hibernate'): Command {
  const script = `Add-Type -AssemblyName System.Windows.Forms; if (-not [System.Windows.Forms.Application]::SetSuspendState('${state}', $true, $false)) { exit 1 }`;
  return ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script];
}

const tell = (verb: string): Command => ['osascript', '-e', `tell application "System Events" to ${verb}`];

function onMac(action: SystemAction, isRoot: boolean): readonly Command[] {
  // As root there may be nobody whose System Events could be told; as anybody else shutdown(8) is not allowed.
  const inOrder = (asRoot: Command, asUser: Command): readonly Command[] =>
    isRoot ? [asRoot, asUser] : [asUser, asRoot];
  switch (action) {
    case 'shutdown':
      return inOrder(['/sbin/shutdown', '-h', 'now'], tell('shut down'));
    case 'restart':
      return inOrder(['/sbin/shutdown', '-r', 'now'], tell('restart'));
    case 'sleep':
    case 'hybrid-sleep':
    case 'hibernate':
      // What is kept on disk meanwhile is for `hibernatemode` to say (abilities.ts).
      return [['pmset', 'sleepnow']];
  }
}

/** Ways to carry an action out, best first: the next one is for when one fails. */
export function waysTo(action: SystemAction, platform: NodeJS.Platform, isRoot: boolean): readonly Command[] {
  if (platform === 'win32') return ON_WINDOWS[action];
  return platform === 'darwin' ? onMac(action, isRoot) : onLinux(action);
}

/** One line for a shell that tries the ways in turn. */
export const asShellLine = (ways: readonly Command[]): string =>
  ways.map((way) => way.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')).join(' || ');

const POWER_WORDS =
  /\b(?:shutdown|poweroff|halt|reboot|telinit|init|systemctl|loginctl|busctl|pmset|osascript|kexec)\b|sysrq/i;

/** Under test no computer goes down: only commands that have nothing to do with it are run. */
export const isPowerCommand = (line: string): boolean => POWER_WORDS.test(line);
