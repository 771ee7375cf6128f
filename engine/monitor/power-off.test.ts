import { describe, expect, test } from 'vitest';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import type { VariableTraits } from '#engine/drivers/driver.ts';
import { planPowerOff, powerOffDelay } from './power-off.ts';

const measured = { isWanted: true, delay: 'measured' } as const;
const ups = (commands: readonly string[], traits?: VariableTraits, value = '20') => ({
  commands,
  variables: new Map(
    traits
      ? [['ups.delay.shutdown', { name: 'ups.delay.shutdown', value, traits, changedAt: asTimestamp(0) }] as const]
      : [],
  ),
});

describe('the delay', () => {
  test('follows the longest of the last shutdowns, with a margin, in whole minutes', () => {
    expect(powerOffDelay(measured, [20, 35, 30])).toBe(120);
    expect(powerOffDelay(measured, [0])).toBe(60);
    expect(powerOffDelay(measured, [100])).toBe(240);
  });

  test('is generous where nothing was measured', () => expect(powerOffDelay(measured, [])).toBe(180));

  test('that was asked for is rounded up, never down', () => {
    expect(powerOffDelay({ isWanted: true, delay: asSeconds(20) }, [])).toBe(60);
    expect(powerOffDelay({ isWanted: true, delay: asSeconds(61) }, [])).toBe(120);
  });
});

describe('a UPS', () => {
  test('that takes a delay gets it before the command', () => {
    expect(planPowerOff(ups(['shutdown.return', 'load.off.delay'], { isWritable: true }), 120)).toEqual([
      { kind: 'set', variable: 'ups.delay.shutdown', value: '120' },
      { kind: 'run', command: 'shutdown.return' },
    ]);
  });

  test('whose delay cannot be so long is switched off by load.off.delay', () => {
    const traits: VariableTraits = { isWritable: true, ranges: [{ min: 0, max: 60 }] };
    expect(planPowerOff(ups(['shutdown.return', 'load.off.delay'], traits), 120)).toEqual([
      { kind: 'run', command: 'load.off.delay', parameter: '120' },
    ]);
  });

  test('whose fixed delay is long enough is told to go', () => {
    expect(planPowerOff(ups(['shutdown.return'], {}, '180'), 120)).toEqual([
      { kind: 'run', command: 'shutdown.return' },
    ]);
  });

  test('that would cut too early is left alone', () => {
    expect(planPowerOff(ups(['shutdown.return', 'load.off'], {}), 120)).toBeUndefined();
    expect(planPowerOff(ups(['load.off']), 120)).toBeUndefined();
  });
});
