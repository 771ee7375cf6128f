/**
 * State of one UPS and the reducer that owns it: what drivers tell becomes variables, a status and an age.
 * Pure: no clock, no timers; `wakeAt` says when time alone will change something.
 */
import type { WireError } from '#domain/errors.ts';
import type { Availability } from '#domain/schema/snapshot.ts';
import type { Monotonic, Timestamp } from '#domain/units.ts';
import type { DriverEvent, DriverNote, StatusDefaults, UpsConfig, VariableTraits } from '#engine/drivers/driver.ts';
import { composeStatus, NO_STATUS_MEMORY, type StatusMemory } from './compose-status.ts';
import { stateOptionsOf, type StateOptions } from './state-options.ts';
import type { StatusCondition } from './status-condition.ts';

export interface Variable {
  readonly value: string;
  readonly traits: VariableTraits;
  readonly changedAt: Timestamp;
}

/** Everything known of one UPS. Objects are never changed, only replaced. */
export interface UpsState {
  readonly config: UpsConfig;
  readonly options: StateOptions;
  readonly availability: Availability;
  readonly error: WireError | undefined;
  /** Last sign of life of the source. */
  readonly heardAt: { readonly wall: Timestamp; readonly monotonic: Monotonic } | undefined;
  /** How long the last round of questions took; undefined where nothing is asked. */
  readonly pollTookMs: number | undefined;
  /** Connected, and the first full set of data is complete. */
  readonly isReady: boolean;
  /** The driver itself says that its data are old. */
  readonly isDeclaredStale: boolean;
  /** FSD latch (protocol.md section 5): set by clients, never by a driver, never cleared by itself. */
  readonly isForcedShutdown: boolean;
  /** Served variables by lower-case name; the key order is that of LIST VAR. */
  readonly variables: ReadonlyMap<string, NamedVariable>;
  readonly commands: readonly string[];
  readonly notes: readonly DriverNote[];
  /** Grows with every change a reader could see. */
  readonly revision: number;
  /** What the driver said, before default.*, override.* and the composed status are put over it. */
  readonly raw: RawData;
}

export interface NamedVariable extends Variable {
  readonly name: string;
}

interface RawData {
  readonly values: ReadonlyMap<string, { readonly name: string; readonly value: string }>;
  readonly traits: ReadonlyMap<string, VariableTraits>;
  readonly conditions: ReadonlySet<StatusCondition> | undefined;
  readonly alarms: readonly string[];
  readonly memory: StatusMemory;
  readonly statusDefaults: StatusDefaults;
}

export interface Now {
  readonly wall: Timestamp;
  readonly monotonic: Monotonic;
}

export type UpsEvent =
  | DriverEvent
  /** A client asked for a forced shutdown, or a person took it back. */
  | { readonly type: 'forced-shutdown'; readonly isSet: boolean }
  /** The computer slept: nothing that was told before is new. */
  | { readonly type: 'slept' }
  /** Time passed. */
  | { readonly type: 'tick' }
  | { readonly type: 'configured'; readonly config: UpsConfig; readonly maxAgeSeconds: number };

/** What changed from one state to the next, for those who listen. */
export interface UpsChange {
  readonly ups: string;
  /** Numbered over all UPSes without a gap. */
  readonly sequence: number;
  readonly at: Timestamp;
  readonly set: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly availability: Availability;
  readonly revision: number;
}

const NO_RAW: RawData = {
  values: new Map(),
  traits: new Map(),
  conditions: undefined,
  alarms: [],
  memory: NO_STATUS_MEMORY,
  statusDefaults: {},
};

export function initialState(config: UpsConfig, maxAgeSeconds: number): UpsState {
  return {
    config,
    options: stateOptionsOf(config, maxAgeSeconds),
    availability: 'not-connected',
    error: undefined,
    heardAt: undefined,
    pollTookMs: undefined,
    isReady: false,
    isDeclaredStale: false,
    isForcedShutdown: false,
    variables: new Map(),
    commands: [],
    notes: [],
    revision: 0,
    raw: NO_RAW,
  };
}

export interface Reduced {
  readonly state: UpsState;
  /** When time alone changes something (staleness, a held-back LB); undefined: never. */
  readonly wakeAt: Monotonic | undefined;
}

/** The next state. Returns the same object when nothing a reader could see changed and no age was renewed. */
export function reduce(state: UpsState, event: UpsEvent, now: Now): Reduced {
  return derive(state, apply(state, event, now), now, event.type === 'update');
}

function apply(state: UpsState, event: UpsEvent, now: Now): UpsState {
  switch (event.type) {
    case 'connected':
      return {
        ...state,
        ...heard(now),
        availability: 'available',
        error: undefined,
        isReady: false,
        isDeclaredStale: false,
        raw: NO_RAW,
        commands: [],
      };
    case 'ready':
      return { ...state, ...heard(now), isReady: true };
    case 'alive':
      return { ...state, ...heard(now) };
    case 'polled':
      return { ...state, pollTookMs: event.tookMs };
    case 'update':
      return {
        ...state,
        ...heard(now),
        raw: merge(state.raw, event),
        commands: event.commands ? sorted(event.commands) : state.commands,
        options: event.statusDefaults
          ? stateOptionsOf(state.config, state.options.maxAgeSeconds, event.statusDefaults)
          : state.options,
      };
    case 'stale':
      return { ...state, isDeclaredStale: true, error: event.error.toWire() };
    case 'fresh':
      return { ...state, ...heard(now), isDeclaredStale: false, error: undefined };
    case 'disconnected':
      return {
        ...state,
        availability: 'not-connected',
        error: event.error.toWire(),
        isReady: false,
        isDeclaredStale: false,
        raw: NO_RAW,
        commands: [],
        heardAt: undefined,
        pollTookMs: undefined,
      };
    case 'notes':
      return { ...state, notes: event.notes };
    case 'slept': {
      // The monotonic clock may have stood still: what was told before the sleep is old all the same.
      const { heardAt, options } = state;
      const monotonic = (now.monotonic - (options.maxAgeSeconds + 1) * 1000 - 1) as Monotonic;
      return heardAt === undefined ? state : { ...state, heardAt: { ...heardAt, monotonic } };
    }
    case 'forced-shutdown':
      return { ...state, isForcedShutdown: event.isSet };
    case 'configured':
      return {
        ...state,
        config: event.config,
        options: stateOptionsOf(event.config, event.maxAgeSeconds, state.raw.statusDefaults),
      };
    case 'tick':
      return state;
  }
}

