import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { MonitorView } from '#domain/schema/monitor.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { startMonitoredEngine, type MonitoredEngineOptions, type TestEngine } from '#tests/support/test-engine.ts';
import { keepInFile } from './kept-state.ts';
import { createLateHook, readLateWord } from './late-power-off.ts';
import { afterTimer, policyOf, supplyOf } from './test-support.ts';

let folder = '';
const running: TestEngine[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monitor-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()));
  await rm(folder, { recursive: true, force: true });
});

const timed = policyOf({ supplies: [supplyOf('ups@localhost', { rules: afterTimer(30) })], finalDelay: asSeconds(2) });

async function started(options: Partial<MonitoredEngineOptions> = {}) {
  const engine = await startMonitoredEngine({
    names: ['ups'],
    policy: timed,
    keeper: keepInFile(join(folder, 'monitor.json')),
    ...options,
  });
  running.push(engine);
  return { ...engine, status: (text: string, more = {}) => say(engine, { 'ups.status': text, ...more }) };
}

const say = async (engine: TestEngine, set: Record<string, string>): Promise<void> => {
  engine.drivers.get('ups')?.say({ type: 'update', set });
  await settled(engine);
};

/** Writes to a real disk take turns of the event loop that no fake clock knows. */
async function settled({ clock, monitor }: TestEngine): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await clock.advance(0);
    await monitor.ask({ kind: 'postpone', seconds: 0 });
  }
}

/** @param isAlive the driver goes on telling that it lives */
async function pass(engine: TestEngine, seconds: number, isAlive = true): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    if (isAlive) engine.drivers.get('ups')?.say({ type: 'alive' });
    await engine.clock.advance(1000);
    await settled(engine);
  }
}

