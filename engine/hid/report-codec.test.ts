import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '#tests/support/recorded-devices.ts';
import { decodeField, encodeField, fieldBytes, toLogical, toPhysical } from './report-codec.ts';
import type { HidField } from './types.ts';

const VOLT = 0x00f0d121;
const WATT = 0x0000d121;
const SECOND = 0x1001;

const field = (parts: Partial<HidField> = {}): HidField => ({
  reportType: 'feature',
  reportId: 0,
  bitOffset: 0,
  bitSize: 8,
  path: [0x00840004, 0x00840030],
  logicalMin: 0,
  logicalMax: 255,
  logicalMaxAssumed: false,
  unit: 0,
  unitExponent: 0,
  isConstant: false,
  isVariable: true,
  isRelative: false,
  hasNullState: false,
  isVolatile: false,
  isBufferedBytes: false,
  ...parts,
});

/** Decodes with the report's own id. */
function decode(report: string, parts: Partial<HidField>): number | undefined {
  const bytes = bytesOf(report);
  return decodeField(field({ reportId: bytes[0] ?? 0, ...parts }), bytes);
}

describe('decodeField', () => {
  test.each([
    ['00 ff ff ff ff', 0, 32, -1, 2147483647, -1],
    ['00 ff', 0, 8, -1, 127, -1],
    ['00 ff', 0, 8, 0, 127, 127],
    ['00 ff', 0, 8, 0, 255, 255],
    ['33 00 0a 08 80', 0, 32, 0, 65535, 2560],
    ['00 00 08 00 00', 0, 32, 0, 65535, 2048],
    ['06 00 00 08', 0, 8, 0, 255, 0],
    ['06 00 00 08', 8, 8, 0, 255, 0],
    ['06 00 00 08', 16, 8, 0, 255, 8],
  ])(
    'reads %s at bit %i, %i bits of %i..%i, as NUT does',
    (report, bitOffset, bitSize, logicalMin, logicalMax, value) => {
      expect(decode(report, { bitOffset, bitSize, logicalMin, logicalMax })).toBe(value);
    },
  );

  test('reads single bits from the lowest up', () => {
    const bits = Array.from({ length: 11 }, (_, bitOffset) =>
      decode('16 0c 00 00 00', { bitOffset, bitSize: 1, logicalMax: 1 }),
    );
    expect(bits).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('reads across byte borders', () => {
    expect(decode('01 f0 ff 0f 00', { bitOffset: 4, bitSize: 16, logicalMax: 65535 })).toBe(65535);
    expect(decode('01 80 ff ff ff 7f', { bitOffset: 7, bitSize: 32, logicalMax: 4294967295 })).toBe(4294967295);
  });

  test.each([
    ['a load of 130 % in 0..100', '01 82', { logicalMax: 100 }, 130],
    ['230.0 V in 0..255, which another field left behind', '01 fc 08', { bitSize: 16 }, 2300],
    ['243 V in 260..270', '01 f3 00', { bitSize: 16, logicalMin: 260, logicalMax: 270 }, 243],
    ['143 V in 136..142', '01 8f 00', { bitSize: 16, logicalMin: 136, logicalMax: 142 }, 143],
    ['60 in 0..1', '01 3c', { logicalMax: 1 }, 60],
    ['231 V in 230..230', '01 e7', { logicalMin: 230, logicalMax: 230 }, 231],
    ['an unset time of 65535 in 0..32767', '01 ff ff', { bitSize: 16, logicalMax: 32767 }, 65535],
    ['300 in an assumed 0..255', '01 2c 01', { bitSize: 16, logicalMaxAssumed: true }, 300],
  ])('keeps %s as it is', (_what, report, parts, value) => {
    expect(decode(report, parts)).toBe(value);
  });

  test('a range of -1..0 on a wide field is a lost maximum, so the value has no sign, but -1 itself is -1', () => {
    const runtime = { bitSize: 32, logicalMin: -1, logicalMax: 0 };
    expect(decode('0d d0 07 00 80', runtime)).toBe(0x800007d0);
    expect(decode('0d ff ff ff ff', runtime)).toBe(-1);
  });

  test('a range of -1..65535 on 16 bits holds both -1 and 40000', () => {
    const limit = { bitSize: 16, logicalMin: -1, logicalMax: 65535 };
    expect(decode('17 ff ff', limit)).toBe(-1);
    expect(decode('17 40 9c', limit)).toBe(40000);
  });

  test('garbage above a signed range is cut off before the sign is read', () => {
    expect(decode('12 ff ff 01 00', { bitSize: 32, logicalMin: -1, logicalMax: 32767 })).toBe(-1);
  });

  test('a null state is no value, where the range says something', () => {
    expect(decode('01 ff', { logicalMax: 100, hasNullState: true })).toBeUndefined();
    expect(decode('01 64', { logicalMax: 100, hasNullState: true })).toBe(100);
    expect(decode('01 64', { logicalMax: 0, hasNullState: true })).toBe(100);
  });

  test('a report that is too short, empty, or another one has no value', () => {
    expect(decode('01 64', { bitSize: 16, logicalMax: 65535 })).toBeUndefined();
    expect(decodeField(field(), new Uint8Array())).toBeUndefined();
    expect(decodeField(field({ reportId: 2 }), bytesOf('01 64'))).toBeUndefined();
  });

  test('a report cut anywhere before the end of the field has no value', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 600 }), fc.nat(200), (bitOffset, bitSize, length) => {
        const needed = 1 + Math.ceil((bitOffset + bitSize) / 8);
        const report = new Uint8Array(Math.min(length, needed - 1));
        expect(decodeField(field({ bitOffset, bitSize }), report)).toBeUndefined();
        expect(fieldBytes(field({ bitOffset, bitSize }), report)).toBeUndefined();
      }),
    );
  });
});

