import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import type { BindingUpdate, ReportCache } from './binding.ts';
import { bindDevice } from './bind-device.ts';
import { bindRows } from './bound-rows.ts';
import { BUILT_IN_DEFINITIONS } from './definitions/index.ts';
import { isStatusWord } from './status-tables.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import { reportKey } from '#engine/hid/types.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { bindRecording, loadRecording, recordingNames } from '#tests/support/device-proof.ts';
import { syntheticDescriptor, type SyntheticField } from '#tests/support/synthetic-descriptor.ts';

const MAX_REPORT_ID = 250;
const SIZES = [1, 8, 16, 24, 32];

/** A descriptor with one feature and one input field for each path of a definition. */
function descriptorOf(definition: DeviceDefinition, size: (place: number) => number): Uint8Array {
  const rows = [...definition.variables, ...definition.status, ...(definition.alarms ?? []), ...definition.commands];
  const paths = [...new Set(rows.map((row) => row.path))];
  const fields = paths.flatMap((path, place): SyntheticField[] => {
    const field = { path, reportId: (place % MAX_REPORT_ID) + 1, bits: size(place) };
    return [field, { ...field, type: 'input' }];
  });
  return syntheticDescriptor(fields, definition.usages);
}

/** A device that the definition claims, or one nobody knows for the standard. */
function deviceOf(definition: DeviceDefinition): HidDeviceInfo {
  const plain = definition.match.find((rule) => rule.productId && !rule.product && !rule.manufacturer && !rule.refuse);
  const rule = plain ?? definition.match[0] ?? { vendorId: '1234' };
  return {
    path: 'test',
    vendorId: Number.parseInt(rule.vendorId, 16),
    productId: Number.parseInt(rule.productId ?? '1', 16),
    manufacturer: 'Maker',
    product: rule.product ?? 'Product',
  };
}

const known = (update: BindingUpdate): readonly string[] => Object.values(update.set ?? {});
const badTexts = (update: BindingUpdate): readonly string[] =>
  known(update).filter((text) => text === '' || /NaN|Infinity|undefined|null|\[object/.test(text));

describe.each(BUILT_IN_DEFINITIONS.map((definition) => [definition.id, definition] as const))(
  '%s',
  (_id, definition) => {
    test('ties every row to the field its path names', () => {
      const map = parseReportDescriptor(descriptorOf(definition, () => 16));
      const rows = bindRows(definition, map.fields, new Map());
      const tied = new Set(rows.variables.map(({ row }) => row));
      expect(definition.variables.filter((row) => !tied.has(row))).toEqual([]);
      expect(rows.status).toHaveLength(definition.status.length);
      expect(rows.alarms).toHaveLength(definition.alarms?.length ?? 0);
      expect(new Set(rows.commands.keys())).toEqual(new Set(definition.commands.map(({ command }) => command)));
    });

    test('makes no nonsense and never stumbles, whatever the reports hold', () => {
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...SIZES), { minLength: 1, maxLength: 7 }),
          fc.uint8Array({ minLength: 64, maxLength: 64 }),
          fc.integer({ min: 0, max: 3 }),
          (sizes, noise, missing) => {
            const descriptor = descriptorOf(definition, (place) => sizes[place % sizes.length] ?? 8);
            const { reportBytes } = parseReportDescriptor(descriptor);
            const bytes = (type: 'feature' | 'input', id: number): Uint8Array | undefined => {
              const length = reportBytes.get(reportKey(type, id)) ?? 0;
              if (missing > 0 && id % 4 < missing) return undefined;
              return Uint8Array.from({ length: length + 1 }, (_, at) => (at === 0 ? id : (noise[(id + at) % 64] ?? 0)));
            };
            const reports: ReportCache = { feature: (id) => bytes('feature', id), input: (id) => bytes('input', id) };
            const binding = bindDevice(deviceOf(definition), descriptor, { subdriver: definition.id });
            const strings = { get: (index: number) => (index % 3 === 0 ? undefined : `text ${index}`) };
            const updates = [
              binding.interpret(reports, strings, 'start'),
              binding.interpret(reports, strings, 'quick'),
              ...binding.inputReportIds.map((inputReportId) => binding.interpret(reports, strings, { inputReportId })),
              binding.interpret(reports, strings, 'full'),
            ];
            for (const update of updates) {
              expect(badTexts(update)).toEqual([]);
              expect(update.conditions?.every(isStatusWord)).toBe(true);
            }
            for (const command of updates[0]?.commands ?? []) binding.planCommand(command, undefined, reports);
            for (const { variable } of definition.variables) binding.planSet(variable, String(noise[0]), reports);
            binding.planKillPower(reports);
          },
        ),
        { numRuns: 12 },
      );
    });
  },
);

test.each(recordingNames().filter((name) => !name.includes('mec0003')))(
  '%s makes no nonsense of random bytes',
  (name) => {
    const recording = loadRecording(name);
    const { reportBytes } = parseReportDescriptor(recording.descriptor);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 300 }), fc.nat(8), (noise, cut) => {
        const bytes = (type: 'feature' | 'input', id: number): Uint8Array => {
          const length = Math.max(0, (reportBytes.get(reportKey(type, id)) ?? 0) - (id % 5 === 0 ? cut : 0));
          return Uint8Array.from({ length: length + 1 }, (_, at) =>
            at === 0 ? id : (noise[(id + at) % noise.length] ?? 0),
          );
        };
        const reports: ReportCache = { feature: (id) => bytes('feature', id), input: (id) => bytes('input', id) };
        const binding = bindRecording(name, recording);
        const update = binding.interpret(reports, { get: () => 'text' }, 'start');
        expect(badTexts(update)).toEqual([]);
        for (const inputReportId of binding.inputReportIds) {
          expect(badTexts(binding.interpret(reports, { get: () => 'text' }, { inputReportId }))).toEqual([]);
        }
        binding.planKillPower(reports);
      }),
      { numRuns: 20 },
    );
  },
);
