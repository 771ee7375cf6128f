/** Settings that come from elsewhere: put together with those there are, and checked like the form. Nothing is written. */
import type { Text } from '#domain/messages/message.ts';
import type { FieldPath, FieldProblem } from '#domain/schema/field-problem.ts';
import { Settings, SETTINGS_VERSION } from '#domain/schema/settings/settings.ts';
import type { z } from 'zod';
import { checkSettings } from './check-settings.ts';
import { toFieldProblem } from './issue-problem.ts';
import { isGroup, type Group } from './stored-settings.ts';

/** What NUT's files, TrueNAS or apcupsd say, in the names of our own settings; anything may be wrong with it. */
export interface Moved {
  readonly ups: readonly Group[];
  /** Only what was said about the server. */
  readonly server: Group;
  /** What is not as it was, each a sentence. */
  readonly notes: readonly Text[];
  /** Found while reading. */
  readonly problems: readonly FieldProblem[];
  /** Passwords that were made because the ones there were are known to everybody. */
  readonly made: readonly string[];
}

export interface MovedIn {
  /** With everything that cannot be used left out. */
  readonly settings: Settings;
  /** What was left out is an error. */
  readonly problems: readonly FieldProblem[];
}

/**
 * @param before settings there were: a UPS of the same name and what is not spoken of stay
 * @param newId the id of a UPS that is new
 */
export function moveIn(before: Settings, moved: Moved, newId: (name: string) => string): MovedIn {
  const fitted = fitSettings(merge(before, moved, newId));
  return {
    settings: fitted.settings,
    problems: [...moved.problems, ...fitted.problems, ...checkSettings(fitted.settings)],
  };
}

function merge(before: Settings, { ups, server }: Moved, newId: (name: string) => string): Group {
  const nameOf = ({ identifier }: Group): string => String(identifier).toLowerCase();
  const come = ups.map((one): Group => {
    const known = before.ups.find((other) => nameOf(other) === nameOf(one));
    const whole = { ...(known ?? { id: newId(String(one.identifier)) }), ...one };
    // What is spoken of and not set goes back to the default.
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  });
  const names = new Set(ups.map(nameOf));
  const users = (server.users as readonly Group[] | undefined) ?? [];
  const userNames = new Set([...users.map(({ name }) => name), server.monuser ?? before.server.monuser]);
  return {
    ...before,
    ups: [...come, ...before.ups.filter((other) => !names.has(nameOf(other)))],
    server: {
      ...before.server,
      ...server,
      users: [...users, ...before.server.users.filter(({ name }) => !userNames.has(name))],
    },
    setup: { isDone: true },
  };
}

/** More than any settings can have wrong. */
const MOST_FAULTS = 5_000;

/** The settings without what does not fit, each told once. */
export function fitSettings(given: Group): { readonly settings: Settings; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  let content: unknown = { version: SETTINGS_VERSION, ...given };
  while (problems.length < MOST_FAULTS) {
    const { success, data, error } = Settings.safeParse(content);
    if (success) return { settings: data, problems };
    const [issue] = error.issues;
    if (!issue) break;
    problems.push(toFieldProblem(issue, content));
    content = without(content, pathToDrop(issue));
  }
  return { settings: Settings.parse({}), problems };
}

/** What has to go for the rest to fit: the value, or the UPS or account that is nothing without it. */
function pathToDrop(issue: z.core.$ZodIssue): FieldPath {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const [group, index, name] = path;
  if (issue.code === 'unrecognized_keys') return [...path, issue.keys[0] ?? ''];
  if (group === 'ups' && typeof index === 'number') {
    const isEssential = ['id', 'identifier', 'mode', 'driver', 'port', 'remotehost'].includes(String(name));
    if (name === undefined || isEssential) return [group, index];
    if (name === 'toemail' && path.length === 3 && issue.code === 'custom') return [group, index, 'emailnotify'];
    if (name === 'shutdowncmd' && issue.code === 'custom') return [group, index, 'shutdownaction'];
  }
  if (group === 'server' && index === 'users' && typeof name === 'number') {
    return path.length === 3 || path[3] === 'name' ? path.slice(0, 3) : path;
  }
  return path;
}

function without(value: unknown, [step, ...rest]: FieldPath): unknown {
  if (step === undefined) return {};
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, index) => index !== step)
      : value.map((item: unknown, index) => (index === step ? without(item, rest) : item));
  }
  if (!isGroup(value)) return {};
  const { [step]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [step]: without(inner, rest) };
}
