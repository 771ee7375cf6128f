import { join } from 'node:path';
import { message } from '#domain/messages/message.ts';
import { roughTime } from '#domain/power-sentence.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import { HISTORY_FILE, readHistory } from '#engine/history/sqlite-file.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';
import { readMoment } from '../time-option.ts';

const HELP = `Usage: ridethrough log [--json] [--since T] [--data-dir DIR]

Shows what happened, oldest first: outages, alarms, lost contact. One line each: when it began, the UPS, what it was,
how long it lasted. Works beside a running "serve", which writes within ten seconds.
Exit status: 0, also when nothing happened; 1 when there is no history.

  --json          one JSON list with the facts of each
  --since T       only what still lasted then: a date (2026-01-14, 2026-01-14T19:42) or a time back (12h, 7d, 2w)
  --data-dir DIR  folder of the history (default: RIDETHROUGH_DATA_DIR, else the system's folder)
`;

/** Far more than a lifetime of outages. */
const MOST = 1_000_000;

export async function log(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: 'boolean' },
    since: { type: 'string' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"log" takes no "${positionals.join(' ')}"`);
  const since = values.since === undefined ? undefined : readMoment('--since', values.since, Date.now());
  const history = await readHistory(join(dataDirectory(values['data-dir'], io.env), HISTORY_FILE));
  try {
    const incidents = history.incidents({ limit: MOST, ...(since === undefined ? {} : { since }) }).toReversed();
    if (values.json) io.stdout.write(`${JSON.stringify(incidents.map(asFacts), undefined, 2)}\n`);
    else if (incidents.length === 0) io.stderr.write('Nothing happened.\n');
    else io.stdout.write(incidents.map(asLine).join(''));
    return EXIT.ok;
  } finally {
    history.close();
  }
}

function asLine({
  ups,
  kind,
  startedAt,
  endedAt,
  watchedUntil,
  detail,
  chargeAtStart,
  chargeLowest,
}: Incident): string {
  const lasted = ((watchedUntil ?? endedAt ?? Date.now()) - startedAt) / 1000;
  const sentence = message(endedAt === undefined ? `incident.${kind}.now` : `incident.${kind}`, {});
  const length = roughTime(lasted);
  const facts = [
    sentence,
    endedAt === undefined
      ? message('incidents.since', { time: length })
      : watchedUntil === undefined
        ? length
        : message('incidents.at-least', { time: length }),
    ...(kind === 'on-battery' && chargeAtStart !== undefined && chargeLowest !== undefined
      ? [`${Math.round(chargeAtStart)} % to ${Math.round(chargeLowest)} %`]
      : []),
    ...(detail === undefined ? [] : [detail]),
  ];
  return `${localTime(startedAt)}  ${ups}  ${facts.join('  ')}\n`;
}

/** As the log of `serve` writes it. */
function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function asFacts({ startedAt, endedAt, watchedUntil, ...facts }: Incident): Record<string, unknown> {
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    ...facts,
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    ...(watchedUntil === undefined ? {} : { watchedUntil: iso(watchedUntil) }),
  };
}
