/** History: how much room it takes, what writing costs, and how soon any time of it is there. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { requests } from '#domain/contract.ts';
import { encodeBuckets, encodeChanges, type BucketColumns, type Change } from '#engine/history/chunk-codec.ts';
import { gridOf } from '#engine/history/downsample.ts';
import type { HistoryFile, HistoryStore } from '#engine/history/history-store.ts';
import { FULL_RATE_MS, HOUR_MS, LEVELS, type Level } from '#engine/history/levels.ts';
import { createRecording } from '#engine/history/recording.ts';
import { HISTORY_FILE, openHistory } from '#engine/history/sqlite-file.ts';
import { openInThread } from '#engine/history/threaded-history.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { median, type Check, type Section } from './section.ts';

const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365.25 * DAY_MS;
const UPSES = 5;
const YEARS = 10;
const OUTAGES_A_YEAR = 20;
const OUTAGE_MS = 12 * 60_000;
const POLL_MS = 2000;
/** A full hour. */
const NOW = 1_768_416_000_000;
const TIMES = 7;

/** What a talkative unit measures; and thirty numbers that never change. */
const MEASURED: Readonly<Record<string, (at: number) => number>> = {
  'input.voltage': (at) => tenths(230 + wave(at, 40_000) * 3 + noise(at, 1)),
  'output.voltage': (at) => tenths(230 + wave(at, 40_000) + noise(at, 2)),
  'input.frequency': (at) => tenths(50 + noise(at, 3) * 0.1),
  'ups.load': (at) => Math.round(24 + wave(at, 300_000) * 8 + noise(at, 4) * 2),
  'ups.realpower': (at) => Math.round(216 + wave(at, 300_000) * 72 + noise(at, 5) * 18),
  'output.current': (at) => tenths(1 + wave(at, 300_000) * 0.4 + noise(at, 6) * 0.1),
  'battery.runtime': (at) => Math.round(2880 - wave(at, 300_000) * 300 - noise(at, 7) * 60),
  'battery.voltage': (at) => tenths(27.3 + noise(at, 8) * 0.1),
  'ups.temperature': (at) => tenths(28 + wave(at, 20_000_000) * 3 + noise(at, 9) * 0.1),
  'battery.charge': () => 100,
};
const STILL = Array.from({ length: 30 }, (_, place) => `ups.still.${place}`);
const PAGE = [
  'battery.charge',
  'battery.runtime',
  'input.voltage',
  'output.voltage',
  'ups.load',
  'ups.temperature',
  'input.frequency',
];

