/** Fronted drivers that do what real ones seldom do: a scripted driver, as a socket and as a program of its own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FrontedUps, frontUps, isAlive } from '#tests/support/fronted-ups.ts';
import { openScriptedDriver, type ScriptedDriver, writeProgram } from '#tests/support/scripted-driver.ts';

let folder: string;
let runFolder: string;
let fronted: FrontedUps | undefined;
let scripted: ScriptedDriver | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scripted-driver-'));
  runFolder = join(folder, 'run');
});
afterEach(async () => {
  await fronted?.stop();
  await scripted?.close();
  fronted = undefined;
  scripted = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('a driver on an open socket', () => {
  async function front(maxAgeSeconds = 15): Promise<{ readonly ups: FrontedUps; readonly driver: ScriptedDriver }> {
    const driver = await openScriptedDriver(join(folder, 'scripted-ups-office'));
    scripted = driver;
    const ups = frontUps({ driver: 'scripted-ups', port: 'any' }, { statePath: folder, runFolder, maxAgeSeconds });
    fronted = ups;
    await ups.ready();
    return { ups, driver };
  }

  test('tells what may be done with its variables', async () => {
    const { ups } = await front();
    const traitsOf = (name: string) => ups.state().variables.get(name)?.traits;
    expect(traitsOf('input.sensitivity')).toEqual({
      isWritable: true,
      kind: 'string',
      maxLength: 8,
      values: ['low', 'high'],
    });
    expect(traitsOf('battery.charge.low')).toEqual({
      isWritable: true,
      kind: 'number',
      ranges: [
        { min: 10, max: 40 },
        { min: 50, max: 60 },
      ],
    });
    expect(traitsOf('battery.charge')).toEqual({});
    expect(ups.value('ups.id')).toBe('He said "hi" \\ #1');
  });

  test('answers commands and writes with every outcome there is', async () => {
    const { ups } = await front();
    expect(await ups.driver.runCommand('load.off')).toBe('handled');
    expect(await ups.driver.runCommand('LOAD.OFF', '30')).toBe('handled');
    expect(await ups.driver.runCommand('play.fail')).toBe('failed');
    expect(await ups.driver.runCommand('driver.killpower')).toBe('invalid');
    expect(await ups.driver.runCommand('load.on')).toBe('unknown');
    expect(await ups.driver.setVariable('battery.charge.low', 'low')).toBe('conversion-failed');
    expect(await ups.driver.setVariable('battery.charge.low', '30')).toBe('handled');
    expect(ups.value('battery.charge.low')).toBe('30');
    expect(await ups.driver.setVariable('input.sensitivity', 'low')).toBe('handled');
    // The driver takes a change of letter case for none, and so it stays as it was.
    expect(await ups.driver.setVariable('input.sensitivity', 'LOW')).toBe('handled');
    expect(ups.value('input.sensitivity')).toBe('low');
  });

  test('cuts the power when it is told to', async () => {
    const { ups, driver } = await front();
    expect(await ups.driver.killPower()).toBe('handled');
    expect(driver.received.slice(-2).map((line) => line.replace(/ TRACKING.*/, ''))).toEqual([
      'SET driver.flag.allow_killpower "1"',
      'INSTCMD driver.killpower',
    ]);
  });

  test('that calls its data stale keeps them, marked, until they are good again', async () => {
    const { ups } = await front();
    await ups.driver.runCommand('play.stale');
    expect(ups.state().availability).toBe('stale');
    expect(ups.state().error?.code).toBe('driver/data-stale');
    expect(ups.value('battery.charge')).toBe('87');
    await ups.driver.runCommand('play.resume');
    expect(ups.state()).toMatchObject({ availability: 'available', error: undefined });
  });

  test('that talks nonsense harms nothing', async () => {
    const { ups } = await front();
    const before = [...ups.state().variables];
    expect(await ups.driver.runCommand('play.garbage')).toBe('handled');
    expect([...ups.state().variables]).toEqual(before);
    expect(await ups.driver.setVariable('battery.charge.low', '33')).toBe('handled');
  });

  test('whose live lines are not escaped is read right in the end', async () => {
    const { ups, driver } = await front();
    await ups.driver.runCommand('play.quotes');
    expect(ups.value('battery.charge')).toBe('88');
    await ups.until('the whole value', () => ups.value('ups.id') === 'e"f #g');
    expect(driver.received.filter((line) => line === 'DUMPALL')).toHaveLength(2);
    const wrong = ups.events.filter((event) => event.type === 'update' && event.set?.['ups.id'] !== undefined);
    expect(wrong).toHaveLength(2);
  });

  test('that falls silent is asked whether it lives, and is stale when it does not say', async () => {
    const { ups, driver } = await front(3);
    await ups.until('kept awake', () => driver.received.filter((line) => line === 'PING').length >= 3);
    expect(ups.state().availability).toBe('available');
    void ups.driver.runCommand('play.silence');
    await ups.until('stale', () => ups.state().availability === 'stale');
    expect(ups.value('battery.charge')).toBe('87');
    expect(ups.events.map((event) => event.type)).not.toContain('disconnected');
  });

  test('that drops the connection fails what was under way, and is connected to again', async () => {
    const { ups } = await front();
    const asked = ups.driver.runCommand('play.unanswered');
    const dropped = ups.driver.runCommand('play.drop');
    expect([await asked, await dropped]).toEqual(['failed', 'failed']);
    await ups.until('told', () => ups.events.some((event) => event.type === 'disconnected'));
    await ups.until('back', () => ups.events.filter((event) => event.type === 'ready').length === 2);
    expect(await ups.driver.runCommand('load.off')).toBe('handled');
  });

  test('shows WAIT until its first dump is complete', async () => {
    const driver = await openScriptedDriver(join(folder, 'scripted-ups-office'), { dump: 'SETINFO ups.status "OL"\n' });
    scripted = driver;
    const ups = frontUps({ driver: 'scripted-ups', port: 'any' }, { statePath: folder, runFolder });
    fronted = ups;
    await ups.until('asked', () => driver.received.includes('DUMPALL'));
    await ups.until('heard', () => ups.events.some((event) => event.type === 'alive'));
    expect(ups.value('ups.status')).toBe('WAIT');
    driver.say('DATAOK\nDUMPDONE\n');
    await ups.ready();
    expect(ups.value('ups.status')).toBe('OL');
  });

  test('that says nothing but noise to the end of days is bounded and stays unready', async () => {
    const dump = `${'SETINFO ups.id "'.repeat(5_000)}${'\n"#\\'.repeat(5_000)}\nPONG\n`;
    scripted = await openScriptedDriver(join(folder, 'scripted-ups-office'), { dump });
    const ups = frontUps({ driver: 'scripted-ups', port: 'any' }, { statePath: folder, runFolder });
    fronted = ups;
    await ups.until('the last line', () => ups.events.some((event) => event.type === 'alive'));
    expect(ups.state().isReady).toBe(false);
    expect(await ups.driver.runCommand('load.off')).toBe('failed');
  });
});

