/**
 * `ups.status`, `ups.alarm` and what goes with them, from the conditions a device reports. Pure.
 * Order of tokens and rules: NUT's HID driver and driver core (nut-facts: hid-subdrivers.json statusBits,
 * status-tokens.json coreDerived and alarms).
 */
import type { Monotonic } from '#domain/units.ts';
import type { StateOptions } from './state-options.ts';
import type { StatusCondition } from './status-condition.ts';

export interface StatusInput {
  /** Undefined: the driver delivers a ready-made ups.status. */
  readonly conditions: ReadonlySet<StatusCondition> | undefined;
  readonly alarms: readonly string[];
  /** By lower-case variable name. */
  readonly values: ReadonlyMap<string, { readonly value: string }>;
  /** Undefined conditions and not ready: the status is WAIT. */
  readonly isReady: boolean;
  /** New data came (as opposed to time having passed). */
  readonly isUpdate: boolean;
}

/** What must be remembered from one composition to the next. */
export interface StatusMemory {
  /** Since when LB and RB are asked for while they are held back. */
  readonly lowBatterySince: Monotonic | undefined;
  readonly replaceBatterySince: Monotonic | undefined;
  readonly charge: number | undefined;
  /** Token derived from a rising or falling charge; lasts until the next data. */
  readonly derived: 'CHRG' | 'DISCHRG' | undefined;
}

export const NO_STATUS_MEMORY: StatusMemory = {
  lowBatterySince: undefined,
  replaceBatterySince: undefined,
  charge: undefined,
  derived: undefined,
};

export interface ComposedStatus {
  /** Variables to show, by name. */
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  readonly memory: StatusMemory;
  /** When a held-back token is due. */
  readonly wakeAt: Monotonic | undefined;
}

/** Alarm texts that follow from conditions, in NUT's order; programs search ups.alarm for these words. */
const CONDITION_ALARMS: readonly (readonly [StatusCondition, string])[] = [
  ['replacebatt', 'Replace battery!'],
  ['shutdownimm', 'Shutdown imminent!'],
  ['fanfail', 'Fan failure!'],
  ['nobattery', 'No battery installed!'],
  ['battvoltlo', 'Battery voltage too low!'],
  ['battvolthi', 'Battery voltage too high!'],
  ['chargerfail', 'Battery charger fail!'],
  ['overheat', 'Temperature too high!'],
  ['commfault', 'Internal UPS fault!'],
  ['awaitingpower', 'Awaiting power!'],
  ['bypassauto', 'Automatic bypass mode!'],
  ['bypassman', 'Manual bypass mode!'],
];

export function composeStatus(
  input: StatusInput,
  options: StateOptions,
  memory: StatusMemory,
  now: Monotonic,
): ComposedStatus {
  return input.conditions === undefined
    ? fromText(input, options, memory)
    : fromConditions(input, input.conditions, options, memory, now);
}

/** A driver that delivers ups.status: only the driver core's part is done here (ALARM first, ignorelb, WAIT). */
function fromText(input: StatusInput, options: StateOptions, memory: StatusMemory): ComposedStatus {
  const given = input.values.get('ups.status')?.value;
  if (given === undefined) {
    return {
      set: input.isReady ? new Map() : new Map([['ups.status', 'WAIT']]),
      removed: [],
      memory,
      wakeAt: undefined,
    };
  }
  let tokens = given.split(/\s+/).filter((token) => token !== '');
  if (options.ignoresLowBattery) {
    tokens = tokens.filter((token) => token.toUpperCase() !== 'LB');
    if (isChargeLow(input.values)) tokens.push('LB');
  }
  const hasAlarm = input.alarms.length > 0 || tokens.some((token) => token.toUpperCase() === 'ALARM');
  const set = new Map<string, string>();
  if (input.alarms.length > 0) set.set('ups.alarm', input.alarms.join(' '));
  if (hasAlarm || options.ignoresLowBattery) {
    const others = tokens.filter((token) => token.toUpperCase() !== 'ALARM');
    set.set('ups.status', [...(hasAlarm ? ['ALARM'] : []), ...others].join(' '));
  }
  return { set, removed: [], memory, wakeAt: undefined };
}

