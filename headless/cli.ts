/** The command line: one module per command, loaded only when it is asked for, so that `upsc` starts fast. */
import { allowForHangingDisk } from '#engine/adapters/disk-threads.ts';
import { endAtOnce } from '#engine/adapters/end-at-once.ts';
import { logOutput } from '#engine/adapters/error-output.ts';
import { EXIT, UsageError, type CommandIo } from './io.ts';
import { keepMemorySmall } from './service-memory.ts';

interface Command {
  readonly summary: string;
  load(): Promise<(args: readonly string[], io: CommandIo) => Promise<number>>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'Watch the UPS and serve it over the NUT protocol',
    load: async () => {
      allowForHangingDisk();
      keepMemorySmall();
      return (await import('./commands/serve.ts')).serve;
    },
  },
  scan: {
    summary: 'List attached UPSes as ups.conf sections',
    load: async () => (await import('./commands/scan.ts')).scan,
  },
  record: {
    summary: 'Record a UPS (descriptor and reports) into a folder',
    load: async () => (await import('./commands/record.ts')).record,
  },
  config: {
    summary: 'Show and change settings, move them in and out, check NUT files',
    load: async () => (await import('./commands/config.ts')).config,
  },
  doctor: {
    summary: 'Look for what would keep a shutdown or a message from working',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  log: {
    summary: 'Show what happened, and what was decided',
    load: async () => (await import('./commands/log.ts')).log,
  },
  export: {
    summary: 'Write history as CSV',
    load: async () => (await import('./commands/export.ts')).exportHistory,
  },
  upsc: {
    summary: 'Show variables of a UPS on any NUT server',
    load: async () => (await import('./nut-commands/upsc.ts')).runUpsc,
  },
  upscmd: {
    summary: 'Send an instant command to a UPS on any NUT server',
    load: async () => (await import('./nut-commands/upscmd.ts')).runUpscmd,
  },
  upsrw: {
    summary: 'Show or change writable variables of a UPS on any NUT server',
    load: async () => (await import('./nut-commands/upsrw.ts')).runUpsrw,
  },
};

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ridethrough COMMAND [OPTION]...\n\n${lines.join('\n')}\n\nridethrough COMMAND --help tells more of one command.\n`;
}

async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(usage());
    return EXIT.ok;
  }
  if (name === '--version' || name === '-V') {
    io.stdout.write(`ridethrough ${(await import('#engine/version.ts')).VERSION}\n`);
    return EXIT.ok;
  }
  const command = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
  if (!command) {
    if (name !== undefined) io.stderr.write(`ridethrough: there is no command "${name}"\n`);
    io.stderr.write(usage());
    return EXIT.usage;
  }
  try {
    return await (
      await command.load()
    )(args, io);
  } catch (error) {
    return report(`ridethrough ${String(name)}`, error, io);
  }
}

/** Tells an error once, the way a terminal wants it, and gives the exit status that goes with it. */
async function report(what: string, error: unknown, io: CommandIo): Promise<number> {
  if (error instanceof UsageError) {
    io.stderr.write(`${what}: ${error.message}\nTry "${what} --help".\n`);
    return EXIT.usage;
  }
  const { AppError, SettingsError } = await import('#domain/errors.ts');
  if (error instanceof SettingsError) {
    io.stderr.write(`${(await import('./error-place.ts')).describeConfigError(error)}\n`);
    return EXIT.configuration;
  }
  if (error instanceof AppError) io.stderr.write(`${what}: ${error.message} ${error.remedy}\n`);
  else io.stderr.write(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

/** What the launcher asked of this process's memory is not the affair of programs started from here. */
function keepArenaToItself(): void {
  if (process.env.RIDETHROUGH_ONE_ARENA === undefined) return;
  delete process.env.RIDETHROUGH_ONE_ARENA;
  delete process.env.MALLOC_ARENA_MAX;
}

/**
 * The launcher that handed over to this Node passes signals on, but one that cannot be caught ends it alone. Its channel
 * closes then, and this program ends as it would on SIGTERM.
 */
function endWithLauncher(): void {
  if (process.env.RIDETHROUGH_HANDED_OVER === undefined) return;
  delete process.env.RIDETHROUGH_HANDED_OVER; // not the affair of programs started from here
  process.once('disconnect', () => {
    if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
    else process.exit(EXIT.failed);
  });
  process.channel?.unref();
}

/** How long a service may be held by something that did not end, once it has said that it is done. */
const LINGER_MS = 150;

async function endService(): Promise<void> {
  if (!(await logOutput.settled())) endAtOnce(process.exitCode === EXIT.ok);
  process.exit();
}

/**
 * A reader that has seen enough (`| head`) ends a command that prints, quietly and with the status that shells give to
 * SIGPIPE, as it ends NUT's own. A service goes on.
 */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.argv[2] !== 'serve') process.exit(EXIT.readerGone);
  });
}

keepArenaToItself();
endWithLauncher();
endWithReader();
const status = await main(process.argv.slice(2), process);
// Not process.exit(): what was written to a pipe must arrive whole.
process.exitCode = status;
// A service that was told to end must end, whatever a library still holds open. The timer itself holds nothing.
if (process.argv[2] === 'serve') setTimeout(() => void endService(), LINGER_MS).unref();
