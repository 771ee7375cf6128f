import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import type { HidReportMap } from '#engine/hid/types.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { syntheticDescriptor } from '#tests/support/synthetic-descriptor.ts';
import { builtInDefinitions, createDefinitionSet } from './definition.ts';
import { candidates, claimDevice, matchDevice, optionMismatch } from './match.ts';

const device = (id: string, rest: Partial<HidDeviceInfo> = {}): HidDeviceInfo => {
  const [vendorId = 0, productId = 0] = id.split(':').map((text) => Number.parseInt(text, 16));
  return { path: 'test', vendorId, productId, ...rest };
};
const POWER_DEVICE: HidReportMap = parseReportDescriptor(
  syntheticDescriptor([{ path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1 }]),
);
const KEYBOARD: HidReportMap = parseReportDescriptor(
  Uint8Array.from([0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x75, 8, 0x95, 1, 0x09, 4, 0x81, 2, 0xc0]),
);
const idOf = (info: HidDeviceInfo, map = POWER_DEVICE, options = {}): string =>
  matchDevice(info, map, options).definition.id;

describe('the definition of a listed device', () => {
  test.each([
    ['051d:0002', {}, 'apc'],
    ['0764:0501', {}, 'cyberpower'],
    ['0463:ffff', {}, 'eaton'],
    ['09ae:3016', {}, 'tripplite'],
    ['05dd:a0a0', {}, 'tripplite'],
    ['05dd:041b', {}, 'delta'],
    ['03f0:1fe5', {}, 'eaton'],
    ['03f0:1fe0', {}, 'tripplite'],
    ['10af:0002', {}, 'belkin'],
    ['0483:a430', {}, 'cyberpower'],
    ['0483:a113', {}, 'ever'],
    ['06da:ffff', { manufacturer: 'AEG', product: 'PROTECT NAS' }, 'eaton'],
    ['06da:ffff', { manufacturer: 'PPC', product: 'AEG PROTECT B' }, 'eaton'],
    ['06da:ffff', { manufacturer: 'BMS' }, 'idowell'],
    ['06da:ffff', { product: 'Smart-Battery' }, 'idowell'],
    ['06da:ffff', { manufacturer: 'PPC', product: 'Offline UPS' }, 'liebert'],
    ['06da:ffff', {}, 'liebert'],
    ['09d6:0001', { manufacturer: 'KSTAR' }, 'eaton'],
    ['09d6:0001', { product: 'UPS HI' }, 'power-device'],
  ])('%s %j is %s', (id, texts, definition) => {
    expect(idOf(device(id, texts))).toBe(definition);
  });

  test('says by what it was found', () => {
    const info = device('06da:ffff', { manufacturer: 'BMS' });
    const match = matchDevice(info, POWER_DEVICE, {});
    expect(match.reason).toContain('USB id 06da:ffff, maker BMS is listed by iDowell HID');
    expect(match.guess).toBeUndefined();
  });

  test('adds up the quirks of all rules that fit', () => {
    const info = device('051d:0002', { manufacturer: 'American Power Conversion', product: 'Back-UPS BX1600MI' });
    const rules = matchDevice(info, POWER_DEVICE, {}).rules;
    expect(rules.flatMap((rule) => (rule.quirks ?? []).map(({ quirk }) => quirk))).toEqual([
      'apc-voltage-range',
      'flapping-battery-flags',
    ]);
  });

  test.each(['Back-UPS BVK750M2', 'Back-UPS BK650M2-CH', 'Back-UPS BK650M2_CH'])('%s flaps', (product) => {
    const info = device('051d:0002', { manufacturer: 'American Power Conversion', product });
    const quirks = matchDevice(info, POWER_DEVICE, {}).rules.flatMap((rule) => rule.quirks ?? []);
    expect(quirks).toContainEqual({ quirk: 'flapping-battery-flags', seconds: 3 });
  });

  test('with more conditions is the better one', () => {
    const { found } = candidates(device('06da:ffff', { manufacturer: 'BMS' }));
    expect(found.map(({ definition, score }) => [definition.id, score])).toEqual([
      ['idowell', 120],
      ['liebert', 80],
    ]);
  });
});

