/** What the form of the settings offers to choose from: models and drivers, ports, servers, this computer's addresses. */
import { networkInterfaces } from 'node:os';
import type { RequestName, RequestParams, RequestResult } from '#domain/contract.ts';
import { NutError, describeError } from '#domain/errors.ts';
import { listDrivers, listOptions } from '#engine/drivers/driver-catalogue.ts';
import { readHardwareList } from '#engine/drivers/hardware-list.ts';
import type { Environment } from '#engine/drivers/nut-driver/driver-program.ts';
import { offeredPorts, type PortSources } from '#engine/drivers/offered-ports.ts';
import { probePort } from '#engine/drivers/probe-port.ts';
import type { ListenAddress } from '#engine/engine.ts';
import type { Refusal } from '#engine/nut/client-gate.ts';
import { findServers } from '#engine/nut/find-servers.ts';
import { fingerprintOf, probeServer } from '#engine/nut/probe.ts';
import type { Clock, Log, ServiceDiscovery } from '#engine/ports.ts';
import { parseDriverKey } from '#engine/settings/driver-key.ts';
import { restoreSecrets } from '#engine/settings/hidden-lines.ts';
import { isLoopback } from '#engine/settings/nut-conf/loopback.ts';
import type { SetupSystem } from '#engine/setup/setup-system.ts';

export interface SetupParts extends PortSources {
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Environment;
  /** Where NUT's drivers are, where the configuration says so. */
  driverPath(): string | undefined;
  /** Lines of ups.conf that are kept for a UPS, by its id, with their passwords. */
  optionsOf(id: string): string;
  /** Servers on the local network. */
  readonly discovery: ServiceDiscovery;
  /** Addresses of the NUT server, for whom it is, and who was turned away. */
  addresses(): readonly ListenAddress[];
  allow(): readonly string[];
  refusals(): readonly Refusal[];
  firewall: SetupSystem['firewall'];
}

type SetupRequest = Extract<RequestName, `${'drivers' | 'ports' | 'network'}.${string}`>;
export type SetupHandlers = {
  [Name in SetupRequest]: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

export function createSetupHandlers(parts: SetupParts): SetupHandlers {
  const { clock, log, environment } = parts;
  return {
    'drivers.list': async () => {
      const [hardware, drivers] = await Promise.all([readHardwareList(), listDrivers(parts.driverPath(), environment)]);
      return { hardware: [...hardware], drivers: [...drivers] };
    },
    'drivers.options': ({ driver }) => ({ options: [...listOptions(parseDriverKey(driver).driver)] }),
    'ports.list': async ({ driver }) => ({ ports: await offeredPorts(parseDriverKey(driver).driver, parts) }),
    'ports.probe': async ({ ups, driver, port, options }) => {
      const lines = restoreSecrets(options, parts.optionsOf(ups));
      const answer = await probePort({ driver: parseDriverKey(driver).driver, port, options: lines }, clock);
      return answer === undefined ? {} : { answer };
    },
    'network.probe': async ({ host, port }) => ({ upses: await probeServer(host, port, clock) }),
    'network.find': async () => {
      const servers = await findServers(parts.discovery, clock);
      return { servers: servers.map(({ upses, ...server }) => (upses ? { ...server, upses } : server)) };
    },
    'network.own': async () => {
      const listening = parts.addresses();
      // Each address may have a port of its own: that counts by which others come in.
      const open = listening.find(({ host }) => !isLoopback(host));
      const port = (open ?? listening[0])?.port;
      const [fingerprint, firewall] = await Promise.all([
        port === undefined ? undefined : ownFingerprint(listening, clock, log),
        port === undefined ? undefined : parts.firewall({ port, allow: parts.allow() }),
      ]);
      return {
        addresses: ownAddresses(),
        ...(port === undefined ? {} : { port }),
        isOpen: open !== undefined,
        ...(fingerprint === undefined ? {} : { fingerprint }),
        ...(firewall === undefined ? {} : { firewall }),
        refused: [...parts.refusals()],
      };
    },
  };
}

/** IPv4 first, as it is what appliances ask for; addresses that reach no further than a cable are left out. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
}

/** Asked of our own server as a client would: what it shows is what counts, and it makes its certificate when it has none. */
async function ownFingerprint(
  listening: readonly ListenAddress[],
  clock: Clock,
  log: Log,
): Promise<string | undefined> {
  const [first] = listening;
  if (!first) return undefined;
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[first.host] ?? first.host;
  try {
    return await fingerprintOf(host, first.port, clock);
  } catch (error) {
    if (!(error instanceof NutError)) throw error;
    log.warn(`The certificate of the NUT server could not be looked at: ${describeError(error)}`);
    return undefined;
  }
}
