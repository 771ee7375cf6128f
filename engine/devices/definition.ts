/** Loads, checks and merges device definitions: the built-in ones, and the JSON files of a person. Pure. */
import { DriverError } from '#domain/errors.ts';
import { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { parsePath } from '#engine/hid/usages.ts';
import { BUILT_IN_DEFINITIONS } from './definitions/index.ts';
import { isStatusWord } from './status-tables.ts';

/** Definitions in claim order, each with the rows of those it extends. */
export interface DefinitionSet {
  readonly definitions: readonly DeviceDefinition[];
  get(id: string): DeviceDefinition | undefined;
}

/**
 * Checks a definition that came from outside.
 * @param data parsed JSON
 * @param file its name, for the error
 * @throws DriverError driver/bad-definition with the first thing that is wrong
 */
export function loadDefinition(data: unknown, file: string): DeviceDefinition {
  const parsed = DeviceDefinition.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw new DriverError('driver/bad-definition', { file, reason: `${where}${issue?.message ?? 'not a definition'}` });
  }
  const problem = problems(parsed.data)[0];
  if (problem !== undefined) throw new DriverError('driver/bad-definition', { file, reason: problem });
  return parsed.data;
}

/** What the schema cannot see: paths with unknown names, patterns and status words that mean nothing. */
export function problems(definition: DeviceDefinition): readonly string[] {
  const found: string[] = [];
  const rows = [...definition.variables, ...definition.status, ...(definition.alarms ?? []), ...definition.commands];
  const paths = [
    ...rows.map((row) => row.path),
    definition.identity?.modelPath,
    definition.identity?.serialPath,
  ].filter((path) => path !== undefined);
  for (const path of paths) {
    if (parsePath(path, definition.usages) === undefined) found.push(`path ${path} has a name that is not known`);
  }
  for (const row of definition.status) {
    if ((row.sets === undefined) === (row.rule === undefined)) {
      found.push(`status row ${row.path} needs either sets or rule`);
    }
    if (row.sets === undefined || typeof row.sets === 'string') continue;
    for (const word of Object.values(row.sets).flatMap((words) => words.split(' '))) {
      if (!isStatusWord(word)) found.push(`${word} is not a status condition`);
    }
  }
  for (const rule of definition.match) {
    for (const pattern of [rule.manufacturer, rule.product]) {
      if (pattern !== undefined && !isPattern(pattern)) found.push(`${pattern} is not a regular expression`);
    }
  }
  return found;
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'i');
    return true;
  } catch {
    return false;
  }
}

/**
 * The definitions to match with: a person's own first, so that they win, then the built-in ones.
 * @throws DriverError driver/bad-definition when one extends an unknown definition, or itself
 */
export function createDefinitionSet(own: readonly DeviceDefinition[] = []): DefinitionSet {
  const replaced = new Set(own.map((definition) => definition.id));
  const all = [...own, ...BUILT_IN_DEFINITIONS.filter((definition) => !replaced.has(definition.id))];
  // An own definition may extend the built-in one that it replaces.
  const byId = new Map([...BUILT_IN_DEFINITIONS, ...own].map((definition) => [definition.id, definition]));
  const baseOf = (definition: DeviceDefinition): DeviceDefinition | undefined => {
    const id = definition.extends;
    if (id === undefined) return undefined;
    return id === definition.id ? BUILT_IN_DEFINITIONS.find((builtIn) => builtIn.id === id) : byId.get(id);
  };
  const resolve = (definition: DeviceDefinition, above: readonly DeviceDefinition[]): DeviceDefinition => {
    if (definition.extends === undefined) return definition;
    const base = baseOf(definition);
    if (base === undefined || base === definition || above.includes(base)) {
      const reason = `it extends ${definition.extends}, which ${base ? 'leads back to itself' : 'is not known'}`;
      throw new DriverError('driver/bad-definition', { file: definition.id, reason });
    }
    return mergeDefinitions(resolve(base, [...above, definition]), definition);
  };
  const resolved = all.map((definition) => resolve(definition, []));
  const resolvedById = new Map(resolved.map((definition) => [definition.id, definition]));
  return { definitions: resolved, get: (id) => resolvedById.get(id) };
}

/**
 * The rows of `definition`, then those of `base`. The first usable row of a variable wins, so what `definition` says
 * goes before.
 * @throws DriverError driver/bad-definition when the two name vendor usages by different tables
 */
export function mergeDefinitions(base: DeviceDefinition, definition: DeviceDefinition): DeviceDefinition {
  const usages = definition.usages ?? base.usages;
  if (base.usages !== undefined && base.usages !== usages) {
    const reason = `it uses the names of ${usages}, but extends ${base.id} with the names of ${base.usages}`;
    throw new DriverError('driver/bad-definition', { file: definition.id, reason });
  }
  const alarms = [...(definition.alarms ?? []), ...(base.alarms ?? [])];
  const quirks = [...(definition.quirks ?? []), ...(base.quirks ?? [])];
  const identity = definition.identity ?? base.identity;
  return {
    id: definition.id,
    name: definition.name,
    source: [...definition.source, ...base.source],
    ...(usages === undefined ? {} : { usages }),
    match: definition.match,
    ...(identity === undefined ? {} : { identity }),
    variables: [...definition.variables, ...base.variables],
    // A flag the definition reads itself is not read once more from the base, which would overrule it.
    status: [
      ...definition.status,
      ...base.status.filter((row) => !definition.status.some((own) => own.path === row.path)),
    ],
    alarms,
    commands: [...definition.commands, ...base.commands],
    quirks,
  };
}

/** The built-in definitions alone. */
export const builtInDefinitions: DefinitionSet = createDefinitionSet();
