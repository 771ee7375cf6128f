import { describe, expect, test } from 'vitest';
import { boundUnit, type BoundUnit } from '#tests/support/bound-unit.ts';
import { SECOND, type SyntheticField } from '#tests/support/synthetic-descriptor.ts';
import { createDefinitionSet, loadDefinition } from './definition.ts';

const APC = { vendorId: 0x051d, productId: 0x0002, product: 'Back-UPS Test', manufacturer: 'APC' };
const STATUS = 'UPS.PowerSummary.PresentStatus';
const FIELDS: readonly SyntheticField[] = [
  { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1, bits: 8 },
  { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1, bits: 8, type: 'input' },
  { path: 'UPS.Battery.RunTimeToEmpty', reportId: 2, unit: SECOND },
  { path: 'UPS.PowerSummary.RunTimeToEmpty', reportId: 3, unit: SECOND },
  { path: `${STATUS}.ACPresent`, reportId: 4, bits: 1 },
  { path: `${STATUS}.Discharging`, reportId: 4, bits: 1 },
  { path: `${STATUS}.Overload`, reportId: 4, bits: 1 },
  { path: `${STATUS}.ACPresent`, reportId: 4, bits: 1, type: 'input' },
  { path: `${STATUS}.Discharging`, reportId: 4, bits: 1, type: 'input' },
  { path: 'UPS.PowerSummary.iDeviceChemistry', reportId: 5, bits: 8 },
  { path: 'UPS.PowerSummary.RemainingCapacityLimit', reportId: 6, bits: 8, logicalMax: 100 },
  { path: 'UPS.PowerSummary.DelayBeforeShutdown', reportId: 7, logicalMin: -1, logicalMax: 0x7fff },
  { path: 'UPS.Output.Voltage', reportId: 8, type: 'input' },
];
const apcUnit = (options = {}): BoundUnit => {
  const unit = boundUnit({ device: APC, fields: FIELDS, vendor: 'apc', options });
  unit.feature(1, 100);
  unit.feature(2, 0x58, 2);
  unit.feature(3, 0x2c, 1);
  unit.feature(4, 0b001);
  unit.feature(6, 10);
  unit.feature(7, 0xff, 0xff);
  return unit;
};
const ids = (unit: BoundUnit, pass: 'start' | 'full' | 'quick'): readonly number[] =>
  unit.binding.reportsFor(pass).map(({ reportId }) => reportId);

describe('what is read when', () => {
  test('everything known at the start, the quick rows in between, with room for the id byte', () => {
    const unit = apcUnit();
    expect([...ids(unit, 'start')].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...ids(unit, 'quick')].sort()).toEqual([4, 7]);
    expect(unit.binding.reportsFor('start')).toContainEqual({ reportId: 2, maxLength: 3 });
    expect(unit.binding.inputReportIds).toEqual([1, 8, 4]);
  });

  test('a full pass leaves out what never changes', () => {
    const fields = [
      ...FIELDS,
      { path: 'UPS.Flow.[4].ConfigApparentPower', reportId: 9 },
      { path: 'UPS.PowerSummary.PercentLoad', reportId: 10, bits: 8 },
    ];
    const eaton = boundUnit({ device: { vendorId: 0x0463, productId: 0xffff }, fields, vendor: 'mge' });
    expect(ids(eaton, 'start')).toContain(9);
    expect(ids(eaton, 'full')).toContain(10);
    expect(ids(eaton, 'full').filter((id) => id === 5)).toEqual([]);
  });

  test('reports that hang the firmware are never asked for', () => {
    const unit = boundUnit({
      device: { vendorId: 0x0463, productId: 0xffff },
      fields: [
        { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 254 },
        { path: 'UPS.PowerSummary.PercentLoad', reportId: 1 },
      ],
    });
    expect(ids(unit, 'start')).toEqual([1]);
  });

  test('a unit that answers nothing is asked nothing, and is understood by what it sends', () => {
    const unit = boundUnit({
      device: { vendorId: 0x0d9f, productId: 0x0001 },
      fields: [
        {
          path: 'PowercomUPS.PowercomPowerConverter.PowercomOutput.PowercomPercentLoad',
          reportId: 1,
          bits: 8,
          type: 'input',
        },
        {
          path: 'PowercomUPS.PowercomPowerConverter.PowercomOutput.PowercomPrimaryBatterySupport',
          reportId: 1,
          bits: 8,
          type: 'input',
        },
      ],
      vendor: 'powercom',
    });
    expect(unit.binding.defaults).toMatchObject({ interruptOnly: true });
    expect(ids(unit, 'start')).toEqual([]);
    expect(unit.interpret('start').commands).toEqual([]);
    unit.input(1, 42, 0b11001);
    const update = unit.interpret({ inputReportId: 1 });
    expect(update.set).toEqual({ 'ups.load': '42' });
    expect(update.conditions).toEqual(['boost']);
  });
});

