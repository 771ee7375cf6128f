import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakeDriver, type FakeDriver } from '#tests/support/fake-driver.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import type { DriverEvent, UpsConfig } from './drivers/driver.ts';
import { createEngine, type EngineConfig } from './engine.ts';
import { DEFAULT_NUT_SERVER_CONFIG } from './nut/server-config.ts';

const ups = (name: string, port = 'x.dev'): UpsConfig => ({ name, driver: 'dummy-ups', port, options: {} });
const configOf = (list: readonly UpsConfig[], maxAgeSeconds = 15): EngineConfig => ({
  ups: list,
  users: [],
  nut: undefined,
  maxAgeSeconds,
});

/** An engine over drivers whose stop can be held up or fail. */
async function started(...list: UpsConfig[]) {
  const made = make(configOf(list));
  await made.engine.start();
  return made;
}

function make(config: EngineConfig) {
  const clock = createFakeClock();
  const drivers: FakeDriver[] = [];
  const stopping = { slowly: undefined as Promise<undefined> | undefined };
  const engine = createEngine(
    {
      clock,
      log: createRememberingLog(),
      createDriver(config, sink) {
        const driver = createFakeDriver(config, sink);
        const stop = driver.stop.bind(driver);
        drivers.push(driver);
        return Object.assign(driver, {
          async stop() {
            await stopping.slowly;
            await stop();
          },
        });
      },
    },
    config,
  );
  const alive = () => drivers.filter((driver) => !driver.isStopped).map((driver) => driver.config.name);
  const names = () => engine.store.list().map((state) => state.config.name);
  return { clock, engine, drivers, stopping, alive, names };
}

describe('a changed configuration', () => {
  test('starts what is new, ends what is gone, replaces what changed and leaves the rest alone', async () => {
    const { engine, drivers, alive, names } = await started(ups('a'), ups('b'), ups('c'));
    const told: string[][] = [];
    engine.onListChanged(() => told.push(names()));
    await engine.reconfigure(configOf([ups('d'), ups('c', 'other.dev'), ups('a')]));
    expect(names()).toEqual(['d', 'c', 'a']);
    expect(told).toEqual([['d', 'c', 'a']]);
    expect(alive().sort()).toEqual(['a', 'c', 'd']);
    expect(drivers.filter((driver) => driver.config.name === 'a')).toHaveLength(1);
    expect(engine.store.get('c')?.config.port).toBe('other.dev');
    await engine.stop();
  });

  test('a forced shutdown stays set when the driver is replaced', async () => {
    const { engine } = await started(ups('a'));
    engine.store.dispatch('a', { type: 'forced-shutdown', isSet: true });
    await engine.reconfigure(configOf([ups('a', 'other.dev')]));
    expect(engine.store.get('a')?.isForcedShutdown).toBe(true);
    await engine.stop();
  });

  test('leaves a UPS alone that was added by hand, until a configured one takes its name', async () => {
    const { engine, alive, names } = await started(ups('a'));
    engine.addUps(ups('extra'));
    await engine.reconfigure(configOf([ups('b')]));
    expect(names()).toEqual(['b', 'extra']);
    await engine.reconfigure(configOf([ups('extra', 'own.dev')]));
    expect(alive()).toEqual(['extra']);
    await engine.removeUps('extra');
    expect(alive()).toEqual(['extra']);
    await engine.stop();
  });

  test('another age limit counts for a UPS whose section did not change, and its device keeps its habits', async () => {
    const { engine, drivers, clock } = await started(ups('a'));
    drivers[0]!.say({ type: 'update', statusDefaults: { lowBatteryDelaySeconds: 3 } });
    await engine.reconfigure(configOf([ups('a')], 60));
    expect(drivers).toHaveLength(1);
    expect(engine.store.get('a')?.options.lowBatteryDelaySeconds).toBe(3);
    await clock.advance(30_000);
    expect(engine.store.get('a')?.availability).toBe('available');
    await clock.advance(40_000);
    expect(engine.store.get('a')?.availability).toBe('stale');
    await engine.stop();
  });

  test('two at once are taken up one after the other: the last one counts, with one driver each', async () => {
    const { engine, drivers, alive } = await started(ups('a'));
    await Promise.all([
      engine.reconfigure(configOf([ups('a', 'one.dev'), ups('b')])),
      engine.reconfigure(configOf([ups('a', 'two.dev')])),
    ]);
    expect(alive()).toEqual(['a']);
    expect(drivers.find((driver) => !driver.isStopped)?.config.port).toBe('two.dev');
    await engine.stop();
  });
});

