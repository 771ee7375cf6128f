import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { HidPort, Log } from '#engine/ports.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createReadFs, type ReadFs } from './node-hid-fs.ts';
import {
  createNodeHidPort,
  mergeCollections,
  type HidLibrary,
  type HidLibraryConnection,
  type HidLibraryDevice,
  type NodeHidPortParts,
} from './node-hid-port.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

const UPS: HidLibraryDevice = {
  path: '/dev/hidraw0',
  vendorId: 0x051d,
  productId: 2,
  manufacturer: 'APC',
  product: 'Back-UPS',
  serialNumber: '',
  release: 0x106,
  interface: 0,
  usagePage: 0x84,
};

/** node-hid with one device behind it, whose answers a test sets. */
class FakeLibrary implements HidLibrary {
  devices: HidLibraryDevice[] = [UPS];
  openError: Error | undefined;
  readonly opened: FakeNative[] = [];
  readonly openOptions: { nonExclusive: boolean }[] = [];
  devicesAsync = (): Promise<readonly HidLibraryDevice[]> => Promise.resolve(this.devices);
  readonly HIDAsync = {
    open: (_path: string, options: { nonExclusive: boolean }): Promise<HidLibraryConnection> => {
      this.openOptions.push(options);
      if (this.openError) return Promise.reject(this.openError);
      const native = new FakeNative();
      this.opened.push(native);
      return Promise.resolve(native);
    },
  };
}

class FakeNative extends EventEmitter implements HidLibraryConnection {
  readonly reports = new Map<number, Uint8Array>([[1, Uint8Array.of(1, 42)]]);
  readonly asked: number[] = [];
  error: Error | undefined;
  closed = 0;
  getFeatureReport(id: number, length: number): Promise<Uint8Array> {
    this.asked.push(length);
    const report = this.reports.get(id);
    if (this.error) return Promise.reject(this.error);
    return report
      ? Promise.resolve(report)
      : Promise.reject(new Error('could not get feature report from device: ioctl (GFEATURE): Broken pipe'));
  }
  sendFeatureReport(report: Buffer): Promise<number> {
    if (this.error) return Promise.reject(this.error);
    this.reports.set(report[0]!, Uint8Array.from(report));
    return Promise.resolve(report.length);
  }
  close(): Promise<void> {
    this.closed += 1;
    return this.error ? Promise.reject(this.error) : Promise.resolve();
  }
}

let root: string;
let library: FakeLibrary;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hid-'));
  library = new FakeLibrary();
});
afterEach(() => rm(root, { recursive: true }));

const WITH_IDS = Uint8Array.of(0x05, 0x84, 0x09, 0x04, 0xa1, 0x01, 0x85, 0x01, 0xc0);
const WITHOUT_IDS = Uint8Array.of(0x05, 0x84, 0x09, 0x04, 0xa1, 0x01, 0xc0);

const portOf = (parts: Partial<NodeHidPortParts> = {}): HidPort =>
  createNodeHidPort({
    clock: createFakeClock(),
    log: silent,
    platform: 'linux',
    fs: createReadFs(root),
    load: () => Promise.resolve(library),
    descriptors: { read: () => Promise.resolve(WITH_IDS) },
    ...parts,
  });

const connect = async (parts: Partial<NodeHidPortParts> = {}) => {
  const port = portOf(parts);
  const [device] = await port.list();
  const connection = await port.open(device!);
  return { connection, native: library.opened.at(-1)! };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const codeIn = (error: Error): unknown => (error as { code?: unknown }).code;

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  return error instanceof AppError ? String(error.code) : `no AppError: ${String(error)}`;
};

describe('listing', () => {
  test('gives what is known and leaves out what is not', async () => {
    expect(await portOf().list()).toEqual([
      {
        path: '/dev/hidraw0',
        vendorId: 0x051d,
        productId: 2,
        release: 0x106,
        interfaceNumber: 0,
        manufacturer: 'APC',
        product: 'Back-UPS',
        usagePage: 0x84,
      },
    ]);
  });

  test('tells a device with several collections once, as the power device that it is', () => {
    const merged = mergeCollections([
      { ...UPS, usagePage: 0xff86 },
      { ...UPS, usagePage: 0x84 },
      { ...UPS, usagePage: 0x01 },
      { ...UPS, path: undefined },
    ]);
    expect(merged.map(({ path, usagePage }) => [path, usagePage])).toEqual([['/dev/hidraw0', 0x84]]);
  });

  test('without USB below claims neither a release nor an interface', () => {
    expect(mergeCollections([{ ...UPS, release: 0, interface: -1, manufacturer: '' }])[0]).toEqual({
      path: '/dev/hidraw0',
      vendorId: 0x051d,
      productId: 2,
      product: 'Back-UPS',
      usagePage: 0x84,
    });
  });

  test('says that the native module is missing or broken', async () => {
    const port = portOf({ load: () => Promise.reject(new Error('libusb-1.0.so.0: cannot open shared object file')) });
    const error: unknown = await port.list().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'driver/no-hid-library' });
    expect(messageOf(error)).toContain('libusb-1.0.so.0');
  });
});

