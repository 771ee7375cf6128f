import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Incident } from '#domain/schema/snapshot.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { gridOf } from './downsample.ts';
import { CHECKED_PARTS, type HistoryStore } from './history-store.ts';
import { createRecording } from './recording.ts';
import { HISTORY_FILE, openHistory, readHistory } from './sqlite-file.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A full hour. */
const START = 1_700_006_400_000;

let folder: string;
let history: HistoryStore;
const log = createRememberingLog();
const file = (): string => join(folder, HISTORY_FILE);
const open = (): Promise<HistoryStore> => openHistory(file(), log, () => START);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ridethrough-history-'));
  history = await open();
});
afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

type Reading = (at: number) => number | undefined;

/** Lets a UPS be watched, its variables read every `everyMs`, and all full hours turned into buckets. */
function watch(ups: string, from: number, to: number, readings: Record<string, Reading>, everyMs = 2000): void {
  const recording = createRecording();
  for (let at = from; at < to; at += everyMs) {
    for (const [variable, reading] of Object.entries(readings)) recording.note(ups, at, variable, reading(at));
    // Often enough not to be taken for a pause.
    if ((at - from) % 10_000 < everyMs)
      history.write({ rows: recording.take(at), statuses: [], texts: [], incidents: [] });
  }
  history.write({ rows: recording.take(to), statuses: [], texts: [], incidents: [] });
  while (history.compact(to));
}

const wave: Reading = (at) => Math.round((230 + Math.sin(at / 40_000) * 3) * 10) / 10;

const outage = (id: number, startedAt: number, endedAt?: number): Incident => ({
  id,
  ups: 'office',
  kind: 'on-battery',
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
});

const range = (from: number, to: number, points = 2000, ups = 'office', variable = 'input.voltage') => {
  const [columns] = history.range(ups, [variable], gridOf(from, to, points));
  if (!columns) throw new Error('there is no such series');
  return columns;
};
const lowest = (values: readonly (number | null)[]): number => Math.min(...values.map((value) => value ?? Infinity));
const highest = (values: readonly (number | null)[]): number => Math.max(...values.map((value) => value ?? -Infinity));
const unknowns = (values: readonly (number | null)[]): number => values.filter((value) => value === null).length;

test('what was written is read again at every distance, before and after its hour is full', () => {
  const to = START + 90 * 60_000;
  watch('office', START, to, { 'input.voltage': wave, 'ups.load': () => 20 });
  const all: number[] = [];
  for (let at = START; at < to; at += 2000) all.push(wave(at) ?? NaN);
  for (const points of [2, 10, 90, 1000, 2000]) {
    const { min, mean, max } = range(START, to, points);
    expect([lowest(min), highest(max)]).toEqual([Math.min(...all), Math.max(...all)]);
    expect(unknowns(mean)).toBe(0);
  }
  const average = all.reduce((sum, value) => sum + value, 0) / all.length;
  const { mean } = range(START, to, 90);
  expect(mean.reduce<number>((sum, value) => sum + (value ?? NaN), 0) / mean.length).toBeCloseTo(average, 1);
});

test('a dip of one second is seen in the picture of a year', () => {
  const dip = START + 20 * 60_000;
  watch('office', START, START + 5 * HOUR, { 'input.voltage': (at) => (at === dip ? 161.5 : 230) }, 1000);
  expect(lowest(range(START - 180 * DAY, START + 180 * DAY).min)).toBe(161.5);
  expect(lowest(range(START - 3000 * DAY, START + 600 * DAY).min)).toBe(161.5);
});

test('time in which nobody watched is a gap', () => {
  watch('office', START, START + HOUR, { 'input.voltage': () => 230 });
  watch('office', START + 3 * HOUR, START + 4 * HOUR, { 'input.voltage': () => 231 });
  const { mean } = range(START, START + 4 * HOUR, 241);
  expect(mean.slice(0, 60)).toEqual(Array(60).fill(230));
  expect(mean.slice(61, 180)).toEqual(Array(119).fill(null));
  expect(mean.slice(181, 240)).toEqual(Array(59).fill(231));
});

