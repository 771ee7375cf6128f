import { dataDirectory } from '#engine/data-dir.ts';
import { checkNutFiles, describeFault } from '#engine/settings/configuration.ts';
import { describeProblem } from '#engine/settings/nut-conf/problem.ts';
import { EXIT, UsageError } from '../io.ts';
import type { NutCommandIo } from '../nut-commands/nut-command.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough config check --nut-conf DIR
       ridethrough config get [KEY] [--data-dir DIR]
       ridethrough config set KEY VALUE ... [--data-dir DIR]

"check" reads NUT's configuration files in DIR and tells what is wrong with them, one line each:
FILE:LINE: what is wrong (what to do). Exit status: 0 usable, 78 with errors.

"get" shows the settings, passwords as (set) or (not set). "set" changes them: everything is checked before anything is
written (exit status 78 for a value that does not fit). An empty value ("") goes back to the default; a password given
as - is asked for. A running "serve" takes the change up within two seconds.

  --nut-conf DIR  folder with ups.conf, upsd.conf, upsd.users, upsmon.conf, nut.conf (those that exist)
  --data-dir DIR  folder of the settings (default: RIDETHROUGH_DATA_DIR, else the system's folder)
`;

export async function config(args: readonly string[], io: NutCommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    'nut-conf': { type: 'string' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const [verb, ...words] = positionals;
  if (verb === 'check') {
    if (values['data-dir'] !== undefined) throw new UsageError('"config check" takes no --data-dir');
    if (words.length > 0) throw new UsageError(`"config check" takes no "${words.join(' ')}"`);
    if (values['nut-conf'] === undefined) throw new UsageError('--nut-conf DIR is needed');
    return checkFiles(values['nut-conf'], io);
  }
  if (verb !== 'get' && verb !== 'set')
    throw new UsageError('"config" takes one of the words "check", "get" and "set"');
  if (values['nut-conf'] !== undefined) throw new UsageError(`"config ${verb}" takes no --nut-conf`);
  const dataDir = dataDirectory(values['data-dir'], io.env);
  const { getSettings, setSettings } = await import('./config-settings.ts');
  return verb === 'get' ? getSettings(words, dataDir, io) : setSettings(words, dataDir, io);
}

async function checkFiles(folder: string, io: NutCommandIo): Promise<number> {
  const { conf, faults, remarks } = await checkNutFiles(folder, io.env);
  const told = [
    ...remarks.map((problem) => ({ place: problem, text: describeProblem(problem) })),
    ...faults.map((fault) => ({ place: fault, text: describeFault(fault) })),
  ];
  told.sort((a, b) => a.place.file.localeCompare(b.place.file) || a.place.line - b.place.line);
  for (const { text } of told) io.stderr.write(`${text}\n`);
  if (faults.length > 0) return EXIT.configuration;
  const { ups } = conf;
  io.stdout.write(`${folder}: usable, ${ups.length} UPS${ups.length === 1 ? '' : 'es'}\n`);
  return EXIT.ok;
}
