import { SettingsError } from '#domain/errors.ts';
import { quote } from '#engine/nut/words.ts';
import type { ConfLine } from './conf-lines.ts';
import { nearestName } from './nearest-name.ts';
import { ROLE_ACTIONS, USER_ACTIONS, type UserAction, type UserConf } from './nut-conf.ts';
import type { Problems } from './problem.ts';
import { readSections, type Section } from './section-file.ts';

const SETTINGS = ['password', 'actions', 'instcmds', 'upsmon', 'allowfrom'] as const;

const ACTION_WORDS: ReadonlyMap<string, UserAction> = new Map([
  ...USER_ACTIONS.map((action) => [action, action] as const),
  ['MASTER', 'PRIMARY'] as const,
]);

const ROLE_WORDS: ReadonlyMap<string, 'primary' | 'secondary'> = new Map([
  ['primary', 'primary'],
  ['master', 'primary'],
  ['secondary', 'secondary'],
  ['slave', 'secondary'],
]);

/** NUT's words for the two roles, old ones included, in any capitals. */
export const parseRole = (text: string): 'primary' | 'secondary' | undefined => ROLE_WORDS.get(text.toLowerCase());

export function readUpsdUsers(bytes: Uint8Array, problems: Problems): UserConf[] {
  const { global, sections } = readSections(bytes, problems);
  for (const { first, line } of global) problems.warning('outside-section', line, { name: first });
  return sections.map((section) => readUser(section, problems));
}

function readUser(section: Section, problems: Problems): UserConf {
  let password: { readonly text: string; readonly line: number } | undefined;
  let upsmon: UserConf['upsmon'];
  const actions = new Set<UserAction>();
  const instcmds = new Set<string>();
  for (const conf of section.lines) {
    const values = conf.rest.filter((word) => word !== '=');
    const [value] = values;
    switch (conf.first) {
      case 'password':
        // `password = =` is a password of one character.
        password = readPassword(conf, password, problems);
        break;
      case 'actions':
        for (const word of values) {
          const action = ACTION_WORDS.get(word.toUpperCase());
          if (action === undefined) problems.error('unknown-action', conf.line, { action: word });
          else actions.add(action);
        }
        break;
      case 'instcmds':
        for (const word of values) instcmds.add(word.toLowerCase());
        break;
      case 'upsmon': {
        const role = parseRole(value ?? '');
        if (role === undefined) {
          problems.error('unknown-role', conf.line, { role: value ?? 'nothing' });
          break;
        }
        upsmon = upsmon === 'primary' ? upsmon : role;
        for (const action of ROLE_ACTIONS[role]) actions.add(action);
        break;
      }
      case 'allowfrom':
        problems.notice('obsolete', conf.line, { name: conf.first });
        break;
      default:
        tellUnknown(conf, problems);
    }
  }
  if (password === undefined) problems.warning('no-password', section.line, { name: section.name });
  return {
    name: section.name,
    ...(password === undefined ? {} : { password: password.text }),
    actions,
    instcmds: instcmds.has('all') ? 'ALL' : instcmds,
    ...(upsmon === undefined ? {} : { upsmon }),
    origin: { file: problems.file, line: section.line },
  };
}

function readPassword(
  { first: name, rest, line }: ConfLine,
  earlier: { readonly text: string; readonly line: number } | undefined,
  problems: Problems,
): { readonly text: string; readonly line: number } | undefined {
  if (earlier) {
    problems.warning('repeated-later-ignored', line, { name, first: earlier.line });
    return earlier;
  }
  const [text, ...extra] = rest[0] === '=' ? rest.slice(1) : rest;
  if (text === undefined) {
    problems.error('missing-value', line, { name });
    return undefined;
  }
  // What did not fit would be part of the password in the writer's mind; it is a secret and is not repeated here.
  if (extra.length > 0) problems.warning('extra-words', line, { extra: '…' });
  return { text, line };
}

function tellUnknown({ first, line }: ConfLine, problems: Problems): void {
  const nearest = nearestName(first, SETTINGS);
  if (nearest === undefined) problems.warning('unknown-directive', line, { name: first });
  else problems.warning('mistyped-directive', line, { name: first, nearest });
}

/**
 * Text of an upsd.users that says the same.
 * @throws SettingsError settings/cannot-write for a name that no section title can hold
 */
export function writeUpsdUsers(users: readonly UserConf[]): string {
  return users
    .map((user) => {
      const lines = [sectionTitle(user.name, 'user name')];
      if (user.password !== undefined) lines.push(`  password = ${quote(user.password)}`);
      if (user.upsmon !== undefined) lines.push(`  upsmon ${user.upsmon}`);
      const implied = new Set(user.upsmon === undefined ? [] : ROLE_ACTIONS[user.upsmon]);
      const more = [...user.actions].filter((action) => !implied.has(action));
      if (more.length > 0) lines.push(`  actions = ${more.join(' ')}`);
      // One name a line: a line of NUT holds 32 words.
      const instcmds = user.instcmds === 'ALL' ? ['ALL'] : [...user.instcmds].map(quote);
      for (const name of instcmds) lines.push(`  instcmds = ${name}`);
      return lines.map((line) => `${line}\n`).join('');
    })
    .join('\n');
}

/** `[name]`, as both section files have it. @throws SettingsError settings/cannot-write */
export function sectionTitle(name: string, what: string): string {
  if (!/^[\x21-\x7e]{1,500}$/.test(name) || /[\s"\\#=]/.test(name)) {
    throw new SettingsError('settings/cannot-write', { what, reason: `"${name}" cannot be a section title` });
  }
  return `[${name}]`;
}