const tenths = (value: number): number => Math.round(value * 10) / 10;
const wave = (at: number, periodMs: number): number => Math.sin((at / periodMs) * 2 * Math.PI);
/** Between -1 and 1, the same for the same moment. */
function noise(at: number, seed: number): number {
  let value = Math.imul(Math.floor(at / 1000) ^ (seed * 0x9e3779b1), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 0x80000000 - 1;
}

const BUCKET_SAMPLES = 6;
/** Buckets as they would have come from readings: the extremes spread with noise, the mean between. */
function bucketsOf(value: (at: number) => number, start: number, { slotMs, slots }: Level, end: number): BucketColumns {
  const columns = (fill: number) => new Float64Array(slots).fill(fill);
  const made = { min: columns(NaN), max: columns(NaN), mean: columns(NaN), known: columns(0) };
  for (let slot = 0; slot < slots && start + slot * slotMs < end; slot++) {
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (let part = 0; part < BUCKET_SAMPLES; part++) {
      const one = value(start + (slot + part / BUCKET_SAMPLES) * slotMs);
      low = Math.min(low, one);
      high = Math.max(high, one);
      sum += one;
    }
    made.min[slot] = low;
    made.max[slot] = high;
    made.mean[slot] = sum / BUCKET_SAMPLES;
    made.known[slot] = 1;
  }
  return made;
}

function changesOf(value: (at: number) => number, from: number, to: number): Change[] {
  const changes: Change[] = [];
  for (let at = from; at < to; at += POLL_MS) {
    const one = value(at);
    if (changes.at(-1)?.value !== one) changes.push({ at, value: one });
  }
  return changes;
}

/** Writes the years straight into the tables: told by a clock they would take as long as they are. */
async function writeYears(file: string, upses: number, years: number): Promise<void> {
  (await openHistory(file, createRememberingLog(), () => NOW)).close();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; BEGIN');
  const put = (table: string) => database.prepare(`INSERT INTO ${table} (series, start, data) VALUES (?, ?, ?)`);
  const tables = LEVELS.map((level) => ({ level, insert: put(level.table) }));
  const full = database.prepare('INSERT INTO full_rate (series, start, until, data) VALUES (?, ?, ?, ?)');
  const addSeries = database.prepare('INSERT INTO series (id, ups, variable) VALUES (?, ?, ?)');
  const addIncident = database.prepare(
    "INSERT INTO incident (id, ups, kind, started_at, ended_at, facts) VALUES (?, ?, 'on-battery', ?, ?, ?)",
  );
  const begin = NOW - years * YEAR_MS;
  const outages = Array.from({ length: Math.round(years * OUTAGES_A_YEAR) }, (_, place) =>
    Math.floor(begin + ((place + 0.5) * YEAR_MS) / OUTAGES_A_YEAR),
  );
  let series = 0;
  for (let ups = 1; ups <= upses; ups++) {
    database.prepare('INSERT INTO ups (id, name) VALUES (?, ?)').run(ups, `ups${ups}`);
    outages.forEach((at, place) => {
      addIncident.run(
        at + ups,
        ups,
        at,
        at + OUTAGE_MS,
        JSON.stringify({ chargeAtStart: 100, chargeLowest: 60 + (place % 30) }),
      );
    });
    for (const variable of [...Object.keys(MEASURED), ...STILL]) {
      series += 1;
      addSeries.run(series, ups, variable);
      const value = MEASURED[variable] ?? (() => 12);
      const shifted = (at: number): number => value(at + ups * 7_777_000);
      for (const { level, insert } of tables) {
        const chunkMs = level.slotMs * level.slots;
        const from = Math.max(begin, NOW - level.keptMs);
        for (let start = Math.floor(from / chunkMs) * chunkMs; start < NOW; start += chunkMs) {
          insert.run(series, start, encodeBuckets(bucketsOf(shifted, start, level, NOW)));
        }
      }
      const keep = (start: number, until: number): void => {
        full.run(series, start, until, encodeChanges(changesOf(shifted, start, until), start));
      };
      for (let start = NOW - FULL_RATE_MS; start < NOW; start += HOUR_MS) keep(start, start + HOUR_MS);
      for (const at of outages) keep(at - 300_000, at + OUTAGE_MS + 300_000);
    }
  }
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface WriteCost {
  readonly batchMs: number[];
  readonly hourMs: number[];
}

/** Hours of five talkative UPSes through the very path of the service, as fast as it goes. */
function writeHours(history: HistoryStore): WriteCost {
  const recording = createRecording();
  const batchMs: number[] = [];
  const hourMs: number[] = [];
  const begin = NOW;
  const hours = 6;
  for (let at = begin; at <= begin + hours * HOUR_MS; at += POLL_MS) {
    for (let ups = 1; ups <= UPSES; ups++) {
      for (const [variable, value] of Object.entries(MEASURED))
        recording.note(`ups${ups}`, at, variable, value(at + ups));
      if (at === begin) for (const variable of STILL) recording.note(`ups${ups}`, at, variable, 12);
    }
    if ((at - begin) % 10_000 === 0) {
      const from = performance.now();
      history.write({ rows: recording.take(at), statuses: [], texts: [], incidents: [] });
      batchMs.push(performance.now() - from);
    }
    if ((at - begin) % HOUR_MS === 0 && at > begin) {
      for (let isMore = true; isMore;) {
        const from = performance.now();
        isMore = history.compact(at);
        if (isMore) hourMs.push(performance.now() - from);
      }
    }
  }
  return { batchMs, hourMs };
}

const RANGES = [
  ['an hour', HOUR_MS],
  ['16 hours, the longest at full rate', 16 * HOUR_MS],
  ['a day', DAY_MS],
  ['a week', 7 * DAY_MS],
  ['30 days', 30 * DAY_MS],
  ['90 days', 90 * DAY_MS],
  ['a year', YEAR_MS],
  ['ten years', YEARS * YEAR_MS],
] as const;

/** Milliseconds until the answer of the contract is a text and has been checked as the page checks it. */
async function timeOfRange(
  history: HistoryFile,
  upses: readonly string[],
  variables: readonly string[],
  length: number,
): Promise<number> {
  const from = performance.now();
  const grid = gridOf(NOW - length, NOW, 2000);
  const asked = upses.map(async (ups) => ({
    series: await history.range(ups, variables, grid),
    outages: (await history.outages(ups, { from: NOW - length, to: NOW }, NOW)).map((span) => ({ ...span, ups })),
  }));
  const told = await Promise.all(asked);
  const answer = {
    from: grid.from,
    stepMs: grid.stepMs,
    series: told.flatMap(({ series }) => series),
    outages: told.flatMap(({ outages }) => outages),
  };
  requests['history.range'].result.parse(JSON.parse(JSON.stringify(answer)));
  return performance.now() - from;
}

export async function history(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-bench-'));
  try {
    const five = join(folder, 'five');
    const ten = join(folder, 'ten');
    await Promise.all([mkdir(five), mkdir(ten)]);
    await writeYears(join(five, HISTORY_FILE), 1, 5);
    const fiveYears = await sizeOf(five);
    await writeYears(join(ten, HISTORY_FILE), UPSES, YEARS);
    const tenYears = await sizeOf(ten);

    const from = performance.now();
    const threaded = await openInThread(join(ten, HISTORY_FILE), createRememberingLog(), () => NOW);
    const openMs = performance.now() - from;
    const all = Array.from({ length: UPSES }, (_, place) => `ups${place + 1}`);
    const rows: string[][] = [];
    const slowest = { one: 0, page: 0 };
    for (const [what, length] of RANGES) {
      const measure = async (upses: readonly string[], variables: readonly string[]): Promise<number[]> => {
        const times: number[] = [];
        for (let time = 0; time < TIMES; time++) times.push(await timeOfRange(threaded, upses, variables, length));
        return times;
      };
      const one = await measure(['ups1'], ['input.voltage']);
      const page = await measure(['ups1'], PAGE);
      const compared = await measure(all, ['input.voltage']);
      slowest.one = Math.max(slowest.one, median(one), median(compared));
      slowest.page = Math.max(slowest.page, median(page));
      rows.push([what, ...[one, page, compared].map((times) => ms(median(times)))]);
    }
    const checks: Check[] = [
      {
        what: 'history on disk, one UPS and five years',
        reach: '≤ 25 MB',
        measured: mb(fiveYears),
        isMet: fiveYears <= 25e6,
      },
      {
        what: 'any time from disk to the page, 2,000 points, one variable of one or five UPSes',
        reach: '< 50 ms',
        measured: ms(slowest.one),
        isMet: slowest.one < 50,
      },
      {
        what: 'the same, all seven variables of the page',
        reach: '< 50 ms',
        measured: ms(slowest.page),
        isMet: slowest.page < 50,
      },
    ];
    await threaded.close();
    const store = await openHistory(join(ten, HISTORY_FILE), createRememberingLog(), () => NOW);
    const energy = ([days, edgeMs]: readonly [number, number]): number => {
      const edges = Array.from({ length: days + 1 }, (_, place) => NOW - (days - place) * edgeMs);
      const times = Array.from({ length: TIMES }, () => {
        const began = performance.now();
        for (const variable of ['ups.realpower', 'ups.load', 'ups.realpower.nominal']) {
          store.integrals('ups1', variable, edges);
        }
        return performance.now() - began;
      });
      return median(times);
    };
    const energyMs = [energy([400, DAY_MS]), energy([120, 30.4375 * DAY_MS])] as const;
    const { batchMs, hourMs } = writeHours(store);
    store.close();
    const worst = (times: readonly number[]): string => `${ms(median(times))}, at most ${ms(Math.max(...times))}`;
    return {
      title: 'History',
      notes: [
        `${UPSES} UPSes and ${YEARS} years with ${OUTAGES_A_YEAR} outages of ${OUTAGE_MS / 60_000} min a year, ${Object.keys(MEASURED).length} variables that change with every reading every ${POLL_MS / 1000} s and ${STILL.length} that never do: ${mb(tenYears)}. Opened in ${ms(openMs)}.`,
        `Times: medians of ${TIMES}, from the question to the thread of the file to an answer that was written as JSON, read again and checked as the page does it.`,
        `Energy of one UPS: 400 days in ${ms(energyMs[0])}, ten years by months in ${ms(energyMs[1])}.`,
        `Writing: a batch of ten seconds of all ${UPSES} UPSes takes ${worst(batchMs)}; an hour of one UPS becomes buckets in ${worst(hourMs)}, once an hour and one UPS at a time.`,
      ],
      head: ['time', 'one variable', 'the seven of the page', `one variable of ${UPSES} UPSes`],
      rows,
      checks,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
