/** The program's own way to HID devices, in front of the kernel: what it finds, and how it tells failures apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DriverError } from '#domain/errors.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { HidConnection, HidDeviceInfo, HidPort } from '#engine/ports.ts';
import { until } from './until.ts';
import { BUFFER_BYTES, unansweredReportId, type VirtualUps } from './virtual-ups.ts';

const NOBODY = 65534;

/** Registers the proofs. @param ups plugged in, and again after the last of them */
export function portCases(ups: VirtualUps): void {
  const port = createNodeHidPort({ clock: systemClock, log: silentLog });

  void test('the port lists the unit and hands out its report descriptor', async () => {
    await withOpenUnit(port, async (connection) => {
      assert.equal(connection.device.product, ups.recording.name);
      assert.deepEqual(Buffer.from(await connection.readReportDescriptor()), ups.recording.descriptor);
    });
  });

  void test('the port calls a refused report an I/O error, and other reports still arrive', async () => {
    await withOpenUnit(port, async (connection) => {
      await assert.rejects(connection.getFeatureReport(unansweredReportId(ups), BUFFER_BYTES), withCode('driver/io'));
      const [known] = ups.recording.features.values();
      const answer = await connection.getFeatureReport(known!.readUInt8(0), BUFFER_BYTES);
      assert.deepEqual(Buffer.from(answer), known);
    });
  });

  void test('the port says permission denied and names the node where the user has no right to it', async () => {
    const unit = await findUnit(port);
    process.seteuid!(NOBODY);
    try {
      const isTold = withCode('driver/permission-denied');
      await assert.rejects(port.open(unit), (error) => isTold(error) && error.message.includes(unit.path));
    } finally {
      process.seteuid!(0);
    }
  });

  void test('the port notices that a unit is unplugged and plugged in again', async () => {
    let changes = 0;
    const stopWatching = port.watch(() => changes++);
    try {
      await withOpenUnit(port, async (connection) => {
        const closed = new Promise<Error>((resolve) => connection.onClosed(resolve));
        connection.onInputReport(() => undefined);
        await ups.unplug();
        assert.ok(withCode('driver/unplugged')(await closed));
        await assert.rejects(connection.getFeatureReport(1, BUFFER_BYTES), withCode('driver/unplugged'));
      });
      await until('a call after unplugging', () => (changes > 0 ? true : undefined));
      const before = changes;
      await ups.plugIn();
      await until('a call after plugging in', () => (changes > before ? true : undefined));
      await findUnit(port);
    } finally {
      stopWatching();
    }
  });
}

const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

const withCode =
  (code: DriverError['code']) =>
  (error: unknown): error is DriverError =>
    error instanceof DriverError && error.code === code;

function findUnit(port: HidPort): Promise<HidDeviceInfo> {
  return until('the unit in the list', async () => (await port.list()).find(({ usagePage }) => usagePage === 0x84));
}

async function withOpenUnit(port: HidPort, use: (connection: HidConnection) => Promise<void>): Promise<void> {
  const connection = await port.open(await findUnit(port));
  try {
    await use(connection);
  } finally {
    await connection.close();
  }
}
