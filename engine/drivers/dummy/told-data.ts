import type { DriverEvent, VariableTraits } from '#engine/drivers/driver.ts';

type Update = Extract<DriverEvent, { type: 'update' }>;

/** A full set of data as a driver holds it. */
export interface DriverData {
  readonly values: ReadonlyMap<string, string>;
  readonly traits: ReadonlyMap<string, VariableTraits>;
  readonly commands: readonly string[];
  readonly alarms: readonly string[];
}

export const NO_DATA: DriverData = { values: new Map(), traits: new Map(), commands: [], alarms: [] };

/** What must be told to one who knows `before` so that he knows `now`. @returns undefined for nothing */
export function changesBetween(before: DriverData, now: DriverData): Update | undefined {
  const set = changed(before.values, now.values, (a, b) => a === b);
  const traits = changed(before.traits, now.traits, (a, b) => JSON.stringify(a) === JSON.stringify(b));
  const remove = [...before.values.keys()].filter((name) => !now.values.has(name));
  const commands = isSameList(before.commands, now.commands) ? undefined : now.commands;
  const alarms = isSameList(before.alarms, now.alarms) ? undefined : now.alarms;
  if (!set && !traits && remove.length === 0 && !commands && !alarms) return undefined;
  return {
    type: 'update',
    ...(set ? { set } : {}),
    ...(remove.length > 0 ? { remove } : {}),
    ...(traits ? { traits } : {}),
    ...(commands ? { commands } : {}),
    ...(alarms ? { alarms } : {}),
  };
}

function changed<Value>(
  before: ReadonlyMap<string, Value>,
  now: ReadonlyMap<string, Value>,
  isSame: (a: Value, b: Value) => boolean,
): Readonly<Record<string, Value>> | undefined {
  const entries = [...now].filter(([name, value]) => {
    const old = before.get(name);
    return old === undefined || !isSame(old, value);
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
