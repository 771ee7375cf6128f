/**
 * USB string descriptors by index (battery chemistry, maker's texts). hidraw has no way to them; the optional package
 * `usb` reads them with a standard control transfer while the HID system keeps the device. Best effort: what cannot
 * be read is absent, and why is told once.
 */
import { describeError } from '#domain/errors.ts';
import type { HidDeviceInfo, Log } from '#engine/ports.ts';

export interface UsbStrings {
  read(device: HidDeviceInfo, index: number): Promise<string | undefined>;
}

/** The part of the `usb` package (WebUSB) that is used. */
export interface UsbLibrary {
  readonly usb: { getDevices(): Promise<readonly UsbLibraryDevice[]> };
}
export interface UsbLibraryDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** Number of the bus as text, with leading zeros or a port behind it. */
  readonly bus: string;
  readonly address: number;
  open(): Promise<void>;
  close(): Promise<void>;
  controlTransferIn(
    setup: {
      readonly requestType: 'standard';
      readonly recipient: 'device';
      readonly request: number;
      readonly value: number;
      readonly index: number;
    },
    length: number,
  ): Promise<{ readonly data?: DataView | undefined; readonly status?: string | undefined }>;
}

const GET_DESCRIPTOR = 6;
const STRING_DESCRIPTOR = 3;
const MAX_BYTES = 255;
const ENGLISH_US = 0x0409;

const loadUsb = async (): Promise<UsbLibrary> => (await import('usb')) as unknown as UsbLibrary;

/** @param load brings the package in; given by tests */
export function createUsbStrings(log: Log, load: () => Promise<UsbLibrary> = loadUsb): UsbStrings {
  let hasComplained = false;
  return {
    async read(device, index) {
      if (index < 1 || index > 255) return undefined;
      try {
        return await readString(await load(), device, index);
      } catch (error) {
        if (!hasComplained) {
          log.info(
            `Texts kept inside ${device.product ?? device.path} cannot be read (${describeError(error)}); ` +
              'variables such as battery.type stay unknown. The udev rule gives access to them as well.',
          );
        }
        hasComplained = true;
        return undefined;
      }
    },
  };
}

async function readString(library: UsbLibrary, device: HidDeviceInfo, index: number): Promise<string | undefined> {
  const target = pick(await library.usb.getDevices(), device);
  if (!target) return undefined;
  await target.open();
  try {
    const languages = await getDescriptor(target, 0, 0);
    const language = languages && languages.length >= 4 ? (languages[2] ?? 0) | ((languages[3] ?? 0) << 8) : ENGLISH_US;
    const bytes = await getDescriptor(target, index, language);
    return bytes && decodeString(bytes);
  } finally {
    await target.close();
  }
}

function pick(devices: readonly UsbLibraryDevice[], wanted: HidDeviceInfo): UsbLibraryDevice | undefined {
  const alike = devices.filter(
    ({ vendorId, productId }) => vendorId === wanted.vendorId && productId === wanted.productId,
  );
  const { usb } = wanted;
  if (usb) return alike.find(({ bus, address }) => Number.parseInt(bus, 10) === usb.bus && address === usb.address);
  return alike.length === 1 ? alike[0] : undefined;
}

async function getDescriptor(
  device: UsbLibraryDevice,
  index: number,
  language: number,
): Promise<Uint8Array | undefined> {
  const { data, status } = await device.controlTransferIn(
    {
      requestType: 'standard',
      recipient: 'device',
      request: GET_DESCRIPTOR,
      value: (STRING_DESCRIPTOR << 8) | index,
      index: language,
    },
    MAX_BYTES,
  );
  return data === undefined || (status !== undefined && status !== 'ok')
    ? undefined
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Text of a string descriptor: its length, its type, then UTF-16. Some firmware counts the terminating zero in, or
 * says a length beyond what it sends. Source: USB 2.0 section 9.6.7.
 * @returns undefined when the bytes are no string descriptor or hold no text
 */
export function decodeString(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2 || bytes[1] !== STRING_DESCRIPTOR) return undefined;
  const end = Math.min(bytes[0] ?? 0, bytes.length);
  const units: number[] = [];
  for (let at = 2; at + 1 < end; at += 2) units.push((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  const text = String.fromCharCode(...units)
    .replace(/\0.*$/s, '')
    .trim();
  return text === '' ? undefined : text;
}
