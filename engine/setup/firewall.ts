/**
 * A firewall of this computer that may keep others from the NUT server: whether it is on, and the command that lets them
 * through. What the firewall's own programs and files say in, a hint out. Pure.
 *
 * That the port is open is never said: networks have firewalls too, and rules have an order.
 */
import { z } from 'zod';
import { phrase, type Text } from '#domain/messages/message.ts';

export interface FirewallHint {
  readonly text: Text;
  /** Lets the port through, to be run by hand. Absent where a rule is about it already, or no command does it. */
  readonly command?: string;
  /** One of its rules lets somebody through to the port. */
  readonly hasRule: boolean;
}

/** Who is to be let through. */
export interface Opening {
  /** TCP. */
  readonly port: number;
  /** Addresses and networks; empty: everybody. */
  readonly allow: readonly string[];
}

const isIpv6 = (address: string): boolean => address.includes(':');

type How = 'on' | 'on.until-restart' | 'on.as-administrator';

function hint(name: string, { port }: Opening, command: string, how: How = 'on'): FirewallHint {
  return { text: phrase(`firewall.${how}`, { name, port }), command, hasRule: false };
}

const ruled = (name: string, { port }: Opening): FirewallHint => ({
  text: phrase('firewall.rule', { name, port }),
  hasRule: true,
});

/** Whether ports as `80,3000:4000` or `3000-4000` hold one. */
const holds = (ports: string, port: number): boolean =>
  ports.split(',').some((part) => {
    const [from = '', to = from] = part.split(/[:-]/);
    return Number(from) <= port && port <= Number(to);
  });

export interface UfwFiles {
  /** /etc/ufw/ufw.conf and /etc/default/ufw: everybody may read them, unlike what `ufw status` says. */
  readonly conf: string;
  readonly defaults: string;
  /** user.rules and user6.rules, where they can be read. */
  readonly rules: string;
}

/**
 * Source: ufw(8), ufw-framework(8). Each rule stands in its file as a comment: action, protocol, port and address here,
 * port and address there, its profiles of programs where it has some, direction.
 */
