/** Notifications of the desktop program with a real notification daemon, on a session bus and a screen of their own. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DESKTOP_PROGRAMS,
  startNotificationDesktop,
  type NotificationDesktop,
} from '#tests/support/notification-desktop.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { until } from '#tests/support/served-program.ts';
import { notifySend, type LinuxNote } from '../../electron/notify-send.ts';

const programs = await ensurePrograms(DESKTOP_PROGRAMS);

let desktop: NotificationDesktop;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  if (!programs.ok) return;
  desktop = await startNotificationDesktop({ 'to be cancelled': 'cancel', 'to be muted': 'mute' });
  ({ env } = desktop);
});
afterAll(async () => {
  if (programs.ok) await desktop.end();
});

/** What the daemon showed last, once it is closed. */
async function lastClosed(): Promise<Record<string, { readonly data: unknown }> | undefined> {
  const { stdout } = await desktop.dunst('history');
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
    { name: 'mute', text: 'Mute the beeper' },
  ],
};

describe.skipIf(!programs.ok)(`a notification on a Linux desktop ${programs.reason}`, () => {
  beforeEach(async () => {
    await desktop.dunst('close-all');
    await until('an empty screen', async () => (await desktop.displayed()) === 0);
  });

  test('is shown with its words, and taken away', async () => {
    const body = 'a <b>bold</b> & "quoted" \\ claim\nof two lines';
    const note = await notifySend({ ...NOTE, body }, undefined, env);
    await until('it is on the screen', async () => (await desktop.displayed()) === 1);
    note.close();
    expect(await note.chosen).toBeUndefined();
    await until('it is gone', async () => (await desktop.displayed()) === 0);
    expect(await lastClosed()).toMatchObject({
      appname: { data: 'Ridethrough' },
      summary: { data: NOTE.title },
      body: { data: 'a &lt;b&gt;bold&lt;/b&gt; &amp; "quoted" \\ claim\nof two lines' },
    });
  });

  test('says which of its actions was chosen', async () => {
    const clicked = await notifySend(NOTE, undefined, env);
    await desktop.dunst('action', '0');
    expect(await clicked.chosen).toBe('default');
    for (const [title, action] of [
      ['to be cancelled', 'cancel'],
      ['to be muted', 'mute'],
    ] as const) {
      const note = await notifySend({ ...NOTE, title }, undefined, env);
      await desktop.dunst('action', '0');
      expect(await note.chosen).toBe(action);
    }
  });

  test('takes the place of the one before', async () => {
    const first = await notifySend(NOTE, undefined, env);
    const second = await notifySend({ ...NOTE, title: 'ups: The power is back.' }, first.id, env);
    expect(second.id).toBe(first.id);
    first.leave();
    await first.chosen;
    expect(await desktop.displayed()).toBe(1);
    await desktop.dunst('close-all');
    await second.chosen;
    expect(await lastClosed()).toMatchObject({ summary: { data: 'ups: The power is back.' } });
  });

  test('without a desktop is refused, so that another way can be taken', async () => {
    const nowhere = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    await expect(notifySend(NOTE, undefined, nowhere)).rejects.toThrow(/connect|desktop/i);
    await expect(notifySend(NOTE, undefined, { ...env, PATH: '/nowhere' })).rejects.toThrow(/ENOENT/);
  });
});
