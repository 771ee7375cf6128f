/** History on real disks: a program that is killed while it writes, a disk that is full, and what the commands show of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHistory } from '#engine/history/history.ts';
import { CHECKED_PARTS } from '#engine/history/history-store.ts';
import { HISTORY_FILE, openHistory } from '#engine/history/sqlite-file.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { openHere } from '#tests/support/history-here.ts';
import { runProgram } from '#tests/support/run-program.ts';
import {
  buildProgram,
  createNutFolder,
  ridethrough,
  startProgram,
  until,
  type NutFolder,
  type RunningProgram,
} from '#tests/support/served-program.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';

const WRITER = fileURLToPath(new URL('../support/history-writer.ts', import.meta.url));
const START = 1_700_006_400_000;
const TIMES = 100;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-history-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Lets the writer work for a moment and kills it. @returns the outages it said it had written */
async function writeAndKill(file: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, file, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  const ended = once(child, 'close');
  await until('the first outage is written', () => told.includes('\n'));
  await delay(afterMs);
  child.kill('SIGKILL');
  await ended;
  return told.split('\n').slice(0, -1).map(Number);
}

test(
  `killed ${TIMES} times while it writes: the file is whole and has every outage`,
  { timeout: 300_000 },
  async () => {
    const file = join(folder, HISTORY_FILE);
    const log = createRememberingLog();
    let first = START;
    let written = 0;
    for (let time = 0; time < TIMES; time++) {
      const told = await writeAndKill(file, first, (time * 7) % 60);
      written += told.length;
      const history = await openHistory(file, log, () => first);
      expect(CHECKED_PARTS.map((part) => history.check(part))).toEqual(CHECKED_PARTS.map(() => undefined));
      const kept = new Set(history.incidents({ limit: told.length + 2 }).map(({ id }) => id));
      expect(told.filter((id) => !kept.has(id))).toEqual([]);
      first = Math.max(...kept) + 600_000;
      history.close();
    }
    expect(log.lines).toEqual([]);
    expect(written).toBeGreaterThanOrEqual(TIMES);
  },
);

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!mayMount)('a full disk (needs the right to mount)', () => {
  afterEach(() => runProgram('umount', [folder]));

  test('it keeps running, says so once, and writes what it held when there is room again', async () => {
    const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder]);
    expect(mounted).toMatchObject({ status: 0 });
    const clock = createFakeClock(START);
    const log = createRememberingLog();
    const store = createUpsStore(clock);
    const history = createHistory({ store, clock, log, file: join(folder, HISTORY_FILE), open: openHere });
    await history.start();
    store.add({ name: 'office', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600 * 24);
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', { type: 'ready' });
    let load = 0;
    const pass = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 2) {
        load = (load + 1) % 50;
        store.dispatch('office', { type: 'update', set: { 'ups.status': 'OL', 'ups.load': String(load) } });
        await clock.advance(2000);
      }
    };
    await pass(60);
    // As large as the disk has room for.
    const filler = join(folder, 'filler');
    await writeFile(filler, '');
    for (;;) {
      try {
        await writeFile(filler, Buffer.alloc(1024), { flag: 'a' });
      } catch {
        break;
      }
    }
    await pass(1800);
    expect(history.problem).toMatchObject({ code: 'history/cannot-write' });
    expect(history.problem?.message).toContain('no space left');
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    history.record({ id: START + 1, ups: 'office', kind: 'on-battery', startedAt: START + 1, endedAt: START + 2 });

    await rm(filler);
    await pass(30);
    expect(history.problem).toBeUndefined();
    expect(await history.incidents({ limit: 5 })).toHaveLength(1);
    const { series } = await history.range({
      ups: ['office'],
      variables: ['ups.load'],
      from: START,
      to: clock.now(),
      points: 900,
    });
    expect(series[0]?.mean.slice(1, -2).filter((value) => value === null)).toEqual([]);
    await history.stop();
    const again = await openHistory(join(folder, HISTORY_FILE), log, () => START);
    expect(CHECKED_PARTS.map((part) => again.check(part))).toEqual(CHECKED_PARTS.map(() => undefined));
    again.close();
  });
});

