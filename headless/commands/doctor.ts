import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textIn } from '#domain/messages/message.ts';
import { findFirewall } from '#engine/adapters/firewall.ts';
import { lookForNeighbours } from '#engine/adapters/look-for-neighbours.ts';
import { createReadFs } from '#engine/adapters/node-hid-fs.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import { examine, type Finding } from '#engine/doctor/doctor.ts';
import { settingsConfiguration } from '#engine/settings/configuration.ts';
import { readSettings } from '#engine/settings/settings-store.ts';
import type { Log } from '#engine/ports.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough doctor [--json] [--data-dir DIR]

Looks for what would keep a shutdown or a message from working: rights on USB, other UPS programs and rules of the
system, the port of the NUT server and a firewall before it, the right to shut this computer down, the mail server,
messages that wait, the clock, the disk. Changes nothing and sends nothing.
Exit status: 0 when nothing is broken, 1 otherwise.

  --json          one JSON list of {subject, level, text, remedy}
  --data-dir DIR  folder of the settings (default: RIDETHROUGH_DATA_DIR, else the system's folder)
`;

const SIGNS: Readonly<Record<Finding['level'], string>> = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' };

export async function doctor(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: 'boolean' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"doctor" takes no "${positionals.join(' ')}"`);
  const dataDir = dataDirectory(values['data-dir'], io.env);
  const log = quietLog();
  const { settings } = await readSettings(dataDir);
  const findings = await examine({
    settings,
    configuration: settingsConfiguration(settings, dataDir, log),
    dataDir,
    hidPort: createNodeHidPort({ clock: systemClock, log }),
    power: createSystemPower({ clock: systemClock, log, folder: join(dataDir, 'shutdown-actions'), env: io.env }),
    clock: systemClock,
    log,
    // No UPS is asked here, so where one calls its battery low is not known.
    neighbours: () => lookForNeighbours({ platform: process.platform, env: io.env, fs: createReadFs() }, log, {}),
    firewall: (opening) => findFirewall({ platform: process.platform, env: io.env, fs: createReadFs() }, opening),
    isClockKept: () => isClockKept(process.platform),
  });
  if (values.json) {
    const told = findings.map(({ text, remedy, ...rest }) => ({
      ...rest,
      text: textIn(text),
      ...(remedy === undefined ? {} : { remedy: textIn(remedy) }),
    }));
    io.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  } else {
    for (const { subject, level, text, remedy } of findings) {
      io.stdout.write(`${SIGNS[level]} ${subject.padEnd(8)} ${textIn(text) ?? ''}\n`);
      if (remedy !== undefined) io.stdout.write(`${' '.repeat(17)}${textIn(remedy) ?? ''}\n`);
    }
  }
  return findings.some(({ level }) => level === 'error') ? EXIT.failed : EXIT.ok;
}

/** As systemd knows it; other systems keep their clocks by themselves or do not tell. */
async function isClockKept(platform: NodeJS.Platform): Promise<boolean | undefined> {
  if (platform !== 'linux') return undefined;
  try {
    const { stdout } = await promisify(execFile)('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
      timeout: 5_000,
    });
    return stdout.trim() === 'yes' ? true : stdout.trim() === 'no' ? false : undefined;
  } catch {
    return undefined; // without systemd nobody tells
  }
}

/** What is wrong is told as a finding, in one way. */
function quietLog(): Log {
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log };
  return log;
}
