import { describe, expect, test } from 'vitest';
import { dangerOf, describeCommand, findCommand } from './commands.ts';
import { findStatus, parseStatus, severityOf } from './status.ts';
import { VARIABLES } from './variable-table.ts';
import { describeVariable, findVariable } from './variables.ts';

describe('variables', () => {
  test('every name is in the table once and has a description without a full stop', () => {
    expect(new Set(VARIABLES.map((info) => info.name)).size).toBe(VARIABLES.length);
    expect(VARIABLES.filter((info) => info.description === '' || info.description.endsWith('.'))).toEqual([]);
  });

  test('every variable of the table is found by its own name', () => {
    expect(VARIABLES.filter((info) => findVariable(info.name) !== info)).toEqual([]);
  });

  test.each([
    ['outlet.2.current', 'outlet.n.current'],
    ['outlet.name', 'outlet.n.name'],
    ['outlet.group.1.voltage.high.warning', 'outlet.group.n.voltage.high.warning'],
    ['ambient.temperature', 'ambient.n.temperature'],
    ['ambient.3.contacts.2.status', 'ambient.n.contacts.x.status'],
    ['device.2.battery.charge', 'battery.charge'],
    ['driver.parameter.pollinterval', 'driver.parameter.x'],
    ['driver.flag.allow_killpower', 'driver.flag.x'],
    ['UPS.Status', 'ups.status'],
  ])('%s is found as %s', (name, expected) => {
    expect(findVariable(name)?.name).toBe(expected);
  });

  test('a value of one phase is described with its unit and its place', () => {
    expect(findVariable('input.bypass.L1-L2.voltage')).toMatchObject({ type: 'number', unit: 'V' });
    expect(describeVariable('output.L3.current')).toBe('Current of the output, L3');
    expect(findVariable('input.L1.powerfactor')).toMatchObject({ type: 'number' });
  });

  test.each(['nope', 'input.L4.voltage', 'ups', '', 'outlet.1.', 'constructor', 'input.constructor'])(
    'nothing is made up for %j',
    (name) => {
      expect(findVariable(name)).toBeUndefined();
      expect(describeVariable(name)).toBe('Description unavailable');
    },
  );
});

describe('commands', () => {
  test('commands that take the power from the load are marked', () => {
    for (const name of ['load.off', 'shutdown.return', 'outlet.3.load.cycle', 'LOAD.OFF.DELAY', 'driver.killpower']) {
      expect(dangerOf(name)).toBe('cuts-power');
    }
    for (const name of ['shutdown.stop', 'test.battery.stop', 'reset.watchdog'])
      expect(dangerOf(name)).toBe('harmless');
  });

  test('a command nobody described counts as cutting the power when its name speaks of it', () => {
    expect(findCommand('vendor.shutdown')).toBeUndefined();
    expect(dangerOf('vendor.shutdown')).toBe('cuts-power');
    expect(dangerOf('vendor.lamp')).toBe('disturbs');
    expect(describeCommand('vendor.lamp')).toBe('Description unavailable');
  });

  test('the number of an outlet does not matter', () => {
    expect(findCommand('outlet.7.load.on')?.name).toBe('outlet.n.load.on');
    expect(findCommand('outlet.group.7.load.on')?.name).toBe('outlet.group.n.load.on');
  });
});

describe('status', () => {
  test('tokens are read without case, each once, in their order', () => {
    expect(parseStatus(' fsd FSD  ob\tlb ')).toEqual(['FSD', 'OB', 'LB']);
    expect(parseStatus('')).toEqual([]);
  });

  test('the worst token decides how serious a status is, and an unknown one is worth knowing', () => {
    expect(severityOf('OL CHRG')).toBe(0);
    expect(severityOf('OL TRIM')).toBe(1);
    expect(severityOf('OL STRANGE')).toBe(1);
    expect(severityOf('OB DISCHRG')).toBe(2);
    expect(severityOf('')).toBe(0);
    expect(findStatus('strange')).toBeUndefined();
  });
});
