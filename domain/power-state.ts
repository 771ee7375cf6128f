/**
 * What a UPS is doing, in one word, and the figures a person asks for first. Window, tray and notifications all take
 * both from here, so that they never disagree. Pure; nothing is invented: what is unknown is undefined.
 */
import type { UpsSnapshot } from './schema/snapshot.ts';

/** Ordered by how much it matters: of several, the first one is shown. */
export const POWER_STATES = [
  'no-contact',
  'old-data',
  'waiting',
  'forced-shutdown',
  'low-battery',
  'output-off',
  'on-battery',
  'overload',
  'calibration',
  'self-test',
  'bypass',
  'fault',
  'replace-battery',
  'boost',
  'trim',
  'charging',
  'mains',
  'unknown',
] as const;
export type PowerState = (typeof POWER_STATES)[number];

/** Families of states that share a colour and a shape. */
export type Mood = 'mains' | 'battery' | 'danger' | 'care' | 'test' | 'none';

const MOODS: Readonly<Record<PowerState, Mood>> = {
  'no-contact': 'none',
  'old-data': 'none',
  waiting: 'none',
  unknown: 'none',
  'forced-shutdown': 'danger',
  'low-battery': 'danger',
  'output-off': 'danger',
  'on-battery': 'battery',
  overload: 'care',
  bypass: 'care',
  fault: 'care',
  'replace-battery': 'care',
  calibration: 'test',
  'self-test': 'test',
  boost: 'mains',
  trim: 'mains',
  charging: 'mains',
  mains: 'mains',
};

export const moodOf = (state: PowerState): Mood => MOODS[state];

type Ups = Pick<UpsSnapshot, 'availability' | 'isForcedShutdown' | 'variables'>;

/** Tokens of ups.status in capitals. */
export function tokensOf(ups: Pick<UpsSnapshot, 'variables'>): ReadonlySet<string> {
  const text = ups.variables['ups.status']?.value ?? '';
  return new Set(text.toUpperCase().split(/\s+/).filter(Boolean));
}

/** A variable as a number, where it is one. */
export function numberIn(ups: Pick<UpsSnapshot, 'variables'>, name: string): number | undefined {
  const text = ups.variables[name]?.value.trim();
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

export function powerStateOf(ups: Ups): PowerState {
  if (ups.availability === 'not-connected') return 'no-contact';
  if (ups.availability === 'stale') return 'old-data';
  const tokens = tokensOf(ups);
  if (tokens.has('WAIT')) return 'waiting';
  if (ups.isForcedShutdown || tokens.has('FSD')) return 'forced-shutdown';
  // A low battery that is being recharged on mains needs no alarm.
  if (tokens.has('OB') && tokens.has('LB') && !tokens.has('CAL')) return 'low-battery';
  if (tokens.has('OFF')) return 'output-off';
  if (tokens.has('CAL')) return 'calibration';
  if (isTesting(ups)) return 'self-test';
  if (tokens.has('OB')) return 'on-battery';
  if (tokens.has('OVER')) return 'overload';
  if (tokens.has('BYPASS')) return 'bypass';
  if (tokens.has('RB')) return 'replace-battery';
  if (tokens.has('ALARM')) return 'fault';
  if (tokens.has('BOOST')) return 'boost';
  if (tokens.has('TRIM')) return 'trim';
  if (tokens.has('CHRG')) return 'charging';
  return tokens.has('OL') ? 'mains' : 'unknown';
}

const isTesting = (ups: Ups): boolean => ups.variables['ups.test.result']?.value.toLowerCase() === 'in progress';

/** A figure, and whether the unit told it or it was computed from what the unit told. */
export interface Figure {
  readonly value: number;
  readonly isComputed: boolean;
}

export interface PowerFigures {
  /** % */
  readonly charge: number | undefined;
  /** s */
  readonly runtime: number | undefined;
  /** % of what the unit can carry */
  readonly load: number | undefined;
  /** W */
  readonly watts: Figure | undefined;
  /** V */
  readonly inputVoltage: number | undefined;
  readonly outputVoltage: number | undefined;
  readonly batteryVoltage: number | undefined;
  /** Degrees Celsius: of the unit, else of its battery. */
  readonly temperature: number | undefined;
  /** Hz */
  readonly inputFrequency: number | undefined;
}

export function powerFiguresOf(ups: Pick<UpsSnapshot, 'variables'>): PowerFigures {
  const load = numberIn(ups, 'ups.load');
  return {
    charge: numberIn(ups, 'battery.charge'),
    runtime: numberIn(ups, 'battery.runtime'),
    load,
    watts: wattsOf(ups, load),
    inputVoltage: numberIn(ups, 'input.voltage'),
    outputVoltage: numberIn(ups, 'output.voltage'),
    batteryVoltage: numberIn(ups, 'battery.voltage'),
    temperature: numberIn(ups, 'ups.temperature') ?? numberIn(ups, 'battery.temperature'),
    inputFrequency: numberIn(ups, 'input.frequency'),
  };
}

function wattsOf(ups: Pick<UpsSnapshot, 'variables'>, load: number | undefined): Figure | undefined {
  const told = numberIn(ups, 'ups.realpower');
  if (told !== undefined) return { value: told, isComputed: false };
  const nominal = numberIn(ups, 'ups.realpower.nominal');
  // Apparent power (VA) says nothing about watts without a power factor nobody told.
  if (load === undefined || nominal === undefined) return undefined;
  return { value: Math.round((load / 100) * nominal), isComputed: true };
}

/** The level of a battery symbol: 0 (empty) to 4 (full). */
export function batteryLevel(charge: number | undefined): 0 | 1 | 2 | 3 | 4 | undefined {
  if (charge === undefined) return undefined;
  if (charge >= 88) return 4;
  if (charge >= 63) return 3;
  if (charge >= 38) return 2;
  return charge >= 13 ? 1 : 0;
}
