/** Opens the addresses a server listens on: all of them, or none. */
import { lookup } from 'node:dns/promises';
import { createServer, isIP, type Server, type Socket } from 'node:net';
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
  const failures: NutError[] = [];
  for (const address of await resolve(options.addresses)) {
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

/** Each address once: `*` is every address of both kinds, a name is all it resolves to. */
async function resolve(addresses: readonly NutListenAddress[]): Promise<readonly NutListenAddress[]> {
  const all = await Promise.all(
    addresses.map(async ({ host, port }) => {
      if (host === '*') return ['0.0.0.0', '::'].map((any) => ({ host: any, port }));
      if (isIP(host) !== 0) return [{ host, port }];
      try {
        return (await lookup(host, { all: true })).map(({ address }) => ({ host: address, port }));
      } catch (error) {
        throw cannotListen(format(host, port), error);
      }
    }),
  );
  return [...new Map(all.flat().map((address) => [`${address.host} ${address.port}`, address])).values()];
}

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
