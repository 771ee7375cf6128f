import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HidError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import { parseReportDescriptor } from './report-descriptor.ts';
import type { HidField, HidReportMap } from './types.ts';
import { formatPath } from './usages.ts';

const parse = (...parts: string[]): HidReportMap =>
  parseReportDescriptor(Uint8Array.from(parts.join(' ').trim().split(/\s+/), (byte) => Number.parseInt(byte, 16)));

const UPS = '05 84 09 04 a1 01';
const END = 'c0';
/** Eight bits, one of them, 0..255, the usage "Voltage" to come. */
const BYTE = '75 08 95 01 15 00 26 ff 00';

const places = (map: HidReportMap): string[] =>
  map.fields.map(
    ({ reportType, reportId, path, bitOffset, bitSize }) =>
      `${reportType} ${reportId} ${formatPath(path)} ${bitOffset}+${bitSize}`,
  );
const only = (map: HidReportMap): HidField => {
  expect(map.fields).toHaveLength(1);
  return map.fields[0]!;
};
const codes = (map: HidReportMap): string[] => map.notes.map(({ code }) => code);

describe('places of fields', () => {
  test('offsets run per report id and per report type', () => {
    const map = parse(
      ...[UPS, BYTE, '85 01 09 30 81 02 09 30 b1 02 09 31 b1 02'],
      ...['85 02 09 30 b1 02', '85 01 09 32 b1 02', END],
    );
    expect(places(map)).toEqual([
      'input 1 UPS.Voltage 0+8',
      'feature 1 UPS.Voltage 0+8',
      'feature 1 UPS.Current 8+8',
      'feature 2 UPS.Voltage 0+8',
      'feature 1 UPS.Frequency 16+8',
    ]);
    expect([...map.reportBytes]).toEqual([
      ['input:1', 1],
      ['feature:1', 3],
      ['feature:2', 1],
    ]);
    expect(map.usesReportIds).toBe(true);
  });

  test('a device without report ids has all fields one after the other in report 0', () => {
    const map = parse(UPS, BYTE, '09 30 b1 02 09 31 b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.Voltage 0+8', 'feature 0 UPS.Current 8+8']);
    expect(map.usesReportIds).toBe(false);
  });

  test('offsets go on beyond 256 bits', () => {
    const map = parse(UPS, BYTE, '95 28 b1 01 95 01 09 30 b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.Voltage 320+8']);
  });

  test('padding takes its place and is not listed', () => {
    const map = parse(UPS, '75 01 95 01 25 01 09 60 81 02 95 07 81 01 75 08 95 01 09 30 81 02', END);
    expect(places(map)).toEqual(['input 0 UPS.Present 0+1', 'input 0 UPS.Voltage 8+8']);
    expect(codes(map)).toEqual([]);
  });

  test('a constant field with a usage is listed, since UPSes mark their nominal values so', () => {
    expect(only(parse(UPS, BYTE, '09 40 b1 03', END)).isConstant).toBe(true);
  });

  test('a value without a usage is remarked upon and takes its place', () => {
    const map = parse(UPS, BYTE, '81 02 09 30 81 02', END);
    expect(places(map)).toEqual(['input 0 UPS.Voltage 8+8']);
    expect(codes(map)).toEqual(['usage-missing']);
  });
});

