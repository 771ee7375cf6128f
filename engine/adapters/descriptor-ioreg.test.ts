import { describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { createIoregDescriptorSource, parseIoreg } from './descriptor-ioreg.ts';

const TREE = `
+-o AppleUserHIDDevice  <class AppleUserHIDDevice, id 0x1000004b2, registered, matched, active, busy 0 (1 ms), retain 10>
  | {
  |   "VendorID" = 1309
  |   "ProductID" = 2
  |   "SerialNumber" = "4B1234P56789  "
  |   "Product" = "Back-UPS ES 700 FW:871.O4 .I USB FW:O4"
  |   "ReportDescriptor" = <058409 04a101>
  |   "MaxFeatureReportSize" = 64
  | }
  |
  +-o IOHIDInterface  <class IOHIDInterface, id 0x1000004c0, registered, matched, active, busy 0 (0 ms), retain 6>
    | {
    |   "VendorID" = 1309
    |   "ProductID" = 2
    | }
+-o AppleHSSPIHIDDriver  <class AppleHSSPIHIDDriver, id 0x100000321, registered, matched, active, busy 0 (3 ms), retain 8>
    {
      "VendorID" = 1452
      "ReportDescriptor" = <0501>
    }
`;

const UPS: HidDeviceInfo = { path: 'DevSrvsID:4294968498', vendorId: 1309, productId: 2 };
const source = (text: string) => createIoregDescriptorSource(() => Promise.resolve(text));

describe('the I/O registry', () => {
  test('is read entry by entry', () => {
    expect(parseIoreg(TREE).map(({ entryId, descriptor }) => [entryId, descriptor?.length])).toEqual([
      [0x1000004b2n, 6],
      [0x1000004c0n, undefined],
      [0x100000321n, 2],
    ]);
  });

  test('gives the descriptor of the entry that the path names', async () => {
    expect([...(await source(TREE).read(UPS))]).toEqual([5, 0x84, 9, 4, 0xa1, 1]);
  });

  test('finds a device by ids and serial number when its entry is another', async () => {
    const moved = { ...UPS, path: 'DevSrvsID:1', serialNumber: '4B1234P56789  ' };
    expect((await source(TREE).read(moved)).length).toBe(6);
  });

  test('that has two of a kind gives neither', async () => {
    const moved = { ...UPS, path: 'DevSrvsID:1', serialNumber: '4B1234P56789  ' };
    await expect(source(TREE + TREE).read(moved)).rejects.toMatchObject({ code: 'driver/no-descriptor' });
  });

  test.each(['', 'garbage\n"ReportDescriptor" = <zz>', '+-o X <class X, id 0x1>\n "ReportDescriptor" = <>'])(
    'that shows nothing useful (%#) is a clear error',
    async (text) => {
      await expect(source(text).read(UPS)).rejects.toMatchObject({ code: 'driver/no-descriptor' });
    },
  );

  test('that cannot be asked is a clear error', async () => {
    const failing = createIoregDescriptorSource(() => Promise.reject(new Error('ENOENT')));
    const error: unknown = await failing.read(UPS).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toContain('ioreg could not be run');
  });
});
