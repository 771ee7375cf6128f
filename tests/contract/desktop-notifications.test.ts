/** Notifications of the desktop program with a real notification daemon, on a session bus and a screen of their own. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DESKTOP_PROGRAMS,
  startNotificationDesktop,
  type NotificationDesktop,
} from '#tests/support/notification-desktop.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { until } from '#tests/support/served-program.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createLinuxNotes, DESKTOP_LIMIT_MS, DESKTOP_REST_MS } from '../../electron/linux-notes.ts';
import { notifySend, type DesktopOptions, type LinuxNote } from '../../electron/notify-send.ts';

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

const here = (): DesktopOptions => ({ env, signal: new AbortController().signal });

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
    const note = await notifySend({ ...NOTE, body }, undefined, here());
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

  test('is taken away also when it has only just been shown', async () => {
    for (let round = 0; round < 10; round += 1) {
      const note = await notifySend(NOTE, undefined, here());
      note.close();
      await note.chosen;
      expect(await desktop.displayed()).toBe(0);
    }
  });

  test('says which of its actions was chosen', async () => {
    const clicked = await notifySend(NOTE, undefined, here());
    await desktop.dunst('action', '0');
    expect(await clicked.chosen).toBe('default');
    for (const [title, action] of [
      ['to be cancelled', 'cancel'],
      ['to be muted', 'mute'],
    ] as const) {
      const note = await notifySend({ ...NOTE, title }, undefined, here());
      await desktop.dunst('action', '0');
      expect(await note.chosen).toBe(action);
    }
  });

  test('takes the place of the one before', async () => {
    const first = await notifySend(NOTE, undefined, here());
    const second = await notifySend({ ...NOTE, title: 'ups: The power is back.' }, first.id, here());
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
    await expect(notifySend(NOTE, undefined, { ...here(), env: nowhere })).rejects.toThrow(/connect|desktop/i);
    await expect(notifySend(NOTE, undefined, { ...here(), env: { ...env, PATH: '/nowhere' } })).rejects.toThrow(
      /ENOENT/,
    );
  });

  describe('of a desktop that is too busy', () => {
    const late: string[] = [];
    const chosen: string[] = [];
    const clock = createFakeClock();
    const createNotes = () =>
      createLinuxNotes({ clock, log: createRememberingLog(), env, onLate: (key) => late.push(key) });
    const titled = (title: string): LinuxNote => ({ ...NOTE, title });
    const choose = (action: string): void => void chosen.push(action);
    beforeEach(() => {
      late.length = 0;
      chosen.length = 0;
    });
    afterEach(() => desktop.goOn());

    test('is left to another way, and takes its place with its buttons once it is shown', async () => {
      const notes = createNotes();
      desktop.hang();
      const isShown = notes.show('ups', titled('to be cancelled'), choose);
      await clock.advance(DESKTOP_LIMIT_MS);
      expect(await isShown).toBe('refused');
      expect(late).toEqual([]);
      desktop.goOn();
      await until('it is told', () => late.length > 0);
      expect(late).toEqual(['ups']);
      expect(await desktop.displayed()).toBe(1);
      await desktop.dunst('action', '0');
      await until('it is chosen', () => chosen.length > 0);
      expect(chosen).toEqual(['cancel']);
      // The next one has its buttons at once.
      expect(await notes.show('ups', titled('to be muted'), choose)).toBe('shown');
      await desktop.dunst('action', '0');
      await until('it is chosen', () => chosen.length > 1);
      expect(chosen).toEqual(['cancel', 'mute']);
      notes.close();
    });

    test('does not stand in the place of a newer one', async () => {
      const notes = createNotes();
      expect(await notes.show('ups', titled('the first'), choose)).toBe('shown');
      desktop.hang();
      const isShown = notes.show('ups', titled('the power is out'), choose);
      await clock.advance(DESKTOP_LIMIT_MS);
      expect(await isShown).toBe('refused');
      expect(await notes.show('ups', titled('the power is back'), choose)).toBe('refused');
      desktop.goOn();
      await until('an empty screen', async () => (await desktop.displayed()) === 0);
      await until('it came and went', async () => (await lastClosed())?.summary?.data === 'the power is out');
      expect(await desktop.displayed()).toBe(0);
      expect(late).toEqual([]);
      expect(chosen).toEqual([]);
      notes.close();
    });

    test('shows the newer of two that come together, by either way', async () => {
      const notes = createNotes();
      const outcomes = [notes.show('ups', titled('older'), choose), notes.show('ups', titled('newer'), choose)];
      expect(await Promise.all(outcomes)).toEqual(['outdated', 'refused']);
      await until('an empty screen', async () => (await desktop.displayed()) === 0);
      notes.close();
    });

    test('that refused one is asked again after a while', async () => {
      const there = { ...env };
      const notes = createLinuxNotes({
        clock,
        log: createRememberingLog(),
        env: there,
        onLate: (key) => late.push(key),
      });
      there.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent';
      expect(await notes.show('ups', titled('first'), choose)).toBe('refused');
      Object.assign(there, env);
      await clock.advance(DESKTOP_REST_MS - 1);
      expect(await notes.show('ups', titled('second'), choose)).toBe('refused');
      await clock.advance(1);
      expect(await notes.show('ups', titled('third'), choose)).toBe('shown');
      notes.close();
    });

    test('is waited for no longer when the program ends', async () => {
      const notes = createNotes();
      desktop.hang();
      const isShown = notes.show('ups', titled('never shown'), choose);
      notes.close();
      expect(await isShown).toBe('outdated');
      desktop.goOn();
      expect(await notes.show('ups', titled('after the end'), choose)).toBe('outdated');
    });
  });
});
