import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { openHere } from '#tests/support/history-here.ts';
import { createRememberingLog, type RememberingLog } from '#tests/support/silent-log.ts';
import { createHistory, type History } from './history.ts';
import { createIncidentLog, type IncidentLog } from './incidents.ts';
import { HISTORY_FILE } from './sqlite-file.ts';

const HOUR = 3_600_000;
const START = 1_700_006_400_000;

let folder: string;
let running: Running | undefined;

interface Running {
  readonly clock: FakeClock;
  readonly store: UpsStore;
  readonly log: RememberingLog;
  readonly history: History;
  readonly incidents: IncidentLog;
  say(values: Readonly<Record<string, string>>): void;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridethrough-history-'));
});
afterEach(async () => {
  await running?.history.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(at = START, file = join(folder, HISTORY_FILE)): Promise<Running> {
  const clock = createFakeClock(at);
  const log = createRememberingLog();
  const store = createUpsStore(clock);
  const history = createHistory({ store, clock, log, file, open: openHere });
  const incidents = createIncidentLog(store);
  incidents.onIncident((incident) => history.record(incident));
  incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
  store.add({ name: 'office', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600 * 24);
  const say = (set: Readonly<Record<string, string>>): void => store.dispatch('office', { type: 'update', set });
  store.dispatch('office', { type: 'connected' });
  store.dispatch('office', { type: 'ready' });
  running = { clock, store, log, history, incidents, say };
  return running;
}

/** Ends without a word, as a killed program does: what was not written is lost. */
function kill(): void {
  running?.incidents.stop();
  running = undefined;
}

const load = async ({ history, clock }: Running, from: number, points = 61): Promise<(number | null)[]> => {
  const { series } = await history.range({
    ups: ['office'],
    variables: ['ups.load'],
    from,
    to: clock.now(),
    points,
  });
  return series[0]?.mean ?? [];
};

test('numbers are kept, texts and what only looks like a number are not', async () => {
  const running = await start();
  running.say({
    'ups.status': 'OL',
    'ups.load': '20',
    'ups.serial': '12345',
    'driver.version.internal': '0.52',
    'outlet.1.current': '0.4',
  });
  await running.clock.advance(20_000);
  const { series } = await running.history.range({
    ups: ['office'],
    variables: ['ups.load', 'ups.serial', 'driver.version.internal', 'outlet.1.current', 'ups.status'],
    from: START,
    to: running.clock.now(),
    points: 5,
  });
  expect(series.map(({ variable }) => variable)).toEqual(['outlet.1.current', 'ups.load']);
});

test('lost contact is a gap, and what held goes on when contact is back', async () => {
  const running = await start();
  running.say({ 'ups.status': 'OL', 'ups.load': '20' });
  await running.clock.advance(60_000);
  running.store.dispatch('office', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
  await running.clock.advance(60_000);
  running.store.dispatch('office', { type: 'fresh' });
  await running.clock.advance(60_000);
  const mean = await load(running, START, 10);
  expect(mean.slice(0, 3)).toEqual([20, 20, 20]);
  expect(mean[4]).toBeNull();
  expect(mean.slice(6, 9)).toEqual([20, 20, 20]);
});

test('a killed program loses no more than the last ten seconds, and no outage', async () => {
  const first = await start();
  first.say({ 'ups.status': 'OL', 'battery.charge': '100', 'ups.load': '20' });
  await first.clock.advance(60_000);
  first.say({ 'ups.status': 'OB DISCHRG', 'input.transfer.reason': 'input voltage out of range' });
  await first.clock.advance(1000);
  const [outage] = first.incidents.list();
  kill();

  const second = await start(START + 61_000 + HOUR);
  expect(second.incidents.list()).toEqual([outage]);
  second.say({ 'ups.status': 'OB DISCHRG', 'battery.charge': '70', 'ups.load': '20' });
  const [lasting] = second.incidents.list();
  expect(lasting).toMatchObject({ id: outage?.id, kind: 'on-battery', detail: 'input voltage out of range' });
  expect(lasting?.endedAt).toBeUndefined();
  await second.clock.advance(10_000);
  second.say({ 'ups.status': 'OL CHRG' });
  expect(second.incidents.list()[0]).toMatchObject({ id: outage?.id, endedAt: second.clock.now(), chargeLowest: 70 });
  // It was seen to last after the restart, so its end is known.
  expect(second.incidents.list()[0]?.watchedUntil).toBeUndefined();
  const known = (await load(second, START, 62)).slice(0, 1);
  expect(known).toEqual([20]);
});

test('an outage whose end nobody saw says until when it was watched', async () => {
  const first = await start();
  first.say({ 'ups.status': 'OL', 'ups.load': '20' });
  await first.clock.advance(10_000);
  first.say({ 'ups.status': 'OB DISCHRG' });
  await first.clock.advance(30_000);
  kill();
  const second = await start(START + 8 * HOUR);
  second.say({ 'ups.status': 'OL CHRG' });
  const [outage] = second.incidents.list();
  expect(outage).toMatchObject({ kind: 'on-battery', startedAt: START + 10_000, endedAt: START + 8 * HOUR });
  expect(outage?.watchedUntil).toBeGreaterThanOrEqual(START + 30_000);
  expect(outage?.watchedUntil).toBeLessThanOrEqual(START + 40_000);
  await second.clock.advance(1000);
  expect(await second.history.incidents({ limit: 5 })).toEqual([outage]);
});

test('a new incident has a number that none before it had', async () => {
  const first = await start();
  first.say({ 'ups.status': 'OL' });
  first.say({ 'ups.status': 'OB' });
  first.say({ 'ups.status': 'OL' });
  first.say({ 'ups.status': 'OB LB' });
  await first.clock.advance(10_000);
  const ids = first.incidents.list().map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
  await first.history.stop();
  const second = await start(START);
  second.say({ 'ups.status': 'OL' });
  second.say({ 'ups.status': 'OL OVER' });
  expect(
    Math.min(
      ...second.incidents
        .list()
        .filter(({ kind }) => kind === 'overload')
        .map(({ id }) => id),
    ),
  ).toBeGreaterThan(Math.max(...ids));
});

test('a place that cannot be written to is told once and tried again, and nothing is lost meanwhile', async () => {
  const blocked = join(folder, 'data');
  writeFileSync(blocked, 'a file where a folder should be');
  const running = await start(START, join(blocked, HISTORY_FILE));
  running.say({ 'ups.status': 'OL', 'ups.load': '20' });
  await running.clock.advance(120_000);
  expect(running.history.problem).toMatchObject({ code: 'history/cannot-write' });
  expect(running.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  rmSync(blocked);
  mkdirSync(blocked);
  await running.clock.advance(30_000);
  expect(running.history.problem).toBeUndefined();
  expect(running.log.lines.at(-1)?.message).toBe('History is written again.');
  expect((await load(running, START, 16)).slice(0, 14)).toEqual(Array(14).fill(20));
});

test('damage that is found while it runs is set aside, and a new file is begun', async () => {
  const first = await start();
  const wave = async (running: Running): Promise<void> => {
    for (let second = 0; second < 4 * 3600; second += 10) {
      running.say({
        'ups.status': 'OL',
        'ups.load': String(20 + (second % 7)),
        'battery.voltage': String(second % 31),
      });
      await running.clock.advance(10_000);
    }
  };
  await wave(first);
  await first.history.stop();
  const file = join(folder, HISTORY_FILE);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, bytes.length / 2, bytes.length);
  writeFileSync(file, bytes);

  const second = await start(START + 5 * HOUR);
  second.say({ 'ups.status': 'OL', 'ups.load': '42' });
  await expect
    .poll(async () => {
      await second.clock.advance(1000);
      return readdirSync(folder).filter((name) => name.includes('broken')).length;
    })
    .toBeGreaterThan(0);
  expect(second.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  await expect
    .poll(async () => {
      await second.clock.advance(10_000);
      return (await load(second, START + 5 * HOUR, 20)).includes(42);
    })
    .toBe(true);
  expect(existsSync(file)).toBe(true);
});

test('hours become buckets while it runs, and the picture stays the same', async () => {
  const running = await start();
  for (let minute = 0; minute < 150; minute++) {
    running.say({ 'ups.status': 'OL', 'ups.load': String(20 + (minute % 5)) });
    await running.clock.advance(60_000);
  }
  const mean = await load(running, START, 151);
  expect(mean.slice(0, 149)).toEqual(Array.from({ length: 149 }, (_, minute) => 20 + (minute % 5)));
});

test('a renamed UPS keeps its past and goes on under its new name', async () => {
  const running = await start();
  running.say({ 'ups.status': 'OL', 'ups.load': '20' });
  await running.clock.advance(60_000);
  running.history.renameUps('office', 'study');
  running.store.remove('office');
  running.store.add({ name: 'study', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600);
  running.store.dispatch('study', { type: 'connected' });
  running.store.dispatch('study', { type: 'update', set: { 'ups.status': 'OL', 'ups.load': '22' } });
  await running.clock.advance(60_000);
  const { series } = await running.history.range({
    ups: ['study'],
    variables: ['ups.load'],
    from: START,
    to: running.clock.now(),
    points: 13,
  });
  const values = new Set(series[0]?.mean);
  expect([values.has(20), values.has(22)]).toEqual([true, true]);
  await running.history.stop();
});
