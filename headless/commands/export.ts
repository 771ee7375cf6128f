import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HistoryError } from '#domain/errors.ts';
import { CSV_HEAD, csvLine } from '#domain/history-csv.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import type { HistoryStore } from '#engine/history/history-store.ts';
import { HISTORY_FILE, readHistory } from '#engine/history/sqlite-file.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';
import { readMoment } from '../time-option.ts';

const HELP = `Usage: ridethrough export --out FILE.csv [--ups NAME] [--from T] [--to T] [--data-dir DIR]

Writes history as CSV with the columns time,variable,min,mean,max, as finely as it is kept. A line holds until the next
one of its variable; one without figures says that nothing is known from then on. Several UPSes without --ups are told
apart as NAME/variable. Works beside a running "serve", which writes within ten seconds.
Exit status: 0; 1 when there is no history, or none of this UPS.

  --out FILE.csv  the file to write; one that exists is replaced
  --ups NAME      only this UPS
  --from T        a date (2026-01-14, 2026-01-14T19:42) or a time back (12h, 7d, 2w); default: everything
  --to T          the same; default: now
  --data-dir DIR  folder of the history (default: RIDETHROUGH_DATA_DIR, else the system's folder)
`;

const BLOCK = 64 * 1024;

export async function exportHistory(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string' },
    ups: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"export" takes no "${positionals.join(' ')}"`);
  if (values.out === undefined) throw new UsageError('--out FILE.csv is needed');
  const now = Date.now();
  const from = values.from === undefined ? 0 : readMoment('--from', values.from, now);
  // Ends of steps lie up to one step after now.
  const to = values.to === undefined ? now + 1 : readMoment('--to', values.to, now);
  if (from >= to) throw new UsageError('--from has to be earlier than --to');

  const history = await readHistory(join(dataDirectory(values['data-dir'], io.env), HISTORY_FILE));
  try {
    const upses = [...new Set(history.variables().map(({ ups }) => ups))];
    const chosen = values.ups === undefined ? upses : upses.filter((ups) => isSameName(ups, values.ups));
    if (chosen.length === 0) {
      throw new HistoryError('history/no-ups', { ups: values.ups ?? '*', known: upses.length > 0 ? upses : '–' });
    }
    const lines = await writeCsv(values.out, csvOf(history, chosen, { from, to }));
    io.stderr.write(`${lines} lines written to ${values.out}\n`);
    return EXIT.ok;
  } finally {
    history.close();
  }
}

const isSameName = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

function* csvOf(
  history: HistoryStore,
  upses: readonly string[],
  span: { readonly from: number; readonly to: number },
): Generator<string> {
  for (const ups of upses) {
    for (const { at, variable, value } of history.rows(ups, span)) {
      yield csvLine(at, upses.length > 1 ? `${ups}/${variable}` : variable, value);
    }
  }
}

/** @returns how many lines beside the head were written @throws HistoryError history/cannot-export; nothing is left then */
async function writeCsv(path: string, lines: Iterable<string>): Promise<number> {
  let count = 0;
  try {
    const file = await open(path, 'w');
    try {
      let block = CSV_HEAD;
      for (const line of lines) {
        block += line;
        count += 1;
        if (block.length < BLOCK) continue;
        await file.writeFile(block);
        block = '';
      }
      await file.writeFile(block);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new HistoryError('history/cannot-export', { file: path, reason: reasonOf(error) }, error);
  }
  return count;
}
