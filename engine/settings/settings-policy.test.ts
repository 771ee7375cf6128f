import { describe, expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { settingsConfiguration } from './configuration.ts';

const policyOf = (...ups: readonly Readonly<Record<string, unknown>>[]) => {
  const settings = Settings.parse({
    ups: ups.map((one, index) => ({
      id: String(index),
      identifier: `ups${index}`,
      driver: 'usbhid-ups',
      port: 'auto',
      ...one,
    })),
  });
  const { monitor } = settingsConfiguration(settings, '/data', createRememberingLog());
  if (!monitor) throw new Error('no policy');
  return monitor;
};

describe('what the monitor is to do', () => {
  test('before anything is chosen: the attached UPS is guarded until its battery is low', () => {
    const policy = policyOf();
    expect(policy.supplies).toMatchObject([
      {
        name: 'ups',
        source: { kind: 'local' },
        role: 'primary',
        powerValue: 1,
        rules: { mode: 'low-battery' },
      },
    ]);
    expect(policy.action).toEqual({ kind: 'shutdown' });
  });

  test('a UPS on our cable has its mode, timer and conditions', () => {
    const { supplies, powerOff, hostSync, noCommWarnTime } = policyOf({
      shutdowntimer: 300,
      shutdowncharge: 40,
      shutdownruntime: 600,
      shutdownignore: 5,
      powerdown: true,
      hostsync: 90,
      nocommwarntime: 120,
    });
    expect(supplies[0]?.rules).toEqual({
      mode: 'on-battery',
      timer: 300,
      chargeBelow: 40,
      runtimeBelow: 600,
      ignoreShorterThan: 5,
      holdDuringTest: true,
    });
    expect([powerOff.isWanted, hostSync, noCommWarnTime]).toEqual([true, 90, 120]);
  });

  test('conditions that are not set are none, and without values NUT has its own', () => {
    const { supplies, powerOff, hostSync, noCommWarnTime } = policyOf({ shutdown: 'LOWBATT' });
    expect(supplies[0]?.rules).toEqual({ mode: 'low-battery', timer: 30, ignoreShorterThan: 0, holdDuringTest: true });
    expect([powerOff.isWanted, hostSync, noCommWarnTime]).toEqual([false, 15, 300]);
  });

  test('a UPS on another computer is asked there, as a secondary', () => {
    const slave = { mode: 'SLAVE', remotehost: 'fd00::2', remoteport: 3494, monuser: 'me', monpwd: 'secret' };
    expect(policyOf(slave).supplies[0]).toMatchObject({
      ups: 'ups0@[fd00::2]:3494',
      source: { kind: 'remote', host: 'fd00::2', port: 3494, user: 'me', password: 'secret', tls: 'try' },
      role: 'secondary',
    });
  });

  test.each([
    [{ shutdowncmd: '/usr/local/bin/down' }, { kind: 'command', command: '/usr/local/bin/down', timeout: 3600 }],
    [{ shutdownaction: 'hibernate' }, { kind: 'hibernate' }],
    [{ shutdownaction: 'nothing', shutdowncmd: 'x' }, { kind: 'nothing' }],
    [{ shutdownaction: 'hibernate', shutdowncmd: 'x' }, { kind: 'hibernate' }],
    [
      { shutdownaction: 'command', shutdowncmd: 'x' },
      { kind: 'command', command: 'x', timeout: 3600 },
    ],
  ])('%j does that: %j', (given, action) => {
    expect(policyOf(given).action).toEqual(action);
  });

  test('the commands around the action are those of the UPS whose action it is', () => {
    const [idle, first, second] = [
      { shutdownaction: 'nothing', shutdownbefore: 'idle' },
      { shutdownbefore: 'first', shutdownextratimeout: 9 },
      { shutdownbefore: 'second', shutdownafter: 'second' },
    ] as const;
    expect(policyOf(idle, first, second).around).toEqual({ before: 'first', timeout: 9 });
    expect(policyOf(second, first).around).toEqual({ before: 'second', after: 'second', timeout: 30 });
    expect(policyOf(idle).around).toEqual({ timeout: 30 });
    // Beside a real one a simulation decides nothing; alone it runs what somebody wrote for it.
    expect(policyOf({ ...second, driver: 'demo' }, first).around).toEqual({ before: 'first', timeout: 9 });
    expect(policyOf({ ...first, driver: 'demo' }).around).toEqual({ before: 'first', timeout: 9 });
  });

  test('a UPS for which nothing is to be done is only watched', () => {
    expect(policyOf({ shutdownaction: 'nothing' })).toMatchObject({ minSupplies: 0, supplies: [{ powerValue: 0 }] });
    expect(policyOf({ shutdownaction: 'nothing' }, {})).toMatchObject({
      minSupplies: 1,
      supplies: [{ powerValue: 0 }, { powerValue: 1 }],
    });
  });

  test('the UPS is switched off where its box is ticked, and a simulated one never', () => {
    expect(policyOf({ powerdown: true })).not.toHaveProperty('powerDownFlag');
    expect(policyOf({ powerdown: true, driver: 'demo' }).powerOff.isWanted).toBe(false);
  });

  test('of several UPSes those are switched off whose box is ticked, in the order of sdorder', () => {
    const { powerOff, supplies } = policyOf(
      { powerdown: true, options: 'sdorder = 2' },
      {},
      { powerdown: true },
      { powerdown: true, options: 'sdorder = -1' },
    );
    expect(powerOff.isWanted).toBe(true);
    expect(supplies.map(({ powerOffOrder }) => powerOffOrder)).toEqual([2, -1, 0, -1]);
  });

  test.each([{ driver: 'demo' }, { port: 'recording:/tmp/unit' }, { driver: 'dummy-ups', port: 'office.dev' }])(
    'a simulation takes no computer down: %j',
    (simulated) => {
      expect(policyOf(simulated)).toMatchObject({ supplies: [{ powerValue: 1 }], action: { kind: 'nothing' } });
      expect(policyOf({ ...simulated, shutdowncmd: 'echo' }).action).toMatchObject({
        kind: 'command',
        command: 'echo',
      });
      expect(policyOf({}, simulated)).toMatchObject({
        supplies: [{ powerValue: 1 }, { powerValue: 0 }],
        action: { kind: 'shutdown' },
      });
    },
  );
});
