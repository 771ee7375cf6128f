import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeField, encodeField, toLogical, toPhysical } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import { reportKey, type HidField } from '#engine/hid/types.ts';
import { formatPath } from '#engine/hid/usages.ts';
import { buildReportDescriptor } from './descriptor.ts';
import { MAINS_MODES } from './mains.ts';
import { readUnit, type Readings } from './readings.ts';
import { INPUT_REPORTS, LAYOUT, REPORT } from './report-layout.ts';
import { decodeWrite, encodeReport, REPORT_SHAPES } from './reports.ts';
import { act, advance } from './unit-model.ts';
import { newUnit, type UnitAction } from './unit-state.ts';

const descriptor = buildReportDescriptor();
const map = parseReportDescriptor(descriptor);
const fieldAt = (path: string, reportType: HidField['reportType'] = 'feature'): HidField => {
  const field = map.fields.find(
    (candidate) => candidate.reportType === reportType && formatPath(candidate.path) === path,
  );
  if (!field) throw new Error(`${path} is not in the descriptor`);
  return field;
};
const valueAt = (path: string, readings: Readings): number | undefined => {
  const field = fieldAt(path);
  const logical = decodeField(field, encodeReport(field.reportId, readings)!);
  return logical === undefined ? undefined : toPhysical(field, logical);
};
/** What a host would send to set one value. */
const writing = (path: string, value: number): Uint8Array => {
  const field = fieldAt(path);
  return encodeField(field, toLogical(field, value)!, encodeReport(field.reportId, readUnit(newUnit(1)))!);
};

/** Units in all sorts of trouble. */
const readings: fc.Arbitrary<Readings> = fc
  .record({
    seed: fc.integer(),
    mode: fc.constantFrom(...MAINS_MODES),
    load: fc.integer({ min: 0, max: 150 }),
    health: fc.integer({ min: 1, max: 100 }),
    charge: fc.integer({ min: 0, max: 100 }),
    shutdown: fc.option(fc.integer({ min: 0, max: 0x7fff })),
    test: fc.constantFrom(0 as const, 1 as const, 2 as const),
    seconds: fc.integer({ min: 0, max: 600 }),
  })
  .map((unit) => {
    const actions: UnitAction[] = [
      { type: 'load', percent: unit.load },
      { type: 'health', percent: unit.health },
      { type: 'charge', percent: unit.charge },
      { type: 'test', request: unit.test },
      { type: 'mains', mode: unit.mode },
      { type: 'timer', timer: 'shutdown', seconds: unit.shutdown },
    ];
    return readUnit(advance(actions.reduce(act, newUnit(unit.seed)), unit.seconds));
  });

describe('report descriptor', () => {
  test('is a power device without oddities', () => {
    expect(map.notes).toEqual([]);
    expect(map.topLevel.map((usage) => formatPath([usage]))).toEqual(['UPS']);
    expect(map.usesReportIds).toBe(true);
    expect(new Set(map.fields.map((field) => field.path.at(-1)! >>> 16))).toEqual(new Set([0x84, 0x85]));
  });

  test('lists every value of the layout as a feature, in the place the layout gives it', () => {
    const features = map.fields.filter((field) => field.reportType === 'feature');
    expect(features.map((field) => formatPath(field.path)).sort()).toEqual(LAYOUT.map(({ path }) => path).sort());
    for (const field of LAYOUT) {
      expect(fieldAt(field.path)).toMatchObject({
        reportId: field.reportId,
        bitSize: field.bits,
        logicalMin: field.min,
        logicalMax: field.max,
        logicalMaxAssumed: false,
        isVariable: true,
        isConstant: field.write === undefined,
        isVolatile: !field.isStatic,
      });
    }
  });

  test('lays out an input report like the feature report of the same id', () => {
    const inputs = map.fields.filter((field) => field.reportType === 'input');
    expect(new Set(inputs.map((field) => field.reportId))).toEqual(new Set(INPUT_REPORTS.keys()));
    for (const input of inputs) {
      const { bitOffset, bitSize, unit, unitExponent, reportId } = fieldAt(formatPath(input.path));
      expect(input).toMatchObject({ bitOffset, bitSize, unit, unitExponent, reportId, isConstant: false });
      expect(map.reportBytes.get(reportKey('input', reportId))).toBe(
        map.reportBytes.get(reportKey('feature', reportId)),
      );
    }
  });

  test('declares the length that each report has', () => {
    for (const id of REPORT_SHAPES.keys()) {
      expect(encodeReport(id, readUnit(newUnit(1)))).toHaveLength(1 + map.reportBytes.get(reportKey('feature', id))!);
    }
  });

  test('gives the units their HID codes', () => {
    expect(fieldAt('UPS.Battery.Voltage')).toMatchObject({ unit: 0x00f0d121, unitExponent: 5 });
    expect(fieldAt('UPS.PowerConverter.Output.ActivePower')).toMatchObject({ unit: 0xd121, unitExponent: 7 });
    expect(fieldAt('UPS.PowerConverter.Input.[1].Frequency')).toMatchObject({ unit: 0xf001, unitExponent: -2 });
    expect(fieldAt('UPS.PowerConverter.Output.Current')).toMatchObject({ unit: 0x100001, unitExponent: -2 });
    expect(fieldAt('UPS.Battery.Temperature')).toMatchObject({ unit: 0x10001, unitExponent: -1 });
    expect(fieldAt('UPS.PowerSummary.RunTimeToEmpty')).toMatchObject({ unit: 0x1001, unitExponent: 0 });
    expect(fieldAt('UPS.PowerSummary.RemainingCapacity')).toMatchObject({ unit: 0, unitExponent: 0 });
  });
});

