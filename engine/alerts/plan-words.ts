/** What the shutdown monitor will do next, as lines of a message. */
import { message, textIn, type Locale } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';

/** Empty where it watches nothing or has nothing before it. */
export function planWords({ phase, plan, reason }: MonitorView, locale: Locale): readonly string[] {
  if (phase === 'off' || phase === 'watching') return [];
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const steps = plan.steps.map(({ afterSeconds, who, what }) => {
    const words = { who: textIn(who, locale) ?? '', what: textIn(what, locale) ?? '' };
    return afterSeconds === undefined || plan.from === undefined
      ? message('alert.plan-when-low', words, locale)
      : message('alert.plan-at', { ...words, time: time.format(plan.from + afterSeconds * 1000) }, locale);
  });
  return [textIn(reason, locale) ?? '', ...(steps.length === 0 ? [] : [message('alert.plan', {}, locale), ...steps])];
}
