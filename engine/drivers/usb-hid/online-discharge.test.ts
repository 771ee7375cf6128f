import { describe, expect, test } from 'vitest';
import { asMonotonic } from '#domain/units.ts';
import type { StatusCondition } from '#engine/state/status-condition.ts';
import { NO_ONLINE_DISCHARGE, watchOnlineDischarge, type OnlineDischargeOptions } from './online-discharge.ts';

const DEFAULTS: OnlineDischargeOptions = { isMeant: false, repeatMs: undefined, silentFromCharge: 100 };
const ODD: readonly StatusCondition[] = ['online', 'dischrg'];

/** At which seconds a line is written. */
function toldAt(
  updates: readonly (readonly [seconds: number, conditions: readonly StatusCondition[] | undefined, charge?: string])[],
  options: Partial<OnlineDischargeOptions> = {},
): readonly number[] {
  let memory = NO_ONLINE_DISCHARGE;
  const told: number[] = [];
  for (const [seconds, conditions, charge] of updates) {
    const onlineDischarge = { ...DEFAULTS, ...options };
    const result = watchOnlineDischarge(
      memory,
      { conditions, charge },
      { onlineDischarge },
      asMonotonic(seconds * 1000),
    );
    memory = result.memory;
    if (result.line !== undefined) told.push(seconds);
  }
  return told;
}

describe('discharging on line', () => {
  test('is told once each time it begins', () => {
    const updates = [
      [0, ['online']],
      [2, ODD],
      [4, undefined],
      [6, ODD],
      [8, ['online', 'chrg']],
      [10, ODD],
      [12, ['offline', 'dischrg']],
    ] as const;
    expect(toldAt(updates)).toEqual([2, 10]);
  });

  test('is told again after the time the user wants', () => {
    const updates = [0, 5, 10, 15, 20].map((seconds) => [seconds, ODD] as const);
    expect(toldAt(updates, { repeatMs: 10_000 })).toEqual([0, 10, 20]);
    expect(toldAt(updates, { repeatMs: 0 })).toEqual([0, 5, 10, 15, 20]);
  });

  test('is not told while the battery hovers at full, and is when it leaves it', () => {
    const updates = [
      [0, ODD, '100'],
      [2, ODD, '95'],
      [4, ODD, '89'],
    ] as const;
    expect(toldAt(updates)).toEqual([2]);
    expect(toldAt(updates, { silentFromCharge: 90 })).toEqual([4]);
  });

  test('is not told of a unit that says that it calibrates', () => {
    expect(toldAt([[0, [...ODD, 'cal']]])).toEqual([]);
  });

  test('is not told where a person has said what it means', () => {
    expect(toldAt([[0, ODD]], { isMeant: true })).toEqual([]);
  });
});
