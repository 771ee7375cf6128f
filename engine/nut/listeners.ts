/** Opens the addresses a server listens on: all of them, or none. */
import { lookup } from 'node:dns/promises';
import { createServer, isIP, isIPv6, type Server, type Socket, SocketAddress } from 'node:net';
import { NutError } from '#domain/errors.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Log } from '#engine/ports.ts';
import type { NutListenAddress } from './server-config.ts';

export interface Listener {
  readonly host: string;
  /** The one that was given, where any was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly addresses: readonly NutListenAddress[];
  /** Go on as long as one address can be had. */
  readonly isOneEnough: boolean;
  readonly onConnection: (socket: Socket) => void;
  readonly log: Log;
}

/** @throws NutError nut/port-in-use, nut/cannot-listen; nothing stays open then */
export async function openListeners(options: ListenOptions): Promise<readonly Listener[]> {
  const { log } = options;
  const opened: Listener[] = [];
  const { addresses, failures } = await resolve(options.addresses);
  for (const address of addresses) {
    const { listener, failure } = await open(address, options);
    if (listener) opened.push(listener);
    else if (isIpv6Missing(address.host, failure)) log.info(`Not listening on ${address.host}: no IPv6 here`);
    else failures.push(failure);
  }
  const [failure] = failures;
  if (failure && !(options.isOneEnough && opened.length > 0)) {
    await Promise.all(opened.map((listener) => listener.close()));
    throw failure;
  }
  for (const left of failures) log.warn(left.message, { remedy: left.remedy });
  return opened;
}

const ANY = { ipv4: '0.0.0.0', ipv6: '::' } as const;

/** Each address once: `*` is every address of both kinds, a name is all it resolves to; names nobody knows are failures. */
async function resolve(asked: readonly NutListenAddress[]): Promise<{
  readonly addresses: readonly NutListenAddress[];
  readonly failures: NutError[];
}> {
  const failures: NutError[] = [];
  const found = await Promise.all(
    asked.map(async ({ host, port }) => {
      if (host === '*') return [ANY.ipv4, ANY.ipv6].map((any) => ({ host: any, port }));
      if (isIP(host) !== 0) return [{ host: plainAddress(host), port }];
      try {
        return (await lookup(host, { all: true })).map(({ address }) => ({ host: address, port }));
      } catch (error) {
        failures.push(cannotListen(format(host, port), error));
        return [];
      }
    }),
  );
  const all = found.flat();
  const isCovered = ({ host, port }: NutListenAddress): boolean => {
    const any = isIPv6(host) ? ANY.ipv6 : ANY.ipv4;
    return host !== any && port !== 0 && all.some((other) => other.host === any && other.port === port);
  };
  const wanted = all.filter((address) => !isCovered(address));
  return { addresses: [...new Map(wanted.map((one) => [`${one.host} ${one.port}`, one])).values()], failures };
}

/** `::0` is `::`. An address with a zone stays as it is written. */
const plainAddress = (address: string): string =>
  isIPv6(address) && !address.includes('%') ? new SocketAddress({ address, family: 'ipv6' }).address : address;

/** A machine without IPv6 is no reason not to serve, as long as nobody insisted on a certain IPv6 address. */
function isIpv6Missing(host: string, error: NutError): boolean {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return (host === '::' || host === '::1') && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL');
}

type Opened =
  | { readonly listener: Listener; readonly failure?: undefined }
  | { readonly listener?: undefined; readonly failure: NutError };

function open({ host, port }: NutListenAddress, { onConnection, log }: ListenOptions): Promise<Opened> {
  return new Promise((resolve) => {
    const server = createServer({ noDelay: true }, onConnection);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const address = format(host, port);
      const isInUse = error.code === 'EADDRINUSE';
      resolve({
        failure: isInUse ? new NutError('nut/port-in-use', { address }, error) : cannotListen(address, error),
      });
    });
    // IPv4 has sockets of its own, so that an address means the same on every system.
    server.listen({ host, port, ipv6Only: true, backlog: 511 }, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => log.error(`NUT server on ${format(host, port)}: ${error.message}`));
      const bound = server.address();
      const given = bound !== null && typeof bound === 'object' ? bound.port : port;
      resolve({ listener: { host, port: given, close: () => close(server) } });
    });
  });
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const cannotListen = (address: string, error: unknown): NutError =>
  new NutError('nut/cannot-listen', { address, reason: reasonOf(error) }, error);

const format = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
