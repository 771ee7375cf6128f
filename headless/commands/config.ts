import { dataDirectory } from '#engine/data-dir.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { checkNutFiles, describeFault } from '#engine/settings/configuration.ts';
import { describeProblem } from '#engine/settings/nut-conf/problem.ts';
import { EXIT, UsageError } from '../io.ts';
import type { NutCommandIo } from '../nut-commands/nut-command.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough config check [--nut-conf DIR | --data-dir DIR]
       ridethrough config show [--data-dir DIR]
       ridethrough config import (--nut-conf DIR | --truenas FILE | --apcupsd FILE) [--data-dir DIR]
       ridethrough config export --nut-conf DIR [--force] [--data-dir DIR]
       ridethrough config get [KEY] [--data-dir DIR]
       ridethrough config set KEY VALUE ... [--data-dir DIR]

"check" reads the settings, or NUT's configuration files in DIR, and tells what is wrong with them, one line each:
FILE:LINE: what is wrong (what to do). It changes nothing. Exit status: 0 usable, 78 with errors.

"get" shows the settings, passwords as (set) or (not set). "set" changes them: everything is checked before anything is
written (exit status 78 for a value that does not fit). An empty value ("") goes back to the default; a password given
as - is asked for. A running "serve" takes the change up within two seconds.
A value that begins with a dash and is no number stands behind "--".

"show" tells the settings in sentences. "import" moves another configuration into the settings: NUT's files, what
"midclt call ups.config" prints on a TrueNAS, or an apcupsd.conf. What is not as it was is printed, a line each; with an
error nothing is written (exit status 78). "export" writes NUT's files and prints what they cannot say; files that are
there are replaced with --force only.

  --nut-conf DIR  folder with ups.conf, upsd.conf, upsd.users, upsmon.conf, nut.conf (those that exist)
  --data-dir DIR  folder of the settings (default: RIDETHROUGH_DATA_DIR, else the system's folder)
`;

/** @param consoles where the system tells of its consoles, if not where it does */
export async function config(args: readonly string[], io: NutCommandIo, consoles?: ConsolePlaces): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    'nut-conf': { type: 'string' },
    truenas: { type: 'string' },
    apcupsd: { type: 'string' },
    force: { type: 'boolean' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const [verb = '', ...words] = positionals;
  const takes = Object.hasOwn(TAKES, verb) ? TAKES[verb] : undefined;
  if (!takes)
    throw new UsageError('"config" takes one of the words "check", "show", "get", "set", "import" and "export"');
  for (const option of Object.keys(values)) {
    if (!takes.options.includes(option)) throw new UsageError(`"config ${verb}" takes no --${option}`);
  }
  if (!takes.isWithWords && words.length > 0) throw new UsageError(`"config ${verb}" takes no "${words.join(' ')}"`);
  const dataDir = dataDirectory(values['data-dir'], io.env);
  const confDir = (): string => {
    if (values['nut-conf'] === undefined) throw new UsageError('--nut-conf DIR is needed');
    return values['nut-conf'];
  };
  switch (verb) {
    case 'check':
      return checkConfiguration(values, dataDir, io, consoles);
    case 'show':
      return (await import('./config-show.ts')).showSettings(dataDir, io);
    case 'import': {
      const { 'nut-conf': nutConf, truenas, apcupsd } = values;
      return (await import('./config-import.ts')).importSettings(
        { 'nut-conf': nutConf, truenas, apcupsd },
        dataDir,
        io,
        consoles,
      );
    }
    case 'export':
      return (await import('./config-export.ts')).exportSettings(confDir(), dataDir, values.force ?? false, io);
    case 'get':
      return (await import('./config-settings.ts')).getSettings(words, dataDir, io);
    default:
      return (await import('./config-settings.ts')).setSettings(words, dataDir, io, consoles);
  }
}

/** What each word goes with. */
const TAKES: Readonly<Record<string, { readonly options: readonly string[]; readonly isWithWords?: true }>> = {
  check: { options: ['nut-conf', 'data-dir'] },
  show: { options: ['data-dir'] },
  import: { options: ['nut-conf', 'truenas', 'apcupsd', 'data-dir'] },
  export: { options: ['nut-conf', 'force', 'data-dir'] },
  get: { options: ['data-dir'], isWithWords: true },
  set: { options: ['data-dir'], isWithWords: true },
};

async function checkConfiguration(
  { 'nut-conf': folder, 'data-dir': given }: { readonly 'nut-conf'?: string; readonly 'data-dir'?: string },
  dataDir: string,
  io: NutCommandIo,
  consoles?: ConsolePlaces,
): Promise<number> {
  const { checkFolder, usableLine } = await import('./config-settings.ts');
  if (folder === undefined) return checkFolder(dataDir, io, consoles);
  if (given !== undefined) throw new UsageError('"config check" takes one of --nut-conf DIR and --data-dir DIR');
  const { conf, exposed, risks, remarks, ...found } = await checkNutFiles(folder, io.env, consoles);
  const faults = [...found.faults, ...exposed, ...risks];
  const told = [
    ...remarks.map((problem) => ({ place: problem, text: describeProblem(problem) })),
    ...faults.map((fault) => ({ place: fault, text: describeFault(fault) })),
  ];
  told.sort((a, b) => a.place.file.localeCompare(b.place.file) || a.place.line - b.place.line);
  for (const { text } of told) io.stderr.write(`${text}\n`);
  if (faults.length > 0) return EXIT.configuration;
  io.stdout.write(usableLine(folder, conf.ups));
  return EXIT.ok;
}