describe('opening', () => {
  test('shares the device, because a power device is open already on macOS', async () => {
    await connect({ platform: 'darwin' });
    expect(library.openOptions).toEqual([{ nonExclusive: true }]);
  });

  test.each([
    ['Permission denied', 'driver/permission-denied'],
    ['No such file or directory', 'driver/unplugged'],
    ['open_device: (0x00000020) in use', 'driver/held-by-other'],
    ['Something else', 'driver/io'],
  ])('that fails with "%s" is %s', async (text, code) => {
    library.openError = new Error(text);
    expect(await codeOf(connect())).toBe(code);
  });

  test('that is not permitted names the node', async () => {
    library.openError = new Error('Permission denied');
    const error: unknown = await connect().catch((reason: unknown) => reason);
    expect(messageOf(error)).toBe('Cannot open Back-UPS: permission denied on /dev/hidraw0.');
  });
});

describe('an open device', () => {
  test('is asked with room for any report', async () => {
    const { connection, native } = await connect();
    expect([...(await connection.getFeatureReport(1, 2))]).toEqual([1, 42]);
    expect(native.asked).toEqual([256]);
  });

  test('survives a report that stalls', async () => {
    const { connection } = await connect();
    expect(await codeOf(connection.getFeatureReport(9, 8))).toBe('driver/io');
    expect([...(await connection.getFeatureReport(1, 8))]).toEqual([1, 42]);
  });

  test('takes reports that are written', async () => {
    const { connection, native } = await connect();
    await connection.setFeatureReport(Uint8Array.of(3, 7));
    expect([...native.reports.get(3)!]).toEqual([3, 7]);
  });

  test('delivers input reports, with the id 0 in front where the device has no ids', async () => {
    const numbered = await connect();
    await numbered.connection.readReportDescriptor();
    const plain = await connect({ descriptors: { read: () => Promise.resolve(WITHOUT_IDS) } });
    await plain.connection.readReportDescriptor();
    const received: number[][] = [];
    numbered.connection.onInputReport((report) => received.push([...report]));
    plain.connection.onInputReport((report) => received.push([...report]));
    numbered.native.emit('data', Buffer.of(1, 2));
    plain.native.emit('data', Buffer.of(1, 2));
    expect(received).toEqual([
      [1, 2],
      [0, 1, 2],
    ]);
  });

  test('does not read input reports before someone listens', async () => {
    const { native } = await connect();
    expect(native.listenerCount('data')).toBe(0);
  });

  test('that is unplugged says so once, by the text that the reader ends with', async () => {
    const { connection, native } = await connect();
    const closed: Error[] = [];
    connection.onClosed((error) => closed.push(error));
    native.emit('error', 'could not read from HID device: unexpected poll error (device disconnected)');
    native.emit('error', 'could not read from HID device: unexpected poll error (device disconnected)');
    expect(closed.map((error) => codeIn(error))).toEqual(['driver/unplugged']);
    expect(await codeOf(connection.getFeatureReport(1, 8))).toBe('driver/unplugged');
  });

  test('that is unplugged without a listener is noticed with the next call', async () => {
    const { connection, native } = await connect();
    const closed: Error[] = [];
    connection.onClosed((error) => closed.push(error));
    native.error = new Error('could not get feature report from device: ioctl (GFEATURE): No such device');
    expect(await codeOf(connection.getFeatureReport(1, 8))).toBe('driver/unplugged');
    expect(closed).toHaveLength(1);
  });

  test('whose reader ends while it is still there tells that only input reports are over', async () => {
    const { connection, native } = await connect();
    const closed: Error[] = [];
    connection.onClosed((error) => closed.push(error));
    const failed = new Promise<Error>((resolve) => connection.onInputReport(() => {}, resolve));
    native.emit('error', 'could not read from HID device: Input/output error');
    expect((await failed).message).toContain('input/output error');
    expect(closed).toEqual([]);
    expect([...(await connection.getFeatureReport(1, 8))]).toEqual([1, 42]);
  });

  test('whose reader ends for a reason it does not tell is unplugged when it is no longer listed', async () => {
    const { connection, native } = await connect();
    const closed = new Promise<Error>((resolve) => connection.onClosed(resolve));
    library.devices = [];
    native.emit('error', 'could not read from HID device');
    expect(codeIn(await closed)).toBe('driver/unplugged');
  });

  test('is closed once and answers nothing afterwards', async () => {
    const { connection, native } = await connect();
    await connection.close();
    await connection.close();
    expect(native.closed).toBe(1);
    expect(await codeOf(connection.getFeatureReport(1, 8))).toBe('driver/io');
  });

  test('that is gone is closed without complaint', async () => {
    const { connection, native } = await connect();
    native.error = new Error('No such device');
    await codeOf(connection.getFeatureReport(1, 8));
    await expect(connection.close()).resolves.toBeUndefined();
  });

  test('asks for each string once', async () => {
    const asked: number[] = [];
    const { connection } = await connect({
      strings: { read: (_device, index) => Promise.resolve((asked.push(index), 'PbAc')) },
    });
    expect(await connection.getString(4)).toBe('PbAc');
    expect(await connection.getString(4)).toBe('PbAc');
    expect(asked).toEqual([4]);
  });

  test('has no strings on Windows', async () => {
    const { connection } = await connect({
      platform: 'win32',
      strings: { read: () => Promise.reject(new Error('must not be asked')) },
    });
    expect(await connection.getString(4)).toBeUndefined();
  });
});

