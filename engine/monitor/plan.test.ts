import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { settingsPolicy } from '#engine/settings/settings-policy.ts';
import { NO_POLICY, type MonitorPolicy } from './policy.ts';
import type { BatteryFigures } from './battery-figures.ts';
import { rehearse, type PlanFacts } from './plan.ts';

const policyOf = (...upses: readonly Record<string, unknown>[]): MonitorPolicy =>
  settingsPolicy(
    Settings.parse({
      ups: upses.map((ups, index) => ({
        id: `i${index}`,
        identifier: 'ups',
        driver: 'usbhid-ups',
        port: 'auto',
        ...ups,
      })),
    }),
    'ups',
  );

const play = (
  policy: MonitorPolicy,
  batteries: Readonly<Record<string, BatteryFigures>>,
  more: Partial<PlanFacts> = {},
) => rehearse(policy, { batteries: new Map(Object.entries(batteries)), secondaries: [], shutdownTook: [], ...more });

const linesOf = ({ steps }: ReturnType<typeof rehearse>): string[] =>
  steps.map(({ afterSeconds, who, what }) =>
    `${afterSeconds ?? '?'} ${textIn(who)} ${textIn(what)}`.replaceAll('\u00a0', ' '),
  );

const GOOD = { charge: 100, runtime: 840, lowCharge: 10 };

describe('a rehearsal', () => {
  test('a timer: who does what, when, and that it is in time', () => {
    const told = play(policyOf({ shutdowntimer: 300 }), { ups: GOOD });
    expect(linesOf(told)).toEqual([
      '0 Mains fail',
      '300 This computer begins to shut down. ups has been on battery for 5 min.',
      '305 This computer shuts down',
      '365 This computer is off',
      '840 Battery would be empty',
    ]);
    expect(told).toMatchObject({ beginsAfterSeconds: 300, batterySeconds: 840, takesSeconds: 60, isInTime: true });
    expect(told.action).toBe('shutdown');
  });

  test('a low battery comes before a long timer', () => {
    const told = play(policyOf({ shutdowntimer: 3600 }), { ups: GOOD });
    expect(linesOf(told)).toContain('756 ups says that its battery is low');
    expect(told).toMatchObject({ beginsAfterSeconds: 756, isInTime: true });
  });

  test('measured shutdowns count, and what does not fit is told', () => {
    const told = play(policyOf({ shutdown: 'LOWBATT' }), { ups: GOOD }, { shutdownTook: [70, 120] });
    expect(told).toMatchObject({ takesSeconds: 120, isMeasured: true, isInTime: false });
  });

  test('secondaries are told first, and have all the time they may take', () => {
    const policy = policyOf({ shutdowntimer: 60, hostsync: 20, powerdown: true });
    expect(linesOf(play(policy, { ups: GOOD }, { secondaries: ['192.0.2.7'] }))).toEqual([
      '0 Mains fail',
      '60 192.0.2.7 is told to shut down (FSD)',
      '60 This computer begins to shut down. ups has been on battery for 60 s.',
      '80 This computer waits for secondaries no longer',
      '85 This computer shuts down',
      '145 This computer is off',
      '265 ups switches its output off',
      '840 Battery would be empty',
    ]);
  });

  test.each([
    [{ shutdown: 'LOWBATT', shutdowncharge: 50 }, 420],
    [{ shutdown: 'LOWBATT', shutdownruntime: 600 }, 240],
    [{ shutdown: 'BATT', shutdowntimer: 0, shutdownignore: 90 }, 90],
    [{ shutdown: 'BATT', shutdowntimer: 0 }, 0],
  ])('%j begins after %i s', (ups, seconds) => {
    expect(play(policyOf(ups), { ups: GOOD }).beginsAfterSeconds).toBe(seconds);
  });

  test('a UPS that tells nothing of its battery: a timer has its time, a low battery none', () => {
    expect(play(policyOf({ shutdowntimer: 120 }), {})).toMatchObject({ beginsAfterSeconds: 120 });
    const told = play(policyOf(), { ups: { charge: 80 } });
    expect(told.beginsAfterSeconds).toBeUndefined();
    expect(linesOf(told)).toEqual([
      '0 Mains fail',
      '? This computer goes down when the battery is low; the UPS does not tell when that would be',
    ]);
  });

  test('a low level of runtime counts as well as one of charge', () => {
    const told = play(policyOf({ shutdown: 'LOWBATT' }), { ups: { ...GOOD, lowRuntime: 300 } });
    expect(told.beginsAfterSeconds).toBe(540);
  });

  test('of two UPSes the last one that counts decides', () => {
    const policy = policyOf({ identifier: 'a', shutdowntimer: 60 }, { identifier: 'b', shutdowntimer: 200 });
    expect(play(policy, { a: GOOD, b: GOOD })).toMatchObject({ beginsAfterSeconds: 200 });
  });

  test('as a secondary it waits for its primary for as long as Host Sync says, then goes by itself', () => {
    const policy = policyOf({
      mode: 'SLAVE',
      remotehost: 'nas',
      driver: '',
      port: '',
      shutdown: 'LOWBATT',
      hostsync: 30,
    });
    const told = play(policy, { 'ups@nas': GOOD });
    expect(told.beginsAfterSeconds).toBe(756 + 30);
  });

  test('a timer of a day is played to its end', () => {
    expect(play(policyOf({ shutdowntimer: 86_400 }), {}).beginsAfterSeconds).toBe(86_400);
  });

  test('without a UPS nothing follows', () => {
    expect(linesOf(play(NO_POLICY, {}))).toEqual(['0 Mains fail']);
  });

  test('what comes after the battery is empty is marked, but for its own end', () => {
    const policy = policyOf({ shutdowntimer: 300, powerdown: true });
    const { steps } = play(policy, { ups: { ...GOOD, runtime: 330, lowCharge: 1 } });
    expect(steps.map(({ afterSeconds, mark }) => [afterSeconds, mark])).toEqual([
      [0, undefined],
      [300, undefined],
      [305, undefined],
      [330, 'empty'],
      [365, 'late'],
      [485, undefined],
    ]);
  });
});
