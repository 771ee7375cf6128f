import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { HidDeviceInfo, Log } from '#engine/ports.ts';
import { createUsbStrings, decodeString, type UsbLibrary, type UsbLibraryDevice } from './usb-strings.ts';

const logTo = (lines: string[]): Log => {
  const log: Log = { debug() {}, info: (line) => lines.push(line), warn() {}, error() {}, child: () => log };
  return log;
};

const encode = (text: string): Uint8Array =>
  Uint8Array.of(2 + 2 * text.length, 3, ...[...Buffer.from(text, 'utf16le')]);

/** A USB device with string descriptors, language 0x0407 only. */
function fakeDevice(strings: Record<number, string>, place: Partial<UsbLibraryDevice> = {}): UsbLibraryDevice {
  return {
    vendorId: 0x051d,
    productId: 2,
    bus: '001',
    address: 7,
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    controlTransferIn: ({ value, index }) => {
      const text = strings[value & 0xff];
      const bytes =
        (value & 0xff) === 0 ? Uint8Array.of(4, 3, 0x07, 0x04) : index === 0x0407 && text ? encode(text) : undefined;
      return Promise.resolve(
        bytes ? { status: 'ok', data: new DataView(bytes.buffer) } : { status: 'stall', data: undefined },
      );
    },
    ...place,
  };
}

const load =
  (...devices: UsbLibraryDevice[]) =>
  (): Promise<UsbLibrary> =>
    Promise.resolve({ usb: { getDevices: () => Promise.resolve(devices) } });

const UPS: HidDeviceInfo = {
  path: '/dev/hidraw0',
  vendorId: 0x051d,
  productId: 2,
  usb: { bus: 1, address: 7, ports: '1' },
};

describe('string descriptors', () => {
  test('are read in the language that the device has', async () => {
    const strings = createUsbStrings(logTo([]), load(fakeDevice({ 4: 'PbAc' })));
    expect(await strings.read(UPS, 4)).toBe('PbAc');
    expect(await strings.read(UPS, 5)).toBeUndefined();
  });

  test('come from the very unit, not from another one of its kind', async () => {
    const other = fakeDevice({ 4: 'Other' }, { address: 6 });
    const strings = createUsbStrings(logTo([]), load(other, fakeDevice({ 4: 'PbAc' })));
    expect(await strings.read(UPS, 4)).toBe('PbAc');
  });

  test('are absent where two units of a kind cannot be told apart', async () => {
    const { usb: _usb, ...unplaced } = UPS;
    const strings = createUsbStrings(logTo([]), load(fakeDevice({ 4: 'A' }, { address: 6 }), fakeDevice({ 4: 'B' })));
    expect(await strings.read(unplaced, 4)).toBeUndefined();
  });

  test('that cannot be read are absent, and why is told once', async () => {
    const lines: string[] = [];
    const denied = fakeDevice({}, { open: () => Promise.reject(new Error('access denied')) });
    const strings = createUsbStrings(logTo(lines), load(denied));
    expect(await strings.read(UPS, 4)).toBeUndefined();
    expect(await strings.read(UPS, 5)).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('access denied');
  });

  test('are absent without the optional package', async () => {
    const strings = createUsbStrings(logTo([]), () => Promise.reject(new Error("Cannot find package 'usb'")));
    expect(await strings.read(UPS, 4)).toBeUndefined();
  });

  test('decode to the text that was encoded', () => {
    const text = fc.string({ minLength: 1, maxLength: 100 }).filter((value) => value.trim() === value && value !== '');
    fc.assert(
      fc.property(
        text.filter((value) => !value.includes('\0')),
        (value) => {
          expect(decodeString(encode(value))).toBe(value);
        },
      ),
    );
  });

  test('of any bytes give a text or nothing, never more than was there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = decodeString(bytes);
        expect(text === undefined || text.length <= bytes.length / 2).toBe(true);
      }),
    );
  });

  test('end at a zero that the firmware counted in', () => {
    expect(decodeString(Uint8Array.of(8, 3, 0x41, 0, 0, 0, 0x42, 0))).toBe('A');
  });
});
