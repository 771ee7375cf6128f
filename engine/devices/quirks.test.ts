import { describe, expect, test } from 'vitest';
import { DeviceDefinition, type Quirk } from '#domain/schema/device-definition.ts';
import { decodeField, toPhysical } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import type { HidField } from '#engine/hid/types.ts';
import { formatPath } from '#engine/hid/usages.ts';
import { AMPERE, HERTZ, syntheticDescriptor, VOLT, type SyntheticField } from '#tests/support/synthetic-descriptor.ts';
import { applyQuirks, QUIRK_MEANINGS, roundingNote, type QuirkEffects } from './quirks.ts';

const apply = (quirk: Quirk, fields: readonly SyntheticField[], repairs = true): QuirkEffects =>
  applyQuirks([quirk], parseReportDescriptor(syntheticDescriptor(fields)), repairs);
const fieldAt = (effects: QuirkEffects, path: string): HidField => {
  const field = effects.fields.find((each) => formatPath(each.path) === path);
  if (!field) throw new Error(`no field ${path}`);
  return field;
};
const rangeAt = (effects: QuirkEffects, path: string): string => {
  const { logicalMin, logicalMax } = fieldAt(effects, path);
  return `${logicalMin}..${logicalMax}`;
};
const codes = (effects: QuirkEffects): readonly string[] => effects.notes.map((note) => note.code);

describe('ranges', () => {
  const APC: readonly SyntheticField[] = [
    { path: 'UPS.Input.ConfigVoltage', reportId: 0x30, bits: 8, logicalMax: 200 },
    { path: 'UPS.Input.Voltage', reportId: 0x31, logicalMax: 200 },
    { path: 'UPS.Input.HighVoltageTransfer', reportId: 0x33, logicalMax: 280 },
  ];

  test('of a Back-UPS grow to what its transfer voltage needs, and it is told', () => {
    const effects = apply({ quirk: 'apc-voltage-range' }, APC);
    expect(rangeAt(effects, 'UPS.Input.Voltage')).toBe('0..560');
    expect(rangeAt(effects, 'UPS.Input.ConfigVoltage')).toBe('0..255');
    expect(codes(effects)).toEqual(['apc-input-voltage-range', 'apc-nominal-voltage-range']);
  });

  test('of a Back-UPS that are wide enough are not said to be repaired', () => {
    const effects = apply({ quirk: 'apc-voltage-range' }, [
      { path: 'UPS.Input.ConfigVoltage', reportId: 0x30, logicalMax: 255 },
      { path: 'UPS.Input.HighVoltageTransfer', reportId: 0x33, logicalMax: 300 },
    ]);
    expect(rangeAt(effects, 'UPS.Input.ConfigVoltage')).toBe('0..255');
    expect(codes(effects)).toEqual([]);
  });

  test('stay as they are where the user switched repairs off', () => {
    const effects = apply({ quirk: 'apc-voltage-range' }, APC, false);
    expect(rangeAt(effects, 'UPS.Input.Voltage')).toBe('0..200');
    expect(codes(effects)).toEqual([]);
  });

  test('of a CyberPower output inherited from the transfer voltage become 0..511', () => {
    const effects = apply({ quirk: 'cps-voltage-range' }, [
      { path: 'UPS.Input.Voltage', reportId: 15, logicalMin: 136, logicalMax: 142 },
      { path: 'UPS.Input.HighVoltageTransfer', reportId: 16, logicalMin: 136, logicalMax: 142 },
      { path: 'UPS.Output.Voltage', reportId: 18, logicalMin: 136, logicalMax: 142 },
      { path: 'UPS.Output.ConfigActivePower', reportId: 24, logicalMin: 999, logicalMax: 999 },
    ]);
    expect(rangeAt(effects, 'UPS.Output.Voltage')).toBe('0..511');
    expect(rangeAt(effects, 'UPS.Input.Voltage')).toBe('0..511');
    expect(rangeAt(effects, 'UPS.Output.ConfigActivePower')).toBe('0..2048');
    expect(codes(effects)).toEqual(['cps-output-voltage-range', 'cps-input-voltage-range', 'cps-nominal-power-range']);
  });

  test('of a CyberPower that are all right are left alone', () => {
    const effects = apply({ quirk: 'cps-voltage-range' }, [
      { path: 'UPS.Input.HighVoltageTransfer', reportId: 16, logicalMin: 136, logicalMax: 142 },
      { path: 'UPS.Output.Voltage', reportId: 18, logicalMax: 300 },
    ]);
    expect(rangeAt(effects, 'UPS.Output.Voltage')).toBe('0..300');
    expect(codes(effects)).toEqual([]);
  });

  test('of a GoldenMate pack sent in the wrong byte order are put right', () => {
    const effects = apply({ quirk: 'goldenmate-swapped-maximum' }, [
      { path: 'UPS.PowerSummary.RunTimeToEmpty', reportId: 2, bits: 32, logicalMax: -16777217 },
      { path: 'UPS.PowerSummary.Voltage', reportId: 2, logicalMax: -16777217 },
    ]);
    expect(rangeAt(effects, 'UPS.PowerSummary.RunTimeToEmpty')).toBe(`0..1979711487`);
    expect(rangeAt(effects, 'UPS.PowerSummary.Voltage')).toBe('0..65535');
    expect(codes(effects)).toEqual(['goldenmate-runtime-maximum', 'goldenmate-voltage-maximum']);
  });
});

