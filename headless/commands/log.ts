import { join } from 'node:path';
import { message, textIn } from '#domain/messages/message.ts';
import { roughTime } from '#domain/power-sentence.ts';
import type { Decision } from '#domain/schema/monitor.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import { HISTORY_FILE, readHistory } from '#engine/history/sqlite-file.ts';
import { DECISIONS_FILE, readDecisions } from '#engine/monitor/decision-log.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';
import { readMoment } from '../time-option.ts';

const HELP = `Usage: ridethrough log [--json] [--since T] [--data-dir DIR]

Shows what happened, oldest first. One line each: outages, alarms and lost contact with when it began, the UPS, what it
was, how long it lasted; and what was decided about shutting this computer down, with "decision" for the UPS. Works
beside a running "serve", which writes within ten seconds.
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
  const dataDir = dataDirectory(values['data-dir'], io.env);
  const history = await readHistory(join(dataDir, HISTORY_FILE));
  try {
    const incidents = history.incidents({ limit: MOST, ...(since === undefined ? {} : { since }) });
    const decisions = (await readDecisions(join(dataDir, DECISIONS_FILE))).filter(({ at }) => at >= (since ?? at));
    const events = [
      ...incidents.map((incident) => ({ at: incident.startedAt, line: asLine(incident), facts: asFacts(incident) })),
      ...decisions.map((decision) => ({ at: decision.at, ...told(decision) })),
    ].toSorted((a, b) => a.at - b.at);
    const facts = events.map((event) => event.facts);
    if (values.json) io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
    else if (events.length === 0) io.stderr.write('Nothing happened.\n');
    else io.stdout.write(events.map(({ line }) => line).join(''));
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

function told({ at, level, text }: Decision): { line: string; facts: Record<string, unknown> } {
  const sentence = textIn(text) ?? text.phrase;
  return {
    line: `${localTime(at)}  decision  ${sentence}\n`,
    facts: { kind: 'decision', level, text: sentence, startedAt: new Date(at).toISOString() },
  };
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
