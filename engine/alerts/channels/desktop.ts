/** Notifications on the screen of this computer: one per UPS, the newest. */
import type { Locale } from '#domain/messages/message.ts';
import type { DesktopNotifier } from '#engine/ports.ts';
import type { Channel, OutMessage } from '../outbox.ts';
import { wordsOf } from './http-forms.ts';

export const DESKTOP = 'desktop';

export function createDesktopChannel(notifier: DesktopNotifier, locale: () => Locale): Channel {
  return {
    id: DESKTOP,
    // What happened an hour ago is read in the window.
    isOnce: true,
    async send(messages) {
      for (const [ups, those] of Map.groupBy(messages, (one) => one.ups)) {
        const last = those.at(-1);
        if (!last) continue;
        const { title, text } = wordsOf(those, locale());
        await notifier.show({
          key: ups,
          title,
          body: text,
          isUrgent: last.severity === 'danger' && last.stage !== 'end',
          isOutage: isOutage(last),
          ...(ups === '' ? {} : { ups }),
        });
      }
    },
  };
}

const isOutage = ({ kind, stage }: OutMessage): boolean =>
  stage !== 'end' && stage !== 'summary' && (kind === 'on-battery' || kind === 'low-battery');
