/** The history file in its thread, on a real disk, and the owner of history before a disk that does not answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HistoryError } from '#domain/errors.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { loadSqlite } from '#engine/adapters/sqlite.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createHistory, type History } from './history.ts';
import type { HistoryBatch, OpenHistoryFile } from './history-store.ts';
import { HISTORY_FILE, openHistory } from './sqlite-file.ts';
import { isBroken } from './sqlite-open.ts';
import { createHistoryDesk } from './sqlite-desk.ts';
import { openAt, openInThread, type Desk } from './threaded-history.ts';

const START = 1_700_006_400_000;
let folder: string;
let history: History | undefined;
const file = (): string => join(folder, HISTORY_FILE);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridethrough-history-'));
});
afterEach(async () => {
  await history?.stop();
  history = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const batch = (since: number): HistoryBatch => ({
  rows: [
    { ups: 'office', since, until: since + 10_000, changes: [{ at: since, key: 'ups.load', value: 20 }] },
    {
      ups: 'office',
      since: since + 10_000,
      until: since + 20_000,
      changes: [{ at: since + 10_000, key: 'ups.load', value: NaN }],
    },
  ],
  statuses: [{ ups: 'office', at: since, status: 'OL' }],
  texts: [],
  incidents: [{ id: since, ups: 'office', kind: 'on-battery', startedAt: since }],
});

test('the thread answers as the store does, in the order it was asked in', async () => {
  const log = createRememberingLog();
  const threaded = await openInThread(file(), log, () => START);
  const grid = { from: START, stepMs: 1000, count: 20 };
  const written = threaded.write(batch(START));
  const answers = await Promise.all([
    threaded.range('office', ['ups.load'], grid),
    threaded.rows('office', { from: START, to: START + 20_000 }),
    threaded.incidents({ limit: 5 }),
    threaded.check('journal'),
    threaded.sync(),
    written,
  ]);
  await threaded.close();
  const here = await openHistory(file(), log, () => START);
  expect(answers.slice(0, 4)).toEqual([
    here.range('office', ['ups.load'], grid),
    [...here.rows('office', { from: START, to: START + 20_000 })],
    here.incidents({ limit: 5 }),
    undefined,
  ]);
  here.close();
  expect(log.lines).toEqual([]);
});

test('what SQLite says in the thread is told with its code, and a file that is no history is set aside', async () => {
  writeFileSync(file(), 'this is no history, and it is long enough to be looked at as one'.repeat(100));
  const log = createRememberingLog();
  const threaded = await openInThread(file(), log, () => START);
  expect(log.lines).toMatchObject([{ level: 'error' }]);
  expect(await threaded.startAnew(START + 1000)).toContain('.broken-');
  await threaded.close();
  await expect(threaded.incidents({ limit: 1 })).rejects.toMatchObject({ code: 'history/ended' });
  await expect(openInThread(join(folder, 'none', HISTORY_FILE), log, () => START)).rejects.toMatchObject({
    code: 'history/cannot-write',
  });
  const corrupt = Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
  expect(isBroken(corrupt)).toBe(true);
});

test('a file that cannot be closed keeps no thread', async () => {
  let isEnded = false;
  const desk: Desk = {
    ask: (call) => (call === 'close' ? Promise.reject(new Error('disk I/O error')) : Promise.resolve(undefined)),
    end: () => Promise.resolve(void (isEnded = true)),
  };
  const opened = await openAt(desk, file(), createRememberingLog(), () => START);
  await expect(opened.close()).rejects.toThrow('disk I/O error');
  expect(isEnded).toBe(true);
});

/** A file of which every call can be made to hang, or to fail as one whose thread has ended. */
function fragile() {
  let waits: Promise<void> = Promise.resolve();
  let isDead = false;
  let isMute = false;
  let opensNoMore = false;
  const disk = {
    opened: 0,
    hang(): () => void {
      let release: () => void = () => undefined;
      waits = new Promise((resolve) => (release = resolve));
      return release;
    },
    die(): void {
      isDead = true;
    },
    /** The thread ends when it has written next, before it can say so. */
    dieAfterWriting(): void {
      isMute = true;
    },
    /** Threads end while they open the file from now on. */
    openNoMore(): void {
      isDead = opensNoMore = true;
    },
    open: (async (file, log, now) => {
      disk.opened += 1;
      isDead = opensNoMore;
      const desk = createHistoryDesk(await loadSqlite(), file);
      const ask: Desk['ask'] = async (call, asked) => {
        const ended = new HistoryError('history/ended', { file, reason: 'out of memory' });
        if (isDead) throw ended;
        await waits;
        const answer = desk(call, asked);
        if (call !== 'write' || !isMute) return answer;
        desk('close', []);
        isMute = false;
        isDead = true;
        throw ended;
      };
      return openAt({ ask, end: () => Promise.resolve() }, file, log, now);
    }) satisfies OpenHistoryFile,
  };
  return disk;
}

