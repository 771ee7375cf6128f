import { describe, expect, test } from 'vitest';
import { createFakeEngine, type FakeEngine } from '../client/fake-client.ts';
import { EngineStore } from './engine.svelte.ts';

const START = Date.UTC(2026, 0, 5, 9, 0, 0);

/** Lets answers that are under way arrive. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

async function startWith(prepare: (engine: FakeEngine) => void = () => {}) {
  const engine = createFakeEngine(START);
  engine.add({
    name: 'ups',
    variables: { 'ups.status': 'OL', 'battery.charge': '100', 'battery.runtime': '1800', 'input.voltage': '230' },
    commands: ['demo.mains.off', 'demo.mains.on'],
  });
  prepare(engine);
  const store = new EngineStore(engine, () => engine.now());
  await settle();
  return { engine, store };
}

const timesAsked = (engine: FakeEngine, name: string) => engine.asked.filter((asked) => asked.name === name).length;

describe('the engine store', () => {
  test('has everything after the first answer', async () => {
    const { store } = await startWith((engine) => engine.tick(30));
    expect(store.isLoaded).toBe(true);
    expect(store.upses.map(({ name }) => name)).toEqual(['ups']);
    expect(store.samples.ups).toHaveLength(30);
    expect(store.may('control')).toBe(true);
  });

  test('follows events without asking again', async () => {
    const { engine, store } = await startWith();
    await engine.request('ups.runCommand', { ups: 'ups', command: 'demo.mains.off' });
    engine.tick(3);
    expect(store.ups('ups')?.variables['ups.status']?.value).toBe('OB DISCHRG');
    expect(store.samples.ups?.map(({ onBattery }) => onBattery)).toEqual([true, true, true]);
    expect(timesAsked(engine, 'ups.list')).toBe(1);
  });

  test('follows what the shutdown monitor says', async () => {
    const { engine, store } = await startWith();
    expect(store.monitor?.phase).toBe('off');
    engine.setMonitor({ phase: 'counting-down', endsAt: START + 60_000, canPostpone: true });
    await engine.request('monitor.postpone', { seconds: 300 });
    expect(store.monitor).toMatchObject({ phase: 'counting-down', endsAt: START + 360_000 });
  });

  test('asks for everything again when the numbers of events have a gap', async () => {
    const { engine, store } = await startWith();
    engine.missNextEvent();
    engine.set('ups', { 'ups.status': 'OB DISCHRG' });
    expect(store.ups('ups')?.variables['ups.status']?.value).toBe('OL');
    engine.tick();
    await settle();
    expect(store.ups('ups')?.variables['ups.status']?.value).toBe('OB DISCHRG');
    expect(timesAsked(engine, 'ups.list')).toBe(2);
  });

  test('knows that it is outdated once another version answers', async () => {
    const { engine, store } = await startWith();
    await store.refresh();
    expect(store.isOutdated).toBe(false);
    const request = engine.request.bind(engine);
    engine.request = async (name, params) => {
      const answer = await request(name, params);
      return name === 'engine.hello' ? { ...answer, version: '9.0.0' } : answer;
    };
    await store.refresh();
    expect(store.isOutdated).toBe(true);
  });

  test('applies what is told while it asks, once and in order', async () => {
    const engine = createFakeEngine(START);
    engine.add({ name: 'ups', variables: { 'ups.status': 'OL' } });
    const store = new EngineStore(engine, () => engine.now());
    engine.set('ups', { 'ups.status': 'OB' });
    engine.set('ups', { 'ups.status': 'OB LB' });
    engine.tick(2);
    await settle();
    expect(store.ups('ups')?.variables['ups.status']?.value).toBe('OB LB');
    expect(store.samples.ups?.map(({ at }) => at)).toEqual([START + 1000, START + 2000]);
  });

  test('keeps what it knows while the connection is lost and catches up afterwards', async () => {
    const { engine, store } = await startWith((fake) => fake.tick(5));
    engine.become('reconnecting');
    engine.tick(5);
    expect(store.lostAt).toBeDefined();
    expect(store.samples.ups).toHaveLength(5);
    engine.become('connected');
    await settle();
    expect(store.lostAt).toBeUndefined();
    expect(store.samples.ups?.map(({ at }) => (at - START) / 1000)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('learns of UPSes that come and go', async () => {
    const { engine, store } = await startWith();
    engine.add({ name: 'attic', variables: {} });
    await settle();
    expect(store.upses.map(({ name }) => name)).toEqual(['ups', 'attic']);
    engine.remove('ups');
    await settle();
    expect(store.upses.map(({ name }) => name)).toEqual(['attic']);
    expect(Object.keys(store.samples)).toEqual(['attic']);
  });

  test('shows the newest incident first and lets it end', async () => {
    const { engine, store } = await startWith();
    engine.addIncident({ ups: 'ups', kind: 'boost', startedAt: START, endedAt: START + 1000 });
    const outage = engine.addIncident({ ups: 'ups', kind: 'on-battery', startedAt: START + 2000 });
    expect(store.incidents.map(({ kind, endedAt }) => [kind, endedAt === undefined])).toEqual([
      ['on-battery', true],
      ['boost', false],
    ]);
    engine.endIncident(outage);
    expect(store.incidents.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
  });

  test('holds half an hour of samples, however long it runs', async () => {
    const { engine, store } = await startWith();
    engine.tick(2000);
    expect(store.samples.ups).toHaveLength(1800);
    expect(store.samples.ups?.at(-1)?.at).toBe(engine.now());
  });

  test('puts what was told on the screen when the screen is ready, all at once', async () => {
    const engine = createFakeEngine(START);
    engine.add({ name: 'ups', variables: { 'ups.status': 'OL' } });
    const waiting: (() => void)[] = [];
    const urgent: boolean[] = [];
    const store = new EngineStore(
      engine,
      () => engine.now(),
      (publish, isUrgent) => {
        waiting.push(publish);
        urgent.push(isUrgent);
      },
    );
    await settle();
    engine.tick(3);
    expect(store.samples.ups).toEqual([]);
    waiting.at(-1)?.();
    expect(store.samples.ups).toHaveLength(3);
    expect(urgent).not.toContain(true);
    engine.set('ups', { 'ups.status': 'OB' });
    expect(urgent.at(-1)).toBe(true);
  });

  test('holds no more while nobody looks than while somebody does', async () => {
    const engine = createFakeEngine(START);
    engine.add({ name: 'ups', variables: { 'ups.status': 'OL' } });
    let publish = (): void => {};
    const store = new EngineStore(
      engine,
      () => engine.now(),
      (next) => (publish = next),
    );
    await settle();
    engine.tick(10_000);
    publish();
    expect(store.samples.ups).toHaveLength(1800);
    expect(store.samples.ups?.at(-1)?.at).toBe(engine.now());
  });

  test('tells a wrong clock from a slow message', async () => {
    const engine = createFakeEngine(START);
    engine.add({ name: 'ups', variables: {} });
    const store = new EngineStore(engine, () => engine.now() + 90_000);
    await settle();
    engine.tick();
    expect(store.skew).toBe(90_000);
  });
});
