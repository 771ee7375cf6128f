import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createReadFs, type ReadFs } from './node-hid-fs.ts';
import { findBlockedDevices, findHolders, hidrawFingerprint, usbLocationOf } from './node-hid-linux.ts';

let root: string;
let fs: ReadFs;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sysfs-'));
  fs = createReadFs(root);
});
afterEach(() => rm(root, { recursive: true }));

const file = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
/** A link inside the tree: sysfs links are relative, here they name the temp folder. */
const link = async (path: string, target: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await symlink(target.startsWith('/sys') ? join(root, target) : target, join(root, path));
};

const USB = '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.4';
const INTERFACE = `${USB}/1-1.4:1.0`;

async function plugUps(): Promise<void> {
  await file(`${USB}/busnum`, '1\n');
  await file(`${USB}/devnum`, '7\n');
  await file(`${USB}/devpath`, '1.4\n');
  await file(`${USB}/idVendor`, '051d\n');
  await file(`${USB}/idProduct`, '0002\n');
  await file(`${USB}/bcdDevice`, '0106\n');
  await file(`${USB}/product`, 'Back-UPS\n');
  await file(`${USB}/serial`, 'ABC123  \n');
  await file(`${INTERFACE}/bInterfaceClass`, '03\n');
  await file(`${INTERFACE}/bInterfaceNumber`, '00\n');
  await link('/sys/bus/usb/devices/1-1.4:1.0', INTERFACE);
}

async function bindHid(): Promise<void> {
  await file(`${INTERFACE}/0003:051D:0002.0003/report_descriptor`, 'x');
  await link(`${INTERFACE}/0003:051D:0002.0003/hidraw/hidraw3/device`, `${INTERFACE}/0003:051D:0002.0003`);
  await link('/sys/class/hidraw/hidraw3', `${INTERFACE}/0003:051D:0002.0003/hidraw/hidraw3`);
  await link(`${INTERFACE}/driver`, '/sys/bus/usb/drivers/usbhid');
  await file('/dev/hidraw3', '');
}

async function process(pid: number, program: string, ...nodes: string[]): Promise<void> {
  await file(`/proc/${pid}/comm`, `${program}\n`);
  await mkdir(join(root, `/proc/${pid}/fd`), { recursive: true });
  await Promise.all(nodes.map((node, index) => symlink(node, join(root, `/proc/${pid}/fd/${index}`))));
}

describe('a hidraw device', () => {
  test('has the place of its USB device', async () => {
    await plugUps();
    await bindHid();
    expect(await usbLocationOf(fs, '/dev/hidraw3')).toEqual({ bus: 1, address: 7, ports: '1.4' });
  });

  test('that is not on the USB has none', async () => {
    await link('/sys/class/hidraw/hidraw0/device', '/sys/devices/virtual/misc/uhid/0005:051D:0002.0001');
    await mkdir(join(root, '/sys/devices/virtual/misc/uhid/0005:051D:0002.0001'), { recursive: true });
    expect(await usbLocationOf(fs, '/dev/hidraw0')).toBeUndefined();
    expect(await usbLocationOf(fs, '/dev/hidraw5')).toBeUndefined();
    expect(await usbLocationOf(fs, 'DevSrvsID:42')).toBeUndefined();
  });

  test('changes the fingerprint when it comes, gets other rights, and goes', async () => {
    await plugUps();
    const empty = await hidrawFingerprint(fs);
    await bindHid();
    const plugged = await hidrawFingerprint(fs);
    await writeFile(join(root, '/dev/hidraw3'), 'changed');
    const changed = await hidrawFingerprint(fs);
    await rm(join(root, '/sys/class/hidraw/hidraw3'));
    expect(new Set([empty, plugged, changed]).size).toBe(3);
    expect(await hidrawFingerprint(fs)).toBe(empty);
  });

  test('with its usual driver is not blocked', async () => {
    await plugUps();
    await bindHid();
    expect(await findBlockedDevices(fs)).toEqual([]);
  });
});

describe('a device taken away from the HID system', () => {
  test('is told with the program that holds it, by name and process id', async () => {
    await plugUps();
    await link(`${INTERFACE}/driver`, '/sys/bus/usb/drivers/usbfs');
    await process(41, 'bash', '/dev/null');
    await process(42, 'usbhid-ups', '/dev/null', '/dev/bus/usb/001/007');
    const [blocked] = await findBlockedDevices(fs);
    expect(blocked?.device).toEqual({
      path: '/dev/bus/usb/001/007',
      vendorId: 0x051d,
      productId: 2,
      release: 0x0106,
      interfaceNumber: 0,
      product: 'Back-UPS',
      serialNumber: 'ABC123',
      usb: { bus: 1, address: 7, ports: '1.4' },
    });
    expect(blocked?.error.code).toBe('driver/held-by-other');
    expect(blocked?.error.message).toBe('Back-UPS is held by another program: usbhid-ups (process 42).');
  });

  test('is told without a name where nobody may look into the other processes', async () => {
    await plugUps();
    await link(`${INTERFACE}/driver`, '/sys/bus/usb/drivers/usbfs');
    expect((await findBlockedDevices(fs))[0]?.error.message).toContain("such as NUT's usbhid-ups or apcupsd");
  });

  test('and left without any driver is told as such', async () => {
    await plugUps();
    expect((await findBlockedDevices(fs))[0]?.error.message).toContain('without its kernel driver');
  });

  test('that is no HID device is none of our business', async () => {
    await plugUps();
    await writeFile(join(root, `${INTERFACE}/bInterfaceClass`), '08\n');
    expect(await findBlockedDevices(fs)).toEqual([]);
  });
});

test('on a system without sysfs and proc nothing is found and nothing fails', async () => {
  expect(await findBlockedDevices(fs)).toEqual([]);
  expect(await findHolders(fs, ['/dev/hidraw0'])).toEqual([]);
  expect(await hidrawFingerprint(fs)).toBe('[]');
});
