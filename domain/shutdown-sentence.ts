/**
 * A shutdown that is on its way, as the sentence that stands in the window, the tray and notifications. Pure; the times
 * of the monitor are moments, so it has to be asked again as they come nearer.
 */
import { message, phrase, textIn, type Locale } from './messages/message.ts';
import type { MonitorView } from './schema/monitor.ts';

/** A length of time as a clock shows it: `5:05`, `1:05:00`. */
export function clockLength(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Beyond the point of no return. */
const BEYOND: ReadonlySet<MonitorView['phase']> = new Set([
  'waiting-for-secondaries',
  'final-delay',
  'preparing',
  'acting',
  'acted',
  'failed',
]);
export const isBeyondReturn = ({ phase }: Pick<MonitorView, 'phase'>): boolean => BEYOND.has(phase);

/** A countdown runs, or what it led to happens. */
export const isShutdownComing = (monitor: MonitorView): boolean =>
  monitor.phase === 'counting-down' || isBeyondReturn(monitor);

/**
 * @param now milliseconds since 1970 by the engine's clock
 * @param left writes the time that is left, seconds; a clock's `4:32` where a moment tells the same without ticking
 * @returns undefined while no shutdown is on its way
 */
export function shutdownSentence(
  monitor: MonitorView,
  now: number,
  locale: Locale = 'en',
  left: (seconds: number) => string = clockLength,
): string | undefined {
  const { action } = monitor.plan;
  const time = left(Math.max(0, Math.round(((monitor.endsAt ?? now) - now) / 1000)));
  switch (monitor.phase) {
    case 'off':
    case 'watching':
    case 'on-battery':
      return undefined;
    case 'counting-down':
    case 'final-delay':
      return message(`coming.${action}`, { time }, locale);
    case 'waiting-for-secondaries':
      return message('going.waiting', { time }, locale);
    case 'preparing':
      return message('going.preparing', { time }, locale);
    case 'acting':
      return monitor.endsAt === undefined || monitor.failure === undefined
        ? message(`going.${action}`, {}, locale)
        : message('going.retry', { time }, locale);
    case 'acted':
      return message(action === 'command' ? 'gone.command' : `going.${action}`, {}, locale);
    case 'failed':
      return message('going.failed', {}, locale);
  }
}

/** What goes down when a person chooses it now, in its order. When does not matter: it begins at once. */
export function whatGoesDown({ plan }: MonitorView, locale: Locale = 'en'): readonly string[] {
  const own = { who: phrase('monitor.this-computer', {}), what: phrase(`monitor.plan.${plan.action}`, {}) };
  const around = ['monitor.plan.before', 'monitor.plan.after', 'monitor.plan.after-wake'];
  const parts = new Set<string>(['monitor.plan.fsd', own.what.phrase, 'monitor.plan.power-off', ...around]);
  const steps = plan.steps.filter(({ what }) => parts.has(what.phrase));
  // Before the time of a low battery is known there is nothing planned.
  return (steps.length > 0 ? steps : [own]).map(({ who, what }) =>
    message('shutdown.confirm.part', { who: textIn(who, locale) ?? '', what: textIn(what, locale) ?? '' }, locale),
  );
}

/** That only a simulation counts down, or that nothing is to be done: no computer goes down then. */
export function harmlessness({ isSimulated, plan }: MonitorView, locale: Locale = 'en'): string | undefined {
  if (plan.action === 'nothing') return message(isSimulated ? 'shutdown.simulated' : 'shutdown.nothing', {}, locale);
  return isSimulated && plan.action === 'command' ? message('shutdown.simulated-command', {}, locale) : undefined;
}