async function watched(open: OpenHistoryFile) {
  const clock = createFakeClock(START);
  const log = createRememberingLog();
  const store = createUpsStore(clock);
  history = createHistory({ store, clock, log, file: file(), open });
  await history.start();
  store.add({ name: 'office', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600 * 24);
  store.dispatch('office', { type: 'connected' });
  store.dispatch('office', { type: 'ready' });
  let load = 0;
  const pass = async (seconds: number, outlets = 0): Promise<void> => {
    for (let second = 0; second < seconds; second += 2) {
      load = (load + 1) % 50;
      const others = Array.from({ length: outlets }, (_, place) => [`outlet.${place + 1}.current`, String(load)]);
      store.dispatch('office', {
        type: 'update',
        set: {
          'ups.status': 'OL',
          'ups.load': String(load),
          ...(Object.fromEntries(others) as Record<string, string>),
        },
      });
      await clock.advance(2000);
    }
  };
  const told = (level: string): string[] =>
    log.lines.filter((line) => line.level === level).map(({ message }) => message);
  return { history, clock, log, pass, told };
}

test('while the disk hangs questions are refused, it is told once, and nothing is lost when it answers again', async () => {
  const disk = fragile();
  const { history, clock, pass, told } = await watched(disk.open);
  await pass(30);
  const release = disk.hang();
  await pass(10);
  const asked = history.incidents({ limit: 1 }).catch((error: unknown) => error);
  await pass(300);
  expect(await asked).toMatchObject({ code: 'history/no-answer' });
  await expect(history.statuses('office', { from: START, to: clock.now() }, 10)).rejects.toMatchObject({
    code: 'history/no-answer',
  });
  expect(history.problem).toMatchObject({ code: 'history/no-answer' });
  expect(told('warn')).toHaveLength(1);
  release();
  await pass(30);
  expect(history.problem).toBeUndefined();
  expect(told('info')).toEqual(['The disk with the history answers again.']);
  const { series } = await history.range({
    ups: ['office'],
    variables: ['ups.load'],
    from: START,
    to: clock.now(),
    points: 400,
  });
  expect(series[0]?.mean.slice(1, -2).filter((value) => value === null)).toEqual([]);
});

test('a disk that hangs for long costs the oldest readings, and says so', async () => {
  const disk = fragile();
  const { history, clock, pass, told } = await watched(disk.open);
  await pass(30);
  const release = disk.hang();
  await pass(1600, 99);
  history.record({ id: START + 1, ups: 'office', kind: 'on-battery', startedAt: START + 1, endedAt: START + 2 });
  expect(told('warn').filter((text) => text.includes('oldest readings are dropped'))).toHaveLength(1);
  release();
  await pass(30);
  expect(await history.incidents({ limit: 5 })).toHaveLength(1);
  const kept = await history.rows('office', { from: START + 60_000, to: clock.now() }, ['ups.load']);
  expect(kept.length).toBeGreaterThan(450);
  expect(kept.length).toBeLessThan(600);
});

test('a thread that ends is started anew, ever later where it ends again and again', async () => {
  const disk = fragile();
  const { history, pass, told } = await watched(disk.open);
  await pass(30);
  disk.die();
  await pass(40);
  expect(told('warn')).toEqual([expect.stringContaining('has ended: out of memory')]);
  expect(disk.opened).toBe(2);
  expect(history.problem).toBeUndefined();
  for (let time = 0; time < 30; time += 1) {
    disk.die();
    await pass(60);
  }
  expect(disk.opened).toBeLessThan(10);
});

test('a thread that ends while it opens the file is started anew ever later, too', async () => {
  const disk = fragile();
  const { history, pass, told } = await watched(disk.open);
  await pass(30);
  disk.openNoMore();
  await pass(600);
  expect(history.problem).toMatchObject({ code: 'history/ended' });
  expect(told('warn')).toHaveLength(1);
  expect(disk.opened).toBeGreaterThan(2);
  expect(disk.opened).toBeLessThan(10);
});

test('a batch whose thread ended before it could say so is in the file once', async () => {
  const disk = fragile();
  const { history, clock, pass } = await watched(disk.open);
  await pass(30);
  disk.dieAfterWriting();
  await pass(60);
  expect(disk.opened).toBe(2);
  expect(history.problem).toBeUndefined();
  const [known] = await history.integrals('office', 'ups.load', [START, clock.now()]);
  expect(known?.knownMs).toBe(clock.now() - START);
});
