import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DriverOptions } from '#engine/drivers/driver.ts';
import {
  bindRecording,
  cacheOf,
  interpretRecording,
  loadRecording,
  RECORDINGS,
  recordingNames,
} from './support/device-proof.ts';
import { compareRecording, listedDifferences, REFERENCES, shareOf, type Reference } from './support/reference-facts.ts';

const MINIMUM_EQUAL_SHARE = 0.97;

const expectedOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(RECORDINGS, name, 'expected.json'), 'utf8')) as unknown;

describe.each(recordingNames())('recording %s', (name) => {
  test('is read as expected.json says (node scripts/generate-expected.ts rewrites it)', () => {
    expect(JSON.parse(JSON.stringify(interpretRecording(name)))).toEqual(expectedOf(name));
  });

  test('differs from what NUT said of it only where differences.json gives a reason', () => {
    const found = compareRecording(name).flatMap(({ differences }) => differences);
    const listed = listedDifferences(name);
    expect(found).toEqual(listed.map(({ than, fact, ours, nut }) => ({ than, fact, ours, nut })));
    expect(listed.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});

describe('of all that NUT said of the recorded devices', () => {
  const comparisons = recordingNames().flatMap(compareRecording);
  const of = (than: Reference) => comparisons.filter(({ reference }) => reference === than);

  test('every reference is compared', () => {
    expect(REFERENCES.map((than) => of(than).length)).toEqual([17, 4, 19]);
  });

  test(`at least ${MINIMUM_EQUAL_SHARE * 100} % is said here too`, () => {
    expect(shareOf(comparisons).share).toBeGreaterThanOrEqual(MINIMUM_EQUAL_SHARE);
  });

  // What an older NUT said at another moment is no measure of its own.
  test.each(['nut-2.8.5.txt', 'values.json'] as const)(`also of %s alone`, (than) => {
    expect(shareOf(of(than)).share).toBeGreaterThanOrEqual(MINIMUM_EQUAL_SHARE);
  });
});

describe('where NUT is known to be wrong', () => {
  /** Variables of a recorded device whose reports say this now; the recordings lack these reports. */
  function variablesOf(
    name: string,
    reports: readonly (readonly number[])[],
    options: DriverOptions = {},
  ): Readonly<Record<string, string>> {
    const recording = loadRecording(name);
    const recorded = cacheOf(recording);
    const feature = (id: number): Uint8Array | undefined => {
      const bytes = reports.find((report) => report[0] === id);
      return bytes ? Uint8Array.from(bytes) : recorded.feature(id);
    };
    const binding = bindRecording(name, recording, options);
    const update = binding.interpret({ feature, input: () => undefined }, { get: () => undefined }, 'start');
    return update.set ?? {};
  }
  const word = (id: number, value: number): readonly number[] => [id, value & 0xff, value >> 8];

  test('a Minuteman at 59.9 Hz says 59.9, not 870.0', () => {
    expect(variablesOf('05dd-a0a0-minuteman', [word(0x19, 599), word(0x1c, 599)])).toMatchObject({
      'input.frequency': '59.9',
      'output.frequency': '59.9',
    });
  });

  test.each<DriverOptions>([{}, { disable_fix_report_desc: true }])(
    'CyberPower output is not stuck at a limit, options %j',
    (options) => {
      const volts = (name: string, raw: number): string | undefined =>
        variablesOf(name, [word(0x12, raw)], options)['output.voltage'];
      expect(volts('0764-0501-cp1500avrlcda', 118)).toBe('118.0');
      expect(volts('0764-0601-or600erm1u', 227)).toBe('227.0');
      expect(volts('0764-0601-powerwalker-vi-750', 2304)).toBe('230.4');
    },
  );

  test.each([12, 24])('a battery at 24.0 V with a nominal voltage of %d V says 24.0, not 16.0', (nominal) => {
    const reports = [
      [0x09, nominal * 10],
      [0x0a, 240],
    ];
    expect(variablesOf('0764-0501-ec850lcd', reports)['battery.voltage']).toBe('24.0');
  });

  test('a Liebert PSI5 and a Keor PDU read whole voltages', () => {
    const psi5 = [word(0x18, 1214), word(0x1b, 1200), word(0x20, 274), word(0x19, 600)];
    expect(variablesOf('10af-0002-liebert-psi5', psi5)).toMatchObject({
      'input.voltage': '121.4',
      'output.voltage': '120.0',
      'battery.voltage': '27.4',
      'input.frequency': '60.0',
    });
    const keor = [word(0x0f, 2305), word(0x12, 2298), word(0x0e, 230)];
    expect(variablesOf('1cb0-0038-legrand-keor-pdu-800', keor)).toMatchObject({
      'input.voltage': '230',
      'output.voltage': '230',
      'input.voltage.nominal': '230',
    });
  });

  test('an Eaton that says 65535 s has no known runtime', () => {
    const recording = loadRecording('0463-ffff-eaton-3s-700');
    const report = recording.reports.find(({ bytes }) => bytes.length >= 5 && readUint32(bytes) === 2737);
    expect(report).toBeDefined();
    const unknown = Array.from(report?.bytes ?? []);
    unknown.splice(unknown.length - 4, 4, 0xff, 0xff, 0xff, 0xff);
    expect(variablesOf('0463-ffff-eaton-3s-700', [])['battery.runtime']).toBe('2737');
    expect(variablesOf('0463-ffff-eaton-3s-700', [unknown])).not.toHaveProperty('battery.runtime');
  });

  const readUint32 = (bytes: Uint8Array): number =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
});
