/** When this computer goes down, in words. Pure. */
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Plan } from '#domain/schema/plan.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
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

/**
 * What the shutdown monitor says about a UPS under the headline: what it would do if the mains failed now, or why it does
 * not shut down although the UPS is on battery. Undefined where it does not watch this UPS.
 */
export function monitorSentence(ups: UpsSnapshot, monitor: MonitorView | undefined, locale: Say): string | undefined {
  if (!monitor?.supplies.some((supply) => isOf(supply.ups, ups.name))) return undefined;
  if (monitor.phase === 'on-battery') return locale.say(monitor.reason);
  return monitor.phase === 'watching' ? planSentence(monitor, locale) : undefined;
}

/** `If the power fails now: after 5 min on battery, this computer shuts down. That leaves about 9 min of reserve.` */
function planSentence({ plan, isSimulated }: MonitorView, locale: Say): string | undefined {
  if (plan.from !== undefined || plan.steps.length === 0) return undefined;
  if (plan.action === 'nothing' && !isSimulated) return locale.t('plan.nothing', {});
  const when = whenOf(plan, locale);
  if (plan.action === 'nothing') return locale.t('plan.simulated', { when });
  const said = locale.t('plan.shutdown', { when, does: locale.t(`monitor.plan.${plan.action}`, {}) });
  const reserve = reserveOf(plan);
  if (reserve === undefined) return said;
  return `${said} ${
    plan.isInTime
      ? locale.t('plan.shutdown.reserve', { time: locale.duration(reserve) })
      : locale.t('plan.shutdown.short', {})
  }`;
}

/** The machine's own reason has the rule that decides; a low battery decides beside every rule. */
function whenOf({ beginsAfterSeconds: begins, steps }: Plan, locale: Say): string {
  if (begins === undefined) return locale.t('wizard.when.low', {});
  if (begins === 0) return locale.t('wizard.when.at-once', {});
  const isByLow = steps.some(({ afterSeconds, what }) => what.phrase === 'rehearsal.low' && afterSeconds === begins);
  const low = locale.t('wizard.when.low', {});
  return isByLow ? low : locale.either([locale.t('wizard.when.timer', { time: locale.duration(begins) }), low]);
}

/** Seconds between this computer's end and the battery's. */
const reserveOf = ({ batterySeconds: battery, offAfterSeconds: off }: Plan): number | undefined =>
  battery === undefined || off === undefined ? undefined : battery - off;

/** Whether the battery lasts, as a sentence, and what to do where it does not. */
export function verdictOf(plan: Plan, locale: Say): { readonly text: string; readonly change?: string } | undefined {
  if (plan.action === 'nothing' || plan.steps.length === 0) return undefined;
  const reserve = reserveOf(plan);
  if (reserve === undefined || plan.isInTime === undefined) return { text: locale.t('plan.line.no-figure', {}) };
  if (plan.isInTime) return { text: locale.t('plan.line.in-time', { time: locale.duration(reserve) }) };
  return {
    text: locale.t('plan.line.too-late', {}),
    change: locale.t(plan.from === undefined ? 'plan.line.too-late.change' : 'plan.line.too-late.change-now', {}),
  };
}

/** Notices name a UPS of another computer with its host. */
const isOf = (supply: string, ups: string): boolean => supply.split('@')[0]?.toLowerCase() === ups.toLowerCase();
