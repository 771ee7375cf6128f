import { NUT_PORT } from './protocol.ts';

/** Which UPS on which server: `ups[@host[:port]]`, as clients, MONITOR lines and repeaters write it. */
export interface UpsAddress {
  readonly ups: string;
  /** Host name or address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_NUT_HOST = 'localhost';

/** A TCP port as a decimal number, or the service name `nut`. @returns undefined for anything else */
export function parsePort(text: string): number | undefined {
  if (text.toLowerCase() === 'nut') return NUT_PORT;
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** Host and port default to localhost and 3493; IPv6 addresses stand in brackets. @returns undefined for nonsense */
export function parseUpsAddress(text: string): UpsAddress | undefined {
  const match = /^(?<ups>[^@\s]+)(?:@(?<server>[^@\s]*))?$/.exec(text);
  if (!match?.groups) return undefined;
  const { ups, server } = match.groups;
  if (ups === undefined) return undefined;
  if (server === undefined) return { ups, host: DEFAULT_NUT_HOST, port: NUT_PORT };
  const address = parseServerAddress(server, NUT_PORT);
  return address && { ups, ...address };
}

/** `host[:port]`; IPv6 addresses stand in brackets. @returns undefined for nonsense */
export function parseServerAddress(text: string, usualPort: number): Omit<UpsAddress, 'ups'> | undefined {
  const parts = /^(?:\[(?<ipv6>[0-9a-fA-F:.%\w]+)\]|(?<name>[^:[\]]+))(?::(?<port>\w+))?$/.exec(text)?.groups;
  const host = parts?.ipv6 ?? parts?.name;
  const port = parts?.port === undefined ? usualPort : parsePort(parts.port);
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** The shortest text that names the same UPS. */
export function formatUpsAddress({ ups, host, port }: UpsAddress): string {
  const server = host.includes(':') ? `[${host}]` : host;
  if (port !== NUT_PORT) return `${ups}@${server}:${port}`;
  return host === DEFAULT_NUT_HOST ? ups : `${ups}@${server}`;
}
