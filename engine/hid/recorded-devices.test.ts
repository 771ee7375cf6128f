import { describe, expect, test } from 'vitest';
import { recordedDevices } from '#tests/support/recorded-devices.ts';
import { parseReportDescriptor } from './report-descriptor.ts';

const devices = recordedDevices();

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

  test('maxima encoded too short are read without a sign and remarked upon once each', () => {
    const notes = (name: string): string[] =>
      parseReportDescriptor(devices.find((device) => device.name === name)!.descriptor).notes.map(({ code }) => code);
    expect(notes('051d-0002-back-ups-bx1600mi')).toEqual(['assumed-maximum', 'assumed-maximum', 'assumed-maximum']);
    expect(notes('0463-ffff-eaton-3s-700')).toEqual([]);
  });
});