describe('usages', () => {
  test('each field of a main item takes its own usage, the last one repeats, surplus ones are dropped', () => {
    const map = parse(UPS, BYTE, '95 03 09 30 09 31 81 02 95 01 09 32 09 33 81 02', END);
    expect(places(map)).toEqual([
      'input 0 UPS.Voltage 0+8',
      'input 0 UPS.Current 8+8',
      'input 0 UPS.Current 16+8',
      'input 0 UPS.Frequency 24+8',
    ]);
  });

  test('a usage range names the fields in turn', () => {
    expect(places(parse(UPS, BYTE, '95 03 19 30 29 32 81 02', END))).toEqual([
      'input 0 UPS.Voltage 0+8',
      'input 0 UPS.Current 8+8',
      'input 0 UPS.Frequency 16+8',
    ]);
  });

  test('a usage of four bytes names its own page', () => {
    expect(only(parse(UPS, BYTE, '0b 66 00 85 00 81 02', END)).path).toEqual([0x00840004, 0x00850066]);
  });

  test('one main item may mix usages of two pages, each as the page stood', () => {
    const map = parse(UPS, '75 01 95 02 25 01 05 84 09 69 05 85 09 44 81 02', END);
    expect(places(map)).toEqual(['input 0 UPS.ShutdownImminent 0+1', 'input 0 UPS.Charging 1+1']);
  });

  test('of usages between delimiters the first counts, and what follows the delimiters is named on its own', () => {
    const map = parse(UPS, BYTE, '95 02 a9 01 09 30 09 31 a9 00 09 32 81 02', END);
    expect(places(map)).toEqual(['input 0 UPS.Voltage 0+8', 'input 0 UPS.Frequency 8+8']);
  });

  test('designators and strings are passed over', () => {
    const map = parse(UPS, BYTE, '39 01 49 01 59 02 79 03 89 01 99 02 09 fe b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.iProduct 0+8']);
    expect(codes(map)).toEqual([]);
  });

  test('an array lists what its values select', () => {
    const field = only(parse(UPS, BYTE, '05 85 09 44 09 45 09 46 81 00', END));
    expect(field.isVariable).toBe(false);
    expect(field.arrayUsages).toEqual([0x00850044, 0x00850045, 0x00850046]);
  });

  test('buffered bytes are one field', () => {
    const field = only(parse(UPS, BYTE, '95 3e 09 f0 b2 02 01', END));
    expect(field).toMatchObject({ isBufferedBytes: true, bitSize: 496, bitOffset: 0 });
  });

  test('fields of the same path are all kept, in the order of the descriptor', () => {
    expect(places(parse(UPS, BYTE, '85 1d 09 30 b1 02 85 2e 09 30 b1 02', END))).toEqual([
      'feature 29 UPS.Voltage 0+8',
      'feature 46 UPS.Voltage 0+8',
    ]);
  });
});

describe('collections', () => {
  test('a collection with an index adds the index to the path, and takes it along when it ends', () => {
    const map = parse(UPS, BYTE, '09 1e a1 84 09 40 b1 02 c0 09 30 b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.Flow.[4].ConfigVoltage 0+8', 'feature 0 UPS.Voltage 8+8']);
    expect(map.fields[0]?.path).toEqual([0x00840004, 0x0084001e, 0x00ff0004, 0x00840040]);
  });

  test('a collection without a usage is a node of its own', () => {
    const map = parse(UPS, BYTE, 'a1 00 09 30 b1 02 c0 09 31 b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.00000000.Voltage 0+8', 'feature 0 UPS.Current 8+8']);
    expect(codes(map)).toEqual(['usage-missing']);
  });

  test('several top-level collections are listed and share the reports', () => {
    const map = parse(UPS, BYTE, '85 01 09 30 b1 02', END, '06 01 ff 09 1d a1 01 09 20 b1 02', END);
    expect(map.topLevel).toEqual([0x00840004, 0xff01001d]);
    expect(map.fields.map(({ bitOffset }) => bitOffset)).toEqual([0, 8]);
  });

  test('a collection that never ends, and an end too many, are remarked upon', () => {
    expect(codes(parse(UPS, BYTE, '09 30 b1 02'))).toEqual(['unbalanced-collection']);
    expect(codes(parse(UPS, BYTE, '09 30 b1 02', END, END))).toEqual(['unbalanced-collection']);
  });

  test('collections nested too deep are left out of the path and closed again', () => {
    const map = parse(UPS, BYTE, '09 24 a1 00 '.repeat(40), '09 30 b1 02', 'c0 '.repeat(40), '09 31 b1 02', END);
    expect(map.fields[0]?.path).toHaveLength(33);
    expect(map.fields[1]?.path).toEqual([0x00840004, 0x00840031]);
    expect(codes(map)).toEqual(['too-deep']);
  });
});