describe('what is told', () => {
  test('at first everything, later only what changed', () => {
    const unit = apcUnit();
    const first = unit.interpret('start');
    expect(first.set).toMatchObject({
      'battery.charge': '100',
      'battery.runtime': '600',
      'device.model': 'Back-UPS Test',
      'device.mfr': 'APC',
      'device.type': 'ups',
      'driver.version.data': 'APC HID',
      'ups.productid': '0002',
      'ups.timer.shutdown': '-1',
      'ups.vendorid': '051d',
    });
    expect(first.conditions).toEqual(['online']);
    expect(first.statusDefaults).toEqual({});
    unit.feature(1, 99);
    const second = unit.interpret('full');
    expect(second.set).toEqual({ 'battery.charge': '99' });
    expect(second.remove).toBeUndefined();
    expect(second.commands).toBeUndefined();
    expect(second.statusDefaults).toBeUndefined();
  });

  test('a quick pass says nothing of reports it did not read', () => {
    const unit = apcUnit();
    unit.interpret('start');
    unit.feature(1, 50);
    expect(unit.interpret('quick').set).toBeUndefined();
  });

  test('an input report changes its fields at once, and an older feature report does not take it back', () => {
    const unit = apcUnit();
    unit.interpret('start');
    unit.input(4, 0b10);
    expect(unit.interpret({ inputReportId: 4 }).conditions).toEqual(['offline', 'dischrg']);
    unit.input(1, 97);
    expect(unit.interpret({ inputReportId: 1 }).set).toEqual({ 'battery.charge': '97' });
    unit.feature(4, 0b010);
    expect(unit.interpret('quick')).toMatchObject({ conditions: ['offline', 'dischrg'] });
  });

  test('a field that is only sent is shown once it came', () => {
    const unit = apcUnit();
    expect(unit.interpret('start').set).not.toHaveProperty('output.voltage');
    unit.input(8, 230, 0);
    expect(unit.interpret({ inputReportId: 8 }).set).toEqual({ 'output.voltage': '230.0' });
  });

  test('a value the device no longer gives is removed, and the next best takes its place', () => {
    const unit = apcUnit();
    unit.interpret('start');
    unit.feature(2, 0xff, 0xff);
    const update = unit.interpret('full');
    expect(update.set).toEqual({ 'battery.runtime': '300' });
    expect(update.notes?.map(({ code }) => code)).toEqual(['runtime-unknown']);
    unit.forget(3);
    expect(unit.interpret('full').remove).toEqual(['battery.runtime']);
  });

  test('reports longer than described are read, and that is told', () => {
    const unit = apcUnit();
    unit.feature(6, 10, 99);
    const { set, notes } = unit.interpret('start');
    expect(set).toHaveProperty('battery.charge.low', '10');
    expect(notes?.map(({ code, details }) => [code, details])).toEqual([['long-reports', { reports: ['6'] }]]);
    expect(apcUnit().interpret('start').notes).toBeUndefined();
  });

  test('values off by a factor are put right, and that is told where the device has them', () => {
    const device = { vendorId: 0x3746, productId: 0xffff };
    const runtime = { path: 'UPS.PowerSummary.RunTimeToEmpty', reportId: 3, unit: SECOND };
    const charge = { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1, bits: 8 };
    const ecoflow = boundUnit({ device, fields: [charge, runtime] });
    ecoflow.feature(3, 5, 0);
    expect(ecoflow.interpret('start').set).toMatchObject({ 'battery.runtime': '300' });
    expect(ecoflow.binding.notes.map(({ text }) => text)).toEqual([
      'This model tells battery.runtime off by a factor; it is put right.',
    ]);
    expect(boundUnit({ device, fields: [charge] }).binding.notes).toEqual([]);
  });

  test('a report that stalls leaves its values unknown', () => {
    const unit = apcUnit();
    unit.forget(1);
    unit.feature(6, 10, 99);
    const { set } = unit.interpret('start');
    expect(set).not.toHaveProperty('battery.charge');
    expect(set).toHaveProperty('battery.charge.low', '10');
  });

  test('texts are asked for by index and shown when they come, however late', () => {
    const unit = apcUnit();
    unit.feature(5, 4);
    expect(unit.binding.stringIndexes(unit.cache)).toEqual([4]);
    expect(unit.interpret('start').set).not.toHaveProperty('battery.type');
    unit.strings[4] = 'PbAc';
    expect(unit.interpret('full').set).toEqual({ 'battery.type': 'PbAc' });
  });

  test('what may be written says so, with length and range of texts', () => {
    const { traits } = apcUnit().interpret('start');
    expect(traits?.['battery.charge.low']).toEqual({ isWritable: true, kind: 'string', maxLength: 10 });
    expect(traits).not.toHaveProperty('battery.charge');
  });
});

