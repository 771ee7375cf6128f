/** nutauth.conf: user names and passwords of NUT servers, for programs that log in to them. */
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { DEFAULT_NUT_HOST, parsePort } from '#engine/nut/ups-address.ts';
import { type ConfLine, readConfLines } from './conf-lines.ts';
import { WHY_NO_EFFECT } from './no-effect.ts';
import type { Problems } from './problem.ts';
import { parseBoolean } from './values.ts';

export interface NutCredentials {
  readonly user?: string;
  readonly password?: string;
  /** FORCESSL: no connection without TLS. */
  readonly isTlsRequired?: boolean;
  /** CERTVERIFY: the server's certificate must be right. */
  readonly isVerified?: boolean;
}

/** Credentials and the servers they are for; what is absent is any. */
interface Entry extends NutCredentials {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly titleUser: string | undefined;
}

export type NutAuth = readonly Entry[];

/** Titles of the settings for all servers. */
const GLOBAL_TITLES = new Set(['[]', '[_global_defaults]']);

/** Lines before a section are for all servers. INCLUDE is not followed, and told. */
export function readNutAuth(bytes: Uint8Array, problems: Problems): NutAuth {
  const entries: Entry[] = [];
  let current: Entry | undefined = { host: undefined, port: undefined, titleUser: undefined };
  for (const conf of readConfLines(bytes, problems)) {
    if (conf.first.startsWith('[')) {
      if (current) entries.push(current);
      current = entryOf(conf, problems);
    } else if (current) {
      current = { ...current, ...settingOf(conf, problems) };
    }
  }
  if (current) entries.push(current);
  return entries;
}

/** `[user@host:port]`, `[@host]`, `[host:port]` and so on; an empty host is this computer. */
function entryOf({ first, line }: ConfLine, problems: Problems): Entry | undefined {
  if (GLOBAL_TITLES.has(first)) return { host: undefined, port: undefined, titleUser: undefined };
  const parts = /^\[(?:(?<user>[^@\]]*)@)?(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:@[\]]*))(?::(?<port>[^\]]+))?\]$/.exec(
    first,
  )?.groups;
  const port = parts?.port === undefined ? undefined : parsePort(parts.port);
  if (!parts || (parts.port !== undefined && port === undefined)) {
    problems.warning('bad-section', line, {});
    return undefined;
  }
  const host = parts.ipv6 ?? parts.name ?? '';
  return {
    host: (host === '' ? DEFAULT_NUT_HOST : host).toLowerCase(),
    port,
    titleUser: parts.user === '' ? undefined : parts.user,
  };
}

function settingOf({ first, rest, line }: ConfLine, problems: Problems): NutCredentials {
  const value = rest[0] === '=' && rest.length > 1 ? rest[1] : rest[0];
  if (value === undefined) {
    problems.warning('missing-value', line, { name: first });
    return {};
  }
  const isOn = parseBoolean(value);
  switch (first.toLowerCase()) {
    case 'user':
    case 'username':
      return { user: value };
    case 'pass':
    case 'password':
      return { password: value };
    case 'forcessl':
      return isOn === undefined ? {} : { isTlsRequired: isOn };
    case 'certverify':
      return isOn === undefined ? {} : { isVerified: isOn };
    default:
      problems.notice('no-effect', line, { name: first, why: WHY_NO_EFFECT.plainFile });
      return {};
  }
}

/**
 * What applies to one server: the most exact section first, what it leaves open from the wider ones.
 * @param server host without brackets
 */
export function credentialsFor(
  auth: NutAuth,
  server: { readonly host: string; readonly port: number },
): NutCredentials {
  const host = server.host.toLowerCase();
  const exactness = (entry: Entry): number =>
    (entry.host === undefined ? 0 : 4) + (entry.titleUser === undefined ? 0 : 2) + (entry.port === undefined ? 0 : 1);
  const fitting = auth
    .filter(
      (entry) =>
        (entry.host ?? host) === host &&
        (entry.port ?? (entry.host === undefined ? server.port : NUT_PORT)) === server.port,
    )
    .toSorted((a, b) => exactness(a) - exactness(b));
  return fitting.reduce<NutCredentials>((merged, { host: _host, port: _port, titleUser, ...own }) => {
    const user = own.user ?? titleUser;
    return { ...merged, ...own, ...(user === undefined ? {} : { user }) };
  }, {});
}
