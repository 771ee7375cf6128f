/** A desktop that shows notifications: dunst on a session bus and a screen of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramNeed } from './programs.ts';
import { runProgram, type ProgramRun } from './run-program.ts';
import { until } from './served-program.ts';

export const DESKTOP_PROGRAMS: readonly ProgramNeed[] = [
  { program: 'dunst', package: 'dunst' },
  { program: 'dunstctl', package: 'dunst' },
  { program: 'dbus-send', package: 'dbus' },
  { program: 'dbus-daemon', package: 'dbus-daemon' },
  { program: 'notify-send', package: 'libnotify-bin' },
  { program: 'stdbuf', package: 'coreutils' },
  { program: 'Xvfb', package: 'xvfb' },
];

export interface NotificationDesktop {
  /** In which programs find this desktop. */
  readonly env: NodeJS.ProcessEnv;
  dunst(...words: string[]): Promise<ProgramRun>;
  /** How many notifications are on the screen. */
  displayed(): Promise<number>;
  /** It takes nothing for a while, as on a computer that is too busy. */
  hang(): void;
  goOn(): void;
  end(): Promise<void>;
}

/** A session bus that starts nothing by itself: a daemon of the system's would come before ours, without our rules. */
const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** @param chosen by part of a title: the action that `dunstctl action` chooses, as a click on its button does */
export async function startNotificationDesktop(
  chosen: Readonly<Record<string, string>> = {},
): Promise<NotificationDesktop> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-desktop-'));
  const env: NodeJS.ProcessEnv = { ...process.env, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder, HOME: folder };
  const processes: ChildProcess[] = [];
  /** Starts a program and waits for the first line it writes to a file descriptor. */
  const startTelling = async (program: string, args: readonly string[], descriptor: 1 | 3): Promise<string> => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    processes.push(child);
    let told = '';
    child.stdio[descriptor]?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await until(`${program} is there`, () => told.includes('\n'));
    return told.trim();
  };
  const display = await startTelling('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], 3);
  env.DISPLAY = `:${display}`;
  const bus = join(folder, 'bus.conf');
  await writeFile(bus, BUS);
  const daemonWords = [`--config-file=${bus}`, '--nofork', '--print-address'];
  env.DBUS_SESSION_BUS_ADDRESS = await startTelling('dbus-daemon', daemonWords, 1);
  const file = join(folder, 'dunstrc');
  const rules = Object.entries(chosen).map(
    ([title, action], index) => `[rule${index}]\n    summary = "*${title}*"\n    action_name = ${action}\n`,
  );
  await writeFile(file, ['[global]\n    font = Monospace 8\n    markup = full\n', ...rules].join('\n'));
  const daemon = spawn('dunst', ['-config', file], { env, stdio: 'ignore' });
  processes.push(daemon);
  const dunst = (...words: string[]): Promise<ProgramRun> => runProgram('dunstctl', words, { env });
  await until('the daemon answers', async () => (await dunst('is-paused')).status === 0);
  return {
    env,
    dunst,
    displayed: async () => Number((await dunst('count', 'displayed')).stdout),
    hang: () => void daemon.kill('SIGSTOP'),
    goOn: () => void daemon.kill('SIGCONT'),
    async end() {
      for (const child of processes.reverse()) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