test('the full rate goes after two days but for outages, minutes after ninety days, quarters stay', () => {
  const began = START + 30 * 60_000;
  history.write({ rows: [], statuses: [], texts: [], incidents: [outage(began, began, began + 90_000)] });
  const dipped: Reading = (at) => (at >= began && at < began + 90_000 ? 0 : wave(at));
  watch('office', START, START + HOUR, { 'input.voltage': dipped });
  const around = [began - 60_000, began + 150_000] as const;
  const before = range(...around, 400);
  const sizeOf = (): number => [...history.rows('office', { from: START, to: START + HOUR })].length;
  const atFullRate = sizeOf();

  history.retain(START + 3 * DAY);
  expect(range(...around, 400)).toEqual(before);
  const afterDays = sizeOf();
  expect(afterDays).toBeLessThan(atFullRate / 2);

  history.retain(START + 200 * DAY);
  expect(range(...around, 400)).toEqual(before);
  expect(sizeOf()).toBeLessThan(afterDays);
  expect(lowest(range(START, START + HOUR, 4).min)).toBe(0);
  expect(unknowns(range(START, START + HOUR, 4).mean)).toBe(0);

  history.retain(START + 5000 * DAY);
  expect(range(...around, 400)).toEqual(before);
});

test('a renamed UPS keeps its history, and one that had the name keeps its own', () => {
  watch('office', START, START + 2 * HOUR, { 'input.voltage': () => 230 });
  watch('study', START, START + HOUR, { 'input.voltage': () => 115 });
  history.write({ rows: [], statuses: [], texts: [], incidents: [outage(START, START, START + 60_000)] });
  history.renameUps('office', 'study', START + 2 * HOUR);
  expect(range(START, START + 2 * HOUR, 9, 'study').mean).toEqual(Array(8).fill(230));
  expect(history.incidents({ limit: 5 }).map(({ ups }) => ups)).toEqual(['study']);
  expect(history.range('office', ['input.voltage'], gridOf(START, START + HOUR, 10))).toEqual([]);
  const names = [...new Set(history.variables().map(({ ups }) => ups))];
  expect(names).toHaveLength(2);
  expect(names.filter((name) => name.startsWith('study (before '))).toHaveLength(1);
  watch('study', START + 2 * HOUR, START + 3 * HOUR, { 'input.voltage': () => 231 });
  expect(range(START, START + 3 * HOUR, 7, 'study').mean.slice(0, 6)).toEqual([230, 230, 230, 230, 231, 231]);
});

test('incidents are paged from the newest on, by UPS and kind, and read as they were written', () => {
  const told: Incident[] = Array.from({ length: 7 }, (_, place) => ({
    ...outage(START + place, START + place, START + place + 500),
    kind: place % 2 === 0 ? 'on-battery' : 'boost',
    detail: `number ${place}`,
    chargeAtStart: 100,
    chargeLowest: 60 + place,
  }));
  history.write({ rows: [], statuses: [], texts: [], incidents: told });
  const first = history.incidents({ limit: 3 });
  expect(first).toEqual(told.slice(4).reverse());
  expect(history.incidents({ limit: 3, beforeId: first.at(-1)?.id ?? 0 })).toEqual(told.slice(1, 4).reverse());
  expect(history.incidents({ limit: 9, kinds: ['boost'] })).toHaveLength(3);
  expect(history.incidents({ limit: 9, ups: ['attic'] })).toEqual([]);
  expect(history.outages('office', { from: START, to: START + 10_000 }, START)).toHaveLength(4);
});

test('the course of a time begins with the status that was in force', () => {
  const statuses = ['OL', 'OB DISCHRG', 'OB DISCHRG LB', 'OL CHRG'].map((status, place) => ({
    ups: 'office',
    at: START + place * 60_000,
    status,
  }));
  history.write({ rows: [], statuses, texts: [], incidents: [] });
  expect(history.statuses('office', { from: START + 30_000, to: START + 130_000 }, 10)).toEqual(statuses.slice(0, 3));
});

test('a file that is no history is set aside, and the log says where it went', async () => {
  history.close();
  writeFileSync(file(), 'this is no database, and it is long enough to be looked at by SQLite'.repeat(50));
  history = await open();
  watch('office', START, START + 60_000, { 'input.voltage': () => 230 });
  expect(range(START, START + 60_000, 4).mean).toEqual([230, 230, 230]);
  const aside = readdirSync(folder).find((name) => name.includes('broken'));
  expect(aside).toMatch(/^history\.broken-.*\.sqlite$/);
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining(aside ?? '?') as string });
});

test('damage within the file is found by looking it through', async () => {
  watch('office', START, START + 4 * HOUR, { 'input.voltage': wave, 'output.voltage': wave });
  expect(CHECKED_PARTS.map((part) => history.check(part))).toEqual(CHECKED_PARTS.map(() => undefined));
  history.close();
  const bytes = readFileSync(file());
  // The tables' own pages stand in front.
  bytes.fill(0xa5, bytes.length / 2, bytes.length);
  writeFileSync(file(), bytes);
  history = await open();
  const found = CHECKED_PARTS.map((part) => {
    try {
      return history.check(part);
    } catch (error) {
      return error instanceof Error ? error.message : undefined;
    }
  });
  expect(found.some((wrong) => wrong !== undefined)).toBe(true);
});

