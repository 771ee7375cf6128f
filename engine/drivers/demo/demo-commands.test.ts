import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeCommand } from '#domain/nut/commands.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { DEMO_COMMANDS, runDemoCommand, SHORT_DEMO_COMMANDS } from './demo-commands.ts';
import { DemoSimulator } from './simulator.ts';

const simulator = () => new DemoSimulator({ clock: createFakeClock() });

describe('demo commands', () => {
  test('are named, described and say whether they take a parameter', () => {
    expect(DEMO_COMMANDS.map(({ name, takesParameter }) => (takesParameter ? `${name} N` : name))).toEqual([
      'demo.mains.on',
      'demo.mains.off',
      'demo.mains.sag',
      'demo.mains.surge',
      'demo.mains.flap',
      'demo.mains.drift',
      'demo.load N',
      'demo.battery.age N',
      'demo.battery.charge N',
      'demo.speed N',
      'demo.unplug N',
    ]);
    for (const { name } of [...DEMO_COMMANDS, ...SHORT_DEMO_COMMANDS]) expect(describeCommand(name)).toMatch(/^Demo: /);
  });

  test('do what they say', () => {
    const unit = simulator();
    expect(runDemoCommand(unit, 'demo.mains.off')).toBe('handled');
    expect(unit.readings).toMatchObject({ inputVolts: 0, flags: { acPresent: false } });
    expect(runDemoCommand(unit, 'demo.mains.on')).toBe('handled');
    expect(unit.readings.inputVolts).toBeGreaterThan(220);
    expect(runDemoCommand(unit, 'demo.mains.sag')).toBe('handled');
    expect(unit.readings.inputVolts).toBeLessThan(200);
    expect(runDemoCommand(unit, 'demo.mains.surge')).toBe('handled');
    expect(unit.readings.inputVolts).toBeGreaterThan(255);
    expect(runDemoCommand(unit, 'demo.load', '80')).toBe('handled');
    expect(unit.readings.loadPercent).toBeCloseTo(80, 0);
    expect(runDemoCommand(unit, 'demo.battery.age', '50')).toBe('handled');
    expect(unit.readings).toMatchObject({ fullChargePercent: 50, flags: { needReplacement: true } });
    expect(runDemoCommand(unit, 'demo.battery.charge', '15')).toBe('handled');
    expect(unit.readings).toMatchObject({ chargePercent: 15, flags: { belowRemainingCapacityLimit: true } });
    expect(runDemoCommand(unit, 'demo.speed', '60')).toBe('handled');
    expect(unit.speed).toBe(60);
    expect(runDemoCommand(unit, 'demo.unplug')).toBe('handled');
    expect(unit.isAttached).toBe(false);
  });

  test('mains that flap and drift are poor mains', async () => {
    const clock = createFakeClock();
    for (const name of ['demo.mains.flap', 'demo.mains.drift']) {
      const unit = new DemoSimulator({ clock });
      expect(runDemoCommand(unit, name)).toBe('handled');
      let outages = 0;
      for (let second = 0; second < 60; second++) {
        await clock.advance(1_000);
        if (!unit.readings.flags.acPresent) outages++;
      }
      expect(outages).toBeGreaterThan(0);
    }
  });

  test('are found whatever the case', () => {
    expect(runDemoCommand(simulator(), 'Demo.Mains.OFF')).toBe('handled');
  });

  test('have short names for the mains and the load', () => {
    const unit = simulator();
    expect(runDemoCommand(unit, 'mains', 'off')).toBe('handled');
    expect(unit.readings.flags).toMatchObject({ acPresent: false });
    expect(runDemoCommand(unit, 'Mains', ' ON ')).toBe('handled');
    expect(unit.readings.inputVolts).toBeGreaterThan(220);
    expect(runDemoCommand(unit, 'load', '80')).toBe('handled');
    expect(unit.readings.loadPercent).toBeCloseTo(80, 0);
  });

  test('a parameter that is missing, no number or out of range is invalid and changes nothing', () => {
    const unit = simulator();
    const before = unit.readings;
    for (const [name, parameter] of [
      ['demo.load', undefined],
      ['demo.load', ''],
      ['demo.load', 'half'],
      ['demo.load', '-5'],
      ['demo.load', '151'],
      ['demo.load', '1e2'],
      ['demo.load', 'NaN'],
      ['demo.battery.age', '0'],
      ['demo.battery.charge', '101'],
      ['demo.speed', '0'],
      ['demo.speed', '1001'],
      ['demo.unplug', '0'],
      ['load', '151'],
      ['load', undefined],
      ['mains', 'out'],
      ['mains', undefined],
    ] as const) {
      expect(runDemoCommand(unit, name, parameter)).toBe('invalid');
    }
    expect(unit.readings).toEqual(before);
    expect(unit.speed).toBe(1);
    expect(unit.isAttached).toBe(true);
  });

  test('names of other commands are not known here', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('load.off', 'demo', 'demo.', 'demo.mains', 'toString')),
        (name) => {
          expect(runDemoCommand(simulator(), name, '1')).toBe('unknown');
        },
      ),
    );
  });
});
