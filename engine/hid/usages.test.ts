import { describe, expect, test } from 'vitest';
import { formatPath, parsePath, type VendorTable } from './usages.ts';

/** Text, vendor and nodes that NUT's own tables give for them. */
const PATHS: readonly [string, VendorTable | undefined, readonly number[]][] = [
  ['UPS.PowerSummary.RemainingCapacity', undefined, [0x00840004, 0x00840024, 0x00850066]],
  ['UPS.PowerSummary.PresentStatus.ACPresent', undefined, [0x00840004, 0x00840024, 0x00840002, 0x008500d0]],
  ['UPS.Flow.[4].ConfigVoltage', 'mge', [0x00840004, 0x0084001e, 0x00ff0004, 0x00840040]],
  ['UPS.PowerSummary.iModel', 'mge', [0x00840004, 0x00840024, 0xffff00f0]],
  ['UPS.PowerSummary.APCStatusFlag', 'apc', [0x00840004, 0x00840024, 0xff860060]],
  ['UPS.Battery.ff860024', 'apc', [0x00840004, 0x00840012, 0xff860024]],
  ['UPS.BELKINStatus.BELKINPowerStatus', 'belkin', [0x00840004, 0x00860028, 0x00860021]],
  ['UPS.Input.CPSInputSensitivity', 'cps', [0x00840004, 0x0084001a, 0xff010043]],
  ['UPS.DELTA1.DELTA2', 'delta', [0x00840004, 0x00000000, 0xff000055]],
  ['UPS.EVER1.EVER12', 'ever', [0x00840004, 0x00000000, 0xff000010]],
  ['UPS.PowerSummary.Cell3', 'openups', [0x00840004, 0x00840024, 0x00000003]],
  ['PowercomUPS.PCMDelayBeforeStartup', 'powercom', [0x00020004, 0x00ff0056]],
  ['UPS.POWERVAR1', 'powervar', [0x00840004, 0xff000001]],
  ['UPS.OutletSystem.Outlet.TLWatchdog', 'tripplite', [0x00840004, 0x00840018, 0x00840020, 0xffff0092]],
  ['UPS.PowerSummary.PresentStatus.SwitchOn/Off', undefined, [0x00840004, 0x00840024, 0x00840002, 0x0084006b]],
];

describe('usage paths', () => {
  test.each(PATHS)('%s of %s is written and read', (text, vendor, path) => {
    expect(formatPath(path, vendor)).toBe(text);
    expect(parsePath(text, vendor)).toEqual(path);
  });

  test('case does not matter in names or hex digits', () => {
    expect(parsePath('ups.POWERSUMMARY.FF860024')).toEqual([0x00840004, 0x00840024, 0xff860024]);
  });

  test('a vendor name comes before the standard one', () => {
    expect(formatPath([0x00840004, 0x00840044], 'tripplite')).toBe('UPS.TLCharging');
    expect(formatPath([0x00840004, 0x00840044])).toBe('UPS.ConfigActivePower');
    expect(parsePath('Undefined', 'mge')).toEqual([0xffff0000]);
    expect(parsePath('Undefined')).toEqual([0x00840000]);
  });

  test('a vendor usage without its vendor is hex digits, and reads back to the same usage', () => {
    expect(formatPath([0xffff00f0])).toBe('ffff00f0');
    expect(parsePath('ffff00f0')).toEqual([0xffff00f0]);
  });

  test('a name on both standard pages means the Power Device page', () => {
    expect(parsePath('VoltageOutOfRange')).toEqual([0x00840063]);
    expect(formatPath([0x008500d8])).toBe('VoltageOutOfRange');
  });

  test.each(['', 'UPS.', '.UPS', 'UPS..Input', 'UPS.Inptu', 'UPS.[x]', 'UPS.[99999]', 'UPS.123456789'])(
    '"%s" is no path',
    (text) => {
      expect(parsePath(text)).toBeUndefined();
    },
  );
});
