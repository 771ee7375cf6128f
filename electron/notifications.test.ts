import { beforeEach, expect, test, vi } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import type { LinuxNotesParts, NoteOutcome } from './linux-notes.ts';
import { createNotifications } from './notifications.ts';
import { silentLog } from './test-support.ts';

/** The notifications with buttons: what becomes of them, and who is told of late ones. */
interface Linux {
  outcome: NoteOutcome;
  onLate: (key: string) => void;
}

const { onScreen, linux } = vi.hoisted(() => {
  const parts: Linux = { outcome: 'shown', onLate: () => undefined };
  /** Titles that Electron shows. */
  return { onScreen: new Set<string>(), linux: parts };
});

vi.mock('electron', () => ({
  Notification: class {
    readonly #title: string;
    static isSupported = (): boolean => true;
    constructor({ title }: { title: string }) {
      this.#title = title;
    }
    on = (): void => undefined;
    show = (): void => void onScreen.add(this.#title);
    close = (): void => void onScreen.delete(this.#title);
  },
}));
vi.mock('./linux-notes.ts', () => ({
  createLinuxNotes: ({ onLate }: LinuxNotesParts) => {
    linux.onLate = onLate;
    return { show: () => Promise.resolve(linux.outcome), close: () => undefined };
  },
}));

const clock = createFakeClock();
const create = () =>
  createNotifications({
    icon: '',
    platform: 'linux',
    clock,
    log: silentLog,
    locale: () => 'en',
    storyTold: { get: () => 0, set: () => undefined },
    open: () => undefined,
    actionsOf: () => Promise.resolve([]),
    act: () => undefined,
  });
const note = (title: string) => ({ key: 'ups', title, body: '', isUrgent: true, isOutage: true });

beforeEach(() => onScreen.clear());

test('where there are no buttons the newest of a UPS is on the screen, without them', async () => {
  const notifications = create();
  linux.outcome = 'refused';
  await notifications.show(note('on battery'));
  await notifications.show(note('battery low'));
  expect([...onScreen]).toEqual(['battery low']);
});

test('one with buttons takes the place of one without, at once or late', async () => {
  const notifications = create();
  linux.outcome = 'refused';
  await notifications.show(note('battery low'));
  linux.outcome = 'shown';
  await notifications.show(note('power is back'));
  expect([...onScreen]).toEqual([]);
  linux.outcome = 'refused';
  await notifications.show(note('on battery'));
  linux.onLate('ups');
  expect([...onScreen]).toEqual([]);
});

test('what is outdated is not shown any more', async () => {
  const notifications = create();
  linux.outcome = 'refused';
  await notifications.show(note('newer'));
  linux.outcome = 'outdated';
  await notifications.show(note('older'));
  expect([...onScreen]).toEqual(['newer']);
});