export function ufwHint({ conf, defaults, rules }: UfwFiles, opening: Opening): FirewallHint | undefined {
  if (!/^\s*ENABLED\s*=\s*["']?yes/im.test(conf)) return undefined;
  if (/^\s*DEFAULT_INPUT_POLICY\s*=\s*["']?ACCEPT/im.test(defaults)) return undefined;
  const { port, allow } = opening;
  const tuples = rules.matchAll(/^### tuple ### (?:allow|limit)\S* (?:tcp|any) (\S+) \S+ any \S+(?: \S+ \S+)? in/gm);
  if ([...tuples].some(([, ports = '']) => ports === 'any' || holds(ports, port))) return ruled('ufw', opening);
  const commands =
    allow.length === 0
      ? [`sudo ufw allow ${port}/tcp`]
      : allow.map((address) => `sudo ufw allow proto tcp from ${address} to any port ${port}`);
  return hint('ufw', opening, commands.join(' && '));
}

/**
 * Source: firewall-cmd(1), firewalld.richlanguage(5).
 * @param state what `firewall-cmd --state` says
 * @param zone what `--list-all` says; empty where it may not be asked
 */
export function firewalldHint(state: string, zone: string, opening: Opening): FirewallHint | undefined {
  if (state.trim() !== 'running') return undefined;
  const { port, allow } = opening;
  const listed = (name: string): readonly string[] =>
    new RegExp(`^\\s*${name}: (.*)$`, 'm').exec(zone)?.[1]?.split(' ') ?? [];
  const isListed =
    listed('ports').some((entry) => entry.endsWith('/tcp') && holds(entry.slice(0, -4), port)) ||
    (port === NUT_SERVICE_PORT && listed('services').includes('nut')) ||
    new RegExp(`port="${port}" protocol="tcp" accept`).test(zone);
  if (isListed) return ruled('firewalld', opening);
  const rules = allow.map(
    (address) =>
      `--add-rich-rule='rule family="${isIpv6(address) ? 'ipv6' : 'ipv4'}" source address="${address}" port port="${port}" protocol="tcp" accept'`,
  );
  const what = allow.length === 0 ? `--add-port=${port}/tcp` : rules.join(' ');
  return hint('firewalld', opening, `sudo firewall-cmd --permanent ${what} && sudo firewall-cmd --reload`);
}

/** Of the service `nut` that firewalld brings. */
const NUT_SERVICE_PORT = 3493;

const NftListing = z.object({
  nftables: z.array(
    z.object({
      chain: z
        .object({
          family: z.string(),
          table: z.string(),
          name: z.string(),
          hook: z.string().optional(),
          policy: z.string().optional(),
        })
        .optional(),
      rule: z
        .object({
          family: z.string(),
          table: z.string(),
          chain: z.string(),
          expr: z.array(z.record(z.string(), z.unknown())),
        })
        .optional(),
    }),
  ),
});
type NftItem = z.infer<typeof NftListing>['nftables'][number];
type NftChain = NonNullable<NftItem['chain']>;
type NftRule = NonNullable<NftItem['rule']>;

/**
 * Chains for what comes in that drop what no rule lets through. Those of iptables-nft get a command of iptables.
 * Source: libnftables-json(5).
 * @param listing what `nft -j list ruleset` says
 */
export function nftHint(listing: string, opening: Opening): FirewallHint | undefined {
  const items = nftItems(listing);
  const rules = items.flatMap(({ rule }) => rule ?? []);
  const chains = items.flatMap(({ chain }) =>
    isOfIp(chain) && chain.hook === 'input' && (chain.policy === 'drop' || endsInRefusal(rules.filter(isOf(chain))))
      ? [chain]
      : [],
  );
  const [first] = chains;
  if (!first) return undefined;
  const isManaged = chains.every(isOfIptables);
  const name = isManaged ? 'iptables' : 'nftables';
  // Chains for what goes out or through say nothing about what comes in; those without a hook are jumped to.
  const others = items.flatMap(({ chain }) =>
    chain?.hook !== undefined && chain.hook !== 'input' ? [isOf(chain)] : [],
  );
  const incoming = rules.filter((rule) => !others.some((isOther) => isOther(rule)));
  if (incoming.some((rule) => lets(rule, opening.port))) return ruled(name, opening);
  const commands = chains.flatMap((chain) =>
    isOfIptables(chain)
      ? iptablesCommands(chain.family === 'ip6' ? 6 : 4, opening)
      : nftMatches(chain.family, opening).map(
          (match) => `sudo nft 'insert rule ${chain.family} ${chain.table} ${chain.name} ${match} accept'`,
        ),
  );
  if (commands.length === 0) return undefined; // it keeps none of the allowed addresses out
  return hint(name, opening, commands.join(' && '), 'on.until-restart');
}

function nftItems(listing: string): readonly NftItem[] {
  try {
    return NftListing.parse(JSON.parse(listing)).nftables;
  } catch {
    return []; // no list of rules: the program is another one, or may not tell
  }
}

const isOf =
  ({ family, table, name }: NftChain) =>
  (rule: NftRule): boolean =>
    rule.family === family && rule.table === table && rule.chain === name;

/** Others are about what is no IP: bridges, ARP. */
const isOfIp = (chain: NftChain | undefined): chain is NftChain =>
  chain !== undefined && ['inet', 'ip', 'ip6'].includes(chain.family);

/** Tables of iptables-nft, which are not to be changed by hand. */
const isOfIptables = ({ family, table, name }: NftChain): boolean =>
  (family === 'ip' || family === 'ip6') && table === 'filter' && name === 'INPUT';

/** Expressions of a rule that are about every packet. */
const UNCONDITIONAL: ReadonlySet<string> = new Set(['counter', 'log', 'limit', 'drop', 'reject']);

function endsInRefusal(rules: readonly NftRule[]): boolean {
  const words = rules.at(-1)?.expr.flatMap(Object.keys) ?? [];
  return words.some((word) => word === 'drop' || word === 'reject') && words.every((word) => UNCONDITIONAL.has(word));
}

const DportMatch = z.object({
  op: z.enum(['==', 'in']),
  left: z.object({ payload: z.object({ protocol: z.enum(['tcp', 'th']), field: z.literal('dport') }) }),
  right: z.unknown(),
});

const lets = ({ expr }: NftRule, port: number): boolean =>
  expr.some((word) => 'accept' in word) &&
  expr.some(({ match }) => {
    const { data } = DportMatch.safeParse(match);
    return data !== undefined && nftHolds(data.right, port);
  });

/** A number, or a set of numbers and ranges. */
function nftHolds(value: unknown, port: number): boolean {
  if (value === port) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { set, range } = value as { readonly set?: unknown; readonly range?: unknown };
  if (Array.isArray(set)) return set.some((part) => nftHolds(part, port));
  return Array.isArray(range) && Number(range[0]) <= port && port <= Number(range[1]);
}

function nftMatches(family: string, { port, allow }: Opening): string[] {
  if (allow.length === 0) return [`tcp dport ${port}`];
  const of = (keyword: 'ip' | 'ip6'): string[] => {
    const addresses = allow.filter((address) => isIpv6(address) === (keyword === 'ip6'));
    const isSeen = family === keyword || family === 'inet';
    return isSeen && addresses.length > 0 ? [`${keyword} saddr { ${addresses.join(', ')} } tcp dport ${port}`] : [];
  };
  return [...of('ip'), ...of('ip6')];
}

function iptablesCommands(version: 4 | 6, { port, allow }: Opening): string[] {
  const program = version === 6 ? 'ip6tables' : 'iptables';
  const addresses = allow.filter((address) => isIpv6(address) === (version === 6));
  if (allow.length > 0 && addresses.length === 0) return [];
  const source = allow.length === 0 ? '' : ` -s ${addresses.join(',')}`;
  return [`sudo ${program} -I INPUT${source} -p tcp --dport ${port} -j ACCEPT`];
}

/**
 * Where there is no nft. Source: iptables(8).
 * @param listings what `iptables -S INPUT` and `ip6tables -S INPUT` say
 */
export function iptablesHint(
  listings: { readonly 4: string; readonly 6: string },
  opening: Opening,
): FirewallHint | undefined {
  const versions = ([4, 6] as const).filter((version) => {
    const lines = listings[version].trim().split('\n');
    return lines.includes('-P INPUT DROP') || /^-A INPUT -j (?:DROP|REJECT)\b/.test(lines.at(-1) ?? '');
  });
  const commands = versions.flatMap((version) => iptablesCommands(version, opening));
  if (commands.length === 0) return undefined;
  const accepted = versions.flatMap((version) => [
    ...listings[version].matchAll(/^-A INPUT\b.*(?<! !) -p tcp\b.*(?<! !) --dports? (\S+).* -j ACCEPT$/gm),
  ]);
  if (accepted.some(([, ports = '']) => holds(ports, opening.port))) return ruled('iptables', opening);
  return hint('iptables', opening, commands.join(' && '), 'on.until-restart');
}

const ruleName = ({ port }: Opening): string => `Ridethrough NUT ${port}`;

/** Says how many profiles of Windows' firewall are on, and how many rules that are on bear the name of ours. */
export const windowsQuestion = (opening: Opening): string =>
  [
    "$on = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { $_.Enabled -eq 'True' }).Count",
    `$rules = @(Get-NetFirewallRule -DisplayName '${ruleName(opening)}' -ErrorAction SilentlyContinue | Where-Object { $_.Enabled -eq 'True' }).Count`,
    '"$on $rules"',
  ].join('; ');

/** Source: the PowerShell module NetSecurity. @param answer to windowsQuestion() */
export function windowsHint(answer: string, opening: Opening): FirewallHint | undefined {
  const [, on = '0', rules = '0'] = /^(\d+) (\d+)$/.exec(answer.trim()) ?? [];
  const name = 'Microsoft Defender';
  if (Number(on) === 0) return undefined;
  if (Number(rules) > 0) return ruled(name, opening);
  const { port, allow } = opening;
  const from = allow.length === 0 ? '' : ` -RemoteAddress ${allow.map((address) => `'${address}'`).join(',')}`;
  const command = `New-NetFirewallRule -DisplayName '${ruleName(opening)}' -Direction Inbound -Protocol TCP -LocalPort ${port}${from} -Action Allow`;
  return hint(name, opening, command, 'on.as-administrator');
}

export const SOCKET_FILTER = '/usr/libexec/ApplicationFirewall/socketfilterfw';

/**
 * It knows programs, not ports and addresses.
 * @param state what `socketfilterfw --getglobalstate` says: `Firewall is enabled. (State = 1)`; 2 where all is blocked
 * @param program path of this program
 */
export function macHint(state: string, program: string, opening: Opening): FirewallHint | undefined {
  const level = /\(State = (\d)\)/.exec(state)?.[1];
  if (level === '2') return { text: phrase('firewall.blocks-all', {}), hasRule: false };
  if (level !== '1') return undefined;
  const quoted = `'${program.replaceAll("'", String.raw`'\''`)}'`;
  const options = ['--add', '--unblockapp'].map((option) => `sudo ${SOCKET_FILTER} ${option} ${quoted}`);
  return hint('macOS', opening, options.join(' && '));
}