describe('the monitor', () => {
  test('takes the computer down after the timer, FSD first, and only once', async () => {
    const engine = await started();
    await engine.status('OB');
    await pass(engine, 29);
    expect(engine.engine.store.get('ups')?.isForcedShutdown).toBe(false);
    expect(engine.monitor.view()).toMatchObject({ phase: 'counting-down', canCancel: true, canShutDown: true });
    await pass(engine, 2);
    expect(engine.engine.store.get('ups')?.isForcedShutdown).toBe(true);
    expect(engine.power.acts).toEqual([]);
    await pass(engine, 4);
    expect(engine.power.acts).toHaveLength(1);
    expect(engine.monitor.view().phase).toBe('acted');
    await pass(engine, 60);
    expect(engine.power.acts).toHaveLength(1);
  });

  test('does nothing while the UPS is on line, and says why', async () => {
    const engine = await started();
    await pass(engine, 10);
    await engine.status('OL LB');
    await pass(engine, 60);
    expect(engine.power.acts).toEqual([]);
    expect(engine.monitor.view()).toMatchObject({
      phase: 'watching',
      reason: { phrase: 'monitor.now.low-on-line', params: { ups: 'ups@localhost' } },
    });
  });

  test('keeps its state before it acts, and goes on from there after a kill', async () => {
    const clock = createFakeClock();
    const power = createFakePower(clock);
    const first = await started({ clock, power });
    await first.status('OB');
    await pass(first, 20);
    // A kill: nothing of the first one runs any more, and nothing is written on the way out.
    const before = await readFile(join(folder, 'monitor.json'), 'utf8');
    await first.stop();
    running.splice(0);
    expect(JSON.parse(before)).toMatchObject({ state: { supplies: { 'ups@localhost': { line: 'OB' } } } });
    const second = await started({ clock, power, status: 'OB' });
    await pass(second, 16);
    expect(power.acts).toHaveLength(1);
  });

  test('leaves switching the UPS off to the hook of the system where that takes word, and takes it back', async () => {
    const lateHook = createLateHook('/base', { hook: join(folder, 'hook'), word: join(folder, 'run', 'word.json') });
    await writeFile(join(folder, 'hook'), '#!/bin/sh\n', { mode: 0o755 });
    const policy = policyOf({ finalDelay: asSeconds(0), powerOff: { isWanted: true, delay: 'measured' } });
    const engine = await started({ policy, lateHook });
    await engine.status('OB LB');
    await pass(engine, 2);
    const word = await vi.waitFor(() => readFile(join(folder, 'run', 'word.json'), 'utf8'), 10_000);
    const { upses, baseDir } = readLateWord(word);
    await vi.waitFor(async () => {
      await pass(engine, 1);
      expect(engine.monitor.view().phase).toBe('acted');
    }, 10_000);
    expect({ upses, baseDir }).toEqual({
      upses: [{ name: 'ups', driver: 'dummy-ups', port: 'x.dev', options: {} }],
      baseDir: '/base',
    });
    expect(engine.drivers.get('ups')?.asked).toEqual([]);
    expect(engine.monitor.view().decisions.map(({ text }) => (text as { phrase: string }).phrase)).toContain(
      'monitor.say.power-off-late',
    );
    // The computer is still there, and so is the power.
    engine.engine.store.dispatch('ups', { type: 'forced-shutdown', isSet: false });
    await engine.status('OL');
    await pass(engine, 305);
    expect(engine.monitor.view().phase).toBe('watching');
    await vi.waitFor(() => expect(readFile(join(folder, 'run', 'word.json'))).rejects.toThrow('ENOENT'), 10_000);
  });

  test.each(['hibernate', 'nothing'] as const)(
    'tells the UPS beforehand where %s never gets to the hook',
    async (kind) => {
      const lateHook = createLateHook('/base', { hook: join(folder, 'hook'), word: join(folder, 'run', 'word.json') });
      await writeFile(join(folder, 'hook'), '#!/bin/sh\n', { mode: 0o755 });
      const policy = policyOf({
        finalDelay: asSeconds(0),
        powerOff: { isWanted: true, delay: 'measured' },
        action: { kind },
      });
      const engine = await started({ policy, lateHook });
      const fake = engine.drivers.get('ups');
      fake?.say({ type: 'update', commands: ['load.off.delay'] });
      await engine.status('OB LB');
      await pass(engine, 2);
      expect(engine.monitor.view().phase).toBe('acted');
      expect(fake?.asked).toHaveLength(1);
      await expect(readFile(join(folder, 'run', 'word.json'))).rejects.toThrow('ENOENT');
    },
  );

  test('lets the computer sleep once who is to be told was told', async () => {
    const { promise: isTold, resolve: told } = Promise.withResolvers<undefined>();
    const engine = await started({
      onNotice: ({ type }) => (type === 'SUSPEND_STARTING' ? isTold : Promise.resolve()),
    });
    let mayIt = false;
    const asked = engine.power.sleep('starting').then(() => (mayIt = true));
    await pass(engine, 3);
    expect(mayIt).toBe(false);
    told(undefined);
    await asked;
  });

  test.each([
    [
      'at all',
      () => {
        throw new Error('no words for it');
      },
    ],
    ['in the end', () => Promise.reject(new Error('no words for it'))],
  ])('goes down although nobody could be told %s', async (_when, onNotice: () => Promise<void>) => {
    const engine = await started({ onNotice });
    await engine.status('OB');
    await pass(engine, 34);
    expect(engine.power.acts).toHaveLength(1);
    expect(JSON.stringify(engine.log.lines)).toContain('no words for it');
  });

  test('goes down although the flag cannot be written: its disk hangs', async () => {
    const pipe = join(folder, 'flag');
    const engine = await started({ policy: { ...timed, powerDownFlag: pipe } });
    // To be opened for writing it waits for a reader.
    await promisify(execFile)('mkfifo', [pipe]);
    await engine.status('OB');
    await pass(engine, 30);
    await vi.waitFor(async () => {
      await engine.clock.advance(1000);
      expect(engine.power.acts).toHaveLength(1);
    }, 10_000);
    expect(JSON.stringify(engine.log.lines)).toContain('has not been written within 5 s');
    expect(await readFile(pipe, 'latin1')).toBe('upsmon-shutdown-file');
  });

  test('measures how long its shutdowns take, keeps it, and gives the UPS that time and more', async () => {
    const clock = createFakeClock();
    const power = createFakePower(clock);
    const policy = policyOf({ finalDelay: asSeconds(0), powerOff: { isWanted: true, delay: 'measured' } });
    const goDown = async (): Promise<string> => {
      const engine = await started({ clock, power, policy });
      const fake = engine.drivers.get('ups');
      fake?.say({ type: 'update', commands: ['shutdown.return'] });
      await engine.status('OB LB');
      await pass(engine, 2);
      expect(engine.monitor.view().phase).toBe('acted');
      const told = fake?.asked.join(', ') ?? '';
      // From the action until the system ends this program: the rest is margin.
      await pass(engine, 90);
      await engine.stop();
      running.splice(0);
      power.bootId += ' again';
      await clock.advance(60_000);
      return told;
    };
    expect(await goDown()).toContain('ups.delay.shutdown=180');
    const second = await started({ clock, power, policy });
    const [took = 0] = second.monitor.shutdownTook();
    expect(took).toBeGreaterThanOrEqual(90);
    expect(took).toBeLessThanOrEqual(93);
    await second.stop();
    running.splice(0);
    // 90 s and half as much again, a minute, in whole minutes.
    expect(await goDown()).toContain('ups.delay.shutdown=240');
  });

  test('tells of a sleep before and after, holds what was known for old, and counts on', async () => {
    const notifyFlag = { SUSPEND_STARTING: ['EXEC'], SUSPEND_FINISHED: ['EXEC'], COMMBAD: ['EXEC'] } as const;
    const policy = policyOf({
      supplies: [supplyOf('ups@localhost', { rules: afterTimer(30) })],
      notices: { notifyCmd: ['notify'], notifyMsg: {}, notifyFlag },
    });
    const engine = await started({ policy });
    await engine.status('OB');
    await pass(engine, 20);
    await engine.power.sleep('starting');
    const told = (): readonly string[] => engine.power.runs.map(({ env }) => env.NOTIFYTYPE ?? '');
    expect(told()).toEqual(['SUSPEND_STARTING']);
    expect(await readFile(join(folder, 'monitor.json'), 'utf8')).toContain('"isGoingToSleep":true');
    // The monotonic clock stands still while the computer sleeps.
    engine.clock.sleepFor(3_600_000);
    await pass(engine, 1, false);
    expect(engine.engine.store.get('ups')?.availability).toBe('stale');
    expect(engine.monitor.view().supplies[0]?.reason.phrase).toBe('monitor.now.unheard');
    await engine.power.sleep('finished');
    await pass(engine, 5, false);
    expect(told()).toEqual(['SUSPEND_STARTING', 'SUSPEND_FINISHED']);
    expect(engine.power.acts).toEqual([]);
    await engine.status('OB');
    await pass(engine, 3);
    expect(engine.engine.store.get('ups')?.isForcedShutdown).toBe(false);
    await pass(engine, 10);
    expect(engine.engine.store.get('ups')?.isForcedShutdown).toBe(true);
  });

  test('a sleep that is broken off, or too short for the clock to show, is over all the same', async () => {
    const engine = await started();
    await engine.status('OL');
    await engine.power.sleep('starting');
    await engine.power.sleep('finished');
    expect(engine.monitor.view().supplies[0]?.reason.phrase).toBe('monitor.now.unheard');
    await engine.status('OL', { 'battery.charge': '99' });
    await pass(engine, 2);
    await engine.power.sleep('finished');
    await pass(engine, 1);
    expect(engine.monitor.view().supplies[0]?.reason.phrase).toBe('monitor.now.line');
  });

  test('sends notices the ways their flags say', async () => {
    const policy = policyOf({
      notices: {
        notifyCmd: ['/usr/bin/notify', '--quiet'],
        notifyMsg: { ONBATT: 'out of power: %s' },
        notifyFlag: { ONBATT: ['EXEC'], ONLINE: ['IGNORE'] },
      },
    });
    const engine = await started({ policy });
    await pass(engine, 6);
    await engine.status('OB');
    await engine.status('OL');
    await engine.status('OL RB');
    expect(engine.power.runs).toEqual([
      {
        command: ['/usr/bin/notify', '--quiet', 'out of power: ups'],
        env: { NOTIFYTYPE: 'ONBATT', UPSNAME: 'ups' },
      },
    ]);
    expect(engine.power.walls).toEqual(['UPS ups battery needs to be replaced']);
  });

  test('tells the UPS to switch off after a delay before the computer goes down', async () => {
    const engine = await started({ policy: { ...timed, powerOff: { isWanted: true, delay: 'measured' } } });
    engine.drivers.get('ups')?.say({ type: 'update', commands: ['shutdown.return'] });
    await engine.status('OB LB');
    await pass(engine, 5);
    expect(engine.drivers.get('ups')?.asked).toEqual(['ups.delay.shutdown=180', 'shutdown.return']);
    expect(engine.power.acts).toHaveLength(1);
  });

  test('goes down where nothing can be written, and tells that once', async () => {
    const engine = await started({ keeper: keepInFile('/nowhere/at/all/monitor.json') });
    await engine.status('OB LB');
    await pass(engine, 5);
    expect(engine.power.acts).toHaveLength(1);
    const told = engine.log.lines.filter(({ message }) => message.includes('cannot be kept'));
    expect(told).toHaveLength(1);
  });

  test('goes down where the disk hangs', async () => {
    const keeper = { read: () => Promise.resolve(undefined), write: () => new Promise<never>(() => undefined) };
    const engine = await started({ keeper });
    engine.drivers.get('ups')?.say({ type: 'update', set: { 'ups.status': 'OB LB' } });
    for (let second = 0; second < 30; second += 1) {
      engine.drivers.get('ups')?.say({ type: 'alive' });
      await engine.clock.advance(1000);
    }
    expect(engine.power.acts).toHaveLength(1);
    expect(engine.log.lines.filter(({ message }) => message.includes('has not been written'))).toHaveLength(1);
  });

  test('asks whether an action could be carried out when it is chosen, not first in the outage', async () => {
    const engine = await started();
    const complaints = (): number =>
      engine.log.lines.filter(({ message }) => message.includes('not be shut down')).length;
    engine.power.failure = 'no permission';
    await engine.monitor.reconfigure({ ...timed, finalDelay: asSeconds(3) });
    expect(complaints()).toBe(0);
    await engine.monitor.reconfigure({ ...timed, action: { kind: 'hibernate' } });
    await settled(engine);
    expect(complaints()).toBe(1);
  });

  test('starts and goes down where the disk answers nothing at all', async () => {
    const never = <Answer>(): Promise<Answer> => new Promise(() => undefined);
    const clock = createFakeClock();
    const starting = started({ clock, keeper: { read: () => never(), write: () => never() } });
    await clock.advance(5_000);
    const engine = await starting;
    expect(JSON.stringify(engine.log.lines)).toContain('has not been read within 5 s: it begins anew');
    engine.drivers.get('ups')?.say({ type: 'update', set: { 'ups.status': 'OB LB' } });
    for (let second = 0; second < 30; second += 1) {
      engine.drivers.get('ups')?.say({ type: 'alive' });
      await clock.advance(1000);
    }
    expect(engine.power.acts).toHaveLength(1);
  });

  test('starts where the disk of the flag hangs, and does not use it', async () => {
    const pipe = join(folder, 'flag');
    // To be opened for reading it waits for somebody who writes.
    await promisify(execFile)('mkfifo', [pipe]);
    const clock = createFakeClock();
    const starting = started({ clock, policy: { ...timed, powerDownFlag: pipe } });
    let engine: Awaited<typeof starting> | undefined;
    void starting.then((ready) => (engine = ready));
    await vi.waitFor(async () => {
      await clock.advance(1000);
      expect(engine).toBeDefined();
    }, 10_000);
    if (!engine) return;
    expect(JSON.stringify(engine.log.lines)).toContain('could not be taken back within 5 s');
    await engine.status('OB LB');
    await pass(engine, 5);
    expect(engine.power.acts).toHaveLength(1);
    expect(JSON.stringify(engine.log.lines)).not.toContain('has not been written');
    await writeFile(pipe, '');
  });

  test('begins anew where what was kept cannot be used, and says so', async () => {
    await writeFile(join(folder, 'monitor.json'), '{"state": 1}');
    const engine = await started();
    expect(engine.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('monitor.json cannot be used') as unknown,
      }),
    );
    await engine.status('OB LB');
    await pass(engine, 5);
    expect(engine.power.acts).toHaveLength(1);
  });

  test('has no contact with a UPS whose driver fell silent on battery: it goes down after DEADTIME', async () => {
    const engine = await started({ policy: policyOf({ supplies: [supplyOf('ups')] }) });
    await engine.status('OB');
    await pass(engine, 30, false);
    expect(engine.power.acts).toEqual([]);
    await pass(engine, 15, false);
    expect(engine.power.acts).toHaveLength(1);
  });

  test('a person cancels, over the contract', async () => {
    const engine = await started();
    const ask = (name: 'monitor.cancel' | 'monitor.get' | 'monitor.shutdownNow') =>
      engine.api.handle(name, {}, 'control');
    expect(await ask('monitor.cancel')).toEqual({ ok: true, value: { outcome: 'nothing-to-do' } });
    await engine.status('OB');
    expect(await engine.api.handle('monitor.cancel', {}, 'read')).toMatchObject({ error: { code: 'api/forbidden' } });
    expect(await ask('monitor.cancel')).toEqual({ ok: true, value: { outcome: 'done' } });
    await pass(engine, 100);
    expect(engine.power.acts).toEqual([]);
    const answer = await ask('monitor.get');
    expect(MonitorView.parse(answer.ok ? answer.value : undefined)).toMatchObject({
      phase: 'on-battery',
      reason: { phrase: 'monitor.now.cancelled' },
      decisions: [
        { text: { phrase: 'monitor.now.cancelled' } },
        { text: { phrase: 'monitor.say.cancelled' } },
        { text: { phrase: 'monitor.now.counting' } },
        { text: { phrase: 'monitor.now.line' } },
      ],
    });
    expect(await ask('monitor.shutdownNow')).toEqual({ ok: true, value: { outcome: 'done' } });
    await settled(engine);
    expect(await ask('monitor.cancel')).toEqual({ ok: true, value: { outcome: 'too-late' } });
  });

  test('tells the contract of every change', async () => {
    const engine = await started();
    const phases: string[] = [];
    engine.api.onEvent((event) => {
      if (event.name === 'monitor.changed') phases.push(event.payload.monitor.phase);
    });
    await engine.status('OB');
    await pass(engine, 36);
    expect([...new Set(phases)]).toEqual([
      'watching',
      'counting-down',
      'waiting-for-secondaries',
      'final-delay',
      'acting',
      'acted',
    ]);
  });

  test('tells after a reboot what happened', async () => {
    const clock = createFakeClock();
    const power = createFakePower(clock);
    const first = await started({ clock, power });
    await first.status('OB', { 'battery.charge': '18' });
    const beganAt = clock.now();
    await pass(first, 40);
    const shutDownAt = first.monitor.view().decisions[0]?.at;
    await first.stop();
    running.splice(0);
    await clock.advance(600_000);
    power.bootId = 'second';
    const second = await started({ clock, power });
    await second.status('OL');
    expect(second.monitor.view()).toMatchObject({
      phase: 'watching',
      story: { outageBeganAt: beganAt, shutDownAt, charge: 18, reason: { phrase: 'monitor.why.time' } },
    });
    expect(second.monitor.view().story?.backAt).toBeDefined();
    const told = second.log.lines.map(({ message }) => message).find((line) => line.startsWith('Power was out'));
    expect(told).toMatch(
      /^Power was out from [\d :-]+; this computer shut down at [\d :-]+ with 18 % left; power came back at [\d :-]+\.$/,
    );
  });

  test('tells what happened of the UPS that led to it, not of the first', async () => {
    const clock = createFakeClock();
    const power = createFakePower(clock);
    const supplies = [supplyOf('other@localhost'), supplyOf('ups@localhost')];
    const options = { clock, power, names: ['other', 'ups'], policy: policyOf({ minSupplies: 2, supplies }) };
    const first = await started(options);
    await first.status('OB LB');
    await pass(first, 8);
    expect(power.acts).toHaveLength(1);
    await first.stop();
    running.splice(0);
    power.bootId = 'second';
    const second = await started({ ...options, status: 'OB' });
    const told: string[] = [];
    second.monitor.onStory((_, ups) => told.push(ups));
    second.drivers.get('other')?.say({ type: 'update', set: { 'ups.status': 'OL' } });
    await second.status('OL');
    expect(told).toEqual(['ups']);
  });
});
