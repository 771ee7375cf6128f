/** What the program builds on: how the kernel's hidraw and node-hid behave with a UPS. No code of the program runs here. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { devicesAsync, HIDAsync, type Device } from 'node-hid';
import { until } from './until.ts';
import { BUFFER_BYTES, unansweredReportId, type VirtualUps } from './virtual-ups.ts';

const POWER_DEVICE_PAGE = 0x84;

async function findUps(): Promise<(Device & { path: string }) | undefined> {
  const devices = await devicesAsync();
  const found = devices.find((device) => device.usagePage === POWER_DEVICE_PAGE);
  return found?.path === undefined ? undefined : { ...found, path: found.path };
}

/** Registers the proofs. @param ups plugged in, and again after the last of them */
export function hidrawCases(ups: VirtualUps): void {
  const { recording } = ups;

  void test('the kernel gives a UPS a hidraw node, and node-hid lists it as a power device', async () => {
    const device = await until('a power device in the list', findUps);
    assert.match(device.path, /^\/dev\/hidraw\d+$/);
    assert.deepEqual(
      [device.vendorId, device.productId, device.product, device.serialNumber],
      [recording.vendorId, recording.productId, recording.name, recording.serialNumber],
    );
  });

  void test('sysfs hands out the report descriptor byte for byte', async () => {
    const device = await until('a power device in the list', findUps);
    const node = path.basename(device.path);
    const descriptor = await readFile(`/sys/class/hidraw/${node}/device/report_descriptor`);
    assert.equal(descriptor.toString('hex'), recording.descriptor.toString('hex'));
  });

  void test('every recorded feature report comes back byte for byte', async () => {
    await withOpenUps(async (hid) => {
      for (const [reportId, bytes] of recording.features) {
        const answer = await hid.getFeatureReport(reportId, BUFFER_BYTES);
        assert.equal(answer.toString('hex'), bytes.toString('hex'));
      }
    });
  });

  void test('a feature report that the unit refuses rejects and leaves the connection usable', async () => {
    await withOpenUps(async (hid) => {
      const [known] = recording.features.values();
      await assert.rejects(hid.getFeatureReport(unansweredReportId(ups), BUFFER_BYTES));
      const answer = await hid.getFeatureReport(known!.readUInt8(0), BUFFER_BYTES);
      assert.equal(answer.toString('hex'), known!.toString('hex'));
    });
  });

  void test('a feature report that is sent reaches the unit as SET_REPORT, unchanged', async () => {
    await withOpenUps(async (hid) => {
      const report = Buffer.from([...recording.features.values()].at(-1)!);
      const before = ups.written.length;
      await hid.sendFeatureReport(report);
      assert.deepEqual(ups.written.slice(before), [report]);
    });
  });

  void test('input reports arrive one by one, in order and unchanged', async () => {
    await withOpenUps(async (hid) => {
      const received: string[] = [];
      hid.on('data', (report: Buffer) => received.push(report.toString('hex')));
      const sent = ['160a000000', '160c000000', '0c632003'];
      for (const report of sent) await ups.sendInput(Buffer.from(report, 'hex'));
      await until('the last input report', () => (received.length >= sent.length ? true : undefined));
      assert.deepEqual(received, sent);
    });
  });

  void test('a unit that is unplugged ends its connection with an error, and plugged in again it has another node', async () => {
    const device = await until('a power device in the list', findUps);
    const hid = await HIDAsync.open(device.path);
    try {
      const failed = new Promise((resolve) => hid.once('error', resolve));
      hid.on('data', () => {});
      await ups.unplug();
      await failed;
      assert.equal(await findUps(), undefined);
      await ups.plugIn();
      const again = await until('the unit in the list again', findUps);
      // The old node's number is taken as long as somebody holds it open.
      assert.notEqual(again.path, device.path);
    } finally {
      await hid.close();
    }
  });
}

async function withOpenUps(use: (hid: HIDAsync) => Promise<void>): Promise<void> {
  const device = await until('a power device in the list', findUps);
  const hid = await HIDAsync.open(device.path);
  try {
    await use(hid);
  } finally {
    await hid.close();
  }
}