function fromConditions(
  input: StatusInput,
  conditions: ReadonlySet<StatusCondition>,
  options: StateOptions,
  memory: StatusMemory,
  now: Monotonic,
): ComposedStatus {
  const has = (condition: StatusCondition): boolean => conditions.has(condition);
  const tokens: string[] = [];
  const add = (token: string): void => {
    if (!tokens.includes(token)) tokens.push(token);
  };

  const isOnlineDischarge = has('online') && has('dischrg');
  const isCalibrating = has('cal') || (isOnlineDischarge && options.onlineDischargeIsCalibration);
  if (isCalibrating) add('CAL');

  if (has('offline') || (!has('online') && has('dischrg'))) add('OB');
  if (has('online')) {
    if (isOnlineDischarge && options.onlineDischargeIsOnBattery) add('OB');
    else if (!(isOnlineDischarge && options.onlineDischargeIsCalibration)) add('OL');
  }

  if (has('dischrg') && !has('depleted')) add('DISCHRG');
  if (has('chrg') && isChargingBelievable(conditions, input.values)) add('CHRG');
  const charge = numberOf(input.values, 'battery.charge');
  const derived = input.isUpdate ? derivedFlow(charge, memory.charge) : memory.derived;
  // Only where the device says neither: a flag of its own is never contradicted.
  if (derived !== undefined && !has('dischrg') && !has('chrg')) add(derived);

  const delayMs = options.lowBatteryDelaySeconds * 1000;
  const holdsBack = delayMs > 0 && has('online') && (isCalibrating || options.delaysLowBatteryAlways);
  const isLow = options.ignoresLowBattery
    ? isChargeLow(input.values)
    : has('lowbatt') || has('timelimitexp') || has('shutdownimm');
  const wantsReplacement = has('replacebatt') || has('nobattery');
  const low = held(isLow, holdsBack && !options.ignoresLowBattery, memory.lowBatterySince, delayMs, now);
  const replace = held(wantsReplacement, holdsBack, memory.replaceBatterySince, delayMs, now);

  if (low.isShown) add('LB');
  if (has('overload')) add('OVER');
  if (replace.isShown) add('RB');
  if (has('trim')) add('TRIM');
  if (has('boost')) add('BOOST');
  if (has('bypassauto') || has('bypassman')) add('BYPASS');
  if (has('off')) add('OFF');

  const alarms = [
    ...CONDITION_ALARMS.filter(([condition]) => has(condition) && (condition !== 'replacebatt' || replace.isShown)).map(
      ([, text]) => text,
    ),
    ...input.alarms,
  ];
  const set = new Map<string, string>();
  const removed: string[] = [];
  if (alarms.length > 0) set.set('ups.alarm', alarms.join(' '));
  else removed.push('ups.alarm');
  set.set('ups.status', [...(alarms.length > 0 ? ['ALARM'] : []), ...tokens].join(' '));

  if (has('vrange')) set.set('input.transfer.reason', 'input voltage out of range');
  else if (has('frange')) set.set('input.transfer.reason', 'input frequency out of range');

  const modes = [has('ecomode') ? 'vendor:default:ECO' : '', has('essmode') ? 'vendor:default:ESS' : ''].filter(
    Boolean,
  );
  if (modes.length > 0) set.set('experimental.ups.mode.buzzwords', modes.join(' '));

  return {
    set,
    removed,
    memory: {
      lowBatterySince: low.since,
      replaceBatterySince: replace.since,
      charge: charge ?? memory.charge,
      derived,
    },
    wakeAt: earliest(low.dueAt, replace.dueAt),
  };
}

/** Chargers that float at 100 % keep saying "charging": believed only while something is left to charge. */
function isChargingBelievable(conditions: ReadonlySet<StatusCondition>, values: StatusInput['values']): boolean {
  if (conditions.has('notfullycharged')) return true;
  if (conditions.has('fullycharged')) return false;
  const charge = numberOf(values, 'battery.charge');
  return charge !== undefined && charge >= 1 && charge < 100;
}

function derivedFlow(charge: number | undefined, before: number | undefined): 'CHRG' | 'DISCHRG' | undefined {
  if (charge === undefined || before === undefined || charge === before || charge >= 100) return undefined;
  return charge > before ? 'CHRG' : 'DISCHRG';
}

interface Held {
  readonly isShown: boolean;
  readonly since: Monotonic | undefined;
  readonly dueAt: Monotonic | undefined;
}

function held(
  isWanted: boolean,
  holdsBack: boolean,
  since: Monotonic | undefined,
  delayMs: number,
  now: Monotonic,
): Held {
  if (!isWanted) return { isShown: false, since: undefined, dueAt: undefined };
  const start = since ?? now;
  const dueAt = (start + delayMs) as Monotonic;
  if (!holdsBack || now >= dueAt) return { isShown: true, since: start, dueAt: undefined };
  return { isShown: false, since: start, dueAt };
}

function earliest(a: Monotonic | undefined, b: Monotonic | undefined): Monotonic | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}

function isChargeLow(values: StatusInput['values']): boolean {
  return (['battery.charge', 'battery.runtime'] as const).some((name) => {
    const value = numberOf(values, name);
    const limit = numberOf(values, `${name}.low`);
    return value !== undefined && limit !== undefined && Math.trunc(value) < Math.trunc(limit);
  });
}

function numberOf(values: StatusInput['values'], name: string): number | undefined {
  const text = values.get(name)?.value;
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
