/** When this computer goes down, in words. Pure. */
import { numberIn } from '#domain/power-state.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { secondsToLowBattery } from '#domain/time-to-low.ts';
import type { LocaleState } from '../state/locale.svelte.ts';

type Say = Pick<LocaleState, 't' | 'duration' | 'either' | 'say'>;

/** A sentence begins with a capital, whatever word comes first. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Rules {
  readonly shutdown: 'BATT' | 'LOWBATT';
  /** A text while it is typed. */
  readonly shutdowntimer: number | string;
  readonly shutdowncharge: number;
  readonly shutdownruntime: number;
}

/** `after 5 min on battery or as soon as the battery is low`. */
export function whenText(rules: Rules, locale: Say): string {
  const timer = Number(rules.shutdowntimer);
  if (rules.shutdown === 'BATT' && timer === 0) return locale.t('wizard.when.at-once', {});
  return locale.either([
    ...(rules.shutdown === 'BATT' && timer > 0
      ? [locale.t('wizard.when.timer', { time: locale.duration(timer) })]
      : []),
    ...(rules.shutdowncharge > 0 ? [locale.t('wizard.when.charge', { charge: rules.shutdowncharge })] : []),
    ...(rules.shutdownruntime > 0
      ? [locale.t('wizard.when.runtime', { time: locale.duration(rules.shutdownruntime) })]
      : []),
    locale.t('wizard.when.low', {}),
  ]);
}

/** What the shutdown monitor would do if the mains failed now; undefined where it watches nothing or is at it already. */
export function planIfMainsFail(ups: UpsSnapshot, monitor: MonitorView | undefined, locale: Say): string | undefined {
  if (monitor?.phase !== 'watching' || !monitor.supplies.some((supply) => isOf(supply.ups, ups.name))) return undefined;
  const begin = monitor.plan.find(({ what }) => what.phrase === 'monitor.plan.begin');
  const action = monitor.plan.findLast(({ what }) => ACTIONS.has(what.phrase));
  if (!begin || !action) return undefined;
  const { afterSeconds } = begin;
  const runtime = numberIn(ups, 'battery.runtime');
  const low = secondsToLowBattery(ups);
  const when = locale.either([
    ...(afterSeconds === undefined
      ? []
      : [
          afterSeconds === 0
            ? locale.t('wizard.when.at-once', {})
            : locale.t('wizard.when.timer', { time: locale.duration(afterSeconds) }),
        ]),
    ...(afterSeconds === 0 ? [] : [locale.t('wizard.when.low', {})]),
  ]);
  const said = locale.t('plan.shutdown', { when, does: locale.say(action.what) });
  const startsAt = Math.min(afterSeconds ?? Infinity, low ?? Infinity);
  if (runtime === undefined || !Number.isFinite(startsAt)) return said;
  const reserve = runtime - startsAt - ((action.afterSeconds ?? 0) - (afterSeconds ?? 0));
  return `${said} ${
    reserve > 0
      ? locale.t('plan.shutdown.reserve', { time: locale.duration(reserve) })
      : locale.t('plan.shutdown.short', {})
  }`;
}

/** Notices name a UPS of another computer with its host. */
const isOf = (supply: string, ups: string): boolean => supply.split('@')[0]?.toLowerCase() === ups.toLowerCase();

const ACTIONS: ReadonlySet<string> = new Set(
  ['shutdown', 'hibernate', 'sleep', 'hybrid-sleep', 'restart', 'command'].map((kind) => `monitor.plan.${kind}`),
);
