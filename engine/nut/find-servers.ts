/** NUT servers that announce themselves on the local network, asked for their UPSes. */
import { NutError } from '#domain/errors.ts';
import type { AnnouncedServer, Clock, ServiceDiscovery } from '#engine/ports.ts';
import { probeServer } from './probe.ts';

export interface FoundServer extends AnnouncedServer {
  /** Undefined: it announces itself and does not answer. */
  readonly upses: Awaited<ReturnType<typeof probeServer>> | undefined;
}

/** In the order of their names. @throws NutError nut/cannot-search */
export async function findServers(discovery: ServiceDiscovery, clock: Clock): Promise<readonly FoundServer[]> {
  const found = (await discovery.browse()).map(async (server): Promise<FoundServer> => {
    try {
      return { ...server, upses: await probeServer(server.host, server.port, clock) };
    } catch (error) {
      if (error instanceof NutError) return { ...server, upses: undefined };
      throw error;
    }
  });
  return (await Promise.all(found)).toSorted((a, b) => a.name.localeCompare(b.name));
}
