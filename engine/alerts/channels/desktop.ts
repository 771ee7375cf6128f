/** Notifications on the screen of this computer: one per UPS, the newest. */
import { message, type Locale } from '#domain/messages/message.ts';
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
        const advice = adviceOn(last, locale());
        await notifier.show({
          key: ups,
          title,
          body: [text, ...(advice === undefined ? [] : [advice])].filter((part) => part !== '').join('\n'),
          isUrgent: last.severity === 'danger' && last.stage !== 'end',
          isOutage: isOutage(last),
          ...(ups === '' ? {} : { ups }),
        });
      }
    },
  };
}

/** Who sits here can do something about it. */
function adviceOn({ kind, stage }: OutMessage, locale: Locale): string | undefined {
  if (stage !== 'begin' && stage !== 'worse') return undefined;
  if (kind === 'low-battery') return message('notice.low-battery-advice', {}, locale);
  return kind === 'no-contact' ? message('notice.no-contact-advice', {}, locale) : undefined;
}

const isOutage = ({ kind, stage }: OutMessage): boolean =>
  stage !== 'end' && stage !== 'summary' && (kind === 'on-battery' || kind === 'low-battery');
