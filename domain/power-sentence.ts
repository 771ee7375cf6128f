/** The state of a UPS as the sentence that stands in the window, the tooltip of the tray and notifications. Pure. */
import { message } from './messages/message.ts';
import { numberIn, powerStateOf } from './power-state.ts';
import type { UpsSnapshot } from './schema/snapshot.ts';

type Ups = Pick<UpsSnapshot, 'availability' | 'isForcedShutdown' | 'variables'>;

/** @param onBatteryForMs how long the outage has lasted, where it is known */
export function powerSentence(ups: Ups, onBatteryForMs?: number): string {
  const state = powerStateOf(ups);
  const charge = numberIn(ups, 'battery.charge');
  switch (state) {
    case 'mains':
      if (charge === undefined) return message('power.mains', {});
      return charge >= 100
        ? message('power.mains-full', {})
        : message('power.mains-at', { charge: Math.round(charge) });
    case 'charging':
      return charge === undefined
        ? message('power.charging', {})
        : message('power.charging-at', { charge: Math.round(charge) });
    case 'on-battery': {
      const begin =
        onBatteryForMs === undefined
          ? message('power.on-battery', {})
          : message('power.on-battery-since', { time: roughTime(onBatteryForMs / 1000) });
      return `${begin} ${whatIsLeft(ups)}`.trim();
    }
    case 'low-battery':
      return `${message('power.low-battery', {})} ${whatIsLeft(ups)}`.trim();
    case 'fault': {
      const alarm = ups.variables['ups.alarm']?.value.trim().replace(/[.!]+$/, '');
      return alarm ? message('power.fault-told', { alarm }) : message('power.fault', {});
    }
    default:
      return message(`power.${state}`, {});
  }
}

/** Remaining time, else charge, else nothing. */
function whatIsLeft(ups: Ups): string {
  const runtime = numberIn(ups, 'battery.runtime');
  if (runtime !== undefined && runtime >= 0) return message('power-more.runtime', { time: roughTime(runtime) });
  const charge = numberIn(ups, 'battery.charge');
  return charge === undefined ? '' : message('power-more.charge', { charge: Math.round(charge) });
}

/** A length of time as precisely as a person needs it: `40 s`, `14 min`, `2 h 5 min`. Rounded down: never promise more. */
export function roughTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return message('time.seconds', { count: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return message('time.minutes', { count: minutes });
  return message('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