describe('ranges, units and flags', () => {
  test.each([
    ['15 00 25 ff', 0, 255],
    ['15 00 26 ff ff', 0, 65535],
    ['15 00 27 ff ff ff ff', 0, 4294967295],
    ['25 ff 15 00', 0, 255],
    ['15 0a 25 fe', 10, 254],
  ])('a maximum below its minimum is read without a sign: %s', (items, minimum, maximum) => {
    const map = parse(UPS, '75 08 95 01', items, '09 30 b1 02 09 31 b1 02', END);
    expect(map.fields[0]).toMatchObject({ logicalMin: minimum, logicalMax: maximum, logicalMaxAssumed: true });
    expect(codes(map)).toEqual(['assumed-maximum']);
  });

  test.each([
    ['15 81 25 7f', -127, 127],
    ['16 01 80 26 ff 7f', -32767, 32767],
    ['17 00 00 00 80 27 ff ff ff 7f', -2147483648, 2147483647],
    ['15 ff 27 ff ff 00 00', -1, 65535],
  ])('a limit has the sign of the size it is encoded in: %s', (items, minimum, maximum) => {
    const field = only(parse(UPS, '75 08 95 01', items, '09 30 b1 02', END));
    expect(field).toMatchObject({ logicalMin: minimum, logicalMax: maximum, logicalMaxAssumed: false });
  });

  test('a range of one value is remarked upon and kept as it is', () => {
    const map = parse(UPS, '75 08 95 01 16 e6 00 26 e6 00 09 40 b1 02', END);
    expect(only(map)).toMatchObject({ logicalMin: 230, logicalMax: 230 });
    expect(codes(map)).toEqual(['empty-range']);
  });

  test.each([
    ['55 00', 0],
    ['55 05', 5],
    ['55 07', 7],
    ['55 08', -8],
    ['55 0f', -1],
    ['55 fe', -2],
  ])('unit exponent %s is %i', (item, exponent) => {
    expect(only(parse(UPS, BYTE, '67 21 d1 f0 00', item, '09 30 b1 02', END))).toMatchObject({
      unit: 0x00f0d121,
      unitExponent: exponent,
    });
  });

  test('a physical range is kept, one of 0..0 or with only one end is none', () => {
    const field = (items: string): HidField => only(parse(UPS, BYTE, items, '09 57 b1 02', END));
    expect(field('35 c4 47 c4 ff 1d 00')).toMatchObject({ physicalMin: -60, physicalMax: 1966020 });
    expect(field('35 00 45 00')).not.toHaveProperty('physicalMax');
    expect(field('45 64')).not.toHaveProperty('physicalMax');
  });

  test('the bits of the main item become flags, also where it has two bytes', () => {
    const field = only(parse(UPS, BYTE, '09 30 b2 c7 01', END));
    expect(field).toMatchObject({ isConstant: true, isVariable: true, isRelative: true, hasNullState: true });
    expect(field).toMatchObject({ isVolatile: true, isBufferedBytes: true });
  });

  test('push keeps the global items and pop brings them back', () => {
    const map = parse(UPS, BYTE, '85 01 a4 75 10 85 02 05 85 09 66 b1 02 b4 09 30 b1 02', END);
    expect(places(map)).toEqual(['feature 2 UPS.RemainingCapacity 0+16', 'feature 1 UPS.Voltage 0+8']);
    expect(codes(map)).toEqual([]);
  });

  test('a pop without a push changes nothing, a push without a pop is remarked upon', () => {
    expect(codes(parse(UPS, BYTE, 'b4 09 30 b1 02', END))).toEqual(['unbalanced-push']);
    expect(codes(parse(UPS, BYTE, 'a4 09 30 b1 02', END))).toEqual(['unbalanced-push']);
  });
});

