import { describe, expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { settingsConfiguration } from './configuration.ts';
import { settingsPolicy } from './settings-policy.ts';

const settingsOf = (...upses: readonly Record<string, unknown>[]): Settings =>
  Settings.parse({
    ups: upses.map((ups, index) => ({
      id: `id${index}`,
      identifier: `ups${index}`,
      driver: 'usbhid-ups',
      port: 'auto',
      ...ups,
    })),
  });

const policyOf = (...upses: readonly Record<string, unknown>[]) => settingsPolicy(settingsOf(...upses), 'ups');

describe('what the settings ask of the shutdown monitor', () => {
  test('before anybody has decided anything the attached UPS is watched, and a low battery shuts down', () => {
    const { kind, monitor } = settingsConfiguration(settingsOf(), '/nowhere', createRememberingLog());
    expect(kind).toBe('automatic');
    expect(monitor).toMatchObject({
      supplies: [{ ups: 'ups', source: { kind: 'local' }, role: 'primary', rules: { mode: 'low-battery' } }],
      action: { kind: 'shutdown' },
      powerOff: { isWanted: false },
    });
  });

  test('every rule of the form, each UPS its own', () => {
    const policy = policyOf(
      { shutdown: 'BATT', shutdowntimer: 300, shutdowncharge: 40, shutdownignore: 5 },
      { shutdown: 'LOWBATT', shutdownruntime: 240 },
    );
    expect(policy.supplies.map(({ ups, rules }) => [ups, rules])).toEqual([
      ['ups0', { mode: 'on-battery', timer: 300, chargeBelow: 40, ignoreShorterThan: 5, holdDuringTest: true }],
      ['ups1', { mode: 'low-battery', timer: 30, runtimeBelow: 240, ignoreShorterThan: 0, holdDuringTest: true }],
    ]);
  });

  test('a UPS on another computer is watched there, under its account', () => {
    const other = { mode: 'SLAVE', remotehost: 'nas', monuser: 'desk', monpwd: 'secret', driver: '', port: '' };
    expect(policyOf(other).supplies).toMatchObject([
      { ups: 'ups0@nas', role: 'secondary', source: { kind: 'remote', host: 'nas', port: 3493, user: 'desk' } },
    ]);
  });

  test.each([
    [{}, { kind: 'shutdown' }],
    [{ shutdownaction: 'hibernate' }, { kind: 'hibernate' }],
    [{ shutdowncmd: '/usr/local/bin/down' }, { kind: 'command', command: '/usr/local/bin/down', timeout: 3600 }],
    [
      { shutdownaction: 'command', shutdowncmd: 'true' },
      { kind: 'command', command: 'true', timeout: 3600 },
    ],
    [{ shutdownaction: 'nothing' }, { kind: 'nothing' }],
  ])('%j ends in %j', (ups, action) => {
    expect(policyOf(ups).action).toEqual(action);
  });

  test('the UPS is switched off where its box is ticked, by a delay of the computer and not by a file for scripts', () => {
    expect(policyOf({ powerdown: true })).toMatchObject({ powerOff: { isWanted: true, delay: 'measured' } });
    expect(policyOf({ powerdown: true })).not.toHaveProperty('powerDownFlag');
    expect(policyOf({ powerdown: false }).powerOff.isWanted).toBe(false);
  });

  test('a simulated UPS shuts nothing real down', () => {
    const demo = { driver: 'demo', powerdown: true };
    expect(policyOf(demo)).toMatchObject({ action: { kind: 'nothing' }, powerOff: { isWanted: false } });
    expect(policyOf(demo, {}).supplies.map(({ ups }) => ups)).toEqual(['ups1']);
  });

  test('the longest Host Sync and the shortest warning time count for all', () => {
    const policy = policyOf({ hostsync: 20, nocommwarntime: 120 }, { hostsync: 60, nocommwarntime: 60 });
    expect(policy).toMatchObject({ hostSync: 60, noCommWarnTime: 60 });
  });
});
