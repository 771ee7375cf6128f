import { networkInterfaces } from 'node:os';
import { createMulticastDiscovery } from '#engine/adapters/multicast-discovery.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { ownNetworks, parseRange } from '#engine/drivers/network-scan/address-range.ts';
import { DEFAULT_COMMUNITY } from '#engine/drivers/network-scan/ask-snmp-unit.ts';
import { scanNetwork, type NetworkScanResult } from '#engine/drivers/network-scan/scan-network.ts';
import { scanUsb, type ScanResult } from '#engine/drivers/usb-hid/scan.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough scan [--json] [--announced] [--network RANGE]... [--community NAME]

Lists the UPSes attached to this computer as sections for ups.conf, and what stands in the way of reading them. On
request it asks the network too: NUT servers for their UPSes, those that announce themselves or whatever is at some
addresses, and there SNMP agents whether they speak for one.
Exit status: 0, also when there is none; 1 when the search itself failed.

  --json            one JSON list with the facts of each unit
  --announced       NUT servers that announce themselves on the local network (_nut._tcp)
  --network RANGE   a name, an address, or a network such as 192.168.1.0/24; "auto" for the networks of this computer
  --community NAME  community of the SNMP agents (default ${DEFAULT_COMMUNITY})
`;

export async function scan(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: 'boolean' },
    announced: { type: 'boolean' },
    network: { type: 'string', multiple: true },
    community: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"scan" takes no "${positionals.join(' ')}"`);
  if (values.community !== undefined && values.network === undefined) {
    throw new UsageError('--community needs --network');
  }
  const hosts = (values.network ?? []).flatMap((range) => hostsOf(range, io));
  const attached = await scanUsb(createNodeHidPort({ clock: systemClock, log: createPinoLog('warn') }));
  if (hosts.length > 0) io.stderr.write(`Asking ${hosts.length} ${hosts.length === 1 ? 'address' : 'addresses'} …\n`);
  const isAsked = hosts.length > 0 || values.announced === true;
  const onNetwork = await scanNetwork({
    hosts,
    servers: values.announced ? await createMulticastDiscovery(systemClock).browse() : [],
    community: values.community ?? DEFAULT_COMMUNITY,
    takenNames: attached.map(({ section }) => /^\[(.+)\]/.exec(section)?.[1] ?? ''),
    clock: systemClock,
  });
  if (values.json) {
    io.stdout.write(`${JSON.stringify([...attached.map(asFacts), ...onNetwork], undefined, 2)}\n`);
    return EXIT.ok;
  }
  if (attached.length === 0) io.stderr.write('No UPS is attached by USB, or none that can be seen from here.\n');
  if (isAsked && onNetwork.length === 0) io.stderr.write('No UPS answers on the network that was asked.\n');
  io.stdout.write([...attached, ...onNetwork].map(asText).join('\n'));
  return EXIT.ok;
}

/** @throws UsageError for a range that cannot be searched */
function hostsOf(range: string, io: CommandIo): readonly string[] {
  if (range === 'auto') {
    const { hosts, leftOut } = ownNetworks(networkInterfaces());
    for (const reason of leftOut) io.stderr.write(`Left out: ${reason}.\n`);
    return hosts;
  }
  const parsed = parseRange(range);
  if (!parsed.ok) throw new UsageError(parsed.reason);
  return parsed.hosts;
}

/** A section with its facts as comments, so that the whole output is a usable ups.conf. */
function asText(result: ScanResult | NetworkScanResult): string {
  const { title, section, matchReason, notes } = result;
  const problem = 'problem' in result ? result.problem : undefined;
  const trouble = problem === undefined ? [] : [problem.message, problem.remedy];
  const comments = [title, matchReason, ...notes, ...trouble].map((line) => `# ${line}\n`);
  return `${comments.join('')}${section.trimEnd()}\n`;
}

function asFacts({ title, device, matchReason, section, notes, problem }: ScanResult): Record<string, unknown> {
  return {
    title,
    device,
    matchReason,
    section,
    notes,
    ...(problem === undefined ? {} : { problem: problem.toWire() }),
  };
}
