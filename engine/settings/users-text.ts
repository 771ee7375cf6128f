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
 * @returns the users, and what is wrong with the text
 */
export function usersFromText(
  text: string,
  before: readonly UserSettings[],
): { readonly users: UserSettings[]; readonly problems: Problems } {
  const problems = new Problems('upsd.users');
  const users = readUpsdUsers(new TextEncoder().encode(text), problems).map((conf): UserSettings => {
    const user = fromUserConf(conf);
    const known = before.find(({ name }) => name === user.name);
    const { password: written, ...rest } = user;
    const password = written === KEPT_PASSWORD ? known?.password : written;
    return {
      ...rest,
      ...(password === undefined ? {} : { password }),
      ...(known?.client === undefined ? {} : { client: known.client }),
    };
  });
  return { users, problems };
}
