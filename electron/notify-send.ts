/**
 * Notifications of a Linux desktop by libnotify's own program: unlike Electron's they can have buttons there. It stays
 * with its notification, since desktops tell what was chosen only to who showed it. Where it is missing, too old to know
 * buttons, or finds no desktop, the caller has to do without.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface LinuxNote {
  readonly title: string;
  readonly body: string;
  readonly isUrgent: boolean;
  readonly icon: string;
  readonly appName: string;
  /** `default` is a click on the notification itself. */
  readonly actions: readonly { readonly name: string; readonly text: string }[];
}

export interface ShownNote {
  /** The number it has on the desktop. */
  readonly id: number;
  /** The action that was chosen; undefined when it was dismissed or another one took its place. */
  readonly chosen: Promise<string | undefined>;
  /** Takes it from the screen. */
  close(): void;
  /** Another one took its place: nobody waits for its end. */
  leave(): void;
}

export interface DesktopOptions {
  /** Where the desktop is found. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the waiting for a desktop: without one that may be for ever. */
  readonly signal: AbortSignal;
}

/** @param replaces number of an earlier one, whose place it takes @throws Error when it was not taken */
export function notifySend(
  note: LinuxNote,
  replaces: number | undefined,
  { env, signal }: DesktopOptions,
): Promise<ShownNote> {
  const { title, body, isUrgent, icon, appName, actions } = note;
  const args = [
    `--app-name=${appName}`,
    `--icon=${icon}`,
    `--urgency=${isUrgent ? 'critical' : 'normal'}`,
    '--print-id',
    '--wait',
    ...(replaces === undefined ? [] : [`--replace-id=${replaces}`]),
    ...actions.map(({ name, text }) => `--action=${name}=${text}`),
    '--',
    title,
    escaped(body),
  ];
  // Line by line: otherwise the number comes with the end of the program, and that with the end of the notification.
  const child = spawn('stdbuf', ['-oL', 'notify-send', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  let output = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('close', () => {
      const chosen = output.split('\n')[1]?.trim();
      resolve(chosen === '' ? undefined : chosen);
    });
  });
  return new Promise((resolve, reject) => {
    const refuse = (reason: string): void => {
      signal.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      reject(new Error(complaint.trim() || reason));
    };
    child.on('error', ({ message }) => refuse(message));
    child.on('close', () => refuse('notify-send shows nothing'));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const id = /^(\d+)\n/.exec(output)?.[1];
      if (id === undefined) return;
      if (Number(id) === 0) return refuse('there is no desktop');
      signal.removeEventListener('abort', abort);
      const close = (): void => interrupt(child);
      const leave = (): void => void child.kill('SIGKILL');
      resolve({ id: Number(id), chosen: ended, close, leave });
    });
  });
}

const AGAIN_MS = 10;

/**
 * It takes its notification from the screen when it is interrupted, and not when it is killed. It tells its number a
 * moment before it catches the signal; until then it would just end, and leave a notification that answers nobody.
 */
function interrupt(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (catchesInterrupts(child.pid)) child.kill('SIGINT');
  else setTimeout(() => interrupt(child), AGAIN_MS);
}

/** By the mask of caught signals, as proc(5) has it: hexadecimal, the bit of signal 1 lowest. */
function catchesInterrupts(pid: number): boolean {
  try {
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return mask === undefined || (BigInt(`0x${mask}`) & 2n) !== 0n;
  } catch {
    // It has just ended, or this system does not tell.
    return true;
  }
}

/** The body is read as markup, and its backslashes as escapes; what a UPS says is neither. */
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