const heard = (now: Now): { heardAt: Now } => ({ heardAt: { wall: now.wall, monotonic: now.monotonic } });

function merge(raw: RawData, update: Extract<DriverEvent, { type: 'update' }>): RawData {
  const values = new Map(raw.values);
  for (const [name, value] of Object.entries(update.set ?? {})) values.set(name.toLowerCase(), { name, value });
  for (const name of update.remove ?? []) values.delete(name.toLowerCase());
  const traits = new Map(raw.traits);
  for (const [name, given] of Object.entries(update.traits ?? {})) traits.set(name.toLowerCase(), given);
  for (const name of update.remove ?? []) traits.delete(name.toLowerCase());
  return {
    values,
    traits,
    conditions: update.conditions ? new Set(update.conditions) : raw.conditions,
    alarms: update.alarms ?? raw.alarms,
    memory: raw.memory,
    statusDefaults: update.statusDefaults ?? raw.statusDefaults,
  };
}

/** Puts defaults, overrides, status and age over what the driver said. */
function derive(before: UpsState, told: UpsState, now: Now, isUpdate: boolean): Reduced {
  const texts = new Map(told.raw.values);
  const pinned = new Set<string>();
  const isConnected = told.availability !== 'not-connected';
  let memory = told.raw.memory;
  let wakeAt: number | undefined;

  if (isConnected) {
    for (const [name, value] of told.options.defaults) {
      if (!texts.has(name.toLowerCase())) texts.set(name.toLowerCase(), { name, value });
    }
    // With the overrides: they are how a user gives the limits that ignorelb compares with.
    const values = new Map(texts);
    for (const [name, value] of told.options.overrides) values.set(name.toLowerCase(), { name, value });
    const composed = composeStatus(
      { conditions: told.raw.conditions, alarms: told.raw.alarms, values, isReady: told.isReady, isUpdate },
      told.options,
      memory,
      now.monotonic,
    );
    memory = composed.memory;
    wakeAt = composed.wakeAt;
    for (const [name, value] of composed.set) texts.set(name, { name, value });
    for (const name of composed.removed) texts.delete(name);
    for (const [name, value] of told.options.overrides) {
      texts.set(name.toLowerCase(), { name, value });
      pinned.add(name.toLowerCase());
    }
  }

  const age = told.heardAt === undefined ? undefined : now.monotonic - told.heardAt.monotonic;
  const maxAgeMs = (told.options.maxAgeSeconds + 1) * 1000;
  const isOld = told.isDeclaredStale || (age !== undefined && age > maxAgeMs);
  const availability: Availability = !isConnected ? 'not-connected' : isOld ? 'stale' : 'available';
  if (isConnected && told.heardAt !== undefined && !isOld) {
    wakeAt = Math.min(wakeAt ?? Infinity, told.heardAt.monotonic + maxAgeMs + 1);
  }

  const variables = served(before.variables, texts, told.raw.traits, pinned, now.wall);
  const raw = memory === told.raw.memory ? told.raw : { ...told.raw, memory };
  const isVisible =
    variables !== before.variables ||
    availability !== before.availability ||
    told.isForcedShutdown !== before.isForcedShutdown ||
    told.commands !== before.commands ||
    told.notes !== before.notes ||
    told.isReady !== before.isReady ||
    told.config !== before.config ||
    told.error?.message !== before.error?.message;
  return {
    state: { ...told, raw, variables, availability, revision: isVisible ? before.revision + 1 : before.revision },
    wakeAt: wakeAt as Monotonic | undefined,
  };
}

const READ_ONLY: VariableTraits = {};

function served(
  before: ReadonlyMap<string, NamedVariable>,
  texts: ReadonlyMap<string, { readonly name: string; readonly value: string }>,
  traits: ReadonlyMap<string, VariableTraits>,
  pinned: ReadonlySet<string>,
  at: Timestamp,
): ReadonlyMap<string, NamedVariable> {
  let isChanged = before.size !== texts.size;
  let isNewKey = false;
  const entries: [string, NamedVariable][] = [];
  for (const [key, { name, value }] of texts) {
    const old = before.get(key);
    const now = pinned.has(key) ? READ_ONLY : (traits.get(key) ?? READ_ONLY);
    if (old?.value === value && old.traits === now) {
      entries.push([key, old]);
      continue;
    }
    isChanged = true;
    if (!old) isNewKey = true;
    entries.push([key, { name, value, traits: now, changedAt: old?.value === value ? old.changedAt : at }]);
  }
  if (!isChanged) return before;
  // Replies are sorted without case; new names are rare, so the old order is kept when there is none.
  if (isNewKey || before.size !== entries.length) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  else {
    const byKey = new Map(entries);
    return new Map([...before.keys()].map((key) => [key, byKey.get(key)] as [string, NamedVariable]));
  }
  return new Map(entries);
}

const sorted = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
