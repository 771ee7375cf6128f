import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { scanUsb, type ScanResult } from '#engine/drivers/usb-hid/scan.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough scan [--json]

Lists the UPSes attached to this computer as sections for ups.conf, and what stands in the way of reading them.
Exit status: 0, also when there is none; 1 when the search itself failed.

  --json  one JSON list with the facts of each unit
`;

export async function scan(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"scan" takes no "${positionals.join(' ')}"`);
  const results = await scanUsb(createNodeHidPort({ clock: systemClock, log: createPinoLog('warn') }));
  if (values.json) {
    io.stdout.write(`${JSON.stringify(results.map(asFacts), undefined, 2)}\n`);
    return EXIT.ok;
  }
  if (results.length === 0) io.stderr.write('No UPS is attached by USB, or none that can be seen from here.\n');
  io.stdout.write(results.map(asText).join('\n'));
  return EXIT.ok;
}

/** A section with its facts as comments, so that the whole output is a usable ups.conf. */
function asText({ title, section, matchReason, notes, problem }: ScanResult): string {
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