describe.skipIf(process.platform === 'win32')('a driver program', () => {
  function front(port: string, options: Record<string, string> = {}): FrontedUps {
    writeProgram(folder, 'scripted-ups');
    const ups = frontUps(
      { driver: 'scripted-ups', port, options },
      { statePath: undefined, driverPath: folder, runFolder },
    );
    fronted = ups;
    return ups;
  }
  const starts = async (): Promise<string[]> =>
    (await readFile(join(folder, 'starts.log'), 'utf8')).split('\n').filter((line) => line !== '');
  const pids = async (): Promise<number[]> => (await starts()).map((line) => Number.parseInt(line, 10));

  test('is started, dies with last words, and is started again', async () => {
    const ups = front('well', { retrydelay: '1' });
    await ups.ready();
    expect(await ups.driver.runCommand('play.die')).toBe('failed');
    await ups.until('told', () => ups.events.some((event) => event.type === 'disconnected'));
    const told = ups.events.find((event) => event.type === 'disconnected');
    expect(told?.error.message).toContain('the device is gone for good (exit status 1)');
    await ups.until('back', () => ups.events.filter((event) => event.type === 'ready').length === 2);
    const [first, second] = await pids();
    expect(first).not.toBe(second);
    await ups.stop();
    for (const pid of await pids()) expect(isAlive(pid)).toBe(false);
    expect(await readdir(runFolder)).toEqual([]);
  });

  test('that ends each time it is started leaves no process behind', async () => {
    const ups = front('crash', { retrydelay: '1' });
    for (let tries = 0; tries < 200 && (await starts().catch(() => [])).length < 3; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await ups.stop();
    expect((await pids()).length).toBeGreaterThanOrEqual(3);
    for (const pid of await pids()) expect(isAlive(pid)).toBe(false);
    expect(ups.events.map((event) => event.type)).toEqual(['disconnected']);
    expect(ups.state().error?.message).toContain('Cannot find a UPS on this port');
    expect(await readdir(runFolder)).toEqual([]);
  });

  test('that never opens its socket is given up after its start limit, and ended', async () => {
    const ups = front('mute', { maxstartdelay: '2' });
    await ups.until('told', () => ups.events.some((event) => event.type === 'disconnected'));
    expect(ups.state().error?.message).toContain('no socket within 2 s');
    const [pid] = await pids();
    expect(isAlive(pid!)).toBe(false);
  });

  test('that does not end when asked is ended by force', async () => {
    const ups = front('stubborn');
    await ups.ready();
    const [pid] = await pids();
    await ups.stop();
    expect(isAlive(pid!)).toBe(false);
  });

  test('is stopped while it starts', async () => {
    const ups = front('mute');
    await ups.until('started', () => ups.lines.some((line) => line.includes('scripted driver')));
    await ups.stop();
    for (const pid of await pids()) expect(isAlive(pid)).toBe(false);
    expect(await readdir(runFolder)).toEqual([]);
  });
});
