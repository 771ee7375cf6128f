import { describe, expect, test } from 'vitest';
import type { HidConnection } from '#engine/ports.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createDemoPort } from './demo-port.ts';
import { REPORT, STRING_INDEX } from './report-layout.ts';

async function opened(options: { name?: string; seed?: number } = {}) {
  const clock = createFakeClock();
  const port = createDemoPort({ clock, ...options });
  const [device] = await port.list();
  const connection = await port.open(device!);
  const received: { id: number; at: number; bytes: readonly number[] }[] = [];
  connection.onInputReport((report) => received.push({ id: report[0]!, at: clock.monotonic(), bytes: [...report] }));
  return { clock, port, device: device!, connection, received };
}
const feature = async (connection: HidConnection, id: number) => [...(await connection.getFeatureReport(id, 64))];
const ACPresent = (bytes: readonly number[]) => (bytes[1]! & 1) === 1;

describe('the demo UPS as a device', () => {
  test('is listed as what it is', async () => {
    const { device } = await opened({ name: 'office' });
    expect(device).toMatchObject({
      path: 'demo:office',
      vendorId: 0x1209,
      manufacturer: 'Ridethrough',
      product: 'Demo UPS',
      serialNumber: 'DEMO-office',
      usagePage: 0x84,
    });
  });

  test('gives its strings, and no others', async () => {
    const { connection } = await opened();
    expect(await connection.getString(STRING_INDEX.product)).toBe('Demo UPS');
    expect(await connection.getString(STRING_INDEX.manufacturer)).toBe('Ridethrough');
    expect(await connection.getString(STRING_INDEX.serialNumber)).toBe('DEMO-demo');
    expect(await connection.getString(STRING_INDEX.chemistry)).toBe('PbAc');
    expect(await connection.getString(42)).toBeUndefined();
  });

  test('answers feature reports no longer than asked for', async () => {
    const { connection } = await opened();
    expect(await feature(connection, REPORT.chargeLimit)).toEqual([REPORT.chargeLimit, 20]);
    expect(await connection.getFeatureReport(REPORT.output, 4)).toHaveLength(4);
  });

  test('stalls reports it does not have and writes it does not understand', async () => {
    const { connection } = await opened();
    await expect(connection.getFeatureReport(99, 64)).rejects.toMatchObject({ code: 'driver/io' });
    await expect(connection.setFeatureReport(Uint8Array.of(REPORT.beeper, 9))).rejects.toMatchObject({
      code: 'driver/io',
    });
    await expect(connection.setFeatureReport(new Uint8Array())).rejects.toMatchObject({ code: 'driver/io' });
  });

  test('keeps what is written', async () => {
    const { connection } = await opened();
    await connection.setFeatureReport(Uint8Array.of(REPORT.chargeLimit, 35));
    expect(await feature(connection, REPORT.chargeLimit)).toEqual([REPORT.chargeLimit, 35]);
    await connection.setFeatureReport(Uint8Array.of(REPORT.beeper, 1));
    expect(await feature(connection, REPORT.beeper)).toEqual([REPORT.beeper, 1]);
  });

  test('counts a written delay down and switches off at its end', async () => {
    const { clock, connection } = await opened();
    await connection.setFeatureReport(Uint8Array.of(REPORT.shutdownDelay, 20, 0));
    await clock.advance(5_000);
    expect(await feature(connection, REPORT.shutdownDelay)).toEqual([REPORT.shutdownDelay, 15, 0]);
    await clock.advance(16_000);
    expect(await feature(connection, REPORT.shutdownDelay)).toEqual([REPORT.shutdownDelay, 0xff, 0xff]);
    expect((await feature(connection, REPORT.output)).slice(2)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('answers as the clock stands, also between two ticks', async () => {
    const { clock, connection, port } = await opened();
    await connection.setFeatureReport(Uint8Array.of(REPORT.startupDelay, 100, 0));
    port.simulator.setMains('off');
    await connection.setFeatureReport(Uint8Array.of(REPORT.shutdownDelay, 0, 0));
    await clock.advance(2_500);
    expect(await feature(connection, REPORT.startupDelay)).toEqual([REPORT.startupDelay, 98, 0]);
  });
});

describe('input reports', () => {
  test('tell the loss of the mains at once, with the measurements of that moment', async () => {
    const { clock, port, received } = await opened();
    await clock.advance(500);
    port.simulator.setMains('off');
    await clock.advance(0);
    const status = received.find(({ id }) => id === REPORT.status)!;
    expect(status.at).toBe(500);
    expect(ACPresent(status.bytes)).toBe(false);
    expect(received.find(({ id }) => id === REPORT.input)!.bytes.slice(1, 3)).toEqual([0, 0]);
  });

  test('come after the call that caused them', async () => {
    const { port, received } = await opened();
    port.simulator.setMains('off');
    expect(received).toEqual([]);
    await Promise.resolve();
    expect(received.length).toBeGreaterThan(0);
  });

  test('come every second while the battery works', async () => {
    const { clock, port, received } = await opened();
    port.simulator.setMains('off');
    await clock.advance(10_000);
    expect(received.filter(({ id }) => id === REPORT.charge)).toHaveLength(11);
    const runtimes = received.filter(({ id }) => id === REPORT.charge).map(({ bytes }) => bytes[2]! + 256 * bytes[3]!);
    expect(runtimes.at(-1)!).toBeLessThan(runtimes[0]!);
  });

  test('come every ten seconds while nothing happens, and no status among them', async () => {
    const { clock, received } = await opened();
    await clock.advance(60_000);
    expect(received.filter(({ id }) => id === REPORT.charge)).toHaveLength(6);
    expect(received.filter(({ id }) => id === REPORT.status)).toEqual([]);
  });

  test('tell the course of a test', async () => {
    const { clock, connection, received } = await opened();
    await connection.setFeatureReport(Uint8Array.of(REPORT.test, 1));
    await clock.advance(15_000);
    expect(received.filter(({ id }) => id === REPORT.test).map(({ bytes }) => bytes[1])).toEqual([5, 1]);
  });

  test('stop when the connection is closed, and so does the clock', async () => {
    const { clock, connection, port, received } = await opened();
    await connection.close();
    port.simulator.setMains('off');
    await clock.advance(5_000);
    expect(received).toEqual([]);
    expect(clock.pending).toBe(0);
    await expect(connection.getFeatureReport(REPORT.status, 8)).rejects.toMatchObject({ code: 'driver/unplugged' });
  });

  test('with a fast battery an outage runs to its end in moments, low battery first', async () => {
    const { clock, port, received } = await opened();
    port.simulator.setSpeed(100);
    port.simulator.setMains('off');
    await clock.advance(60_000);
    const states = received.filter(({ id }) => id === REPORT.status).map(({ bytes }) => bytes[1]! + 256 * bytes[2]!);
    const isLow = (state: number) => (state & (1 << 5)) !== 0;
    const isOn = (state: number) => (state & (1 << 10)) !== 0;
    expect(isLow(states[0]!)).toBe(false);
    expect(states.findIndex(isLow)).toBeLessThan(states.findIndex((state) => !isOn(state)));
    expect(isOn(states.at(-1)!)).toBe(false);
    expect(port.simulator.readings).toMatchObject({ chargePercent: 0, outputVolts: 0 });
  });
});

describe('the cable', () => {
  test('pulled: the connection ends once, the list is empty, the watcher hears of it', async () => {
    const { clock, port, connection, device } = await opened();
    const errors: unknown[] = [];
    let changes = 0;
    connection.onClosed((error) => errors.push(error));
    port.watch(() => changes++);
    port.simulator.unplug();
    port.simulator.unplug();
    await clock.advance(0);
    expect(errors).toEqual([expect.objectContaining({ code: 'driver/unplugged' })]);
    expect(changes).toBe(1);
    expect(await port.list()).toEqual([]);
    await expect(port.open(device)).rejects.toMatchObject({ code: 'driver/unplugged' });
    await expect(connection.getFeatureReport(REPORT.status, 8)).rejects.toMatchObject({ code: 'driver/unplugged' });
  });

  test('plugged in again by itself after the time given; the unit has lived on meanwhile', async () => {
    const { clock, port, device } = await opened();
    let changes = 0;
    port.watch(() => changes++);
    port.simulator.setMains('off');
    const before = port.simulator.readings.runtimeSeconds;
    port.simulator.unplug(30);
    await clock.advance(29_000);
    expect(await port.list()).toEqual([]);
    await clock.advance(2_000);
    expect(changes).toBe(2);
    const connection = await port.open(device);
    expect(ACPresent(await feature(connection, REPORT.status))).toBe(false);
    expect(port.simulator.readings.runtimeSeconds).toBeLessThan(before - 20);
  });

  test('a replug by hand ends the wait', async () => {
    const { clock, port } = await opened();
    let changes = 0;
    port.watch(() => changes++);
    port.simulator.unplug(30);
    port.simulator.replug();
    await clock.advance(60_000);
    expect(await port.list()).toHaveLength(1);
    expect(changes).toBe(2);
  });

  test('is found plugged in again even when nobody watched', async () => {
    const { clock, port, connection } = await opened();
    await connection.close();
    port.simulator.unplug(30);
    await clock.advance(31_000);
    expect(await port.list()).toHaveLength(1);
  });

  test('a watcher that stopped hears nothing, not even of what just happened', async () => {
    const { clock, port, connection } = await opened();
    let changes = 0;
    const stop = port.watch(() => changes++);
    port.simulator.unplug();
    stop();
    await clock.advance(1_000);
    expect(changes).toBe(0);
    await connection.close();
    expect(clock.pending).toBe(0);
  });
});

test('the same seed at the same times sends the same bytes', async () => {
  const run = async () => {
    const { clock, port, received } = await opened({ seed: 11 });
    await clock.advance(20_000);
    port.simulator.setMains('flap');
    await clock.advance(40_000);
    return received;
  };
  expect(await run()).toEqual(await run());
});

test('two units of one program live their own lives', async () => {
  const clock = createFakeClock();
  const [one, two] = [createDemoPort({ clock, name: 'one' }), createDemoPort({ clock, name: 'two' })];
  one.simulator.setMains('off');
  expect(one.simulator.readings.flags.acPresent).toBe(false);
  expect(two.simulator.readings.flags.acPresent).toBe(true);
  const [device] = await two.list();
  await expect(one.open(device!)).rejects.toMatchObject({ code: 'driver/unplugged' });
});
