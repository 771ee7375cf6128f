/** Lists UPSes of NUT servers and of SNMP agents on the network as ready sections of ups.conf. */
import { NutError } from '#domain/errors.ts';
import { probeServer } from '#engine/nut/probe.ts';
import { formatUpsAddress } from '#engine/nut/ups-address.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { quote } from '#engine/nut/words.ts';
import type { Clock } from '#engine/ports.ts';
import { askSnmpUnit, DEFAULT_COMMUNITY, printable, SNMP_PORT } from './ask-snmp-unit.ts';

/** Where a NUT server is known to be. */
export interface NutServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface NetworkScanParts {
  /** Addresses at which anything may be. */
  readonly hosts: readonly string[];
  /** Servers that made themselves known. */
  readonly servers?: readonly NutServerAddress[];
  /** What SNMP agents are asked with. */
  readonly community: string;
  /** Names of sections that are taken. */
  readonly takenNames: readonly string[];
  readonly clock: Clock;
  /** Where other ports than the usual ones are asked. */
  readonly ports?: { readonly nut: number; readonly snmp: number };
}

export interface NetworkScanResult {
  readonly title: string;
  /** What port of the section names. */
  readonly address: string;
  /** A sentence: why it is taken for a UPS. */
  readonly matchReason: string;
  /** Ready text for ups.conf. */
  readonly section: string;
  readonly notes: readonly string[];
}

interface Found extends Omit<NetworkScanResult, 'section'> {
  readonly name: string;
  readonly options: readonly (readonly [string, string])[];
}

/** A host of the same network answers at once, or there is none. */
const ANSWER_LIMIT_MS = 1_000;
const AT_A_TIME = 64;

/** What was found: on the servers, then in the order of the hosts. Never fails for a host that does not answer. */
export async function scanNetwork(parts: NetworkScanParts): Promise<readonly NetworkScanResult[]> {
  const { servers: known = [] } = parts;
  const isKnown = (host: string): boolean =>
    known.some((server) => server.host === host && server.port === nutPortOf(parts));
  const found: Found[][] = parts.hosts.map(() => []);
  const queue = parts.hosts.entries();
  const work = async (): Promise<void> => {
    // One iterator for all: each takes the next host that nobody has.
    for (const [place, host] of queue) {
      const [servers, agents] = await Promise.all([
        isKnown(host) ? [] : upsesOfServer({ host, port: nutPortOf(parts) }, parts, ANSWER_LIMIT_MS),
        unitOfAgent(host, parts),
      ]);
      found[place]?.push(...servers, ...agents);
    }
  };
  const [announced] = await Promise.all([
    Promise.all(known.map((server) => upsesOfServer(server, parts))),
    ...Array.from({ length: AT_A_TIME }, work),
  ]);
  const names = new Set(parts.takenNames);
  return [...announced, ...found].flat().map(({ name, options, ...result }) => ({
    ...result,
    section: sectionText(freeName(name, names), options),
  }));
}

const nutPortOf = ({ ports }: NetworkScanParts): number => ports?.nut ?? NUT_PORT;

/** @param patienceMs that of a person unless given */
async function upsesOfServer(
  { host, port }: NutServerAddress,
  { clock }: NetworkScanParts,
  patienceMs?: number,
): Promise<readonly Found[]> {
  try {
    const upses = await probeServer(host, port, clock, patienceMs);
    return upses.map(({ name, description }) => foundOnServer({ ups: name, host, port }, description));
  } catch (error) {
    if (error instanceof NutError) return []; // nobody there, or something else than a NUT server
    throw error;
  }
}

function foundOnServer(
  address: { readonly ups: string; readonly host: string; readonly port: number },
  description: string,
): Found {
  // A repeater that names no server would mean this computer.
  const text = formatUpsAddress(address);
  const port = text.includes('@') ? text : `${text}@${address.host}`;
  return {
    name: address.ups,
    title: `${printable(address.ups) ?? 'A UPS'} on the NUT server ${address.host}`,
    address: port,
    matchReason: `the NUT server at ${address.host} lists it`,
    notes: [],
    options: [
      ['driver', 'dummy-ups'],
      ['port', /^[\w@.:[\]-]+$/.test(port) ? port : quote(port)],
      ...descriptionOf(description === 'Description unavailable' ? undefined : printable(description)),
    ],
  };
}

async function unitOfAgent(host: string, { clock, community, ports }: NetworkScanParts): Promise<readonly Found[]> {
  const port = ports?.snmp ?? SNMP_PORT;
  const unit = await askSnmpUnit({ host, port, community }, clock).catch(() => undefined); // no such host
  return unit?.by === undefined ? [] : [foundAgent(host, port, community, unit.title, unit.by)];
}

function foundAgent(host: string, port: number, community: string, model: string | undefined, by: string): Found {
  const address = `${host.includes(':') ? `[${host}]` : host}${port === SNMP_PORT ? '' : `:${port}`}`;
  return {
    name: 'ups',
    title: `${model ?? 'A unit'} at ${host} (SNMP)`,
    address,
    matchReason: `its SNMP agent knows ${by}, which UPSes have`,
    notes: ['NUT’s snmp-ups reads it, which has to be installed.'],
    options: [
      ['driver', 'snmp-ups'],
      ['port', address],
      ...(community === DEFAULT_COMMUNITY ? [] : [['community', quote(community)] as const]),
      ...descriptionOf(model),
    ],
  };
}

const descriptionOf = (text: string | undefined): readonly (readonly [string, string])[] =>
  text === undefined ? [] : [['desc', quote(text)]];

/** A name of its own for each section: what it is called already, else a number more. */
function freeName(wanted: string, names: Set<string>): string {
  const base = wanted.replace(/[^A-Za-z0-9_.-]/g, '-');
  let name = base;
  for (let number = 2; names.has(name.toLowerCase()); number++) name = `${base}${number}`;
  names.add(name.toLowerCase());
  return name;
}

const sectionText = (name: string, options: readonly (readonly [string, string])[]): string =>
  `[${name}]\n${options.map(([key, value]) => `  ${key} = ${value}\n`).join('')}`;