describe('reports', () => {
  test('decode to what the unit measures, within their resolution', () => {
    fc.assert(
      fc.property(readings, (unit) => {
        for (const field of LAYOUT) {
          const logicalMax = field.max / 10 ** field.decimals;
          const expected = Math.max(field.min, Math.min(field.read(unit), logicalMax));
          const resolution = 10 ** -field.decimals;
          expect(Math.abs(valueAt(field.path, unit)! - expected)).toBeLessThanOrEqual(resolution / 2 + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('say what a fresh unit is', () => {
    const unit = readUnit(newUnit(1));
    const says = (path: string) => valueAt(path, unit);
    expect(says('UPS.PowerSummary.PresentStatus.ACPresent')).toBe(1);
    expect(says('UPS.PowerSummary.PresentStatus.Discharging')).toBe(0);
    expect(says('UPS.PowerSummary.PresentStatus.FullyCharged')).toBe(1);
    expect(says('UPS.PowerSummary.PresentStatus.CommunicationLost')).toBe(0);
    expect(says('UPS.PowerSummary.RemainingCapacity')).toBe(100);
    expect(says('UPS.PowerSummary.DelayBeforeShutdown')).toBe(-1);
    expect(says('UPS.Battery.ConfigVoltage')).toBe(24);
    expect(says('UPS.Battery.Voltage')).toBe(27.3);
    expect(says('UPS.Battery.Temperature')).toBeCloseTo(297.2, 6);
    expect(says('UPS.Battery.ManufacturerDate')).toBe(0x5a6e);
    expect(says('UPS.PowerConverter.Input.[1].Voltage')).toBe(230);
    expect(says('UPS.PowerConverter.Input.[1].Frequency')).toBe(50);
    expect(says('UPS.PowerSummary.PercentLoad')).toBe(25);
    expect(says('UPS.PowerConverter.Output.ActivePower')).toBe(150);
    expect(says('UPS.PowerConverter.Output.ApparentPower')).toBe(158);
    expect(says('UPS.PowerConverter.Output.Current')).toBeCloseTo(0.69, 9);
    expect(says('UPS.Flow.[4].ConfigApparentPower')).toBe(1000);
  });

  test('a report id the unit does not have is not answered', () => {
    expect(encodeReport(99, readUnit(newUnit(1)))).toBeUndefined();
    expect(encodeReport(0, readUnit(newUnit(1)))).toBeUndefined();
  });
});

describe('writes', () => {
  test('are understood as the host encoded them', () => {
    const asks = (path: string, value: number) => decodeWrite(writing(path, value));
    expect(asks('UPS.PowerSummary.DelayBeforeShutdown', 20)).toEqual({ type: 'timer', timer: 'shutdown', seconds: 20 });
    expect(asks('UPS.PowerSummary.DelayBeforeShutdown', -1)).toEqual({
      type: 'timer',
      timer: 'shutdown',
      seconds: null,
    });
    expect(asks('UPS.PowerSummary.DelayBeforeStartup', 300)).toEqual({ type: 'timer', timer: 'startup', seconds: 300 });
    expect(asks('UPS.PowerSummary.DelayBeforeReboot', 10)).toEqual({ type: 'timer', timer: 'reboot', seconds: 10 });
    expect(asks('UPS.PowerSummary.AudibleAlarmControl', 3)).toEqual({ type: 'beeper', value: 3 });
    expect(asks('UPS.Battery.Test', 2)).toEqual({ type: 'test', request: 2 });
    expect(asks('UPS.Battery.Test', 0)).toEqual({ type: 'test', request: 0 });
    expect(asks('UPS.PowerSummary.RemainingCapacityLimit', 35)).toEqual({ type: 'limit', limit: 'charge', value: 35 });
    expect(asks('UPS.PowerSummary.WarningCapacityLimit', 60)).toEqual({ type: 'limit', limit: 'warning', value: 60 });
    expect(asks('UPS.PowerSummary.RemainingTimeLimit', 300)).toEqual({ type: 'limit', limit: 'runtime', value: 300 });
    expect(asks('UPS.PowerConverter.Output.LowVoltageTransfer', 200)).toEqual({
      type: 'limit',
      limit: 'transferLow',
      value: 200,
    });
  });

  test('each writable value has a report to itself', () => {
    for (const field of LAYOUT.filter(({ write }) => write)) {
      expect(REPORT_SHAPES.get(field.reportId)?.fields).toHaveLength(1);
    }
  });

  test('out of range, of the wrong length, to a measurement or to no report are refused', () => {
    for (const bytes of [
      [],
      [99, 1],
      [REPORT.chargeLimit],
      [REPORT.chargeLimit, 100],
      [REPORT.chargeLimit, 4],
      [REPORT.chargeLimit, 30, 0],
      [REPORT.shutdownDelay, 20],
      [REPORT.shutdownDelay, 0xfe, 0xff],
      [REPORT.beeper, 0],
      [REPORT.beeper, 4],
      [REPORT.test, 5],
      [REPORT.status, 0, 0, 0],
      [REPORT.charge, 50, 0, 0, 0, 0],
      [REPORT.outputConfig, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      expect(decodeWrite(Uint8Array.from(bytes))).toBeUndefined();
    }
  });

  test('any bytes are either understood or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const action = decodeWrite(bytes);
        if (action) expect(() => act(newUnit(1), action)).not.toThrow();
      }),
    );
  });
});
