import type { Mood } from '#domain/power-state.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { IconName } from '../../components/icons.ts';

type Kind = Incident['kind'];

const LOOKS: Readonly<Record<Kind, readonly [Mood, IconName]>> = {
  'on-battery': ['battery', 'battery'],
  'low-battery': ['danger', 'warning'],
  'no-contact': ['none', 'unplugged'],
  'forced-shutdown': ['danger', 'warning'],
  overload: ['care', 'care'],
  'replace-battery': ['care', 'battery'],
  bypass: ['care', 'care'],
  trim: ['mains', 'down'],
  boost: ['mains', 'up'],
  calibration: ['test', 'pulse'],
  'output-off': ['danger', 'warning'],
  alarm: ['care', 'care'],
  eco: ['mains', 'down'],
  'other-status': ['none', 'care'],
  'high-load': ['care', 'care'],
  'input-voltage': ['care', 'care'],
  hot: ['care', 'care'],
  'short-runtime': ['care', 'battery'],
  'old-battery': ['care', 'battery'],
  shutdown: ['danger', 'computer'],
};

export const moodOfIncident = (kind: Kind): Mood => LOOKS[kind][0];
export const iconOfIncident = (kind: Kind): IconName => LOOKS[kind][1];

/** Outages are what the power did; trouble is what needs a person. */
export const isOutage = (kind: Kind): boolean => kind === 'on-battery' || kind === 'low-battery' || kind === 'shutdown';
export const isTrouble = (kind: Kind): boolean => moodOfIncident(kind) !== 'mains' && !isOutage(kind);
