/**
 * The system's HID devices through node-hid, by its promise interface only: the blocking one would stall everything
 * else for up to five seconds when a device does not answer. The native module is loaded with the first call.
 */
import { EventEmitter } from 'node:events';
import { DriverError } from '#domain/errors.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Clock, HidDeviceInfo, HidPort, Log } from '#engine/ports.ts';
import { createIoregDescriptorSource } from './descriptor-ioreg.ts';
import { noDescriptorSource, type DescriptorSource } from './descriptor-source.ts';
import { createSysfsDescriptorSource } from './descriptor-sysfs.ts';
import { openNodeHid } from './node-hid-connection.ts';
import { createReadFs, type ReadFs } from './node-hid-fs.ts';
import { findBlockedDevices, hidrawFingerprint, usbLocationOf } from './node-hid-linux.ts';
import { watchByFingerprint } from './node-hid-watch.ts';
import { createUsbStrings, type UsbStrings } from './usb-strings.ts';

/** The part of node-hid that is used. */
export interface HidLibrary {
  devicesAsync(): Promise<readonly HidLibraryDevice[]>;
  readonly HIDAsync: { open(path: string, options: { nonExclusive: boolean }): Promise<HidLibraryConnection> };
}
export interface HidLibraryDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  readonly release: number;
  readonly interface: number;
  readonly usagePage?: number | undefined;
}
export interface HidLibraryConnection extends EventEmitter {
  getFeatureReport(reportId: number, length: number): Promise<Uint8Array>;
  sendFeatureReport(report: Buffer): Promise<number>;
  close(): Promise<void>;
}

export interface NodeHidPortParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
  readonly fs?: ReadFs;
  readonly load?: () => Promise<HidLibrary>;
  /** Another source than the system's own. */
  readonly descriptors?: DescriptorSource;
  readonly strings?: UsbStrings;
}

const POWER_PAGES = new Set([0x84, 0x85]);
/**
 * Reading sysfs takes a fraction of a millisecond, sees rights change, and is not there in every container; listing
 * devices takes a few and works everywhere.
 */
const SYSFS_WATCH_MS = 400;
const LIST_WATCH_MS = 900;

const loadNodeHid = async (): Promise<HidLibrary> => (await import('node-hid')).default;

export function createNodeHidPort(parts: NodeHidPortParts): HidPort {
  const { clock, log, platform = process.platform, fs = createReadFs(), load = loadNodeHid } = parts;
  const isLinux = platform === 'linux';
  const descriptors = parts.descriptors ?? descriptorSourceOf(platform, fs);
  const strings = parts.strings ?? createUsbStrings(log);

  const library = async (): Promise<HidLibrary> => {
    try {
      return await load();
    } catch (error) {
      throw new DriverError('driver/no-hid-library', { reason: reasonOf(error) }, error);
    }
  };

  const list = async (): Promise<readonly HidDeviceInfo[]> => {
    const devices = mergeCollections(await (await library()).devicesAsync());
    if (!isLinux) return devices;
    return Promise.all(
      devices.map(async (device) => {
        const usb = await usbLocationOf(fs, device.path);
        return usb ? { ...device, usb } : device;
      }),
    );
  };

  return {
    name: 'node-hid',
    list,
    async open(device) {
      return openNodeHid(await library(), device, {
        descriptors,
        // Windows has no way to strings but through a driver of another kind.
        strings: platform === 'win32' ? undefined : strings,
        isPresent: async () => (await list()).some(({ path }) => path === device.path),
      });
    },
    watch(onChange) {
      const fingerprint = async (): Promise<string> => JSON.stringify(await list());
      const stops = [watchByFingerprint({ clock, log, intervalMs: LIST_WATCH_MS, fingerprint }, onChange)];
      if (isLinux) {
        const sysfs = { clock, log, intervalMs: SYSFS_WATCH_MS, fingerprint: () => hidrawFingerprint(fs) };
        stops.push(watchByFingerprint(sysfs, onChange));
      }
      return () => {
        for (const stop of stops) stop();
      };
    },
    ...(isLinux ? { blocked: () => findBlockedDevices(fs) } : {}),
  };
}

function descriptorSourceOf(platform: NodeJS.Platform, fs: ReadFs): DescriptorSource {
  if (platform === 'linux') return createSysfsDescriptorSource(fs);
  if (platform === 'darwin') return createIoregDescriptorSource();
  return noDescriptorSource;
}

/** hidapi lists a device once for each of its top-level collections; the one that speaks of power is kept. */
export function mergeCollections(listed: readonly HidLibraryDevice[]): readonly HidDeviceInfo[] {
  const byPath = new Map<string, HidDeviceInfo>();
  for (const entry of listed) {
    const device = toDeviceInfo(entry);
    if (!device) continue;
    const known = byPath.get(device.path);
    const isPower = device.usagePage !== undefined && POWER_PAGES.has(device.usagePage);
    if (!known || isPower) byPath.set(device.path, device);
  }
  return [...byPath.values()];
}

function toDeviceInfo(entry: HidLibraryDevice): HidDeviceInfo | undefined {
  const { path, vendorId, productId, release, usagePage } = entry;
  if (!path) return undefined;
  return {
    path,
    vendorId,
    productId,
    // 0 and -1 are what hidapi says where there is no USB below.
    ...(release > 0 ? { release } : {}),
    ...(entry.interface >= 0 ? { interfaceNumber: entry.interface } : {}),
    ...(entry.manufacturer ? { manufacturer: entry.manufacturer } : {}),
    ...(entry.product ? { product: entry.product } : {}),
    ...(entry.serialNumber ? { serialNumber: entry.serialNumber } : {}),
    ...(usagePage === undefined ? {} : { usagePage }),
  };
}
