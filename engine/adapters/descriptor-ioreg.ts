/** macOS: the I/O registry holds the descriptor of each HID device; `ioreg` prints it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { phrase } from '#domain/messages/message.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { noDescriptor, type DescriptorSource } from './descriptor-source.ts';

const IOREG = '/usr/sbin/ioreg';
const ARGUMENTS = ['-r', '-l', '-w', '0', '-c', 'IOHIDDevice'];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface IoregDevice {
  /** Registry entry id; hidapi's path on macOS is `DevSrvsID:` and this number. */
  readonly entryId: bigint;
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  readonly descriptor?: Uint8Array;
}

const runIoreg = async (): Promise<string> =>
  (await promisify(execFile)(IOREG, ARGUMENTS, { maxBuffer: MAX_OUTPUT_BYTES })).stdout;

/** @param run prints the registry; given by tests */
export function createIoregDescriptorSource(run: () => Promise<string> = runIoreg): DescriptorSource {
  return {
    async read(device) {
      let text: string;
      try {
        text = await run();
      } catch (error) {
        throw noDescriptor(device, phrase('reason.ioreg-failed', {}), error);
      }
      const descriptor = pickDevice(parseIoreg(text), device)?.descriptor;
      if (!descriptor || descriptor.length === 0) throw noDescriptor(device, phrase('reason.ioreg-silent', {}));
      return descriptor;
    },
  };
}

/** Reads the tree that `ioreg -l` draws: a `+-o Name  <class …, id 0x…>` line, then the properties of that entry. */
export function parseIoreg(text: string): readonly IoregDevice[] {
  const devices: { -readonly [Key in keyof IoregDevice]: IoregDevice[Key] }[] = [];
  for (const line of text.split('\n')) {
    const entryId = /\+-o .*<class [^,>]+, id (0x[0-9a-f]+)/i.exec(line)?.[1];
    if (entryId !== undefined) {
      devices.push({ entryId: BigInt(entryId) });
      continue;
    }
    const device = devices.at(-1);
    const [, name, value] = /"(\w+)" = (.+?)\s*$/.exec(line) ?? [];
    if (!device || value === undefined) continue;
    if (name === 'VendorID') device.vendorId = Number(value);
    if (name === 'ProductID') device.productId = Number(value);
    if (name === 'SerialNumber') device.serialNumber = value.replace(/^"|"$/g, '');
    const hex = /^<([0-9a-f\s]*)>$/i.exec(value)?.[1];
    if (name === 'ReportDescriptor' && hex !== undefined) {
      device.descriptor = new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
    }
  }
  return devices;
}

/** By registry entry; else by ids and serial number where that leaves one. */
function pickDevice(devices: readonly IoregDevice[], wanted: HidDeviceInfo): IoregDevice | undefined {
  const id = /^DevSrvsID:(\d+)$/.exec(wanted.path)?.[1];
  const byId = id === undefined ? undefined : devices.find(({ entryId }) => entryId === BigInt(id));
  if (byId?.descriptor) return byId;
  const alike = devices.filter(
    ({ vendorId, productId, serialNumber, descriptor }) =>
      descriptor !== undefined &&
      vendorId === wanted.vendorId &&
      productId === wanted.productId &&
      (serialNumber ?? '') === (wanted.serialNumber ?? ''),
  );
  return alike.length === 1 ? alike[0] : undefined;
}
