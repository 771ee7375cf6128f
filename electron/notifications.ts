/** Shows what the engine tells, one notification per UPS, the newest, with what can be done about it. */
import { Notification } from 'electron';
import { AlertError } from '#domain/errors.ts';
import { message, phrase, type Locale } from '#domain/messages/message.ts';
import type { Clock, DesktopNote, DesktopNotifier, Log } from '#engine/ports.ts';
import type { NotificationAction } from './notification-actions.ts';
import { createLinuxNotes, type NoteOutcome } from './linux-notes.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { storyNotice } from './story-notice.ts';

export interface NotificationParts {
  readonly icon: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly log: Log;
  readonly locale: () => Locale;
  /** Which story of a shutdown was told already; kept over restarts. */
  readonly storyTold: { get(): number; set(startedAt: number): void };
  /** The person chose a notification. */
  readonly open: () => void;
  /** What can be done about it now. */
  readonly actionsOf: (note: DesktopNote) => Promise<readonly NotificationAction[]>;
  readonly act: (note: DesktopNote, action: NotificationAction['name']) => void;
}

export interface Notifications extends DesktopNotifier {
  /** Takes the present state of the monitor and tells what is new. */
  follow(monitor: MonitorView): void;
  /** Tells something that is not the state of a UPS. */
  tell(title: string, body: string): void;
  close(): void;
}

const OPEN = 'default';
const PROGRAM = ' program';
const STORY = ' story';

export function createNotifications(parts: NotificationParts): Notifications {
  const { icon, platform, clock, log, locale, open, actionsOf, act, storyTold } = parts;
  /** Held, because a notification that is collected loses its listeners. */
  const onScreen = new Map<string, Notification>();
  const onLinux = platform === 'linux' ? createLinuxNotes({ clock, log, onLate: (key) => takeAway(key) }) : undefined;

  const takeAway = (key: string): void => {
    onScreen.get(key)?.close();
    onScreen.delete(key);
  };

  const choose = (note: DesktopNote, actions: readonly NotificationAction[], name: string | undefined): void => {
    if (name === OPEN) open();
    const action = actions.find((one) => one.name === name);
    if (action) act(note, action.name);
  };

  const showOnLinux = async (note: DesktopNote, actions: readonly NotificationAction[]): Promise<NoteOutcome> => {
    const click = { name: OPEN, text: message('notice.open', {}, locale()) };
    const linuxNote = { ...note, icon, appName: message('shell.name', {}), actions: [click, ...actions] };
    return onLinux?.show(note.key, linuxNote, (name) => choose(note, actions, name)) ?? 'refused';
  };

  const show = async (note: DesktopNote): Promise<void> => {
    const actions = await actionsOf(note);
    const outcome = await showOnLinux(note, actions);
    if (outcome === 'shown') takeAway(note.key);
    if (outcome !== 'refused') return;
    if (!Notification.isSupported()) {
      throw new AlertError('alert/no-desktop', { reason: phrase('reason.system-cannot', {}) });
    }
    const { key, title, body, isUrgent } = note;
    takeAway(key);
    const shown = new Notification({
      title,
      body,
      icon,
      urgency: isUrgent ? 'critical' : 'normal',
      timeoutType: isUrgent ? 'never' : 'default',
      actions: actions.map(({ text }) => ({ type: 'button', text })),
    });
    shown.on('click', open);
    shown.on('action', ({ actionIndex }) => choose(note, actions, actions[actionIndex]?.name));
    onScreen.set(key, shown);
    shown.show();
  };

  const tell = ({ key, title, body, isUrgent }: Pick<DesktopNote, 'key' | 'title' | 'body' | 'isUrgent'>): void => {
    show({ key, title, body, isUrgent, isOutage: false }).catch((error: unknown) =>
      log.warn(`A notification could not be shown: ${error instanceof Error ? error.message : String(error)}`),
    );
  };

  return {
    show,
    tell: (title, body) => tell({ key: PROGRAM, title, body, isUrgent: false }),
    follow(monitor) {
      const story = storyNotice(monitor, storyTold.get(), locale());
      if (!story) return;
      storyTold.set(story.startedAt);
      tell({ ...story, key: STORY, isUrgent: false });
    },
    close() {
      for (const notification of onScreen.values()) notification.close();
      onScreen.clear();
      onLinux?.close();
    },
  };
}
