import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createRecordingPort, readRecording } from '#engine/adapters/recording-port.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { ScriptedDevice, ScriptedPort } from '#tests/support/scripted-hid-port.ts';
import { recordDevice } from './record.ts';
import type { Recording } from './recording-format.ts';
import { scanUsb } from './scan.ts';

const FIXTURES = join(import.meta.dirname, '../../../tests/fixtures/devices');
const BACK_UPS = '051d-0002-back-ups-500';

let recording: Recording;
beforeAll(async () => {
  recording = await readRecording(join(FIXTURES, BACK_UPS));
});
const device = (path: string, more: object = {}): ScriptedDevice =>
  new ScriptedDevice({ path, usagePage: 0x84, ...recording.identity, ...more }, recording);

describe('a scan', () => {
  test('of a recording gives one section with the reason', async () => {
    const [found, ...others] = await scanUsb(createRecordingPort(join(FIXTURES, BACK_UPS)));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ title: 'Back-UPS 500 FW: 6.5.I USB FW: c1 (051d:0002)' });
    expect(found?.matchReason).toContain('APC HID');
    expect(found?.section).toContain('vendorid = 051d');
    expect(found?.problem).toBeUndefined();
  });

  test('tells what cannot be opened, with the problem', async () => {
    const port = new ScriptedPort();
    const unit = device('/dev/hidraw0');
    unit.openError = new DriverError('driver/permission-denied', { device: 'Back-UPS', path: '/dev/hidraw0' });
    port.plug(unit);
    const [found] = await scanUsb(port);
    expect(found?.problem?.code).toBe('driver/permission-denied');
    expect(found?.section).toContain('[ups]');
  });

  test('tells what another program took away', async () => {
    const port = new ScriptedPort();
    const error = new DriverError('driver/held-by-other', { device: 'Back-UPS', holder: 'usbhid-ups (process 7)' });
    port.blockedDevices = [{ device: device('/dev/bus/usb/001/004').info, error }];
    expect((await scanUsb(port)).map(({ problem }) => problem?.message)).toEqual([error.message]);
  });

  test('leaves keyboards out, and unknown devices that turn out to be something else', async () => {
    const port = new ScriptedPort();
    port.plug(device('/dev/hidraw0', { vendorId: 0x1234, usagePage: 1 }));
    port.plug(
      new ScriptedDevice(
        { path: '/dev/hidraw1', vendorId: 0x1234, productId: 1 },
        { descriptor: Uint8Array.of(0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0xc0), reports: [] },
      ),
    );
    expect(await scanUsb(port)).toEqual([]);
  });

  test('closes what it opened', async () => {
    const port = new ScriptedPort();
    const unit = device('/dev/hidraw0');
    port.plug(unit);
    await scanUsb(port);
    expect([unit.openCount, unit.closeCount]).toEqual([1, 1]);
  });
});

describe('recording', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'record-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Lets time pass until the work is done. */
  async function finished<Result>(work: Promise<Result>, clock: FakeClock): Promise<Result> {
    let isDone = false;
    const done = () => (isDone = true);
    work.then(done, done);
    while (!isDone) await clock.advance(1_000);
    return work;
  }

  const record = async (name: string, outDir: string) => {
    const port = createRecordingPort(join(FIXTURES, name));
    const [info] = await port.list();
    const clock = createFakeClock();
    return finished(recordDevice({ port, device: info!, outDir, seconds: 5, clock }), clock);
  };

  test.each([
    '051d-0002-back-ups-500',
    '06da-ffff-powerwalker-vi-1200-shl',
    '0764-0501-cp900epfclcd',
    '05dd-a0a0-minuteman',
  ])('the recording %s gives that recording', async (name) => {
    const out = join(folder, 'out');
    const summary = await record(name, out);
    const [before, after] = await Promise.all([readRecording(join(FIXTURES, name)), readRecording(out)]);
    expect(after.identity).toEqual(before.identity);
    expect(after.descriptor).toEqual(before.descriptor);
    const sorted = ({ reports }: Recording) =>
      reports.map(({ type, bytes }) => `${type} ${Buffer.from(bytes).toString('hex')}`).sort();
    expect(sorted(after)).toEqual(sorted(before));
    expect(summary.featureReports + summary.inputReports).toBe(before.reports.length);
    expect(await readFile(join(out, 'report-descriptor.hex'), 'utf8')).toBe(
      await readFile(join(FIXTURES, name, 'report-descriptor.hex'), 'utf8'),
    );
  });

  test('masks the serial number, also where a string repeats it, and keeps other texts', async () => {
    const port = new ScriptedPort();
    const unit = device('/dev/hidraw0', { serialNumber: 'AB00-12' });
    unit.strings.set(4, 'PbAc');
    unit.strings.set(1, 'AB00-12');
    port.plug(unit);
    const clock = createFakeClock();
    await finished(recordDevice({ port, device: unit.info, outDir: join(folder, 'out'), seconds: 0, clock }), clock);
    const text = await readFile(join(folder, 'out', 'device.json'), 'utf8');
    expect(text).not.toContain('AB00');
    expect(text).not.toContain('hidraw');
    const { identity, strings } = await readRecording(join(folder, 'out'));
    expect(identity.serialNumber).toBe('XX00XXX');
    expect([...strings.values()]).toContain('PbAc');
  });

  test('does not write over a recording', async () => {
    await cp(join(FIXTURES, BACK_UPS), folder, { recursive: true });
    const before = await readdir(folder);
    await expect(record(BACK_UPS, folder)).rejects.toMatchObject({ code: 'driver/cannot-write' });
    expect(await readdir(folder)).toEqual(before);
  });

  test('that is cut short keeps what came', async () => {
    const port = createRecordingPort(join(FIXTURES, BACK_UPS));
    const [info] = await port.list();
    const aborter = new AbortController();
    const work = recordDevice({
      port,
      device: info!,
      outDir: join(folder, 'out'),
      seconds: 3_600,
      clock: createFakeClock(),
      signal: aborter.signal,
    });
    aborter.abort();
    expect((await work).featureReports).toBe(23);
  });
});
