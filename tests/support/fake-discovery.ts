/** A local network as far as NUT servers tell it of themselves: what is announced, and what others announce. */
import type { AppError } from '#domain/errors.ts';
import type { AnnouncedServer, AnnouncedService, ServiceDiscovery } from '#engine/ports.ts';

export interface FakeDiscovery extends ServiceDiscovery {
  /** What is announced now. */
  readonly announced: readonly AnnouncedService[];
  /** Servers of others. */
  servers: readonly AnnouncedServer[];
  /** Whatever is announced cannot be any more. */
  fail(error: AppError): void;
}

export function createFakeDiscovery(): FakeDiscovery {
  const announced = new Map<AnnouncedService, (error: AppError) => void>();
  const fake: FakeDiscovery = {
    servers: [],
    get announced() {
      return [...announced.keys()];
    },
    browse: () => Promise.resolve(fake.servers),
    announce(service, failed) {
      announced.set(service, failed);
      return () => Promise.resolve(void announced.delete(service));
    },
    fail(error) {
      for (const failed of announced.values()) failed(error);
    },
  };
  return fake;
}
