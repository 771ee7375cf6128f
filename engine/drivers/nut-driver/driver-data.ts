/** The variables and commands of a driver, built from its lines, and what changed between two moments. */
import type { DriverEvent, VariableTraits } from '#engine/drivers/driver.ts';
import type { DriverLine } from './driver-lines.ts';

interface DriverVariable {
  readonly name: string;
  readonly value: string;
  readonly isWritable: boolean;
  readonly kind: 'string' | 'number' | undefined;
  readonly length: number;
  readonly values: readonly string[];
  readonly ranges: readonly { readonly min: number; readonly max: number }[];
}

/** Never changed, only replaced. Keys are lower case: drivers compare names without case. */
export interface DriverData {
  readonly variables: ReadonlyMap<string, DriverVariable>;
  /** Name as announced. */
  readonly commands: ReadonlyMap<string, string>;
}

export const NO_DATA: DriverData = { variables: new Map(), commands: new Map() };

/** More than any device has; beyond them a driver is out of its mind and its lines are left out. */
const MAX_NAMES = 5_000;
const MAX_VALUES = 500;

/** Driver data in the making: copied from others when first changed. */
export class DriverDataDraft {
  #data: DriverData;
  #variables: Map<string, DriverVariable> | undefined;
  #commands: Map<string, string> | undefined;

  constructor(data: DriverData) {
    this.#data = data;
  }

  /** The data as they are now; the draft may go on. */
  finish(): DriverData {
    if (this.#variables ?? this.#commands) {
      this.#data = {
        variables: this.#variables ?? this.#data.variables,
        commands: this.#commands ?? this.#data.commands,
      };
      this.#variables = undefined;
      this.#commands = undefined;
    }
    return this.#data;
  }

  /** Forgets everything for what a dump told. */
  replace(data: DriverData): void {
    this.#data = data;
    this.#variables = undefined;
    this.#commands = undefined;
  }

  apply(line: DriverLine): void {
    switch (line.type) {
      case 'set': {
        const known = this.#variable(line.variable);
        if (known?.value !== line.value) this.#put({ ...(known ?? newVariable(line.variable)), value: line.value });
        return;
      }
      case 'remove':
        if (this.#variable(line.variable)) this.#ownVariables().delete(line.variable.toLowerCase());
        return;
      case 'add-command':
        if ((this.#commands ?? this.#data.commands).size < MAX_NAMES) {
          this.#ownCommands().set(line.command.toLowerCase(), line.command);
        }
        return;
      case 'remove-command':
        this.#ownCommands().delete(line.command.toLowerCase());
        return;
      case 'length':
      case 'flags':
      case 'add-value':
      case 'remove-value':
      case 'add-range':
      case 'remove-range': {
        // Said of a variable that does not exist, it says nothing: so does upsd take it.
        const known = this.#variable(line.variable);
        if (known) this.#put(withTrait(known, line));
        return;
      }
      case 'tracking':
      case 'data-ok':
      case 'data-stale':
      case 'dump-done':
      case 'answer':
        return;
    }
  }

  #variable(name: string): DriverVariable | undefined {
    return (this.#variables ?? this.#data.variables).get(name.toLowerCase());
  }

  #put(variable: DriverVariable): void {
    const variables = this.#ownVariables();
    const key = variable.name.toLowerCase();
    if (variables.size < MAX_NAMES || variables.has(key)) variables.set(key, variable);
  }

  #ownVariables(): Map<string, DriverVariable> {
    return (this.#variables ??= new Map(this.#data.variables));
  }

  #ownCommands(): Map<string, string> {
    return (this.#commands ??= new Map(this.#data.commands));
  }
}

const newVariable = (name: string): DriverVariable => ({
  name,
  value: '',
  isWritable: false,
  kind: undefined,
  length: 0,
  values: [],
  ranges: [],
});

type TraitLine = Extract<
  DriverLine,
  { readonly type: 'length' | 'flags' | 'add-value' | 'remove-value' | 'add-range' | 'remove-range' }
>;

function withTrait(variable: DriverVariable, line: TraitLine): DriverVariable {
  switch (line.type) {
    case 'length':
      return { ...variable, length: Math.max(0, line.length) };
    case 'flags': {
      const flags = new Set(line.flags.map((flag) => flag.toUpperCase()));
      return {
        ...variable,
        isWritable: flags.has('RW'),
        kind: flags.has('STRING') ? 'string' : flags.has('NUMBER') ? 'number' : undefined,
      };
    }
    case 'add-value':
      return variable.values.includes(line.value) || variable.values.length >= MAX_VALUES
        ? variable
        : { ...variable, values: [...variable.values, line.value] };
    case 'remove-value':
      return { ...variable, values: variable.values.filter((value) => value !== line.value) };
    case 'add-range':
    case 'remove-range': {
      // Drivers take two ranges as one when either end is equal.
      const others = variable.ranges.filter((range) => range.min !== line.min && range.max !== line.max);
      if (line.type === 'remove-range') return { ...variable, ranges: others };
      return others.length < variable.ranges.length || others.length >= MAX_VALUES
        ? variable
        : { ...variable, ranges: [...others, { min: line.min, max: line.max }] };
    }
  }
}

/** What may be done with a variable, in the words of the driver interface. */
export function traitsOf(variable: DriverVariable): VariableTraits {
  return {
    ...(variable.isWritable ? { isWritable: true } : {}),
    ...(variable.kind ? { kind: variable.kind } : {}),
    // A length belongs to strings; some drivers send one for numbers too.
    ...(variable.kind === 'string' && variable.length > 0 ? { maxLength: variable.length } : {}),
    ...(variable.values.length > 0 ? { values: variable.values } : {}),
    ...(variable.ranges.length > 0 ? { ranges: variable.ranges } : {}),
  };
}

type UpdateEvent = Extract<DriverEvent, { readonly type: 'update' }>;

/** @returns the update that leads from one set of data to the other; undefined when they say the same */
export function changeBetween(before: DriverData, after: DriverData): UpdateEvent | undefined {
  if (before === after) return undefined;
  const set: Record<string, string> = {};
  const traits: Record<string, VariableTraits> = {};
  if (before.variables !== after.variables) {
    for (const [key, variable] of after.variables) {
      const old = before.variables.get(key);
      if (old === variable) continue;
      if (old?.value !== variable.value) set[variable.name] = variable.value;
      const now = traitsOf(variable);
      if (JSON.stringify(now) !== JSON.stringify(old ? traitsOf(old) : {})) traits[variable.name] = now;
    }
  }
  const remove = [...before.variables].filter(([key]) => !after.variables.has(key)).map(([, { name }]) => name);
  const hasNewCommands =
    before.commands.size !== after.commands.size ||
    [...after.commands.keys()].some((command) => !before.commands.has(command));
  const update: UpdateEvent = {
    type: 'update',
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(remove.length > 0 ? { remove } : {}),
    ...(Object.keys(traits).length > 0 ? { traits } : {}),
    ...(hasNewCommands ? { commands: [...after.commands.values()] } : {}),
  };
  return Object.keys(update).length > 1 ? update : undefined;
}
