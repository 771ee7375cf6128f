/** The demo UPS, whose battery is known, watched by the real history on a fake clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatteryView } from '#domain/schema/battery.ts';
import { capacityWh, DEMO_BATTERY, secondsToEmpty } from '#engine/drivers/demo/battery.ts';
import { createDemoDriver } from '#engine/drivers/demo/demo-driver.ts';
import { inverterDrawW, RATING } from '#engine/drivers/demo/unit-state.ts';
import type { Driver } from '#engine/drivers/driver.ts';
import { createHistory, type History } from '#engine/history/history.ts';
import { createIncidentLog } from '#engine/history/incidents.ts';
import { HISTORY_FILE } from '#engine/history/sqlite-file.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { openHere } from '#tests/support/history-here.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createBattery, type Battery } from './battery.ts';

const START = 1_700_006_400_000;
const MINUTE = 60_000;

interface Bench {
  readonly clock: FakeClock;
  readonly store: UpsStore;
  readonly history: History;
  readonly battery: Battery;
  readonly run: (command: string, parameter?: number) => Promise<void>;
  view(): Promise<BatteryView>;
}

let folder: string;
let ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridethrough-battery-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  ends = [];
  rmSync(folder, { recursive: true, force: true });
});

const NAME = 'demo';

async function bench(at = START): Promise<Bench> {
  const clock = createFakeClock(at);
  const log = createRememberingLog();
  const store = createUpsStore(clock);
  const history = createHistory({ store, clock, log, file: join(folder, HISTORY_FILE), open: openHere });
  const incidents = createIncidentLog(store);
  incidents.onIncident((incident) => history.record(incident));
  incidents.restore(await history.start(), (ups) => history.watchedUntil(ups));
  const config = { name: NAME, driver: 'demo', port: 'auto', options: {} };
  store.add(config, 3600);
  const driver: Driver = createDemoDriver({ config, clock, log, sink: (event) => store.dispatch(NAME, event) });
  driver.start();
  const control = {
    runCommand: (_ups: string, command: string, parameter?: string) => driver.runCommand(command, parameter),
    setVariable: (_ups: string, variable: string, value: string) => driver.setVariable(variable, value),
  };
  const battery = createBattery({ history, control, clock });
  await clock.advance(5000);
  ends.push(async () => {
    const stopped = driver.stop();
    await clock.advance(1000);
    await stopped;
    incidents.stop();
    await history.stop();
  });
  const state = () => {
    const known = store.get(NAME);
    if (!known) throw new Error('the demo UPS is gone');
    return known;
  };
  return {
    clock,
    store,
    history,
    battery,
    run: async (command, parameter) => {
      const done = driver.runCommand(command, parameter === undefined ? undefined : String(parameter));
      await clock.advance(100);
      expect(await done).toBe('handled');
    },
    view: () => battery.view(state()),
  };
}

/** Takes the mains away until the battery is down to a charge, then gives them back and fills it up. */
async function discharge({ clock, store, run }: Bench, load: number, to: number): Promise<void> {
  await run('demo.load', load);
  await run('demo.battery.charge', 100);
  await clock.advance(MINUTE);
  await run('demo.mains.off');
  const charge = () => Number(store.get(NAME)?.variables.get('battery.charge')?.value);
  for (let minute = 0; charge() > to; minute++) {
    if (minute > 600) throw new Error(`the charge stays at ${charge()} %`);
    await clock.advance(MINUTE);
  }
  await run('demo.mains.on');
  await run('demo.battery.charge', 100);
  await clock.advance(5 * MINUTE);
}

/** What the physics of the demo's battery make of a load, from full to empty. @param health 0 to 1 */
const truth = (loadPercent: number, health = 1): number =>
  secondsToEmpty(
    DEMO_BATTERY,
    { storedWh: capacityWh(DEMO_BATTERY, { health }), health, temperature: 25 },
    inverterDrawW((loadPercent / 100) * RATING.activeW),
  );

/** How far a figure is from the truth, as a part of it. */
const off = (figure: number | undefined, truth: number): number => Math.abs((figure ?? NaN) / truth - 1);

test(
  'three discharges tell the runtime to a tenth, new and aged, also for another load',
  { timeout: 120_000 },
  async () => {
    const demo = await bench();
    expect((await demo.view()).learned).toBeUndefined();
    for (const [load, to] of [
      [40, 30],
      [55, 25],
      [35, 40],
    ] as const) {
      await discharge(demo, load, to);
    }
    const learned = (await demo.view()).learned;
    expect(learned).toMatchObject({ discharges: 3, sureness: 'good' });
    expect(off(learned?.full.likely, truth(35))).toBeLessThan(0.1);
    expect(learned?.full.low).toBeLessThanOrEqual(truth(35));
    expect(learned?.full.high).toBeGreaterThanOrEqual(truth(35));
    expect(learned?.seenDownTo).toBeLessThan(27);
    expect(off((await demo.view()).capacityWh?.likely, (truth(35) * 0.35 * RATING.activeW) / 3600)).toBeLessThan(0.1);

    await demo.run('demo.load', 50);
    await demo.clock.advance(2 * MINUTE);
    expect(off((await demo.view()).learned?.full.likely, truth(50))).toBeLessThan(0.1);

    await demo.run('demo.battery.age', 60);
    for (const load of [40, 50, 40]) await discharge(demo, load, 30);
    expect(off((await demo.view()).learned?.full.likely, truth(40, 0.6))).toBeLessThan(0.1);
    expect(off((await demo.view()).shareOfFirst, truth(40, 0.6) / truth(40))).toBeLessThan(0.1);
  },
);

test(
  'what was learned is there after a restart, and a battery that was replaced begins anew',
  { timeout: 60_000 },
  async () => {
    const first = await bench();
    await discharge(first, 80, 50);
    const learned = (await first.view()).learned;
    expect(learned).toMatchObject({ discharges: 1, sureness: 'fair' });
    expect(await first.view()).toMatchObject({ date: { text: '2025/03/14', day: '2025-03-14', from: 'made' } });
    for (const end of ends.splice(0)) await end();

    const second = await bench(first.clock.now() + MINUTE);
    await second.run('demo.load', 80);
    await second.clock.advance(MINUTE);
    expect(off((await second.view()).learned?.full.likely, learned?.full.likely ?? NaN)).toBeLessThan(0.05);

    const state = second.store.get(NAME);
    if (!state) throw new Error('the demo UPS is gone');
    const today = new Date(second.clock.now()).toISOString().slice(0, 10);
    expect(await second.battery.setReplaced(state, today)).toBe('handled');
    expect(await second.view()).toMatchObject({ date: { day: today, from: 'person' } });
    expect((await second.view()).learned).toBeUndefined();
    expect((await second.view()).longest).toBeUndefined();
    await discharge(second, 80, 60);
    expect((await second.view()).learned?.discharges).toBe(1);
  },
);

test('a self test stands in the list with its result and its time', { timeout: 60_000 }, async () => {
  const demo = await bench();
  expect((await demo.view()).tests).toEqual([]);
  await demo.run('test.battery.start.quick');
  await demo.clock.advance(2 * MINUTE);
  const [done, ...others] = (await demo.view()).tests;
  expect(others).toEqual([]);
  expect(done).toMatchObject({ result: 'Done and passed' });
  await demo.run('demo.battery.age', 20);
  await demo.clock.advance(MINUTE);
  await demo.run('test.battery.start.quick');
  await demo.clock.advance(2 * MINUTE);
  expect((await demo.view()).tests.map(({ result }) => result)).toEqual(['Done and error', 'Done and passed']);
});
