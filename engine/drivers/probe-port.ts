/** A look at what is behind a port on the network, before it is written into the settings. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { parseServerAddress, parseUpsAddress } from '#engine/nut/ups-address.ts';
import { probeServer } from '#engine/nut/probe.ts';
import type { Clock } from '#engine/ports.ts';
import { Problems } from '#engine/settings/nut-conf/problem.ts';
import { readUpsConf } from '#engine/settings/nut-conf/ups-conf.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { askSnmpUnit, DEFAULT_COMMUNITY, SNMP_PORT } from './network-scan/ask-snmp-unit.ts';

export interface ProbedPort {
  readonly driver: string;
  readonly port: string;
  /** Lines of ups.conf, with their passwords. */
  readonly options: string;
}

export interface PortAnswer {
  /** What was looked for is there. */
  readonly isGood: boolean;
  readonly text: Phrase;
}

/**
 * @returns undefined where there is nothing to ask, or nobody here who could
 * @throws NutError when the server of a repeater cannot be reached or does not answer in time
 */
export function probePort({ driver, port, options }: ProbedPort, clock: Clock): Promise<PortAnswer | undefined> {
  if (driver === 'snmp-ups') return probeAgent(port, options, clock);
  if (driver === 'dummy-ups' && port.includes('@')) return probeRepeated(port, clock);
  return Promise.resolve(undefined);
}

async function probeAgent(port: string, lines: string, clock: Clock): Promise<PortAnswer | undefined> {
  const address = parseServerAddress(port, SNMP_PORT);
  const section = Buffer.from(`[ups]\ndriver = snmp-ups\nport = auto\n${lines}`);
  const options = readUpsConf(section, new Problems('ups.conf')).ups[0]?.options ?? {};
  const { community = DEFAULT_COMMUNITY, snmp_version: version = 'v1' } = options;
  // Version 3 has users and keys, which only the driver knows to use.
  if (!address || version === 'v3' || typeof community !== 'string') return undefined;
  try {
    const unit = await askSnmpUnit({ ...address, community }, clock);
    if (unit === undefined) return { isGood: false, text: phrase('probe.silent', { port }) };
    const title = unit.title ?? port;
    if (unit.by === undefined) return { isGood: false, text: phrase('probe.no-ups', { port, title }) };
    return { isGood: true, text: phrase('probe.unit', { port, title }) };
  } catch (error) {
    return { isGood: false, text: phrase('probe.unreachable', { port, reason: reasonOf(error) }) };
  }
}

async function probeRepeated(port: string, clock: Clock): Promise<PortAnswer | undefined> {
  const address = parseUpsAddress(port);
  if (!address) return undefined;
  const server = port.slice(port.indexOf('@') + 1);
  const names = (await probeServer(address.host, address.port, clock)).map(({ name }) => name);
  if (names.some((name) => name.toLowerCase() === address.ups.toLowerCase())) {
    return { isGood: true, text: phrase('probe.repeated', { ups: address.ups, server }) };
  }
  if (names.length === 0) return { isGood: false, text: phrase('probe.no-upses', { server }) };
  return { isGood: false, text: phrase('probe.not-listed', { ups: address.ups, server, names: names.join(', ') }) };
}
