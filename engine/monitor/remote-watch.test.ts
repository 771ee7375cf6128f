import { afterEach, describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { startTestServer, TEST_USERS, type TestServer } from '#tests/support/nut-server.ts';
import type { Facts } from './monitor-state.ts';
import type { RemoteSource } from './policy.ts';
import { factsOf, watchRemote, type RemoteWatch } from './remote-watch.ts';
import { supplyOf } from './test-support.ts';

let server: TestServer | undefined;
const watches: RemoteWatch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.stop()));
  await server?.stop();
});

const variables = { 'ups.status': 'OB DISCHRG', 'battery.charge': '61', 'ups.test.result': 'In progress' };

async function watched(role: 'primary' | 'secondary', password = 'pw') {
  server = await startTestServer({ ups: { office: { variables } } });
  const source: RemoteSource = {
    kind: 'remote',
    host: '127.0.0.1',
    port: server.port,
    user: role,
    password,
    tls: 'off',
    verify: false,
  };
  const looks: Facts[] = [];
  let lost = 0;
  const log = createRememberingLog();
  const watch = watchRemote({
    supply: supplyOf('office@here', { name: 'office', role, source }),
    source,
    policy: { pollFreq: asSeconds(0.05), pollFreqAlert: asSeconds(0.05), pollFailLogThrottleMax: 0 },
    clock: systemClock,
    log,
    onLook: (facts) => looks.push(facts),
    onLost: () => (lost += 1),
  });
  watches.push(watch);
  return { server, store: server.store, watch, looks, log, lost: () => lost };
}

const logins = (): number => server?.server.clients().filter(({ ups }) => ups === 'office').length ?? 0;

describe('economy mode', () => {
  const facts = (status: string, ...modes: (string | undefined)[]) =>
    factsOf({ status, charge: undefined, runtime: undefined, test: undefined, alarm: undefined, modes }).status;

  test('is told by the modes of a maker as by ups.status', () => {
    expect(facts('OL', 'vendor:mge-hid:ECO')).toEqual(['OL', 'ECO']);
    expect(facts('OL', undefined, 'vendor:default:PROG vendor:default:ESS')).toEqual(['OL', 'ECO']);
    expect(facts('OL ECO', 'vendor:default:ECO')).toEqual(['OL', 'ECO']);
    expect(facts('OL', 'vendor:default:ECONOMETER', undefined)).toEqual(['OL']);
  });
});

describe('a UPS on another server', () => {
  test('is looked at again and again, and what is no longer told is forgotten', async () => {
    const { looks, store } = await watched('secondary');
    await expect
      .poll(() => looks.at(-1))
      .toEqual({
        status: ['OB', 'DISCHRG'],
        charge: 61,
        runtime: undefined,
        isTesting: true,
        alarm: undefined,
      });
    store.dispatch('office', { type: 'update', set: { 'ups.status': 'OL' }, remove: ['battery.charge'] });
    await expect.poll(() => looks.at(-1)).toMatchObject({ status: ['OL'], charge: undefined });
    expect(logins()).toBe(1);
  });

  test('is watched although the login is refused', async () => {
    const { looks, log } = await watched('secondary', 'wrong');
    await expect.poll(() => log.lines.map(({ message }) => message).join()).toContain('LOGIN was refused');
    await expect.poll(() => looks.length).toBeGreaterThan(2);
    expect(logins()).toBe(0);
  });

  test('is tried for ever when its server is gone, in silence, and logged in to when that is back', async () => {
    const { lost, log, looks, server: before } = await watched('secondary');
    await expect.poll(logins).toBe(1);
    await before.stop();
    await expect.poll(lost, { timeout: 20_000 }).toBeGreaterThan(5);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    const seen = looks.length;
    server = await startTestServer({
      ups: { office: { variables } },
      config: { listen: [{ host: '127.0.0.1', port: before.port }] },
    });
    await expect.poll(() => looks.length, { timeout: 20_000 }).toBeGreaterThan(seen);
    await expect.poll(logins).toBe(1);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('that has no data counts as lost, told once', async () => {
    const { store, lost, log, looks } = await watched('secondary');
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    store.dispatch('office', { type: 'update', set: { 'ups.status': '' } });
    await expect.poll(lost).toBeGreaterThan(3);
    expect(log.lines.filter(({ message }) => message.startsWith('Poll of UPS'))).toHaveLength(1);
  });

  test('is forced down by its primary, which knows who else is there', async () => {
    const { store, watch, server: running } = await watched('primary');
    await expect.poll(logins).toBe(1);
    expect(await watch.others()).toEqual([]);
    const other = await running.open();
    for (const line of ['USERNAME secondary', 'PASSWORD pw', 'LOGIN office']) expect(await other.ask(line)).toBe('OK');
    expect(await watch.others()).toHaveLength(1);
    await watch.setForcedShutdown();
    expect(store.get('office')?.isForcedShutdown).toBe(true);
  });

  test('is forced down as soon as it is reached', async () => {
    const { store, watch } = await watched('primary');
    await watch.setForcedShutdown();
    await expect.poll(() => store.get('office')?.isForcedShutdown).toBe(true);
  });

  test('is forced down after the login, where that was refused while it was to be', async () => {
    const { watch, log, looks, server: before } = await watched('primary', 'new-pw');
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    await watch.setForcedShutdown();
    expect(log.lines.map(({ message }) => message).join()).toContain('FSD could not be set');
    await before.stop();
    server = await startTestServer({
      ups: { office: { variables } },
      users: TEST_USERS.map((user) => ({ ...user, password: 'new-pw' })),
      config: { listen: [{ host: '127.0.0.1', port: before.port }] },
    });
    await expect.poll(() => server?.store.get('office')?.isForcedShutdown, { timeout: 20_000 }).toBe(true);
  });

  test('is let go and watched on, and logged in to again when asked', async () => {
    const { watch, looks, lost } = await watched('secondary');
    await expect.poll(logins).toBe(1);
    await watch.logOut();
    await expect.poll(logins).toBe(0);
    const before = looks.length;
    await expect.poll(() => looks.length, { timeout: 5_000 }).toBeGreaterThan(before + 2);
    expect(logins()).toBe(0);
    expect(lost()).toBe(0);
    watch.logIn();
    await expect.poll(logins).toBe(1);
  });
});
