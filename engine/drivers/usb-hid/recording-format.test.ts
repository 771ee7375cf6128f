import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { formatRecording, parseRecording, type Recording } from './recording-format.ts';

const word = fc.integer({ min: 0, max: 0xffff });
const byte = fc.integer({ min: 0, max: 0xff });
const recordings: fc.Arbitrary<Recording> = fc.record({
  identity: fc.record(
    {
      vendorId: word,
      productId: word,
      release: word,
      interfaceNumber: byte,
      manufacturer: fc.string({ minLength: 1 }),
      product: fc.string({ minLength: 1 }),
      serialNumber: fc.string({ minLength: 1 }),
    },
    { requiredKeys: ['vendorId', 'productId'], noNullPrototype: true },
  ),
  descriptor: fc.uint8Array({ minLength: 1, maxLength: 200 }),
  reports: fc.array(
    fc.record({
      type: fc.constantFrom('feature' as const, 'input' as const),
      reportId: byte,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    { maxLength: 10 },
  ),
  strings: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.string()), { maxLength: 4 })
    .map((pairs) => new Map(pairs)),
});

const file = (name: string, text: string) => ({ file: name, text });
const parseTexts = (device: string, descriptor: string, reports: string): Recording =>
  parseRecording(file('d', device), file('h', descriptor), file('r', reports));

describe('a recording as files', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        const texts = formatRecording(recording);
        const back = parseTexts(texts.device, texts.descriptor, texts.reports);
        expect(back.identity).toEqual(recording.identity);
        expect(back.descriptor).toEqual(recording.descriptor);
        expect(back.reports).toEqual(recording.reports);
        expect([...back.strings].sort()).toEqual([...recording.strings].sort());
      }),
    );
  });

  test('has sixteen bytes of the descriptor in a line', () => {
    const { descriptor } = formatRecording({
      identity: { vendorId: 1, productId: 2 },
      descriptor: new Uint8Array(33),
      reports: [],
      strings: new Map(),
    });
    expect(descriptor.split('\n').map((line) => line.split(' ').length)).toEqual([16, 16, 1, 1]);
  });

  test('of any texts is a recording or an error with file and line', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[0-9a-f \n]*$/));
    fc.assert(
      fc.property(text, text, text, (device, descriptor, reports) => {
        try {
          parseTexts(device, descriptor, reports);
        } catch (error) {
          expect(error).toBeInstanceOf(DriverError);
          expect((error as Error).message).toMatch(/^[dhr]:[1-9]\d*: /);
        }
      }),
    );
  });

  test('takes ids with and without 0x, and numbers', () => {
    for (const [vendorId, productId] of [
      ['0x051d', '0x0002'],
      ['051d', '0002'],
      [0x051d, 2],
    ]) {
      const { identity } = parseTexts(JSON.stringify({ vendorId, productId, bcdDevice: '0106' }), '05', '[]');
      expect(identity).toEqual({ vendorId: 0x051d, productId: 2, release: 0x0106 });
    }
  });

  test('leaves out what is null or empty', () => {
    const device = { vendorId: '1', productId: '2', manufacturer: null, product: '', serialNumber: null };
    expect(parseTexts(JSON.stringify(device), '05', '[]').identity).toEqual({ vendorId: 1, productId: 2 });
  });
});
