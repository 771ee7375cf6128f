/** Which addresses a search of the network goes through. Pure. */
import { isIP, isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** Larger networks are no home or office of the kind that is searched address by address. */
export const MOST_ADDRESSES = 1024;

export type AddressRange =
  { readonly ok: true; readonly hosts: readonly string[] } | { readonly ok: false; readonly reason: string };

const asNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const asText = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');

/** Addresses of an IPv4 network without its own and its broadcast address, where it has these. */
function hostsOf(address: string, prefix: number): AddressRange {
  const size = 2 ** (32 - prefix);
  if (size > MOST_ADDRESSES) {
    return { ok: false, reason: `${address}/${prefix} has ${size} addresses; at most ${MOST_ADDRESSES} are searched` };
  }
  const first = Math.floor(asNumber(address) / size) * size;
  const all = Array.from({ length: size }, (_, place) => asText(first + place));
  return { ok: true, hosts: size > 2 ? all.slice(1, -1) : all };
}

/** @param text a name, an address, or an IPv4 network such as `192.168.1.0/24` */
export function parseRange(text: string): AddressRange {
  const [address = '', prefix, ...rest] = text.split('/');
  if (prefix !== undefined) {
    if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) {
      return { ok: false, reason: `${text} is no IPv4 network such as 192.168.1.0/24` };
    }
    return hostsOf(address, Number(prefix));
  }
  if (isIP(text) !== 0 || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i.test(text)) return { ok: true, hosts: [text] };
  return { ok: false, reason: `${text} is no name, address or network` };
}

/**
 * The IPv4 networks that this computer is in, without its own addresses.
 * @param interfaces as the system lists them
 */
export function ownNetworks(interfaces: Readonly<Record<string, NetworkInterfaceInfo[] | undefined>>): {
  readonly hosts: readonly string[];
  /** Networks that are left out, each with the reason. */
  readonly leftOut: readonly string[];
} {
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);
  const ranges = own.map(({ address, cidr }) => hostsOf(address, Number(cidr?.split('/')[1] ?? 32)));
  const ownAddresses = new Set(own.map(({ address }) => address));
  const hosts = new Set(ranges.flatMap((range) => (range.ok ? range.hosts : [])));
  return {
    hosts: [...hosts].filter((host) => !ownAddresses.has(host)),
    leftOut: ranges.flatMap((range) => (range.ok ? [] : [range.reason])),
  };
}
