/** Keeps the network told of our NUT server as it is to be, and no longer than that. */
import { describeError } from '#domain/errors.ts';
import type { AnnouncedService, Log, ServiceDiscovery } from '#engine/ports.ts';

export interface Announcer {
  /** What is to be announced from now on; undefined: nothing. */
  want(service: AnnouncedService | undefined): void;
  /** Resolves once the network was told that it is gone. */
  stop(): Promise<void>;
}

export function createAnnouncer(discovery: ServiceDiscovery, log: Log): Announcer {
  let wanted: AnnouncedService | undefined;
  let withdraw: (() => Promise<void>) | undefined;
  let turn: Promise<void> = Promise.resolve();

  const want = (service: AnnouncedService | undefined): void => {
    if (service?.name === wanted?.name && service?.port === wanted?.port) return;
    wanted = service;
    turn = turn.then(async () => {
      await withdraw?.();
      let isTold = false;
      withdraw =
        service &&
        discovery.announce(service, (error) => {
          if (!isTold) log.warn(describeError(error));
          isTold = true;
        });
    });
  };
  return {
    want,
    stop: () => {
      want(undefined);
      return turn;
    },
  };
}
