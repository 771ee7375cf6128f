/** Which computers may connect to the NUT server, and which were turned away lately. */
import { BlockList, isIPv6, SocketAddress } from 'node:net';
import type { Monotonic, Timestamp } from '#domain/units.ts';
import type { Clock, Log } from '#engine/ports.ts';

/** An address that was turned away. */
export interface Refusal {
  readonly address: string;
  /** Connections of it since it was turned away first. */
  readonly count: number;
  readonly lastAt: Timestamp;
}

export interface ClientGate {
  /**
   * Takes a list of addresses and networks in CIDR notation for the one before. Empty: everybody may connect. This
   * computer itself always may, by loopback.
   */
  allow(list: readonly string[]): void;
  /** @param address as a socket tells it, IPv4 within IPv6 and zones included */
  admits(address: string): boolean;
  /** Notes that a connection of this address was closed, and tells the log when that is news. */
  refuse(address: string): void;
  /** Those of the last day that would be turned away still, the last one first; of many, the last 50. */
  refusals(): readonly Refusal[];
  /** Connections that were turned away since the program started. */
  readonly refusedCount: number;
}

const MOST_KEPT = 50;
const KEPT_MS = 24 * 3_600_000;
/** Within so long an address is told once, and no more than so many addresses. */
const TOLD_AGAIN_MS = 3_600_000;
const MOST_TOLD = 20;

interface Kept {
  count: number;
  lastAt: Timestamp;
  toldAt: Monotonic | undefined;
}

export function createClientGate(clock: Clock, log: Log): ClientGate {
  let allowed: Members | undefined;
  let refusedCount = 0;
  /** Whoever was turned away last stands last. */
  const kept = new Map<string, Kept>();
  /** When the lines of the last hour were written. */
  let told: readonly Monotonic[] = [];

  const admits = (address: string): boolean => allowed === undefined || LOOPBACK.has(address) || allowed.has(address);

  const tell = (address: string, now: Monotonic): void => {
    told = told.filter((at) => now - at < TOLD_AGAIN_MS);
    if (told.length >= MOST_TOLD) return;
    told = [...told, now];
    log.warn(`${address} was refused: it is none of the allowed addresses (server.allow)`, { client: address });
    if (told.length === MOST_TOLD) log.warn('Many addresses were refused; for a while no more of them are told');
  };

  return {
    allow(list) {
      allowed = list.length === 0 ? undefined : membersOf(list);
      for (const address of [...kept.keys()]) if (admits(address)) kept.delete(address);
    },
    admits,
    refuse(socketAddress) {
      const address = plainAddress(socketAddress);
      const now = clock.monotonic();
      const { count, toldAt } = kept.get(address) ?? { count: 0, toldAt: undefined };
      refusedCount += 1;
      const isNews = toldAt === undefined || now - toldAt >= TOLD_AGAIN_MS;
      if (isNews) tell(address, now);
      kept.delete(address);
      kept.set(address, { count: count + 1, lastAt: clock.now(), toldAt: isNews ? now : toldAt });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    },
    refusals: () =>
      [...kept]
        .filter(([, { lastAt }]) => clock.now() - lastAt < KEPT_MS)
        .map(([address, { count, lastAt }]) => ({ address, count, lastAt }))
        .reverse(),
    get refusedCount() {
      return refusedCount;
    },
  };
}

/** An IPv4 client of an IPv6 socket is an IPv4 client. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

interface Members {
  has(address: string): boolean;
}

/** Each family has a list of its own: to one BlockList every IPv4 address is also an IPv6 one, and `::/0` would take it in. */
function membersOf(list: readonly string[]): Members {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const entry of list) {
    const { address, prefix, family } = rangeOf(entry);
    if (prefix === undefined) lists[family].addAddress(address, family);
    else lists[family].addSubnet(address, prefix, family);
  }
  return {
    has(socketAddress) {
      // A zone says by which cable of ours it came.
      const address = plainAddress(socketAddress).replace(/%.*$/, '');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      return lists[family].check(address, family);
    },
  };
}

const LOOPBACK = membersOf(['127.0.0.0/8', '::1']);
/** Bits before an IPv4 address within IPv6. */
const MAPPED_BITS = 96;

function rangeOf(entry: string): { address: string; prefix: number | undefined; family: 'ipv4' | 'ipv6' } {
  const [written = '', length] = entry.split('/');
  const prefix = length === undefined ? undefined : Number(length);
  if (!isIPv6(written)) return { address: written, prefix, family: 'ipv4' };
  const { address } = new SocketAddress({ address: written, family: 'ipv6' });
  const plain = plainAddress(address);
  const isMapped = plain !== address && (prefix === undefined || prefix >= MAPPED_BITS);
  if (!isMapped) return { address, prefix, family: 'ipv6' };
  return { address: plain, prefix: prefix === undefined ? undefined : prefix - MAPPED_BITS, family: 'ipv4' };
}
