import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { HidConnection } from '#engine/ports.ts';
import { createRecordingPort } from './recording-port.ts';

const FIXTURES = join(import.meta.dirname, '../../tests/fixtures/devices');
const BACK_UPS = join(FIXTURES, '051d-0002-back-ups-500');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recording-'));
  await cp(BACK_UPS, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const open = async (directory: string): Promise<HidConnection> => {
  const port = createRecordingPort(directory);
  const [device] = await port.list();
  return port.open(device!);
};

const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a recording', () => {
  test('is listed as the device it was taken from', async () => {
    expect(await createRecordingPort(BACK_UPS).list()).toEqual([
      {
        path: `recording:${BACK_UPS}`,
        vendorId: 0x051d,
        productId: 0x0002,
        release: 0x0100,
        manufacturer: 'American Power Conversion',
        product: 'Back-UPS 500 FW: 6.5.I USB FW: c1',
        serialNumber: 'XXXXXXXXXXXX',
        usagePage: 0x84,
      },
    ]);
  });

  test('answers with the recorded bytes, id byte first', async () => {
    const connection = await open(BACK_UPS);
    expect((await connection.readReportDescriptor()).length).toBe(374);
    expect([...(await connection.getFeatureReport(0x0c, 6))]).toEqual([0x0c, 0x64, 0, 0, 0x14, 0x0a]);
  });

  test('gives the whole answer to a request that expected less', async () => {
    const connection = await open(BACK_UPS);
    expect((await connection.getFeatureReport(0x0c, 2)).length).toBe(6);
  });

  test('stalls where it has no bytes, for reading and for writing', async () => {
    const connection = await open(BACK_UPS);
    expect((await failure(connection.getFeatureReport(0x77, 8))).code).toBe('driver/io');
    expect((await failure(connection.setFeatureReport(Uint8Array.of(0x77, 1)))).code).toBe('driver/io');
  });

  test('remembers what was written, also after it is opened again', async () => {
    const port = createRecordingPort(folder);
    const [device] = await port.list();
    const first = await port.open(device!);
    await first.setFeatureReport(Uint8Array.of(0x11, 0x14, 0, 0));
    await first.close();
    const second = await port.open(device!);
    expect([...(await second.getFeatureReport(0x11, 4))]).toEqual([0x11, 0x14, 0, 0]);
  });

  test('answers nothing once it is closed', async () => {
    const connection = await open(BACK_UPS);
    await connection.close();
    expect((await failure(connection.getFeatureReport(1, 8))).message).toContain('closed');
  });

  test('delivers each input report once after it is opened', async () => {
    const connection = await open(join(FIXTURES, '06da-ffff-powerwalker-vi-1200-shl'));
    const received: number[][] = [];
    connection.onInputReport((report) => received.push([...report]));
    connection.onInputReport((report) => received.push([...report]));
    await nextTurn();
    expect(received).toEqual([[0x06, 0x64, 0x89, 0x13]]);
  });

  test('delivers no input report to someone who stopped listening', async () => {
    const connection = await open(join(FIXTURES, '06da-ffff-powerwalker-vi-1200-shl'));
    const received: Uint8Array[] = [];
    connection.onInputReport((report) => received.push(report))();
    await nextTurn();
    expect(received).toEqual([]);
  });

  test('knows the strings that its device.json lists and no others', async () => {
    const device = JSON.parse(await readFile(join(folder, 'device.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, 'device.json'), JSON.stringify({ ...device, strings: { '4': 'PbAc' } }));
    const connection = await open(folder);
    expect(await connection.getString(4)).toBe('PbAc');
    expect(await connection.getString(5)).toBeUndefined();
  });

  test('without reports.json still has its descriptor', async () => {
    await rm(join(folder, 'reports.json'));
    const connection = await open(folder);
    expect((await connection.readReportDescriptor()).length).toBe(374);
    expect((await failure(connection.getFeatureReport(1, 8))).code).toBe('driver/io');
  });
});

describe('a folder that is no recording', () => {
  test('is refused with the file that is missing', async () => {
    const error = await failure(createRecordingPort(join(folder, 'nowhere')).list());
    expect(error.code).toBe('driver/cannot-read');
    expect(error.message).toContain(join(folder, 'nowhere', 'device.json'));
  });

  test.each([
    ['device.json', '{\n "vendorId": "0x051d",\n "productId": }\n', 3],
    ['device.json', '{\n "vendorId": "0x051d",\n "productId": "twelve"\n}\n', 3],
    ['reports.json', '[\n {"type": "feature", "reportId": "0x01", "bytes": "01 01"},\n', 3],
    [
      'reports.json',
      '[\n {"type": "feature", "reportId": "0x01", "bytes": "01 01"},\n {"type": "feature", "reportId": "0x02", "bytes": "02 xy"}\n]\n',
      3,
    ],
    ['reports.json', '[\n {"type": "feature", "reportId": "0x101", "bytes": "01 01"}\n]\n', 2],
    ['report-descriptor.hex', '05 84 09 04\na1 01 zz 24\n', 2],
    ['report-descriptor.hex', '\n', 1],
  ])('is refused with the line in %s that is broken (%#)', async (file, text, line) => {
    await writeFile(join(folder, file), text);
    const error = await failure(createRecordingPort(folder).list());
    expect(error.code).toBe('driver/bad-file');
    expect(error.message).toContain(`${join(folder, file)}:${line}: `);
  });

  test('is tried again after it was repaired', async () => {
    const good = await readFile(join(folder, 'reports.json'));
    await writeFile(join(folder, 'reports.json'), '[');
    const port = createRecordingPort(folder);
    expect((await failure(port.list())).code).toBe('driver/bad-file');
    await writeFile(join(folder, 'reports.json'), good);
    expect(await port.list()).toHaveLength(1);
  });
});
