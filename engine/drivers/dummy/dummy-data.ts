/** The variables of a simulated UPS: what its file said and what clients set. */
import type { VariableTraits } from '#engine/drivers/driver.ts';
import type { DevStep } from './dev-file.ts';
import { dummyTraits } from './dummy-traits.ts';
import type { DriverData } from './told-data.ts';

/** NUT's dummy driver announces it and answers that it does not know it. */
const COMMANDS = ['load.off'] as const;

/** Shown until the file or a client says otherwise. Nothing is made up beside these: a status least of all. */
const NAMES_OF_NOBODY: readonly (readonly [string, string])[] = [
  ['ups.mfr', 'Dummy Manufacturer'],
  ['ups.model', 'Dummy UPS'],
];

export class DummyData {
  /** By name in lower case. */
  readonly #values = new Map<string, { readonly name: string; readonly value: string }>();
  #alarm = '';

  constructor() {
    for (const [name, value] of NAMES_OF_NOBODY) this.set(name, value);
  }

  apply(step: Exclude<DevStep, { type: 'wait' }>): void {
    if (step.type === 'set') this.set(step.variable, step.value);
    else this.#alarm = step.text;
  }

  /** Names are compared without case; an empty value removes the variable. */
  set(variable: string, value: string): void {
    const key = variable.toLowerCase();
    if (value === '') this.#values.delete(key);
    else this.#values.set(key, { name: this.#values.get(key)?.name ?? variable, value });
  }

  snapshot(): DriverData {
    const values = new Map<string, string>();
    const traits = new Map<string, VariableTraits>();
    for (const { name, value } of this.#values.values()) {
      values.set(name, value);
      traits.set(name, dummyTraits(name));
    }
    return { values, traits, commands: COMMANDS, alarms: this.#alarm === '' ? [] : [this.#alarm] };
  }
}