describe('the commands', () => {
  let nut: NutFolder | undefined;
  const running: RunningProgram[] = [];
  beforeAll(buildProgram);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
    await nut?.remove();
    nut = undefined;
  });

  async function serve(): Promise<RunningProgram> {
    nut ??= await createNutFolder({
      'upsd.users': '',
      'ups.conf': '[office]\n driver = dummy-ups\n port = office.dev\n',
      'office.dev': 'ups.status: OL\nbattery.charge: 100\nups.load: 20\n',
    });
    const program = startProgram(['serve', '--nut-conf', nut.conf, '--data-dir', nut.data, '--no-web']);
    running.push(program);
    await program.ready();
    return program;
  }
  const say = (text: string): Promise<void> => nut?.write('office.dev', text) ?? Promise.resolve();
  const incidents = async (): Promise<{ id: number; kind: string; endedAt?: string }[]> => {
    const { status, stdout } = await ridethrough(['log', '--json', '--data-dir', nut?.data ?? '']);
    return status === 0 ? (JSON.parse(stdout) as { id: number; kind: string; endedAt?: string }[]) : [];
  };

  test('an outage survives a killed service, and log and export show it', async () => {
    const first = await serve();
    await until('the UPS was heard', async () => {
      const asked = await ridethrough(['upsc', `office@${nut?.address ?? ''}`, 'ups.status']);
      return asked.stdout.trim() === 'OL';
    });
    await say('ups.status: OB DISCHRG\nbattery.charge: 90\nups.load: 22\n');
    await until('the outage is written', async () => (await incidents()).length === 1);
    await first.end('SIGKILL');

    const second = await serve();
    await say('ups.status: OL CHRG\nbattery.charge: 80\nups.load: 21\n');
    await until('its end is written', async () => (await incidents())[0]?.endedAt !== undefined);
    expect(await incidents()).toMatchObject([{ kind: 'on-battery', ups: 'office' }]);
    expect(await second.end()).toBe(0);
    expect(second.stderr()).not.toContain('ExperimentalWarning');

    const data = nut?.data ?? '';
    const shown = await ridethrough(['log', '--data-dir', data]);
    expect(shown.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}office {2}The power was out\. {2}/);
    expect((await ridethrough(['log', '--data-dir', data, '--since', '1h'])).stdout).toBe(shown.stdout);
    const later = await ridethrough([
      'log',
      '--data-dir',
      data,
      '--since',
      new Date(Date.now() + 60_000).toISOString(),
    ]);
    expect(later).toMatchObject({ status: 0, stdout: '', stderr: 'Nothing happened.\n' });

    const out = join(data, 'out.csv');
    expect(await ridethrough(['export', '--out', out, '--data-dir', data])).toMatchObject({ status: 0 });
    const [head, ...lines] = (await readFile(out, 'utf8')).trimEnd().split('\r\n');
    expect(head).toBe('time,variable,min,mean,max');
    const charges = lines.filter((line) => line.includes(',battery.charge,'));
    expect(charges[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,battery\.charge,100,100,100$/);
    expect(charges.some((line) => line.endsWith(',90,90,90'))).toBe(true);

    expect(await ridethrough(['export', '--out', out, '--ups', 'attic', '--data-dir', data])).toMatchObject({
      status: 1,
      stderr: 'ridethrough export: There is no history of attic. History is kept of: office.\n',
    });
  });

  test('the log tells what was decided between what happened', async () => {
    nut = await createNutFolder({
      'upsd.users': '[here]\n password = geheim\n upsmon primary\n',
      'ups.conf': '[office]\n driver = dummy-ups\n port = office.dev\n',
      'office.dev': 'ups.status: OL\n',
    });
    await nut.write('upsmon.conf', `MONITOR office@${nut.address} 1 here geheim primary\nSHUTDOWNCMD "true"\n`);
    const program = await serve();
    await program.logged('is on mains power');
    await say('ups.status: OB DISCHRG\n');
    await program.logged('is on battery: shutdown');
    expect(await program.end()).toBe(0);

    const { stdout } = await ridethrough(['log', '--data-dir', nut.data]);
    const lines = stdout.trimEnd().split('\n');
    const found = [
      / {2}decision {2}.*on mains power: nothing/,
      / {2}office {2}The power is out/,
      / {2}decision {2}.*on battery: shut/,
    ];
    const at = found.map((line) => lines.findIndex((one) => line.test(one)));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((first, second) => first - second));
    const facts = JSON.parse((await ridethrough(['log', '--json', '--data-dir', nut.data])).stdout) as unknown[];
    expect(facts.at(-1)).toEqual({
      kind: 'decision',
      level: 'info',
      text: expect.stringMatching(/on battery: shutdown when/) as string,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    const later = new Date(Date.now() + 60_000).toISOString();
    const none = await ridethrough(['log', '--json', '--since', later, '--data-dir', nut.data]);
    expect((JSON.parse(none.stdout) as { kind: string }[]).map(({ kind }) => kind)).not.toContain('decision');
  });

  test('where there is no history they say so', async () => {
    for (const command of [['log'], ['export', '--out', join(folder, 'x.csv')]]) {
      const { status, stderr } = await ridethrough([...command, '--data-dir', folder]);
      expect([status, stderr]).toEqual([1, expect.stringContaining('There is no history in')]);
    }
  });
});