test('a newer file is left alone', async () => {
  history.close();
  const { DatabaseSync } = await import('node:sqlite');
  const newer = new DatabaseSync(file());
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  await expect(open()).rejects.toMatchObject({ code: 'history/newer-file' });
  await expect(readHistory(file())).rejects.toMatchObject({ code: 'history/newer-file' });
});

test('reading needs a history, and reads beside the one who writes', async () => {
  watch('office', START, START + 60_000, { 'input.voltage': () => 230 });
  const reader = await readHistory(file());
  expect([...reader.rows('office', { from: START, to: START + HOUR })]).toEqual([
    { at: START, variable: 'input.voltage', value: { min: 230, mean: 230, max: 230 } },
  ]);
  reader.close();
  await expect(readHistory(join(folder, 'none.sqlite'))).rejects.toMatchObject({ code: 'history/none' });
});

test('a word is kept once for each time it changes, and only the newest thousand of them', () => {
  const say = (at: number, value: string, variable = 'ups.test.result') =>
    history.write({ rows: [], statuses: [], incidents: [], texts: [{ ups: 'office', at, variable, value }] });
  say(START, 'Done and passed');
  say(START + 1, 'Done and passed');
  say(START + 2, 'In progress');
  say(START + 3, 'Done and passed');
  say(START + 3, '2024/03/18', 'battery.date');
  expect(history.texts('office', ['ups.test.result']).map(({ at, value }) => [at - START, value])).toEqual([
    [0, 'Done and passed'],
    [2, 'In progress'],
    [3, 'Done and passed'],
  ]);
  for (let change = 0; change < 1200; change++) say(START + 10 + change, `result ${change}`);
  history.retain(START + DAY);
  const kept = history.texts('office', ['ups.test.result', 'battery.date', 'ups.test.date']);
  expect(kept).toHaveLength(1001);
  expect(kept[0]).toMatchObject({ variable: 'battery.date' });
  expect(kept.at(-1)?.value).toBe('result 1199');
});

test('a history of the version before is taken over with what is in it', async () => {
  watch('office', START, START + HOUR, { 'input.voltage': () => 230 });
  history.close();
  const { DatabaseSync } = await import('node:sqlite');
  const old = new DatabaseSync(file());
  old.exec('DROP TABLE texts; PRAGMA user_version = 1');
  old.close();
  history = await open();
  history.write({
    rows: [],
    statuses: [],
    incidents: [],
    texts: [{ ups: 'office', at: START, variable: 'battery.date', value: '2024/03/18' }],
  });
  expect(history.texts('office', ['battery.date'])).toHaveLength(1);
  expect(range(START, START + HOUR, 5).mean).toEqual([230, 230, 230, 230]);
});

test('a time is added up as it was known, from buckets as from what is fresh', () => {
  // Six hours of which the third was not watched, and half an hour that is no bucket yet.
  const load: Reading = (at) => ((at - START) % HOUR < HOUR / 2 ? 20 : 40);
  watch('office', START, START + 2 * HOUR, { 'ups.load': load });
  watch('office', START + 3 * HOUR, START + 6.5 * HOUR, { 'ups.load': load });
  const edges = [START - HOUR, START, START + HOUR, START + 2 * HOUR, START + 3 * HOUR, START + 6.5 * HOUR];
  const hours = history
    .integrals('office', 'ups.load', edges)
    .map(({ sum, knownMs }) => [knownMs / HOUR, Math.round((sum / HOUR) * 100) / 100]);
  expect(hours).toEqual([
    [0, 0],
    [1, 30],
    [1, 30],
    [0, 0],
    [3.5, 100],
  ]);
  // A bucket on an edge is shared out by time.
  const [before, after] = history.integrals('office', 'ups.load', [START, START + 20 * 60_000, START + HOUR]);
  expect([before?.knownMs, after?.knownMs]).toEqual([20 * 60_000, 40 * 60_000]);
  expect((before?.sum ?? 0) + (after?.sum ?? 0)).toBeCloseTo(30 * HOUR, 0);
  expect(history.integrals('attic', 'ups.load', [START, START + HOUR])).toEqual([{ sum: 0, knownMs: 0 }]);
});

test('months and years are added up from buckets of four hours to the same', () => {
  watch('office', START, START + 3 * DAY, { 'ups.realpower': () => 100 }, 10_000);
  history.retain(START + 40 * DAY);
  const [all] = history.integrals('office', 'ups.realpower', [START - 30 * DAY, START + 30 * DAY]);
  expect(all?.knownMs).toBeCloseTo(3 * DAY, -4);
  expect((all?.sum ?? 0) / HOUR).toBeCloseTo(7200, 0);
});
