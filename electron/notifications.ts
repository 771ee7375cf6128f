/** Shows what notification-rules.ts decides: one notification per UPS on the screen, the newest. */
import { Notification } from 'electron';
import type { Locale } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { comingText, stepShutdownNotices } from './shutdown-notices.ts';
import type { WatchedUps } from './ups-watch.ts';
import { NOTHING_TOLD, stepNotices, type Notice, type NoticeMemory } from './notification-rules.ts';

export interface NotificationParts {
  readonly icon: string;
  readonly locale: () => Locale;
  readonly now: () => number;
  /** Which story of a shutdown was told already; kept over restarts. */
  readonly storyTold: { get(): number; set(startedAt: number): void };
  /** The person chose a notification. */
  readonly open: () => void;
}

export interface Notifications {
  /** Takes the present state of every UPS and of the monitor and tells what is new. */
  follow(upses: readonly WatchedUps[], monitor: MonitorView | undefined): void;
  /** Tells something that is not the state of a UPS. */
  tell(title: string, body: string): void;
  close(): void;
}

export function createNotifications({ icon, locale, now, storyTold, open }: NotificationParts): Notifications {
  const memories = new Map<string, NoticeMemory>();
  let isFailureTold = false;
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
    follow(upses, monitor) {
      const coming = comingText(monitor, now(), locale());
      for (const { snapshot } of upses) {
        const memory = memories.get(snapshot.name) ?? NOTHING_TOLD;
        const step = stepNotices(memory, snapshot, upses.length > 1, locale(), coming);
        memories.set(snapshot.name, step.memory);
        if (step.notice) show(`ups ${step.notice.ups}`, step.notice);
      }
      for (const name of memories.keys()) {
        if (!upses.some(({ snapshot }) => snapshot.name === name)) memories.delete(name);
      }
      if (!monitor) return;
      const before = { isFailureTold, storyTold: storyTold.get() };
      const { memory, notice } = stepShutdownNotices(before, monitor, locale());
      ({ isFailureTold } = memory);
      if (memory.storyTold !== before.storyTold) storyTold.set(memory.storyTold);
      if (notice) show('shutdown', notice);
    },
    tell: (title, body) => show('program', { title, body, isUrgent: false }),
    close() {
      for (const notification of onScreen.values()) notification.close();
      onScreen.clear();
    },
  };
}
