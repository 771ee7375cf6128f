import { describe, expect, test } from 'vitest';
import { recordedDevices, type RecordedDevice, type RecordedValue } from '#tests/support/recorded-devices.ts';
import { decodeField, toPhysical } from './report-codec.ts';
import { parseReportDescriptor } from './report-descriptor.ts';
import type { HidField, HidReportMap } from './types.ts';
import { formatPath } from './usages.ts';

/**
 * Where NUT's log and we differ, each with the reason. Everything else that NUT printed about the recorded devices must
 * come out the same: path, report, place and value.
 */
const DIFFERENCES: Readonly<Record<string, string>> = {
  '0463-ffff-eaton-3s-700 UPS.PowerConverter.00840017: not in our map':
    'that NUT did not have the standard name PowerConverterID; same usage, same place',
  '0463-ffff-eaton-5sc-750 UPS.PowerConverter.00840017: not in our map': 'as above',
  '0463-ffff-eaton-5sc-750 UPS.PowerConverter.Output.Voltage: 228.4, NUT 228':
    'recorded bytes ec 08 are 228.4 V; that log drops the fraction of this line though not of the battery voltage',
  '10af-0000-liebert-gxt4 UPS.PowerSummary.Undefined: 60, NUT 0':
    'byte 3c in a field that inherited the range 0..1: NUT cuts it to one bit, we keep the reading',
  '10af-0000-liebert-gxt4 UPS.PowerSummary.Undefined: 11, NUT 1': 'as above, byte 0b',
};

const devices = recordedDevices();

function fieldOf(device: RecordedDevice, map: HidReportMap, value: RecordedValue): HidField | undefined {
  return map.fields.find(
    (field) =>
      field.reportId === value.reportId &&
      field.reportType === value.reportType &&
      field.bitOffset === value.bitOffset &&
      field.bitSize === value.bitSize &&
      formatPath(field.path, device.vendorTable) === value.path,
  );
}

/** NUT reads Input items out of the feature report as well; the first recording of a report belongs to the log. */
function physicalOf(device: RecordedDevice, field: HidField): number | undefined {
  const report = device.reports.find(({ type, bytes }) => type === 'feature' && bytes[0] === field.reportId);
  const logical = report && decodeField(field, report.bytes);
  return logical === undefined ? undefined : toPhysical(field, logical);
}

/** NUT prints six digits, before 2.8 the integer part only. */
function isPrintedAs(physical: number, printed: number, printsIntegers: boolean): boolean {
  const isClose = Math.abs(physical - printed) <= Math.abs(printed) * 5e-6 + 1e-9;
  return isClose || (printsIntegers && Math.trunc(physical) === printed);
}

function differencesOf(device: RecordedDevice): string[] {
  const map = parseReportDescriptor(device.descriptor);
  const printsIntegers = device.values.every(({ value }) => Number.isInteger(value));
  const found: string[] = [];
  for (const value of device.values) {
    const field = fieldOf(device, map, value);
    if (field === undefined) {
      found.push(`${device.name} ${value.path}: not in our map`);
      continue;
    }
    const physical = physicalOf(device, field);
    if (physical === undefined) found.push(`${device.name} ${value.path}: no value, NUT ${value.value}`);
    else if (!isPrintedAs(physical, value.value, printsIntegers)) {
      found.push(`${device.name} ${value.path}: ${physical}, NUT ${value.value}`);
    }
  }
  return found;
}

describe('recorded devices', () => {
  test.each(devices.map((device) => [device.name, device] as const))(
    'the descriptor of %s is balanced and complete',
    (_name, device) => {
      const map = parseReportDescriptor(device.descriptor);
      const broken = map.notes.filter(({ code }) =>
        ['unbalanced-collection', 'unbalanced-push', 'truncated-item', 'reserved-item', 'report-too-long'].includes(
          code,
        ),
      );
      expect(broken).toEqual([]);
      expect(map.topLevel.length).toBeGreaterThan(0);
      for (const field of map.fields) {
        const declared = map.reportBytes.get(`${field.reportType}:${field.reportId}`) ?? 0;
        expect(field.bitOffset + field.bitSize).toBeLessThanOrEqual(declared * 8);
      }
    },
  );

  test('every field that NUT printed has the same path, report, place and value, but for the explained ones', () => {
    expect(devices.flatMap(differencesOf).sort()).toEqual(Object.keys(DIFFERENCES).sort());
  });

  test('there are more than a thousand printed fields to compare with', () => {
    expect(devices.flatMap(({ values }) => values)).toHaveLength(1113);
  });

  test('maxima encoded too short are read without a sign and remarked upon once each', () => {
    const notes = (name: string): string[] =>
      parseReportDescriptor(devices.find((device) => device.name === name)!.descriptor).notes.map(({ code }) => code);
    expect(notes('051d-0002-back-ups-bx1600mi')).toEqual(['assumed-maximum', 'assumed-maximum', 'assumed-maximum']);
    expect(notes('0463-ffff-eaton-3s-700')).toEqual([]);
  });
});
