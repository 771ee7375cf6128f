/**
 * A program that writes history as fast as it can until it is killed: `node history-writer.ts FILE FIRST`. Every outage
 * that stands in the file is told on standard output by its number, FIRST and the ones after it.
 */
import { writeSync } from 'node:fs';
import { openHistory } from '#engine/history/sqlite-file.ts';
import { createRememberingLog } from './silent-log.ts';

const [file = '', first = ''] = process.argv.slice(2);
const HOUR_MS = 3_600_000;
/** Of one outage to the next: hours become buckets all the time. */
const STEP_MS = 600_000;

const history = await openHistory(file, createRememberingLog(), () => Number(first));
for (let id = Number(first); ; id += STEP_MS) {
  const until = Math.min(id + STEP_MS, (Math.floor(id / HOUR_MS) + 1) * HOUR_MS);
  const changes = Array.from({ length: 60 }, (_, place) => ({
    at: id + place * 2000,
    key: place % 2 === 0 ? 'input.voltage' : 'ups.load',
    value: Math.round(2300 + Math.sin(place + id) * 50) / 10,
  }));
  history.write({
    rows: [{ ups: 'office', since: id, until, changes }],
    statuses: [{ ups: 'office', at: id, status: 'OB DISCHRG' }],
    texts: [{ ups: 'office', at: id, variable: 'ups.test.date', value: String(id) }],
    incidents: [{ id, ups: 'office', kind: 'on-battery', startedAt: id, endedAt: id + 60_000 }],
  });
  writeSync(1, `${id}\n`);
  history.compact(until);
  if (id % (24 * HOUR_MS) < STEP_MS) history.retain(until);
}
