/** Shows what notification-rules.ts decides: one notification per UPS on the screen, the newest. */
import { Notification } from 'electron';
import type { Locale } from '#domain/messages/message.ts';
import type { WatchedUps } from './ups-watch.ts';
import { NOTHING_TOLD, stepNotices, type Notice, type NoticeMemory } from './notification-rules.ts';

export interface NotificationParts {
  readonly icon: string;
  readonly locale: () => Locale;
  /** The person chose a notification. */
  readonly open: () => void;
}

export interface Notifications {
  /** Takes the present state of every UPS and tells what is new. */
  follow(upses: readonly WatchedUps[]): void;
  /** Tells something that is not the state of a UPS. */
  tell(title: string, body: string): void;
  close(): void;
}

export function createNotifications({ icon, locale, open }: NotificationParts): Notifications {
  const memories = new Map<string, NoticeMemory>();
  /** Held, because a notification that is collected loses its listeners. */
  const onScreen = new Map<string, Notification>();

  const show = (key: string, { title, body, isUrgent }: Pick<Notice, 'title' | 'body' | 'isUrgent'>): void => {
    onScreen.get(key)?.close();
    if (!Notification.isSupported()) return;
    const shown = new Notification({
      title,
      body,
      icon,
      urgency: isUrgent ? 'critical' : 'normal',
      timeoutType: isUrgent ? 'never' : 'default',
    });
    shown.on('click', open);
    onScreen.set(key, shown);
    shown.show();
  };

  return {
    follow(upses) {
      for (const { snapshot } of upses) {
        const memory = memories.get(snapshot.name) ?? NOTHING_TOLD;
        const step = stepNotices(memory, snapshot, upses.length > 1, locale());
        memories.set(snapshot.name, step.memory);
        if (step.notice) show(`ups ${step.notice.ups}`, step.notice);
      }
      for (const name of memories.keys()) {
        if (!upses.some(({ snapshot }) => snapshot.name === name)) memories.delete(name);
      }
    },
    tell: (title, body) => show('program', { title, body, isUrgent: false }),
    close() {
      for (const notification of onScreen.values()) notification.close();
      onScreen.clear();
    },
  };
}
