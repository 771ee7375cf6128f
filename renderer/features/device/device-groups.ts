/** How variables and commands are gathered for a person, and what may be written. Pure. */
import type { VariableSnapshot } from '#domain/schema/snapshot.ts';

export const VARIABLE_GROUPS = [
  'battery',
  'input',
  'output',
  'ups',
  'outlet',
  'ambient',
  'device',
  'driver',
  'other',
] as const;
export type VariableGroup = (typeof VARIABLE_GROUPS)[number];

export function groupOfVariable(name: string): VariableGroup {
  const first = name.split('.')[0] ?? '';
  if (first === 'server') return 'driver';
  return VARIABLE_GROUPS.find((group) => group === first) ?? 'other';
}

export const COMMAND_GROUPS = ['test', 'beeper', 'load', 'outlet', 'bypass', 'driver', 'other'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

const COMMAND_PREFIXES: readonly (readonly [RegExp, CommandGroup])[] = [
  [/^(test|calibrate|reset|clear)\./, 'test'],
  [/^beeper\./, 'beeper'],
  [/^(load|shutdown)\./, 'load'],
  [/^outlet\./, 'outlet'],
  [/^(bypass|experimental)\./, 'bypass'],
  [/^driver\./, 'driver'],
];

export const groupOfCommand = (name: string): CommandGroup =>
  COMMAND_PREFIXES.find(([prefix]) => prefix.test(name))?.[1] ?? 'other';

/** Commands that steer the simulation; they have a panel of their own. */
export const isDemoCommand = (name: string): boolean => name.startsWith('demo.') || ['mains', 'load'].includes(name);

/** Gathers names by group, in the order of the groups; empty groups are left out. */
export function gather<Group extends string>(
  names: readonly string[],
  groups: readonly Group[],
  groupOf: (name: string) => Group,
): readonly { readonly group: Group; readonly names: readonly string[] }[] {
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return groups
    .map((group) => ({ group, names: sorted.filter((name) => groupOf(name) === group) }))
    .filter((gathered) => gathered.names.length > 0);
}

/** Whether all words of a search occur somewhere in what is known of a variable. */
export function matches(search: string, texts: readonly string[]): boolean {
  const haystack = texts.join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

export type WriteProblem = 'empty' | 'not-a-number' | 'out-of-range' | 'too-long';

/** Why a value cannot be written, judged by what the UPS said of the variable; undefined: it may be tried. */
export function problemOfValue(
  variable: Pick<VariableSnapshot, 'kind' | 'ranges' | 'maxLength'>,
  value: string,
): WriteProblem | undefined {
  const text = value.trim();
  if (text === '') return 'empty';
  if (variable.maxLength !== undefined && text.length > variable.maxLength) return 'too-long';
  const { ranges = [] } = variable;
  if (variable.kind !== 'number' && ranges.length === 0) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return 'not-a-number';
  const isInside = ranges.length === 0 || ranges.some(({ min, max }) => number >= min && number <= max);
  return isInside ? undefined : 'out-of-range';
}