describe('a device that nobody lists', () => {
  test('is read by the standard when it describes itself as a power device, and that is called a guess', () => {
    const match = matchDevice(device('1234:5678'), POWER_DEVICE, {});
    expect(match).toMatchObject({ guess: { code: 'guess' }, definition: { id: 'power-device' } });
    expect(match.reason).toMatch(/^A guess: 1234:5678 is not listed/);
  });

  test('of a known maker is read by his definition where his own usages are there', () => {
    const map = parseReportDescriptor(
      syntheticDescriptor(
        [
          { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 1 },
          { path: 'UPS.Input.APCSensitivity', reportId: 2 },
        ],
        'apc',
      ),
    );
    const match = matchDevice(device('051d:9999'), map, {});
    expect(match).toMatchObject({ guess: { code: 'guess' }, definition: { id: 'apc' } });
    // The standard fills what the maker's definition leaves open.
    expect(match.definition.variables.some((row) => row.variable === 'input.frequency')).toBe(true);
  });

  test('is no UPS without a power device collection', () => {
    expect(() => matchDevice(device('1234:5678'), KEYBOARD, {})).toThrow(/no power device collection/);
  });

  test.each(['0665:5161', '05b8:0000', '0001:0000'])('%s is told to be a serial bridge', (id) => {
    expect(() => matchDevice(device(id), KEYBOARD, {})).toThrow(/serial bridge/);
  });

  test('0665:5161 with a power device in its descriptor is a UPS all the same', () => {
    expect(idOf(device('0665:5161'))).toBe('power-device');
  });
});

test.each([
  ['050d:0218', 'a USB hub'],
  ['0d9f:0002', 'serial port'],
  ['09ae:0001', 'tripplite_usb'],
])('%s is refused with its reason', (id, reason) => {
  expect(() => matchDevice(device(id), POWER_DEVICE, {})).toThrow(reason);
  expect(claimDevice(device(id), {})).toMatchObject({ kind: 'refused' });
});

describe('the option subdriver', () => {
  test.each([
    ['APC HID 0.101', 'apc'],
    ['CyberPower HID 0.6', 'cyberpower'],
    ['cyberpower', 'cyberpower'],
    ['tripp', 'tripplite'],
    ['Phoenixtec/Liebert HID', 'liebert'],
  ])('%s chooses %s', (subdriver, id) => {
    const match = matchDevice(device('1234:5678'), KEYBOARD, { subdriver });
    expect(match.definition.id).toBe(id);
    expect(match.reason).toContain('Option subdriver');
  });

  test('that nothing fits is an error', () => {
    expect(() => matchDevice(device('051d:0002'), POWER_DEVICE, { subdriver: 'nonsense' })).toThrow(DriverError);
    expect(() => matchDevice(device('051d:0002'), POWER_DEVICE, { subdriver: '(' })).toThrow(/regular expression/);
  });

  test('keeps the quirks of the device', () => {
    expect(matchDevice(device('051d:0003'), POWER_DEVICE, { subdriver: 'apc' }).rules).toHaveLength(1);
  });
});

describe('claiming from the list alone', () => {
  test('a listed device is known, another power device a guess, a keyboard refused', () => {
    expect(claimDevice(device('051d:0002', { usagePage: 0x84 }), {})).toMatchObject({ kind: 'known' });
    expect(claimDevice(device('1234:5678', { usagePage: 0x84 }), {})).toMatchObject({ kind: 'guess' });
    expect(claimDevice(device('1234:5678'), {})).toMatchObject({ kind: 'guess' });
    expect(claimDevice(device('1234:5678', { usagePage: 0x01 }), {})).toMatchObject({ kind: 'refused' });
  });

  test('the vendor interface of a listed device is refused', () => {
    expect(claimDevice(device('10af:0002', { usagePage: 0xff00 }), {})).toMatchObject({ kind: 'refused' });
  });

  test.each([
    [{ vendorid: '051d' }, true],
    [{ vendorid: '05.D' }, true],
    [{ vendorid: '51d' }, false],
    [{ productid: '0003' }, false],
    [{ product: 'back-ups.*' }, true],
    [{ product: 'Back-UPS' }, false],
    [{ vendor: 'APC|American.*' }, true],
    [{ serial: 'AB12' }, true],
    [{ serial: 'AB' }, false],
  ])('options %j are expressions for the whole text, without case: %s', (options, fits) => {
    const info = device('051d:0002', {
      manufacturer: 'American Power Conversion',
      product: 'Back-UPS ES 850G2 ',
      serialNumber: 'AB12',
    });
    expect(optionMismatch(info, options) === undefined).toBe(fits);
    expect(claimDevice(info, options).kind).toBe(fits ? 'known' : 'refused');
  });

  test('an option that is no regular expression is an error that names it', () => {
    expect(() => claimDevice(device('051d:0002'), { product: '[' })).toThrow(/Option product/);
  });
});

test('an own definition goes before the built-in ones', () => {
  const apc = builtInDefinitions.get('apc');
  if (!apc) throw new Error('there is no apc');
  const own = { ...apc, id: 'mine', name: 'Mine' };
  expect(matchDevice(device('051d:0002'), POWER_DEVICE, {}, createDefinitionSet([own])).definition.id).toBe('mine');
});