describe('exponents that cannot be true', () => {
  const physicalAt = (field: SyntheticField, raw: number): number => {
    const effects = apply({ quirk: 'exponent-slip' }, [field]);
    const found = fieldAt(effects, field.path);
    const report = Uint8Array.from([field.reportId, raw & 0xff, raw >> 8]);
    return toPhysical(found, decodeField(found, report) ?? Number.NaN);
  };

  test.each([
    ['volts with +1', VOLT, 1, 1214, 121.4],
    ['volts with -1', VOLT, -1, 1214, 121.4],
    ['volts with 0', VOLT, 0, 121, 121],
    ['volts with 6, which is true', VOLT, 6, 1214, 121.4],
    ['volts with 5, which is true', VOLT, 5, 1214, 12.14],
  ])('%s', (_what, unit, unitExponent, raw, volts) => {
    const field = { path: 'UPS.PowerConverter.Output.Voltage', reportId: 1, unit, unitExponent };
    expect(physicalAt(field, raw)).toBeCloseTo(volts, 6);
  });

  test('a current of +1 is in tenths', () => {
    const field = { path: 'UPS.PowerConverter.Output.Current', reportId: 1, unit: AMPERE, unitExponent: 1 };
    expect(physicalAt(field, 22)).toBeCloseTo(2.2, 6);
  });

  test('a frequency of +1 is in tenths, also above the maximum it inherited', () => {
    const field = {
      path: 'UPS.PowerConverter.Output.Frequency',
      reportId: 1,
      unit: HERTZ,
      unitExponent: 1,
      logicalMax: 255,
    };
    expect(physicalAt(field, 599)).toBeCloseTo(59.9, 6);
  });

  test('other quantities keep theirs', () => {
    const field = { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1, unitExponent: 1 };
    expect(physicalAt(field, 10)).toBe(100);
    expect(codes(apply({ quirk: 'exponent-slip' }, [field]))).toEqual([]);
  });

  test('are told once, whatever their number', () => {
    const effects = apply({ quirk: 'exponent-slip' }, [
      { path: 'UPS.Input.Voltage', reportId: 1, unit: VOLT, unitExponent: 1 },
      { path: 'UPS.Output.Voltage', reportId: 2, unit: VOLT, unitExponent: 1 },
      { path: 'UPS.Output.Current', reportId: 3, unit: AMPERE, unitExponent: 1 },
    ]);
    expect(effects.notes).toHaveLength(1);
    expect(effects.notes[0]?.text).toContain('voltages, currents');
  });
});

describe('habits', () => {
  const ANY: readonly SyntheticField[] = [{ path: 'UPS.Input.Voltage', reportId: 1 }];

  test('an interrupt pipe that must be left alone is not used', () => {
    expect(apply({ quirk: 'poll-only' }, ANY).poll).toEqual({
      pollFreqSeconds: 30,
      usesInterrupts: false,
      interruptOnly: false,
    });
  });

  test('a unit that answers nothing is only listened to', () => {
    expect(apply({ quirk: 'interrupt-only' }, ANY).poll).toMatchObject({ usesInterrupts: true, interruptOnly: true });
  });

  test('poll period, buffer, forbidden reports, factors and rounding are handed on', () => {
    expect(apply({ quirk: 'poll-every', seconds: 12 }, ANY).poll.pollFreqSeconds).toBe(12);
    expect(apply({ quirk: 'answer-buffer', bytes: 8 }, ANY).answerBytes).toBe(8);
    expect([...apply({ quirk: 'never-read', reports: [254, 255] }, ANY).neverRead]).toEqual([254, 255]);
    expect(apply({ quirk: 'multiply', paths: ['UPS.Input.Voltage'], by: 0.1 }, ANY).factors).toEqual(
      new Map([['UPS.Input.Voltage', 0.1]]),
    );
    expect(apply({ quirk: 'whole-minute-delays' }, ANY).roundsDelaysToMinutes).toBe(true);
  });

  test('flags that flap must last, and it is told', () => {
    const effects = apply({ quirk: 'flapping-battery-flags', seconds: 3 }, ANY);
    expect(effects.statusDefaults).toEqual({ lowBatteryDelaySeconds: 3 });
    expect(codes(effects)).toEqual(['flapping-battery-flags']);
  });

  test('reports that are left alone are told where the device has them', () => {
    const quirk: Quirk = { quirk: 'never-read', reports: [254, 255] };
    const map = parseReportDescriptor(syntheticDescriptor([{ path: 'UPS.Input.Voltage', reportId: 254 }]));
    const note = applyQuirks([quirk], map, true).notes[0];
    expect(note).toMatchObject({ code: 'reports-left-alone', details: { reports: ['254'] } });
    expect(codes(apply(quirk, ANY))).toEqual([]);
  });

  test('a delay is told to be rounded only when it will be', () => {
    expect(roundingNote('45')?.text).toContain('45 s becomes 60 s');
    expect([roundingNote('60'), roundingNote('0'), roundingNote('-1'), roundingNote(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('every quirk of the schema has a meaning', () => {
  const options = DeviceDefinition.shape.quirks.unwrap().element.options;
  const names = options.map((option) => option.shape.quirk.value);
  expect([...names].sort()).toEqual(Object.keys(QUIRK_MEANINGS).sort());
});