describe('damaged and hostile descriptors', () => {
  const reasonOf = (bytes: string): unknown => {
    try {
      parse(bytes);
    } catch (error) {
      return error instanceof HidError ? textIn(error.details.reason) : error;
    }
    return undefined;
  };

  test('nothing, no values, or a start in the middle cannot be used', () => {
    expect(() => parseReportDescriptor(new Uint8Array())).toThrow(HidError);
    expect(reasonOf(`${UPS} ${END}`)).toBe('it describes no values');
    expect(reasonOf(`81 02 ${UPS} ${BYTE} 09 30 81 02 ${END}`)).toBe('it does not start with a collection');
    expect(() => parseReportDescriptor(new Uint8Array(70_000))).toThrow('70000 bytes');
  });

  test('a last item that is cut off is remarked upon and what came before is kept', () => {
    const map = parse(UPS, BYTE, '09 30 b1 02 27 ff');
    expect(places(map)).toEqual(['feature 0 UPS.Voltage 0+8']);
    expect(codes(map)).toEqual(['truncated-item', 'unbalanced-collection']);
    expect(map.notes[0]?.at).toBe(19);
  });

  test('long and reserved items are skipped', () => {
    const map = parse(UPS, 'fe 03 f0 a1 a1 a1', '0d 11', 'ec', BYTE, '09 30 b1 02', END);
    expect(places(map)).toEqual(['feature 0 UPS.Voltage 0+8']);
    expect(codes(map)).toEqual(['long-item', 'reserved-item', 'reserved-item']);
  });

  test('a report of gigabytes is refused without being laid out, other reports stay', () => {
    const map = parse(UPS, BYTE, '85 01 97 ff ff ff ff 09 30 b1 02 95 01 09 31 b1 02 85 02 09 32 b1 02', END);
    expect(places(map)).toEqual(['feature 2 UPS.Frequency 0+8']);
    expect(codes(map)).toEqual(['report-too-long', 'report-too-long']);
  });

  test('a usage range of four thousand million costs no more than the fields it names', () => {
    const map = parse(UPS, BYTE, '95 02 1b 00 00 00 00 2b ff ff ff ff 81 02', END);
    expect(map.fields.map(({ path }) => path[1])).toEqual([0, 1]);
    const array = parse(UPS, BYTE, '1b 00 00 00 00 2b ff ff ff ff 81 00', END);
    expect(only(array).arrayUsages).toHaveLength(256);
  });

  test('fields beyond the bound are remarked upon and left out', () => {
    const map = parse(UPS, '75 01 96 ff ff 25 01 09 60 81 02', END);
    expect(map.fields).toHaveLength(8192);
    expect(codes(map)).toEqual(['too-many-fields']);
  });

  const endsWell = (bytes: Uint8Array): void => {
    let map: HidReportMap;
    try {
      map = parseReportDescriptor(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(HidError);
      return;
    }
    expect(map.fields.length).toBeLessThanOrEqual(8192);
    for (const field of map.fields) {
      expect(Number.isFinite(field.logicalMin) && Number.isFinite(field.logicalMax)).toBe(true);
      expect(field.bitSize).toBeGreaterThan(0);
      expect(field.bitOffset + field.bitSize).toBeLessThanOrEqual(
        8 * map.reportBytes.get(`${field.reportType}:${field.reportId}`)!,
      );
    }
  };

  test('any bytes end in a map or a HidError', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), endsWell), { numRuns: 300 });
  });

  test('any sequence of items ends in a map or a HidError', () => {
    const item = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.uint8Array({ maxLength: 4 })).map(([tag, data]) => {
      const size = data.length === 3 ? 2 : data.length;
      return [(tag << 2) | (size === 4 ? 3 : size), ...data.subarray(0, size)];
    });
    const descriptor = fc
      .array(item, { maxLength: 120 })
      .map((items) => Uint8Array.from([0x05, 0x84, 0x09, 0x04, 0xa1, 0x01, ...items.flat()]));
    fc.assert(fc.property(descriptor, endsWell), { numRuns: 300 });
  });
});
