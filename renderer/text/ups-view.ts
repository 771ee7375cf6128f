/** How one UPS is told: sentence, plan, what is left, the one action that matters now. Pure. */
import { moodOf, numberIn, powerStateOf, tokensOf, type Mood, type PowerState } from '#domain/power-state.ts';
import { powerSentence } from '#domain/power-sentence.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import { secondsToLowBattery } from '#domain/time-to-low.ts';
import type { Incident, UpsSnapshot } from '#domain/schema/snapshot.ts';

type ActionLabel = 'action.mute' | 'action.stop-test' | 'action.stop-calibration' | 'action.clear-forced-shutdown';

/** What a person most likely wants to do about a state. */
export type UpsAction =
  | { readonly kind: 'command'; readonly command: string; readonly label: ActionLabel }
  | { readonly kind: 'clear-forced-shutdown'; readonly label: ActionLabel };

export interface UpsView {
  readonly state: PowerState;
  readonly mood: Mood;
  readonly sentence: string;
  readonly plan: string;
  /** Seconds the battery lasts, when it is what feeds the load and the UPS tells. */
  readonly secondsLeft: number | undefined;
  /** The values are the last ones heard, not present ones. */
  readonly isOld: boolean;
  /** Age of the values in seconds, where it is known. */
  readonly age: number | undefined;
  readonly action: UpsAction | undefined;
}

const ON_BATTERY: ReadonlySet<PowerState> = new Set(['on-battery', 'low-battery']);

/**
 * @param now milliseconds since 1970 by the engine's clock
 * @param duration writes a length of time in seconds
 */
export function viewOf(
  ups: UpsSnapshot,
  incidents: readonly Incident[],
  now: number,
  locale: Locale,
  duration: (seconds: number) => string,
): UpsView {
  const state = powerStateOf(ups);
  const outage = incidents.find(({ ups: name, kind, endedAt }) => {
    return name === ups.name && kind === 'on-battery' && endedAt === undefined;
  });
  const runtime = numberIn(ups, 'battery.runtime');
  const isOld = state === 'old-data' || state === 'no-contact';
  const hasValues = Object.keys(ups.variables).length > 0;
  return {
    state,
    mood: moodOf(state),
    sentence: powerSentence(ups, outage && Math.max(0, now - outage.startedAt), locale),
    plan: planOf(state, runtime, secondsToLowBattery(ups), locale, duration),
    secondsLeft: ON_BATTERY.has(state) ? runtime : undefined,
    isOld,
    age: isOld && hasValues && ups.heardAt !== undefined ? Math.max(0, (now - ups.heardAt) / 1000) : undefined,
    action: actionOf(ups, state),
  };
}

function planOf(
  state: PowerState,
  runtime: number | undefined,
  untilLow: number | undefined,
  locale: Locale,
  duration: (seconds: number) => string,
): string {
  switch (state) {
    case 'no-contact':
    case 'old-data':
    case 'waiting':
    case 'low-battery':
    case 'forced-shutdown':
    case 'output-off':
    case 'bypass':
    case 'overload':
    case 'self-test':
    case 'calibration':
      return message(`plan.${state}`, {}, locale);
    case 'on-battery':
      if (runtime === undefined) return message('plan.on-battery-unknown', {}, locale);
      return untilLow
        ? message('plan.on-battery-low', { low: duration(untilLow) }, locale)
        : message('plan.on-battery', {}, locale);
    case 'mains':
    case 'charging':
    case 'boost':
    case 'trim':
    case 'fault':
    case 'replace-battery':
      if (runtime === undefined) return message('plan.on-mains-unknown', {}, locale);
      return untilLow
        ? message('plan.on-mains-low', { time: duration(runtime), low: duration(untilLow) }, locale)
        : message('plan.on-mains', { time: duration(runtime) }, locale);
    case 'unknown':
      return '';
  }
}

function actionOf(ups: UpsSnapshot, state: PowerState): UpsAction | undefined {
  const offer = (command: string, label: ActionLabel): UpsAction | undefined =>
    ups.commands.includes(command) ? { kind: 'command', command, label } : undefined;
  switch (state) {
    case 'forced-shutdown':
      return { kind: 'clear-forced-shutdown', label: 'action.clear-forced-shutdown' };
    case 'low-battery':
    case 'on-battery':
    case 'overload':
    case 'fault': {
      const beeper = ups.variables['ups.beeper.status']?.value;
      return beeper === 'enabled' ? offer('beeper.mute', 'action.mute') : undefined;
    }
    case 'self-test':
      return offer('test.battery.stop', 'action.stop-test');
    case 'calibration':
      // Many units are measured by a deep test and have no other way to end it.
      return offer('calibrate.stop', 'action.stop-calibration') ?? offer('test.battery.stop', 'action.stop-test');
    case 'no-contact':
    case 'old-data':
    case 'waiting':
    case 'output-off':
    case 'bypass':
    case 'replace-battery':
    case 'boost':
    case 'trim':
    case 'charging':
    case 'mains':
    case 'unknown':
      return undefined;
  }
}

/** Looked for and never found, so there is nothing to show of it. */
export const isUnfound = (ups: Pick<UpsSnapshot, 'availability' | 'error' | 'variables'>): boolean =>
  ups.availability === 'not-connected' &&
  ups.error?.code === 'driver/no-device' &&
  Object.keys(ups.variables).length === 0;

/** What somebody called the unit, else its make and model; empty where it tells neither. */
export function unitName({ description, variables }: Pick<UpsSnapshot, 'description' | 'variables'>): string {
  const told = (what: 'mfr' | 'model'): string | undefined =>
    variables[`device.${what}`]?.value ?? variables[`ups.${what}`]?.value;
  return description ?? [told('mfr'), told('model')].filter(Boolean).join(' ');
}

/** Where the power comes from and how it passes the UPS, for the picture. */
export interface Flow {
  /** undefined: unknown. */
  readonly isMainsThere: boolean | undefined;
  readonly isOutputFed: boolean;
  readonly battery: 'charging' | 'discharging' | 'resting';
  readonly way: 'through' | 'boost' | 'trim' | 'bypass';
}

export function flowOf(ups: UpsSnapshot): Flow {
  const tokens = ups.availability === 'available' ? tokensOf(ups) : new Set<string>();
  const isOnBattery = tokens.has('OB');
  const isOnLine = tokens.has('OL') || tokens.has('BYPASS');
  const isMainsThere = isOnBattery ? hasVoltage(ups) : isOnLine ? true : undefined;
  return {
    isMainsThere,
    isOutputFed: (isOnBattery || isOnLine) && !tokens.has('OFF'),
    battery: isOnBattery || tokens.has('DISCHRG') ? 'discharging' : tokens.has('CHRG') ? 'charging' : 'resting',
    way: tokens.has('BYPASS') ? 'bypass' : tokens.has('BOOST') ? 'boost' : tokens.has('TRIM') ? 'trim' : 'through',
  };
}

/** During a self test the unit runs on its battery although the mains are there. */
const hasVoltage = (ups: UpsSnapshot): boolean => {
  const state = powerStateOf(ups);
  return (state === 'self-test' || state === 'calibration') && (numberIn(ups, 'input.voltage') ?? 0) > 50;
};
