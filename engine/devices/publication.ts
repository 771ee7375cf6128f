/** Remembers what was published and tells what changed since. */
import type { VariableTraits } from '#engine/drivers/driver.ts';
import type { BindingUpdate } from './binding.ts';

export const READ_ONLY: VariableTraits = {};

export class Publication {
  #values: ReadonlyMap<string, string> = new Map();
  #traits: ReadonlyMap<string, string> = new Map();

  /**
   * @param values every variable that is known now
   * @param traits of those that are not plain read-only numbers
   */
  changes(values: ReadonlyMap<string, string>, traits: ReadonlyMap<string, VariableTraits>): BindingUpdate {
    const set: Record<string, string> = {};
    for (const [variable, value] of values) if (this.#values.get(variable) !== value) set[variable] = value;
    const remove = [...this.#values.keys()].filter((variable) => !values.has(variable));
    const changedTraits: Record<string, VariableTraits> = {};
    const written = new Map<string, string>();
    for (const variable of values.keys()) {
      const now = traits.get(variable) ?? READ_ONLY;
      const text = JSON.stringify(now);
      if (text !== (this.#traits.get(variable) ?? '{}')) changedTraits[variable] = now;
      written.set(variable, text);
    }
    this.#values = values;
    this.#traits = written;
    return {
      ...(Object.keys(set).length > 0 ? { set } : {}),
      ...(remove.length > 0 ? { remove } : {}),
      ...(Object.keys(changedTraits).length > 0 ? { traits: changedTraits } : {}),
    };
  }
}
