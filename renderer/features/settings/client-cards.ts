/** What other computers and appliances need to log in here: an account each, and what to enter there. Pure. */
import { CLIENT_KINDS } from '#domain/schema/settings/server-settings.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';

export type Account = SettingsDraft['server']['users'][number];
export type ClientKind = (typeof CLIENT_KINDS)[number];

interface ClientFacts {
  /** Its own name, the same in every language. */
  readonly title: string;
  /** Name of the account; of several of a kind the others get a number. */
  readonly user: string;
  readonly upsmon: 'secondary' | 'none';
  /** User and password are built into it. */
  readonly builtInPassword?: string;
  /** The only name of a UPS it asks for. */
  readonly ups?: string;
  /** It is set up by a line of upsmon.conf. */
  readonly isLine?: true;
}

/** Synology's and QNAP's are as their makers built them. */
const FACTS: Readonly<Record<ClientKind, ClientFacts>> = {
  synology: { title: 'Synology', user: 'monuser', upsmon: 'secondary', builtInPassword: 'secret', ups: 'ups' },
  qnap: { title: 'QNAP', user: 'admin', upsmon: 'secondary', builtInPassword: '123456', ups: 'qnapups' },
  truenas: { title: 'TrueNAS', user: 'truenas', upsmon: 'secondary' },
  proxmox: { title: 'Proxmox', user: 'proxmox', upsmon: 'secondary', isLine: true },
  upsmon: { title: 'Linux (upsmon)', user: 'linux', upsmon: 'secondary', isLine: true },
  'home-assistant': { title: 'Home Assistant', user: 'homeassistant', upsmon: 'none' },
  windows: { title: 'Windows', user: 'windows', upsmon: 'secondary' },
};

export const factsOf = (kind: ClientKind): ClientFacts => FACTS[kind];

/** An account for one more of a kind; undefined where there can be only one and it is there. */
export function accountFor(
  kind: ClientKind,
  { users, monuser }: SettingsDraft['server'],
  makePassword: () => string,
): Account | undefined {
  const { user, upsmon, builtInPassword } = FACTS[kind];
  const taken = new Set([monuser, ...users.map(({ name }) => name)]);
  const name = freeName(user, taken);
  if (builtInPassword !== undefined && name !== user) return undefined;
  return {
    name,
    password: { value: builtInPassword ?? makePassword() },
    actions: [],
    instcmds: [],
    upsmon,
    client: kind,
  };
}

/** The name, or the first of it with a number that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

export interface CardPlace {
  readonly host: string;
  readonly port: number;
  /** Names of the UPSes that are served: identifiers first, then aliases. */
  readonly upses: readonly string[];
}

type CardRow = 'host' | 'port' | 'ups' | 'user' | 'password' | 'line';

/** What to enter there, row by row. @param hidden stands for a password that is not shown any more */
export function cardRows(
  { client, name, password }: Account,
  { host, port, upses }: CardPlace,
  hidden: string,
): readonly { readonly row: CardRow; readonly value: string }[] {
  const kind = client ?? 'upsmon';
  const { ups: wanted, isLine, builtInPassword } = FACTS[kind];
  const ups = wanted ?? upses[0] ?? 'ups';
  const shown = 'value' in password ? password.value : hidden;
  if (isLine) {
    const server = host.includes(':') ? `[${host}]` : host;
    return [{ row: 'line', value: `MONITOR ${ups}@${server}:${port} 1 ${name} ${shown} secondary` }];
  }
  const rows: { readonly row: CardRow; readonly value: string }[] = [{ row: 'host', value: host }];
  if (builtInPassword !== undefined) return rows;
  rows.push({ row: 'port', value: String(port) });
  if (kind !== 'home-assistant') rows.push({ row: 'ups', value: ups });
  return [...rows, { row: 'user', value: name }, { row: 'password', value: shown }];
}

/** The name it asks for where no UPS has it. */
export function missingName({ client }: Account, upses: readonly string[]): string | undefined {
  const wanted = client === undefined ? undefined : FACTS[client].ups;
  return wanted === undefined || upses.some((name) => name.toLowerCase() === wanted) ? undefined : wanted;
}