describe('options', () => {
  test('lowbatt and offdelay stand for what the device says until the variable is set', () => {
    const unit = apcUnit({ lowbatt: '35', offdelay: '90' });
    expect(unit.interpret('start').set).toMatchObject({ 'battery.charge.low': '35', 'ups.delay.shutdown': '90' });
    expect(unit.binding.planSet('battery.charge.low', '20', unit.cache).ok).toBe(true);
    unit.feature(6, 20);
    expect(unit.interpret('full').set).toEqual({ 'battery.charge.low': '20' });
  });

  test('have no effect on variables the unit lacks', () => {
    expect(apcUnit({ ondelay: '60' }).interpret('start').set).not.toHaveProperty('ups.delay.start');
  });

  test('that are no numbers are errors', () => {
    expect(() => apcUnit({ offdelay: 'soon' })).toThrow(/Option offdelay/);
    expect(() => apcUnit({ lowbatt: true })).toThrow(/Option lowbatt/);
  });
});

test('a model that flaps asks for a hold of its flags', () => {
  const unit = boundUnit({
    device: { ...APC, product: 'Back-UPS BX950MI', manufacturer: 'American Power Conversion' },
    fields: FIELDS,
  });
  expect(unit.interpret('start').statusDefaults).toEqual({ lowBatteryDelaySeconds: 3 });
  expect(unit.binding.notes.map(({ code }) => code)).toEqual(['flapping-battery-flags']);
});

test('alarms hold while their flag is set', () => {
  const unit = boundUnit({
    device: { vendorId: 0x0463, productId: 0xffff, product: 'Ellipse' },
    fields: [{ path: `${STATUS}.EmergencyStop`, reportId: 1, bits: 8 }, ...FIELDS.slice(4, 5)],
    vendor: 'mge',
  });
  unit.feature(1, 1);
  expect(unit.interpret('start').alarms).toEqual(['Emergency stop!']);
  unit.feature(1, 0);
  expect(unit.interpret('quick').alarms).toEqual(['Emergency stop!']);
  expect(unit.interpret('full').alarms).toEqual([]);
});

test('codes are not scaled by an exponent left over from another field', () => {
  const unit = boundUnit({
    device: { vendorId: 0x1234, productId: 1 },
    fields: [
      { path: 'UPS.PowerSummary.AudibleAlarmControl', reportId: 1, bits: 8, unitExponent: 1 },
      { path: `${STATUS}.ACPresent`, reportId: 2, bits: 8, unitExponent: 1 },
    ],
  });
  unit.feature(1, 2);
  unit.feature(2, 1);
  const update = unit.interpret('start');
  expect(update.set).toMatchObject({ 'ups.beeper.status': 'enabled' });
  expect(update.conditions).toEqual(['online']);
  expect(unit.binding.notes.map(({ code }) => code)).toEqual(['guess']);
});

test('of two fields with one path the second counts where the first does not answer', () => {
  const unit = boundUnit({
    device: { vendorId: 0x1234, productId: 1 },
    fields: [
      { path: 'UPS.Input.Voltage', reportId: 1 },
      { path: 'UPS.Input.Voltage', reportId: 2 },
    ],
  });
  unit.feature(2, 230, 0);
  expect(unit.interpret('start').set).toMatchObject({ 'input.voltage': '230.0' });
});

test('an own definition in JSON is read like a built-in one', () => {
  const own = loadDefinition(
    {
      id: 'shed',
      name: 'Shed UPS',
      source: ['my own unit'],
      extends: 'power-device',
      match: [{ vendorId: '1234', productId: '0001' }],
      variables: [{ variable: 'input.voltage', path: 'UPS.Input.ff000001', scale: 0.5, digits: 1 }],
      status: [{ path: 'UPS.ff000002', sets: { '7': 'online', '9': 'offline dischrg' } }],
      commands: [],
    },
    'shed.json',
  );
  const unit = boundUnit({
    device: { vendorId: 0x1234, productId: 1 },
    fields: [
      { path: 'UPS.Input.ff000001', reportId: 1 },
      { path: 'UPS.ff000002', reportId: 2, bits: 8 },
      { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 3, bits: 8 },
    ],
    definitions: createDefinitionSet([own]),
  });
  unit.feature(1, 0xcc, 1);
  unit.feature(2, 9);
  unit.feature(3, 80);
  const update = unit.interpret('start');
  expect(update.set).toMatchObject({ 'input.voltage': '230.0', 'battery.charge': '80' });
  expect(update.conditions).toEqual(['offline', 'dischrg']);
});

test('a listed device without a single known usage is no UPS', () => {
  expect(() => boundUnit({ device: APC, fields: [{ path: 'UPS.ff990001', reportId: 1 }] })).toThrow(/not a HID UPS/);
});
