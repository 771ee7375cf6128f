/** Notifications of the desktop program with a real notification daemon, on a session bus and a screen of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { until } from '#tests/support/served-program.ts';
import { notifySend, type LinuxNote } from '../../electron/notify-send.ts';

const programs = await ensurePrograms([
  { program: 'dunst', package: 'dunst' },
  { program: 'dunstctl', package: 'dunst' },
  { program: 'dbus-send', package: 'dbus' },
  { program: 'dbus-daemon', package: 'dbus-daemon' },
  { program: 'notify-send', package: 'libnotify-bin' },
  { program: 'stdbuf', package: 'coreutils' },
  { program: 'Xvfb', package: 'xvfb' },
]);
const why = programs.ok ? '' : ` (${programs.reason})`;

let folder: string;
let env: NodeJS.ProcessEnv;
const processes: ChildProcess[] = [];

/** Starts a program and waits for the first line it writes to a file descriptor. */
async function startTelling(program: string, args: readonly string[], descriptor: 1 | 3): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  processes.push(child);
  let told = '';
  child.stdio[descriptor]?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await until(`${program} is there`, () => told.includes('\n'));
  return told.trim();
}

beforeAll(async () => {
  if (!programs.ok) return;
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-desktop-'));
  env = { ...process.env, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder, HOME: folder };
  const display = await startTelling('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], 3);
  env.DISPLAY = `:${display}`;
  env.DBUS_SESSION_BUS_ADDRESS = await startTelling('dbus-daemon', ['--session', '--nofork', '--print-address'], 1);
  const file = join(folder, 'dunstrc');
  await writeFile(file, '[global]\n    font = Monospace 8\n    markup = full\n');
  processes.push(spawn('dunst', ['-config', file], { env, stdio: 'ignore' }));
  await until('the daemon answers', async () => (await dunst('is-paused')).status === 0);
});
afterAll(async () => {
  for (const child of processes.reverse()) child.kill('SIGKILL');
  if (programs.ok) await rm(folder, { recursive: true, force: true });
});

const dunst = (...words: string[]) => runProgram('dunstctl', words, { env });
const displayed = async (): Promise<number> => Number((await dunst('count', 'displayed')).stdout);

/** What the daemon showed last, once it is closed. */
async function lastClosed(): Promise<Record<string, { readonly data: unknown }> | undefined> {
  const { stdout } = await dunst('history');
  const { data } = JSON.parse(stdout) as { data: Record<string, { readonly data: unknown }>[][] };
  return data[0]?.[0];
}

const NOTE: LinuxNote = {
  title: "-ups: The power is out. It's dark",
  body: 'On battery. About 14 min left.\n15:04: This computer: shuts down',
  isUrgent: true,
  icon: '',
  appName: 'Ridethrough',
  actions: [
    { name: 'default', text: 'Open' },
    { name: 'cancel', text: 'Cancel the shutdown' },
  ],
};

describe.skipIf(!programs.ok)(`a notification on a Linux desktop${why}`, () => {
  beforeEach(async () => {
    await dunst('close-all');
    await until('an empty screen', async () => (await displayed()) === 0);
  });

  test('is shown with its words, and taken away', async () => {
    const body = 'a <b>bold</b> & "quoted" \\ claim\nof two lines';
    const note = await notifySend({ ...NOTE, body }, undefined, env);
    await until('it is on the screen', async () => (await displayed()) === 1);
    note.close();
    expect(await note.chosen).toBeUndefined();
    await until('it is gone', async () => (await displayed()) === 0);
    expect(await lastClosed()).toMatchObject({
      appname: { data: 'Ridethrough' },
      summary: { data: NOTE.title },
      body: { data: 'a &lt;b&gt;bold&lt;/b&gt; &amp; "quoted" \\ claim\nof two lines' },
    });
  });

  test('says which of its actions was chosen', async () => {
    const note = await notifySend(NOTE, undefined, env);
    await dunst('action', '0');
    expect(await note.chosen).toBe('default');
    // With one action only, that is what a click does there: a button in all but its shape.
    const [, cancel] = NOTE.actions;
    const other = await notifySend({ ...NOTE, actions: cancel ? [cancel] : [] }, undefined, env);
    await dunst('action', '0');
    expect(await other.chosen).toBe('cancel');
  });

  test('takes the place of the one before', async () => {
    const first = await notifySend(NOTE, undefined, env);
    const second = await notifySend({ ...NOTE, title: 'ups: The power is back.' }, first.id, env);
    expect(second.id).toBe(first.id);
    first.leave();
    await first.chosen;
    expect(await displayed()).toBe(1);
    await dunst('close-all');
    await second.chosen;
    expect(await lastClosed()).toMatchObject({ summary: { data: 'ups: The power is back.' } });
  });

  test('without a desktop is refused, so that another way can be taken', async () => {
    const nowhere = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    await expect(notifySend(NOTE, undefined, nowhere)).rejects.toThrow(/connect|desktop/i);
    await expect(notifySend(NOTE, undefined, { ...env, PATH: '/nowhere' })).rejects.toThrow(/ENOENT/);
  });
});
