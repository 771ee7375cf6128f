import { checkNutFiles } from '#engine/settings/configuration.ts';
import { describeProblem } from '#engine/settings/nut-conf/problem.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough config check --nut-conf DIR

Reads NUT's configuration files in DIR and tells what is wrong with them, one line each:
FILE:LINE: what is wrong (what to do). Exit status: 0 usable, 78 with errors.

  --nut-conf DIR  folder with ups.conf, upsd.conf, upsd.users, upsmon.conf, nut.conf (those that exist)
`;

export async function config(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    'nut-conf': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length !== 1 || positionals[0] !== 'check') throw new UsageError('"config" takes the word "check"');
  const folder = values['nut-conf'];
  if (folder === undefined) throw new UsageError('--nut-conf DIR is needed');
  const { conf, faults, remarks } = await checkNutFiles(folder, io.env);
  const told = [
    ...remarks.map((problem) => ({ place: problem, text: describeProblem(problem) })),
    ...faults.map((fault) => ({ place: fault, text: `${fault.file}:${fault.line}: ${fault.reason} (${fault.fix})` })),
  ];
  told.sort((a, b) => a.place.file.localeCompare(b.place.file) || a.place.line - b.place.line);
  for (const { text } of told) io.stderr.write(`${text}\n`);
  if (faults.length > 0) return EXIT.configuration;
  const { ups } = conf;
  io.stdout.write(`${folder}: usable, ${ups.length} UPS${ups.length === 1 ? '' : 'es'}\n`);
  return EXIT.ok;
}
