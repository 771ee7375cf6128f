/** What the shutdown monitor will do next, as lines of a message. */
import { message, textIn, type Locale } from '#domain/messages/message.ts';
import { roughTime } from '#domain/power-sentence.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { shutdownSentence } from '#domain/shutdown-sentence.ts';

/** Empty where it watches nothing or has nothing before it. */
export function planWords(view: MonitorView, now: number, locale: Locale): readonly string[] {
  const { phase, plan, reason } = view;
  if (phase === 'off') return [];
  if (phase === 'watching') return [comingText(view, now, locale)].filter((text) => text !== undefined);
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const { from } = plan;
  // That the mains failed is what the message is about.
  const coming = plan.steps.filter(({ what }) => what.phrase !== 'rehearsal.fail');
  const steps = coming.map(({ afterSeconds, who, what }) => {
    const words = { who: textIn(who, locale) ?? '', what: textIn(what, locale) ?? '' };
    return from === undefined || afterSeconds === undefined
      ? message('alert.plan-when-low', words, locale)
      : message('alert.plan-at', { ...words, time: time.format(from + afterSeconds * 1000) }, locale);
  });
  return [textIn(reason, locale) ?? '', ...(steps.length === 0 ? [] : [message('alert.plan', {}, locale), ...steps])];
}

/**
 * When this computer goes down if the power stays away, for the notification that it went. At that moment the monitor may
 * not have looked yet: what it would do stands in its plan.
 */
export function comingText(monitor: MonitorView | undefined, now: number, locale: Locale): string | undefined {
  if (!monitor || monitor.plan.action === 'nothing') return undefined;
  const after = monitor.plan.from === undefined ? monitor.plan.beginsAfterSeconds : undefined;
  const isWatching = monitor.phase === 'watching' && after !== undefined;
  const counting: MonitorView = isWatching
    ? { ...monitor, phase: 'counting-down', endsAt: now + after * 1000 }
    : monitor;
  if (counting.phase !== 'counting-down') return undefined;
  const coming = shutdownSentence(counting, now, locale, (seconds) => roughTime(seconds, locale)) ?? '';
  return message('notice.coming', { coming }, locale);
}
