/** The state of a UPS as the sentence that stands in the window, the tooltip of the tray and notifications. Pure. */
import { message, type Locale } from './messages/message.ts';
import { numberIn, powerStateOf } from './power-state.ts';
import type { UpsSnapshot } from './schema/snapshot.ts';

type Ups = Pick<UpsSnapshot, 'availability' | 'isForcedShutdown' | 'variables'>;

/** @param onBatteryForMs how long the outage has lasted, where it is known */
export function powerSentence(ups: Ups, onBatteryForMs?: number, locale: Locale = 'en'): string {
  const state = powerStateOf(ups);
  const charge = numberIn(ups, 'battery.charge');
  switch (state) {
    case 'mains':
      if (charge === undefined) return message('power.mains', {}, locale);
      return charge >= 100
        ? message('power.mains-full', {}, locale)
        : message('power.mains-at', { charge: Math.round(charge) }, locale);
    case 'charging':
      return charge === undefined
        ? message('power.charging', {}, locale)
        : message('power.charging-at', { charge: Math.round(charge) }, locale);
    case 'on-battery': {
      const begin =
        onBatteryForMs === undefined
          ? message('power.on-battery', {}, locale)
          : message('power.on-battery-since', { time: roughTime(onBatteryForMs / 1000, locale) }, locale);
      return `${begin} ${whatIsLeft(ups, locale)}`.trim();
    }
    case 'low-battery':
      return `${message('power.low-battery', {}, locale)} ${whatIsLeft(ups, locale)}`.trim();
    case 'fault': {
      const alarm = ups.variables['ups.alarm']?.value.trim().replace(/[.!]+$/, '');
      return alarm ? message('power.fault-told', { alarm }, locale) : message('power.fault', {}, locale);
    }
    default:
      return message(`power.${state}`, {}, locale);
  }
}

/** Remaining time, else charge, else nothing. */
function whatIsLeft(ups: Ups, locale: Locale): string {
  const runtime = numberIn(ups, 'battery.runtime');
  if (runtime !== undefined && runtime >= 0)
    return message('power-more.runtime', { time: roughTime(runtime, locale) }, locale);
  const charge = numberIn(ups, 'battery.charge');
  return charge === undefined ? '' : message('power-more.charge', { charge: Math.round(charge) }, locale);
}

/** A length of time as precisely as a person needs it: `40 s`, `14 min`, `2 h 5 min`. Rounded down: never promise more. */
export function roughTime(seconds: number, locale: Locale = 'en'): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return message('time.seconds', { count: whole }, locale);
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return message('time.minutes', { count: minutes }, locale);
  return message('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 }, locale);
}