describe('what people and clients call a unit', () => {
  test('changes without its driver noticing', async () => {
    const { engine, drivers } = await started(ups('a'));
    await engine.reconfigure(configOf([{ ...ups('a'), description: 'Below the desk' }]));
    expect(engine.store.get('a')?.config.description).toBe('Below the desk');
    await engine.reconfigure(configOf([{ ...ups('a'), aliases: ['qnapups'] }]));
    expect(engine.store.get('a')?.config.aliases).toEqual(['qnapups']);
    expect(drivers).toHaveLength(1);
    await engine.stop();
  });
});

describe('the addresses of the NUT server', () => {
  const at = (...ports: readonly number[]): EngineConfig => ({
    ...configOf([ups('a')]),
    nut: { ...DEFAULT_NUT_SERVER_CONFIG, listen: ports.map((port) => ({ host: '127.0.0.1', port })) },
  });
  const answers = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end('VER\n'));
      socket.on('data', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  };

  test('change while it runs; what cannot be had leaves the old ones open', async () => {
    const { engine } = await started(ups('a'));
    const [one, other] = [await freePort(), await freePort()];
    await engine.reconfigure(at(one));
    expect(await answers(one)).toBe(true);
    await engine.reconfigure(at(other));
    expect([await answers(one), await answers(other)]).toEqual([false, true]);
    expect(engine.addresses).toEqual([{ host: '127.0.0.1', port: other }]);

    const taken = createServer().listen(one, '127.0.0.1');
    await once(taken, 'listening');
    await expect(engine.reconfigure(at(one))).rejects.toMatchObject({ code: 'nut/port-in-use' });
    expect(await answers(other)).toBe(true);
    taken.close();
    await engine.reconfigure(configOf([ups('a')]));
    expect([await answers(other), engine.addresses]).toEqual([false, []]);
    await engine.stop();
  });

  test('that somebody else has let nothing start where they are needed', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    const { engine, drivers } = make(at(port));
    await expect(engine.start()).rejects.toMatchObject({ code: 'nut/port-in-use' });
    expect(drivers).toEqual([]);
    taken.close();
    await engine.stop();
  });

  test('where they are only wished, UPSes are watched without, and they are had once they are free', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    const { clock, engine, alive } = make(at(port));
    expect(await engine.start('wished')).toEqual([]);
    expect(alive()).toEqual(['a']);
    await engine.retryNetwork();
    expect(engine.networkProblem?.code).toBe('nut/port-in-use');
    taken.close();
    await once(taken, 'close');
    await clock.advance(29_000);
    expect(engine.addresses).toEqual([]);
    await clock.advance(1_000);
    await expect.poll(() => engine.addresses).toEqual([{ host: '127.0.0.1', port }]);
    expect(engine.networkProblem).toBeUndefined();
    await engine.stop();
  });
});

describe('the end', () => {
  test('in the middle of the start leaves nothing that tries again', async () => {
    const nut = { ...DEFAULT_NUT_SERVER_CONFIG, listen: [{ host: '127.0.0.1', port: 0 }] };
    const { clock, engine, alive } = make({ ...configOf([ups('a')]), nut });
    const starting = engine.start('wished');
    await engine.stop();
    await starting;
    expect([clock.pending, alive()]).toEqual([0, []]);
  });

  test('in the middle of a reconfiguration starts nothing more', async () => {
    const { engine, stopping, alive } = await started(ups('a'));
    const held = Promise.withResolvers<undefined>();
    stopping.slowly = held.promise;
    const reconfigured = engine.reconfigure(configOf([ups('a', 'other.dev'), ups('b')]));
    const ended = engine.stop();
    held.resolve(undefined);
    await Promise.all([reconfigured, ended]);
    expect(alive()).toEqual([]);
    await engine.reconfigure(configOf([ups('c')]));
    engine.addUps(ups('d'));
    expect(alive()).toEqual([]);
  });

  test('of one driver that breaks does not keep the others from ending', async () => {
    const { engine, drivers, clock } = await started(ups('a'), ups('b'));
    drivers[0]!.stop = () => Promise.reject(new Error('broken'));
    await engine.stop();
    expect(drivers[1]!.isStopped).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe('trying again', () => {
  const lost: DriverEvent = { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) };

  test('wakes the driver of a UPS that cannot be read, and leaves one that can alone', async () => {
    const { engine, drivers } = await started(ups('a'), ups('b'));
    drivers[0]?.say(lost);
    await engine.retry('A');
    await engine.retry('b');
    await engine.retry('nobody');
    expect(drivers.map(({ config, asked }) => [config.name, asked])).toEqual([
      ['a', ['retry']],
      ['b', []],
    ]);
    await engine.stop();
  });

  test('starts a driver anew that has given up', async () => {
    const { engine, drivers, alive } = await started(ups('a'));
    drivers[0]!.hasGivenUp = true;
    drivers[0]?.say(lost);
    await engine.retry('a');
    expect([drivers.length, alive()]).toEqual([2, ['a']]);
    expect(engine.store.get('a')?.availability).toBe('available');
    await engine.stop();
  });
});
