/** The accounts of the settings as text of an upsd.users, and back: the expert view of the same data. */
import type { Settings } from '#domain/schema/settings/settings.ts';
import { ROLE_ACTIONS, type UserConf } from './nut-conf/nut-conf.ts';
import { Problems } from './nut-conf/problem.ts';
import { readUpsdUsers, writeUpsdUsers } from './nut-conf/upsd-users.ts';

export type UserSettings = Settings['server']['users'][number];

/** Stands for a password that is kept and not shown. As a password it means: the one there was. */
export const KEPT_PASSWORD = '(set)';

/** How a user of the settings stands in NUT's model. */
export function toUserConf({ name, password, actions, instcmds, upsmon }: UserSettings): UserConf {
  return {
    name,
    ...(password === undefined ? {} : { password }),
    actions: new Set([...(upsmon === 'none' ? [] : ROLE_ACTIONS[upsmon]), ...actions]),
    instcmds: instcmds.some((command) => command.toUpperCase() === 'ALL')
      ? 'ALL'
      : new Set(instcmds.map((command) => command.toLowerCase())),
    ...(upsmon === 'none' ? {} : { upsmon }),
  };
}

/** And back. Rights that were given by hand become the role that has them. */
export function fromUserConf({ name, password, actions, instcmds, upsmon }: UserConf): UserSettings {
  const role = upsmon ?? (actions.has('PRIMARY') ? 'primary' : actions.has('LOGIN') ? 'secondary' : 'none');
  const implied = new Set(role === 'none' ? [] : ROLE_ACTIONS[role]);
  return {
    name,
    ...(password === undefined ? {} : { password }),
    actions: (['SET', 'FSD'] as const).filter((action) => actions.has(action) && !implied.has(action)),
    instcmds: instcmds === 'ALL' ? ['ALL'] : [...instcmds],
    upsmon: role,
  };
}

/** Passwords stay out of the text. @throws SettingsError settings/cannot-write for a name that no file can hold */
export const usersToText = (users: readonly UserSettings[]): string =>
  writeUpsdUsers(
    users.map((user) => toUserConf(user.password === undefined ? user : { ...user, password: KEPT_PASSWORD })),
  );

/**
 * @param before whose passwords stand behind `(set)`, and what accounts were made for
 * @returns the users, what each was called before if there was one, and what is wrong with the text; a `(set)` that no
 * password stands behind is an error
 */
export function usersFromText(
  text: string,
  before: readonly UserSettings[],
): {
  readonly users: UserSettings[];
  readonly formerNames: readonly (string | undefined)[];
  readonly problems: Problems;
} {
  const problems = new Problems('upsd.users');
  const confs = readUpsdUsers(new TextEncoder().encode(text), problems);
  const comment = text.split('\n').findIndex((line) => /^\s*#/.test(line));
  if (comment >= 0) problems.notice('comment-lost', comment + 1, {});
  const formerOf = formerAccounts(confs, before);
  const users = confs.map((conf): UserSettings => {
    const user = fromUserConf(conf);
    const known = formerOf(conf);
    const { password: written, ...rest } = user;
    const password = written === KEPT_PASSWORD ? known?.password : written;
    if (written !== undefined && password === undefined) {
      problems.error('no-kept-password', conf.origin?.line ?? 1, { name: user.name });
    }
    return {
      ...rest,
      ...(password === undefined ? {} : { password }),
      ...(known?.client === undefined ? {} : { client: known.client }),
    };
  });
  return { users, formerNames: confs.map((conf) => formerOf(conf)?.name), problems };
}

/**
 * Which account each section of the text was before: the one of its name, else one that was renamed. That is clear where
 * one name went and one came that keeps its password, or where the text has as many sections as there were accounts and
 * another name stands in the same place. One whose password cannot be had here is shown without one, and kept alike.
 */
function formerAccounts(
  confs: readonly UserConf[],
  before: readonly UserSettings[],
): (conf: UserConf) => UserSettings | undefined {
  const byName = new Map(before.map((user) => [user.name, user]));
  return (conf) => {
    const known = byName.get(conf.name);
    if (known || ![undefined, KEPT_PASSWORD].includes(conf.password)) return known;
    const isShownAlike = ({ password }: UserSettings): boolean =>
      (password === undefined) === (conf.password === undefined);
    const gone = before.filter((user) => isShownAlike(user) && !confs.some(({ name }) => name === user.name));
    const come = confs.filter(({ name, password }) => password === conf.password && !byName.has(name));
    const [only] = gone.length === 1 && come.length === 1 ? gone : [];
    const inPlace = confs.length === before.length ? before[confs.indexOf(conf)] : undefined;
    return only ?? (inPlace && gone.includes(inPlace) ? inPlace : undefined);
  };
}
