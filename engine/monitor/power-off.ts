/** How a UPS is told to switch off once this computer is down, and to come back with the mains. Pure. */
import type { UpsState } from '#engine/state/ups-state.ts';
import type { PowerOffPolicy } from './policy.ts';

export type PowerOffStep =
  | { readonly kind: 'set'; readonly variable: string; readonly value: string }
  | { readonly kind: 'run'; readonly command: string; readonly parameter?: string };

/** Where nothing was measured yet. NUT's own 20 s are less than most shutdowns take. */
const UNMEASURED_SECONDS = 180;
/** What follows the end of this program in a shutdown is not measured. */
const MARGIN_SECONDS = 60;

/**
 * Seconds from the action to the cut, in whole minutes: makers that count in minutes round down, and power would be cut
 * too early.
 * @param took how long the last shutdowns took, seconds
 */
export function powerOffDelay(policy: PowerOffPolicy, took: readonly number[]): number {
  const longest = Math.max(...took);
  const measured = took.length === 0 ? UNMEASURED_SECONDS : longest * 1.5 + MARGIN_SECONDS;
  const wanted = policy.delay === 'measured' ? measured : policy.delay;
  return Math.max(1, Math.ceil(wanted / 60)) * 60;
}

/** @returns what to send, in this order; undefined where the UPS could only cut at once or for ever */
export function planPowerOff(
  { variables, commands }: Pick<UpsState, 'variables' | 'commands'>,
  seconds: number,
): readonly PowerOffStep[] | undefined {
  const delay = variables.get('ups.delay.shutdown');
  const has = (name: string): boolean => commands.some((known) => known.toLowerCase() === name);
  if (has('shutdown.return') && delay?.traits.isWritable === true && takes(delay.traits.ranges, seconds)) {
    return [
      { kind: 'set', variable: delay.name, value: String(seconds) },
      { kind: 'run', command: 'shutdown.return' },
    ];
  }
  if (has('load.off.delay')) return [{ kind: 'run', command: 'load.off.delay', parameter: String(seconds) }];
  if (has('shutdown.return') && Number(delay?.value) >= seconds) return [{ kind: 'run', command: 'shutdown.return' }];
  return undefined;
}

const takes = (ranges: readonly { readonly min: number; readonly max: number }[] = [], value: number): boolean =>
  ranges.length === 0 || ranges.some(({ min, max }) => value >= min && value <= max);
