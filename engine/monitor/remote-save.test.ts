/** Settings that are saved while a UPS on another server is watched: against our own server over a real connection. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { keepInFile } from './kept-state.ts';
import { NO_LATE_HOOK } from './late-power-off.ts';
import { createMonitor, type Monitor } from './monitor.ts';
import type { MonitorPolicy, RemoteSource, SupplyPolicy } from './policy.ts';
import { policyOf, rulesOf, supplyOf } from './test-support.ts';

const PATIENCE = { timeout: 20_000, interval: 25 };

let folder = '';
let monitor: Monitor | undefined;
let server: TestServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-save-'));
});
afterEach(async () => {
  await monitor?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function serve(port: number): Promise<TestServer> {
  server = await startTestServer({
    ups: { office: { variables: { 'ups.status': 'OL' } } },
    config: { listen: [{ host: '127.0.0.1', port }] },
  });
  return server;
}

function onServer(port: number, role: 'primary' | 'secondary', change: Partial<RemoteSource> = {}): SupplyPolicy {
  const address = { kind: 'remote', host: '127.0.0.1', port, user: role, password: 'pw' } as const;
  return supplyOf(`office@127.0.0.1:${port}`, {
    name: 'office',
    role,
    source: { ...address, tls: 'off', verify: false, ...change },
  });
}

const policyFor = (supply: SupplyPolicy, change: Partial<MonitorPolicy> = {}): MonitorPolicy =>
  policyOf({
    supplies: [supply],
    pollFreq: asSeconds(0.1),
    pollFreqAlert: asSeconds(0.1),
    hostSync: asSeconds(3600),
    ...change,
  });

async function watch(policy: MonitorPolicy) {
  const power = createFakePower(systemClock);
  const made = createMonitor({
    policy,
    store: createUpsStore(systemClock),
    control: { runCommand: () => Promise.resolve('unknown'), setVariable: () => Promise.resolve('unknown') },
    clients: () => [],
    onLogin: () => () => undefined,
    clock: systemClock,
    log: createRememberingLog(),
    power,
    lateHook: NO_LATE_HOOK,
    keeper: keepInFile(join(folder, 'monitor.json')),
  });
  monitor = made;
  await made.start();
  return { monitor: made, power };
}

/** Who is logged in, and who only looks. */
const here = (): number => server?.server.clients().filter(({ ups }) => ups === 'office').length ?? 0;
const onlookers = (): number => (server?.server.clients().length ?? 0) - here();

describe('settings that are saved', () => {
  test('and have nothing to do with it do not end the login, so that the primary goes on waiting', async () => {
    const { port, store, logins } = await serve(await freePort());
    const policy = policyFor(onServer(port, 'secondary'), { finalDelay: asSeconds(2) });
    const { monitor: secondary, power } = await watch(policy);
    await expect.poll(here, PATIENCE).toBe(1);
    store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    await expect.poll(() => secondary.view().phase, PATIENCE).toBe('final-delay');
    await secondary.reconfigure({ ...policy, noCommWarnTime: asSeconds(77) });
    // Rules of this computer are no matter of the server's either.
    await secondary.reconfigure({
      ...policy,
      supplies: [{ ...onServer(port, 'secondary'), powerValue: 2, rules: rulesOf({ chargeBelow: 5 }) }],
    });
    await expect.poll(() => power.acts.length, PATIENCE).toBe(1);
    await expect.poll(here, PATIENCE).toBe(0);
    expect(logins.map(({ how }) => how)).toEqual(['in', 'gone']);
  });

  test('do not make anybody forget a forced shutdown that a server could not be told yet', async () => {
    const port = await freePort();
    const policy = policyFor(onServer(port, 'primary'));
    const { monitor: primary } = await watch(policy);
    await primary.ask({ kind: 'shutdown-now' });
    await primary.reconfigure({ ...policy, noCommWarnTime: asSeconds(77) });
    const { store } = await serve(port);
    await expect.poll(() => store.get('office')?.isForcedShutdown, PATIENCE).toBe(true);
  });

  test('or not: where it slept instead, nobody is sent down when the server is there again', async () => {
    const port = await freePort();
    const policy = policyFor(onServer(port, 'primary'), {
      hostSync: asSeconds(0),
      finalDelay: asSeconds(0),
      action: { kind: 'sleep' },
    });
    const { monitor: primary, power } = await watch(policy);
    await primary.ask({ kind: 'shutdown-now' });
    await expect.poll(() => power.acts.length, PATIENCE).toBe(1);
    for (const moment of ['starting', 'finished'] as const) await power.sleep(moment);
    await expect.poll(() => primary.view().phase, PATIENCE).toBe('watching');
    const { store } = await serve(port);
    // What is declared is declared before the first look.
    await expect.poll(() => primary.view().supplies[0]?.reason.phrase, PATIENCE).not.toMatch(/unheard|never-heard/);
    expect(here()).toBe(1);
    expect(store.get('office')?.isForcedShutdown).toBe(false);
  });

  test('and lead to it by another account tell the forced shutdown again', async () => {
    const port = await freePort();
    const { monitor: primary } = await watch(policyFor(onServer(port, 'primary', { password: 'wrong' })));
    await primary.ask({ kind: 'shutdown-now' });
    const { store } = await serve(port);
    await primary.reconfigure(policyFor(onServer(port, 'primary')));
    await expect.poll(() => store.get('office')?.isForcedShutdown, PATIENCE).toBe(true);
  });

  test.each([
    ['nothing to do with it', {}],
    ['another way to encrypt', { tls: 'try' as const }],
  ])('after the action (%s) do not log in again, which would hold the primary up', async (_, change) => {
    const { port, store, logins } = await serve(await freePort());
    const policy = policyFor(onServer(port, 'secondary'), { finalDelay: asSeconds(0) });
    const { monitor: secondary } = await watch(policy);
    await expect.poll(here, PATIENCE).toBe(1);
    store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    await expect.poll(() => secondary.view().phase, PATIENCE).toBe('acted');
    await expect.poll(here, PATIENCE).toBe(0);
    await expect.poll(onlookers, PATIENCE).toBe(1);
    await secondary.reconfigure(policyFor(onServer(port, 'secondary', change), { noCommWarnTime: asSeconds(77) }));
    await expect.poll(onlookers, PATIENCE).toBe(1);
    // Whoever logs in does so before the first look.
    store.dispatch('office', { type: 'forced-shutdown', isSet: false });
    await expect.poll(() => secondary.view().supplies[0]?.isGood, PATIENCE).toBe(true);
    expect(logins.map(({ how }) => how)).toEqual(['in', 'gone']);
  });
});