describe('fieldBytes', () => {
  test('gives fields of any size, shifted to the first bit', () => {
    const report = bytesOf('05 10 32 54 76 98 ba dc fe 0f');
    expect(decodeField(field({ reportId: 5, bitSize: 64 }), report)).toBeUndefined();
    expect(fieldBytes(field({ reportId: 5, bitSize: 64 }), report)).toEqual(bytesOf('10 32 54 76 98 ba dc fe'));
    expect(fieldBytes(field({ reportId: 5, bitOffset: 4, bitSize: 60 }), report)).toEqual(
      bytesOf('21 43 65 87 a9 cb ed 0f'),
    );
  });
});

describe('physical values', () => {
  test.each([
    ['13.6 V', { unit: VOLT, unitExponent: 6 }, 136, 13.6],
    ['27.3 V', { unit: VOLT, unitExponent: 5 }, 2730, 27.3],
    ['230 V', { unit: VOLT, unitExponent: 7 }, 230, 230],
    ['700 W', { unit: WATT, unitExponent: 7 }, 700, 700],
    ['0.001214 V of a wrong exponent', { unit: VOLT, unitExponent: 1 }, 1214, 0.001214],
    ['2.2 A', { unit: 0x00100001, unitExponent: -1 }, 22, 2.2],
    ['59.9 Hz', { unit: 0xf001, unitExponent: -1 }, 599, 59.9],
    ['100 % from a leaked exponent', { unit: 0, unitExponent: -1 }, 1000, 100],
    ['an unknown unit', { unit: 0x00f00167, unitExponent: 0 }, 5, 5],
  ])('%s', (_what, parts, logical, physical) => {
    expect(toPhysical(field(parts), logical)).toBe(physical);
    expect(toLogical(field({ bitSize: 16, ...parts }), physical)).toBe(logical);
  });

  const delay = field({
    ...{ bitSize: 16, logicalMin: -1, logicalMax: 32767 },
    ...{ physicalMin: -60, physicalMax: 1966020, unit: SECOND },
  });

  test('CyberPower delays are minutes in the report and seconds outside it', () => {
    expect([-1, 0, 1, 2].map((logical) => toPhysical(delay, logical))).toEqual([-60, 0, 60, 120]);
  });

  test('a delay between two minutes is cut to the shorter one, toward zero on both sides', () => {
    expect([-60, -59, 0, 59, 60, 119, 120].map((seconds) => toLogical(delay, seconds))).toEqual([-1, 0, 0, 0, 1, 1, 2]);
  });

  test.each([
    ['physical ends that are the same', { physicalMin: 5, physicalMax: 5 }],
    ['physical ends in reverse', { physicalMin: 10, physicalMax: -1 }],
    ['logical ends that are the same', { physicalMin: 0, physicalMax: 10, logicalMin: 7, logicalMax: 7 }],
  ])('%s map nothing', (_what, parts) => {
    expect(toPhysical(field(parts), 42)).toBe(42);
  });

  test('values outside the declared range are mapped, not clamped', () => {
    const percent = field({ logicalMax: 100, physicalMin: 0, physicalMax: 1000 });
    expect(toPhysical(percent, 130)).toBe(1300);
  });

  test('what does not fit into the bits, or is no number, has no logical value', () => {
    expect(toLogical(field(), 256)).toBeUndefined();
    expect(toLogical(field(), -1)).toBeUndefined();
    expect(toLogical(field({ logicalMin: -1, logicalMax: 127 }), 128)).toBeUndefined();
    expect(toLogical(field({ bitSize: 40 }), 1)).toBeUndefined();
    expect(toLogical(field(), Number.NaN)).toBeUndefined();
    expect(toLogical(field(), Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  test('floating point noise does not cost a digit', () => {
    const hundredths = field({ bitSize: 16, unitExponent: -2 });
    for (let logical = 0; logical <= 0xffff; logical++) {
      expect(toLogical(hundredths, toPhysical(hundredths, logical))).toBe(logical);
    }
  });
});

describe('encodeField', () => {
  test('sets the bits of the field alone, in a copy', () => {
    const report = bytesOf('16 ff ff ff');
    const cleared = encodeField(field({ reportId: 0x16, bitOffset: 6, bitSize: 9 }), 0, report);
    expect(cleared).toEqual(bytesOf('16 3f 80 ff'));
    expect(report).toEqual(bytesOf('16 ff ff ff'));
  });

  test('writes -1 as all bits set', () => {
    const delay = field({ reportId: 9, bitSize: 32, logicalMin: -1, logicalMax: 2147483647 });
    expect(encodeField(delay, -1, new Uint8Array([9, 0, 0, 0, 0]))).toEqual(bytesOf('09 ff ff ff ff'));
  });

  test('refuses what does not fit and reports that are too short', () => {
    expect(() => encodeField(field(), 256, new Uint8Array(2))).toThrow('256 does not fit into the 8 bits');
    expect(() => encodeField(field(), 1.5, new Uint8Array(2))).toThrow('1.5 does not fit');
    expect(() => encodeField(field({ bitSize: 16 }), 1, new Uint8Array(2))).toThrow('2 of 3 bytes');
  });

  test('what is encoded is decoded again, and the other bits stay', () => {
    const cases = fc
      .record({
        bitSize: fc.integer({ min: 1, max: 32 }),
        bitOffset: fc.nat(100),
        isSigned: fc.boolean(),
        seed: fc.double({ min: 0, max: 1, noNaN: true }),
        before: fc.uint8Array({ minLength: 18, maxLength: 18 }),
      })
      .filter(({ bitSize, isSigned }) => !isSigned || bitSize > 1);
    fc.assert(
      fc.property(cases, ({ bitSize, bitOffset, isSigned, seed, before }) => {
        const logicalMin = isSigned ? -(2 ** (bitSize - 1)) : 0;
        const logicalMax = logicalMin + 2 ** bitSize - 1;
        const target = field({ reportId: before[0] ?? 0, bitSize, bitOffset, logicalMin, logicalMax });
        const logical = logicalMin + Math.floor(seed * (logicalMax - logicalMin));
        const after = encodeField(target, logical, before);
        expect(decodeField(target, after)).toBe(logical);
        const around = [
          field({ ...target, bitOffset: 0, bitSize: bitOffset }),
          field({ ...target, bitOffset: bitOffset + bitSize, bitSize: 136 - bitOffset - bitSize }),
        ];
        for (const other of around) expect(fieldBytes(other, after)).toEqual(fieldBytes(other, before));
      }),
    );
  });
});
