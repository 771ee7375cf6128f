/** The owner of every UPS's state. Drivers dispatch events, readers take snapshots and subscribe to numbered changes. */
import type { Clock, Stop } from '#engine/ports.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { initialState, reduce, type Now, type UpsChange, type UpsEvent, type UpsState } from './ups-state.ts';

export interface UpsStore {
  /** In the order of the configuration. */
  list(): readonly UpsState[];
  /** Name compared without case. */
  get(name: string): UpsState | undefined;
  add(config: UpsConfig, maxAgeSeconds: number): void;
  remove(name: string): void;
  /** Puts the list into this order; names that are not given follow in their old order. */
  arrange(names: readonly string[]): void;
  /** Unknown names are ignored: a driver may speak once more after its UPS was removed. */
  dispatch(name: string, event: UpsEvent): void;
  /** Called after every change a reader could see. */
  subscribe(listener: (change: UpsChange) => void): Stop;
  /** Number of the last change. */
  readonly sequence: number;
  stop(): void;
}

interface Entry {
  state: UpsState;
  cancelWake: Stop | undefined;
}

export function createUpsStore(clock: Clock): UpsStore {
  const entries = new Map<string, Entry>();
  const listeners = new Set<(change: UpsChange) => void>();
  let sequence = 0;
  // One array until a state changes: LIST UPS and the server's look-ups ask for it with every request.
  let listed: readonly UpsState[] | undefined;

  const dispatch = (name: string, event: UpsEvent): void => {
    const entry = entries.get(name.toLowerCase());
    if (!entry) return;
    const now: Now = { wall: clock.now(), monotonic: clock.monotonic() };
    const before = entry.state;
    const { state, wakeAt } = reduce(before, event, now);
    entry.state = state;
    listed = undefined;
    entry.cancelWake?.();
    entry.cancelWake =
      wakeAt === undefined
        ? undefined
        : clock.after(Math.max(1, wakeAt - now.monotonic), () => dispatch(name, { type: 'tick' }));
    if (state.revision === before.revision) return;
    sequence += 1;
    const change = describeChange(before, state, sequence, now);
    for (const listener of listeners) listener(change);
  };

  return {
    list: () => (listed ??= [...entries.values()].map((entry) => entry.state)),
    get: (name) => entries.get(name.toLowerCase())?.state ?? undefined,
    add(config, maxAgeSeconds) {
      entries.set(config.name.toLowerCase(), { state: initialState(config, maxAgeSeconds), cancelWake: undefined });
      listed = undefined;
    },
    remove(name) {
      entries.get(name.toLowerCase())?.cancelWake?.();
      entries.delete(name.toLowerCase());
      listed = undefined;
    },
    arrange(names) {
      const first = names.map((name) => name.toLowerCase()).filter((name) => entries.has(name));
      for (const name of new Set([...first, ...entries.keys()])) {
        const entry = entries.get(name);
        entries.delete(name);
        if (entry) entries.set(name, entry);
      }
      listed = undefined;
    },
    dispatch,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get sequence() {
      return sequence;
    },
    stop() {
      for (const entry of entries.values()) entry.cancelWake?.();
      listeners.clear();
    },
  };
}

function describeChange(before: UpsState, state: UpsState, sequence: number, now: Now): UpsChange {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  if (before.variables !== state.variables) {
    for (const [key, variable] of state.variables) {
      if (before.variables.get(key)?.value !== variable.value) set[variable.name] = variable.value;
    }
    for (const [key, variable] of before.variables) if (!state.variables.has(key)) removed.push(variable.name);
  }
  return {
    ups: state.config.name,
    sequence,
    at: now.wall,
    set,
    removed,
    availability: state.availability,
    revision: state.revision,
  };
}