describe('report descriptors', () => {
  test('come from sysfs on Linux', async () => {
    await mkdir(join(root, 'sys/class/hidraw/hidraw0/device'), { recursive: true });
    await writeFile(join(root, 'sys/class/hidraw/hidraw0/device/report_descriptor'), WITH_IDS);
    const port = createNodeHidPort({
      clock: createFakeClock(),
      log: silent,
      platform: 'linux',
      fs: createReadFs(root),
      load: () => Promise.resolve(library),
    });
    const [device] = await port.list();
    const connection = await port.open(device!);
    expect([...(await connection.readReportDescriptor())]).toEqual([...WITH_IDS]);
  });

  test.each(['linux', 'win32'] as const)('that %s does not give are a clear error', async (platform) => {
    const port = createNodeHidPort({
      clock: createFakeClock(),
      log: silent,
      platform,
      fs: createReadFs(root),
      load: () => Promise.resolve(library),
    });
    const [device] = await port.list();
    const connection = await port.open(device!);
    expect(await codeOf(connection.readReportDescriptor())).toBe('driver/no-descriptor');
  });
});

describe('watching', () => {
  test('on Linux sees a device come, get other rights and go within a second', async () => {
    const clock = createFakeClock();
    const nodes = new Map<string, string>();
    const fs: ReadFs = {
      ...createReadFs(root),
      list: () => Promise.resolve([...nodes.keys()]),
      linkTarget: (path) => Promise.resolve(path),
      changeMark: (path) => Promise.resolve(nodes.get(path.replace('/dev/', ''))),
    };
    let changes = 0;
    const stop = portOf({ clock, fs }).watch(() => (changes += 1));
    await clock.advance(1_000);
    expect(changes).toBe(0);
    nodes.set('hidraw4', 'root only');
    await clock.advance(1_000);
    expect(changes).toBe(1);
    nodes.set('hidraw4', 'for everyone');
    await clock.advance(1_000);
    expect(changes).toBe(2);
    nodes.clear();
    await clock.advance(1_000);
    expect(changes).toBe(3);
    stop();
    nodes.set('hidraw5', 'for everyone');
    await clock.advance(5_000);
    expect(changes).toBe(3);
    expect(clock.pending).toBe(0);
  });

  test('elsewhere sees the list change within a second', async () => {
    const clock = createFakeClock();
    let changes = 0;
    const stop = portOf({ clock, platform: 'darwin' }).watch(() => (changes += 1));
    await clock.advance(100);
    library.devices = [];
    await clock.advance(1_000);
    expect(changes).toBe(1);
    stop();
  });
});
