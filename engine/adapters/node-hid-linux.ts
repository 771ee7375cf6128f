/** What Linux knows of HID devices beside hidapi: where they hang on the USB, and who took them away. */
import { DriverError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { BlockedDevice, HidDeviceInfo, UsbLocation } from '#engine/ports.ts';
import type { ReadFs } from './node-hid-fs.ts';

const HIDRAW = '/sys/class/hidraw';
const USB_DEVICES = '/sys/bus/usb/devices';
const HID_CLASS = '03';

/** `hidraw3` of `/dev/hidraw3`; undefined for paths of another kind. */
export const hidrawName = (path: string): string | undefined => /^\/dev\/(hidraw\d+)$/.exec(path)?.[1];

/** Place on the USB of a hidraw device; undefined for Bluetooth and virtual ones. */
export async function usbLocationOf(fs: ReadFs, path: string): Promise<UsbLocation | undefined> {
  const name = hidrawName(path);
  const hidDevice = name === undefined ? undefined : await fs.resolve(`${HIDRAW}/${name}/device`);
  // …/1-1.4/1-1.4:1.0/0003:051D:0002.0001: the USB device is two levels up.
  const usbDevice = hidDevice?.split('/').slice(0, -2).join('/');
  return usbDevice ? readLocation(fs, usbDevice) : undefined;
}

async function readLocation(fs: ReadFs, folder: string): Promise<UsbLocation | undefined> {
  const [bus, address, ports] = await Promise.all(
    ['busnum', 'devnum', 'devpath'].map((name) => readLine(fs, `${folder}/${name}`)),
  );
  if (bus === undefined || address === undefined || ports === undefined) return undefined;
  if (!/^\d+$/.test(bus) || !/^\d+$/.test(address)) return undefined;
  return { bus: Number(bus), address: Number(address), ports };
}

async function readLine(fs: ReadFs, path: string): Promise<string | undefined> {
  const text = (await fs.readText(path))?.trim();
  return text === '' ? undefined : text;
}

/** The node of a USB device below usbfs. */
export const usbNode = ({ bus, address }: UsbLocation): string =>
  `/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(address).padStart(3, '0')}`;

/**
 * Text that changes when a hidraw node comes, goes, is replaced by another or gets other rights: udev sets those a
 * moment after the kernel made the node.
 */
export async function hidrawFingerprint(fs: ReadFs): Promise<string> {
  const names = await fs.list(HIDRAW);
  const parts = await Promise.all(
    names.map(async (name) => [name, await fs.linkTarget(`${HIDRAW}/${name}`), await fs.changeMark(`/dev/${name}`)]),
  );
  return JSON.stringify(parts);
}

/**
 * USB devices with a HID interface but no hidraw node: another program drives them through usbfs (NUT's usbhid-ups and
 * apcupsd do), or has done so and left the interface without a driver.
 */
export async function findBlockedDevices(fs: ReadFs): Promise<readonly BlockedDevice[]> {
  const names = await fs.list(USB_DEVICES);
  const found = await Promise.all(
    names.filter((name) => name.includes(':')).map((name) => readBlocked(fs, `${USB_DEVICES}/${name}`)),
  );
  return found.filter((device) => device !== undefined);
}

async function readBlocked(fs: ReadFs, interfacePath: string): Promise<BlockedDevice | undefined> {
  if ((await readLine(fs, `${interfacePath}/bInterfaceClass`)) !== HID_CLASS) return undefined;
  const driver = (await fs.linkTarget(`${interfacePath}/driver`))?.split('/').at(-1);
  // With its usual driver it is the HID system's: listed, or a node that is just being made.
  if (driver !== undefined && driver !== 'usbfs') return undefined;
  const usbDevice = await usbDeviceOf(fs, interfacePath);
  if (!usbDevice) return undefined;
  const { device, name } = usbDevice;
  const holders = device.usb ? await findHolders(fs, [usbNode(device.usb)]) : [];
  return {
    device,
    error: new DriverError('driver/held-by-other', { device: name, holder: holderText(holders, driver) }),
  };
}

async function usbDeviceOf(
  fs: ReadFs,
  interfacePath: string,
): Promise<{ readonly device: HidDeviceInfo; readonly name: string } | undefined> {
  const resolved = await fs.resolve(interfacePath);
  const folder = resolved?.split('/').slice(0, -1).join('/');
  if (!resolved || !folder) return undefined;
  const [vendor, product, release, manufacturer, productName, serialNumber] = await Promise.all(
    ['idVendor', 'idProduct', 'bcdDevice', 'manufacturer', 'product', 'serial'].map((name) =>
      readLine(fs, `${folder}/${name}`),
    ),
  );
  const interfaceNumber = Number.parseInt((await readLine(fs, `${resolved}/bInterfaceNumber`)) ?? '', 16);
  const vendorId = Number.parseInt(vendor ?? '', 16);
  const productId = Number.parseInt(product ?? '', 16);
  const releaseNumber = Number.parseInt(release ?? '', 16);
  const usb = await readLocation(fs, folder);
  if (Number.isNaN(vendorId) || Number.isNaN(productId)) return undefined;
  return {
    name: productName ?? `USB device ${vendor ?? ''}:${product ?? ''}`,
    device: {
      path: usb ? usbNode(usb) : resolved,
      vendorId,
      productId,
      ...(Number.isNaN(releaseNumber) ? {} : { release: releaseNumber }),
      ...(Number.isNaN(interfaceNumber) ? {} : { interfaceNumber }),
      ...(manufacturer ? { manufacturer } : {}),
      ...(productName ? { product: productName } : {}),
      ...(serialNumber ? { serialNumber } : {}),
      ...(usb ? { usb } : {}),
    },
  };
}

export interface Holder {
  readonly pid: number;
  readonly program: string;
}

/** Programs that have one of these nodes open, as far as this user may look into them. */
export async function findHolders(fs: ReadFs, nodes: readonly string[]): Promise<readonly Holder[]> {
  const pids = (await fs.list('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<Holder | undefined> => {
      for (const descriptor of await fs.list(`/proc/${pid}/fd`)) {
        const target = await fs.linkTarget(`/proc/${pid}/fd/${descriptor}`);
        if (target === undefined || !nodes.includes(target)) continue;
        return { pid: Number(pid), program: (await readLine(fs, `/proc/${pid}/comm`)) ?? 'unknown' };
      }
      return undefined;
    }),
  );
  return found.filter((holder) => holder !== undefined).filter(({ pid }) => pid !== process.pid);
}

function holderText(holders: readonly Holder[], driver: string | undefined): Text | readonly Text[] {
  if (holders.length > 0) return holders.map(({ program, pid }) => phrase('holder.process', { program, pid }));
  return driver === undefined ? phrase('holder.ended', {}) : phrase('holder.direct', {});
}
