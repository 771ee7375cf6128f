import type { Mood, PowerState } from '#domain/power-state.ts';
import type { IconName } from './icons.ts';

const BY_MOOD: Readonly<Record<Mood, IconName>> = {
  mains: 'plug',
  battery: 'battery',
  danger: 'warning',
  care: 'care',
  test: 'pulse',
  none: 'unplugged',
};

/** The shape that goes with a state; the colour never stands alone. */
export function iconOf(state: PowerState, mood: Mood): IconName {
  if (state === 'waiting') return 'wait';
  if (state === 'charging') return 'bolt';
  return BY_MOOD[mood];
}
