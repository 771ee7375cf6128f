import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createRecordingPort, readRecording } from '#engine/adapters/recording-port.ts';
import { bindDevice } from '#engine/devices/bind-device.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { Driver, DriverEvent, UpsConfig } from '#engine/drivers/driver.ts';
import type { HidDeviceInfo, HidPort, Log } from '#engine/ports.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { ScriptedDevice, ScriptedPort } from '#tests/support/scripted-hid-port.ts';
import { createDeviceClaims, type DeviceClaims } from './device-claims.ts';
import type { Recording } from './recording-format.ts';
import { createUsbHidDriver } from './usb-hid-driver.ts';

const FIXTURES = join(import.meta.dirname, '../../../tests/fixtures/devices');
/** A CyberPower CP1500AVRLCDa: status in input report 11, charge and runtime in 8. */
const CP1500 = '0764-0501-cp1500avrlcda';
const STATUS = 0x0b;
const ON_LINE = [STATUS, 0x11];
/** ACPresent off, Discharging on. */
const ON_BATTERY = [STATUS, 0x04];
const CHARGE = 0x08;
const VOLTAGE = 0x0f;
const BEEPER = 0x0c;

let recording: Recording;
beforeAll(async () => {
  recording = await readRecording(join(FIXTURES, CP1500));
});

class LogLines implements Log {
  readonly lines: string[] = [];
  debug(): void {}
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
  child(): Log {
    return this;
  }
}

let clock: FakeClock;
let port: ScriptedPort;
let claims: DeviceClaims;
let store: UpsStore;
let log: LogLines;
let drivers: Driver[];

beforeEach(() => {
  clock = createFakeClock();
  port = new ScriptedPort();
  claims = createDeviceClaims();
  store = createUpsStore(clock);
  log = new LogLines();
  drivers = [];
  return async () => {
    await Promise.all(drivers.map((driver) => driver.stop()));
    store.stop();
  };
});

function device(path = '/dev/hidraw0', info: Partial<HidDeviceInfo> = {}): ScriptedDevice {
  return new ScriptedDevice({ path, usagePage: 0x84, ...recording.identity, ...info }, recording);
}

interface Started {
  readonly driver: Driver;
  readonly events: DriverEvent[];
  variable(name: string): string | undefined;
  availability(): string | undefined;
  errorMessage(): string | undefined;
}

function start(
  options: UpsConfig['options'] = {},
  name = 'office',
  hidPort: HidPort = port,
  portText = 'auto',
): Started {
  const config: UpsConfig = { name, driver: 'usbhid-ups', port: portText, options };
  const events: DriverEvent[] = [];
  store.add(config, 15);
  const driver = createUsbHidDriver({
    config,
    port: hidPort,
    clock,
    log,
    claims,
    bindDevice,
    claimDevice,
    sink: (event) => {
      events.push(event);
      store.dispatch(name, event);
    },
  });
  drivers.push(driver);
  driver.start();
  return {
    driver,
    events,
    variable: (variable) => store.get(name)?.variables.get(variable)?.value,
    availability: () => store.get(name)?.availability,
    errorMessage: () => store.get(name)?.error?.message,
  };
}

const types = (events: readonly DriverEvent[]): string[] => events.map(({ type }) => type);

describe('a unit that is there', () => {
  test('is connected, read and ready, in this order', async () => {
    port.plug(device());
    const ups = start();
    await clock.advance(0);
    expect(types(ups.events).slice(0, 3)).toEqual(['connected', 'update', 'ready']);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('ups.status')).toBe('OL');
    expect(ups.variable('ups.mfr')).toBe('CPS');
    expect(ups.variable('battery.charge')).toBe('100');
    expect(ups.variable('driver.version.data')).toContain('CyberPower HID');
  });

  test('is polled quickly for its status and slowly for the rest', async () => {
    const unit = device();
    port.plug(unit);
    start();
    await clock.advance(0);
    unit.asked.length = 0;
    await clock.advance(2_000);
    expect(unit.asked).toContain(STATUS);
    expect(unit.asked).not.toContain(VOLTAGE);
    await clock.advance(10_000);
    expect(unit.asked.filter((id) => id === VOLTAGE)).toHaveLength(1);
    expect(unit.asked.filter((id) => id === STATUS)).toHaveLength(6);
  });

  test('is polled as the options say', async () => {
    const unit = device();
    port.plug(unit);
    start({ pollinterval: '5', pollfreq: '20' });
    await clock.advance(0);
    unit.asked.length = 0;
    await clock.advance(20_000);
    expect(unit.asked.filter((id) => id === STATUS)).toHaveLength(4);
    expect(unit.asked.filter((id) => id === VOLTAGE)).toHaveLength(1);
  });

  test('tells after each round of questions how long it took', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    expect(store.get('office')?.pollTookMs).toBeUndefined();
    unit.features.set(STATUS, 'hang');
    await clock.advance(2_000);
    await clock.advance(300);
    unit.answerHanging(Uint8Array.from(ON_LINE));
    await clock.advance(0);
    expect(ups.events.filter((event) => event.type === 'polled')).toEqual([{ type: 'polled', tookMs: 300 }]);
    expect(store.get('office')?.pollTookMs).toBe(300);
  });

  test('shows an input report at once', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.send(...ON_BATTERY);
    expect(ups.variable('ups.status')).toBe('OB DISCHRG');
    unit.send(CHARGE, 0x32, 0x84, 0x03, 0x2c, 0x01);
    expect(ups.variable('battery.charge')).toBe('50');
    expect(ups.variable('battery.runtime')).toBe('900');
  });

  test('keeps an input report that came while it was still being read', async () => {
    const unit = device();
    unit.features.set(STATUS, 'hang');
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.send(...ON_BATTERY);
    unit.features.set(STATUS, Uint8Array.from(ON_LINE));
    unit.answerHanging(Uint8Array.from(ON_LINE));
    await clock.advance(0);
    expect(ups.variable('ups.status')).toBe('OB DISCHRG');
  });

  test('is not listened to with pollonly, and a change is seen by the next poll', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start({ pollonly: true });
    await clock.advance(0);
    unit.send(...ON_BATTERY);
    expect(ups.variable('ups.status')).toBe('OL');
    unit.features.set(STATUS, Uint8Array.from(ON_BATTERY));
    await clock.advance(2_000);
    expect(ups.variable('ups.status')).toBe('OB DISCHRG');
  });

  test('is asked nothing with interruptonly, and is alive while it is silent', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start({ interruptonly: true });
    await clock.advance(0);
    unit.send(...ON_LINE);
    await clock.advance(60_000);
    expect(unit.asked).toEqual([]);
    expect(ups.variable('ups.status')).toBe('OL');
    expect(ups.availability()).toBe('available');
  });

  test('tells texts that its reports name by index', async () => {
    const unit = device();
    unit.strings.set(4, 'PbAc');
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    expect(ups.variable('battery.type')).toBe('PbAc');
  });
});

describe('a unit with faults', () => {
  test('is read without the reports that stall, with one line for all of them', async () => {
    const unit = device();
    for (const id of [VOLTAGE, 0x10, 0x0e]) unit.features.set(id, 'stall');
    port.plug(unit);
    const ups = start();
    await clock.advance(60_000);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('input.voltage')).toBeUndefined();
    expect(ups.variable('battery.charge')).toBe('100');
    expect(log.lines.filter((line) => line.includes('no answer for report'))).toHaveLength(1);
  });

  test('keeps a value through one failed read and drops it after three', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    expect(ups.variable('input.voltage')).toBe('118.0');
    unit.features.set(VOLTAGE, 'stall');
    await clock.advance(12_000);
    expect(ups.variable('input.voltage')).toBe('118.0');
    await clock.advance(24_000);
    expect(ups.variable('input.voltage')).toBeUndefined();
    unit.features.set(VOLTAGE, Uint8Array.of(VOLTAGE, 0x78, 0));
    await clock.advance(120_000);
    expect(ups.variable('input.voltage')).toBe('120.0');
  });

  test('may answer short, long and senseless bytes', async () => {
    const unit = device();
    unit.features.set(CHARGE, Uint8Array.of(CHARGE, 0x2a));
    unit.features.set(VOLTAGE, new Uint8Array(256).fill(0xff));
    unit.features.set(0x10, new Uint8Array(0));
    unit.features.set(0x0e, Uint8Array.of(0x55));
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.send();
    unit.send(0xff, 1, 2, 3);
    unit.send(STATUS);
    await clock.advance(30_000);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('battery.charge')).toBe('42');
    expect(ups.variable('battery.runtime')).toBeUndefined();
  });

  test('that is slow is asked one thing at a time and does not look old meanwhile', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.pause = () => clock.sleep(900);
    const seen = new Set<string | undefined>();
    store.subscribe(() => seen.add(ups.availability()));
    await clock.advance(120_000);
    expect(unit.mostBusy).toBe(1);
    expect(seen.has('stale')).toBe(false);
    expect(ups.availability()).toBe('available');
  });

  test('survives one pass without any answer', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(1_900);
    unit.isMute = true;
    await clock.advance(300);
    unit.isMute = false;
    await clock.advance(10_000);
    expect(types(ups.events)).not.toContain('stale');
    expect(unit.openCount).toBe(1);
  });

  test('that answers nothing any more is stale, and opened again until it answers', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.isMute = true;
    await clock.advance(3_000);
    expect(ups.availability()).toBe('stale');
    expect(ups.variable('battery.charge')).toBe('100');
    expect(ups.errorMessage()).toContain('no request got an answer');
    await clock.advance(20_000);
    expect(unit.openCount).toBeGreaterThan(1);
    expect(unit.connections.size).toBeLessThanOrEqual(1);
    unit.isMute = false;
    await clock.advance(40_000);
    expect(ups.availability()).toBe('available');
  });

  test('is opened at once when asked to try again, and the cable alone has not told it', async () => {
    const unit = device();
    unit.openError = new DriverError('driver/permission-denied', { device: 'UPS', path: '/dev/hidraw0' });
    port.plug(unit);
    const ups = start();
    await clock.advance(120_000);
    expect(ups.availability()).toBe('not-connected');
    unit.openError = undefined;
    await clock.advance(500);
    expect(ups.availability()).toBe('not-connected');
    expect(ups.driver.retry?.()).toBe(true);
    await clock.advance(0);
    expect(ups.availability()).toBe('available');
  });

  test('that lets a request hang is given up after ten seconds', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.features.set(STATUS, 'hang');
    await clock.advance(11_000);
    expect(ups.availability()).toBe('available');
    await clock.advance(2_000);
    expect(ups.availability()).toBe('stale');
  });

  test('is polled when its input reports end, and the cure is told as a note', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    for (const connection of unit.connections) connection.failInput();
    unit.features.set(STATUS, Uint8Array.from(ON_BATTERY));
    await clock.advance(2_000);
    expect(ups.variable('ups.status')).toBe('OB DISCHRG');
    expect(store.get('office')?.notes.map(({ code }) => code)).toContain('input-reports-ended');
  });

  test('has every cure in the state and once in the log, and why it is read as it is', async () => {
    const unit = device();
    port.plug(unit);
    start({ offdelay: '77' });
    await clock.advance(0);
    port.unplug(unit);
    await clock.advance(1_000);
    port.plug(unit);
    await clock.advance(10_000);
    const notes = store.get('office')?.notes ?? [];
    expect(notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['cps-output-voltage-range', 'whole-minute-delays']),
    );
    for (const { text } of notes) expect(log.lines.filter((line) => line.includes(text))).toHaveLength(1);
    expect(log.lines.filter((line) => line.includes('is listed by CyberPower HID'))).toHaveLength(1);
  });

  test('with interruptsize is heard only so far', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start({ interruptsize: '1', pollinterval: '60', pollfreq: '60' });
    await clock.advance(0);
    unit.send(...ON_BATTERY);
    expect(ups.variable('ups.status')).toBe('OL');
  });

  test('that says on line and discharging at once is told once, and again as the throttle says', async () => {
    const unit = device();
    unit.features.set(STATUS, Uint8Array.of(STATUS, 0x05));
    unit.features.set(CHARGE, Uint8Array.of(CHARGE, 80, 0x27, 0x09, 0x2c, 0x01));
    port.plug(unit);
    start({ onlinedischarge_log_throttle_sec: '20' });
    await clock.advance(61_000);
    const lines = log.lines.filter((line) => line.includes('on line and discharging'));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^warn CP1500AVRLCDa/);
  });

  test('that refuses every request but sends reports is read by those, and it is told as a note', async () => {
    const unit = device();
    unit.isMute = true;
    port.plug(unit);
    const ups = start();
    await clock.advance(1_000);
    unit.send(...ON_BATTERY);
    await clock.advance(60_000);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('ups.status')).toBe('OB DISCHRG');
    expect(store.get('office')?.notes.map(({ code }) => code)).toContain('input-reports-only');
  });

  test('that refuses every request and sends nothing never was connected', async () => {
    const unit = device();
    unit.isMute = true;
    port.plug(unit);
    const ups = start();
    await clock.advance(30_000);
    expect(ups.availability()).toBe('not-connected');
    expect(ups.errorMessage()).toContain('answered none of its reports');
    expect(types(ups.events)).toEqual(['disconnected']);
  });

  test('is opened again after more silent polls than interrupt_pipe_no_events_tolerance allows', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start({ interrupt_pipe_no_events_tolerance: '5' });
    await clock.advance(11_000);
    expect(unit.openCount).toBe(1);
    await clock.advance(2_000);
    expect(unit.openCount).toBe(2);
    expect(types(ups.events)).not.toContain('stale');
    unit.send(...ON_LINE);
    await clock.advance(9_000);
    expect(unit.openCount).toBe(2);
  });
});

describe('any unit', () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  const happening = fc.oneof(
    fc.record({ what: fc.constant('answer' as const), id: fc.integer({ min: 0, max: 40 }), bytes }),
    fc.record({ what: fc.constant('stall' as const), id: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('hang' as const), id: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('input' as const), bytes }),
    fc.record({ what: fc.constant('replug' as const) }),
    fc.record({ what: fc.constant('command' as const), name: fc.constantFrom('beeper.enable', 'load.off', 'x') }),
    fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
  );

  test('may answer, send and do what it likes: the driver goes on, and reads it when it behaves again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 15 }), async (script) => {
        clock = createFakeClock();
        port = new ScriptedPort();
        store = createUpsStore(clock);
        const unit = device();
        port.plug(unit);
        const ups = start({}, 'office');
        for (const step of script) {
          if (step.what === 'answer') unit.features.set(step.id, step.bytes);
          else if (step.what === 'stall' || step.what === 'hang') unit.features.set(step.id, step.what);
          else if (step.what === 'input') unit.send(...step.bytes);
          else if (step.what === 'command') void ups.driver.runCommand(step.name);
          else if (step.what === 'time') await clock.advance(step.ms);
          else {
            port.unplug(unit);
            port.plug(unit);
          }
        }
        port.unplug(unit);
        unit.features.clear();
        for (const report of recording.reports) unit.features.set(report.reportId, report.bytes);
        await clock.advance(60_000);
        port.plug(unit);
        await clock.advance(15_000);
        expect(ups.availability()).toBe('available');
        expect(ups.variable('ups.status')).toBe('OL');
        await ups.driver.stop();
        expect(unit.connections.size).toBe(0);
        store.stop();
      }),
      { numRuns: 60 },
    );
  });
});

describe('unplugging', () => {
  test('makes the data old at once and keeps them', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    port.unplug(unit);
    await clock.advance(0);
    expect(ups.availability()).toBe('stale');
    expect(ups.errorMessage()).toBe('CP1500AVRLCDa is unplugged.');
    expect(ups.variable('battery.charge')).toBe('100');
  });

  test('and plugging in under another path is followed without waiting', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    port.unplug(unit);
    await clock.advance(60_000);
    port.plug(unit, { path: '/dev/hidraw5' });
    await clock.advance(0);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('ups.status')).toBe('OL');
    expect(port.watchers).toBe(0);
  });

  test('in the middle of a pass is survived', async () => {
    const unit = device();
    unit.features.set(VOLTAGE, 'hang');
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    port.unplug(unit);
    await clock.advance(2_000);
    expect(ups.availability()).toBe('not-connected');
    expect(ups.errorMessage()).toContain('No UPS found for office');
    unit.features.set(VOLTAGE, Uint8Array.of(VOLTAGE, 0x76, 0));
    port.plug(unit);
    await clock.advance(0);
    expect(ups.availability()).toBe('available');
  });

  test('is told by one line, and plugging in by another', async () => {
    const unit = device();
    port.plug(unit);
    start();
    await clock.advance(0);
    port.unplug(unit);
    await clock.advance(600_000);
    port.plug(unit);
    await clock.advance(0);
    // What is told of the unit itself begins with its name.
    const lines = log.lines.filter((line) => !line.startsWith('info CP1500AVRLCDa (0764:0501): '));
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['info', 'warn', 'info']);
    expect(lines[1]).toContain('unplugged');
  });

  test('over and over does not flood the log', async () => {
    const unit = device();
    port.plug(unit);
    start();
    for (let turn = 0; turn < 100; turn += 1) {
      await clock.advance(500);
      port.unplug(unit);
      await clock.advance(500);
      port.plug(unit);
    }
    await clock.advance(60_000);
    expect(log.lines.length).toBeLessThan(20);
    expect(log.lines.at(-1)).toContain('Reading');
  });

  test('is waited out with waitbeforereconnect, also when the unit is back at once', async () => {
    const unit = device();
    port.plug(unit);
    start({ waitbeforereconnect: '30' });
    await clock.advance(0);
    port.unplug(unit);
    port.plug(unit);
    await clock.advance(29_000);
    expect(unit.openCount).toBe(1);
    await clock.advance(2_000);
    expect(unit.openCount).toBe(2);
  });

  test('leaves no answer of the old session in the new one', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.features.set(STATUS, 'hang');
    await clock.advance(2_000);
    port.unplug(unit);
    unit.features.set(STATUS, Uint8Array.from(ON_LINE));
    port.plug(unit);
    await clock.advance(0);
    const told = ups.events.length;
    unit.answerHanging(Uint8Array.from(ON_BATTERY));
    await clock.advance(0);
    expect(ups.events.length).toBe(told);
    expect(ups.variable('ups.status')).toBe('OL');
  });
});

describe('a unit that cannot be had', () => {
  test('because there is none is told with what was searched', async () => {
    const ups = start();
    await clock.advance(0);
    expect(types(ups.events)).toEqual(['disconnected']);
    expect(ups.errorMessage()).toBe('No UPS found for office: no HID device is attached.');
  });

  test('is found by the watch when it comes', async () => {
    const ups = start();
    await clock.advance(120_000);
    port.plug(device());
    await clock.advance(0);
    expect(ups.availability()).toBe('available');
  });

  test('is found by looking again where the watch misses it', async () => {
    const ups = start();
    await clock.advance(120_000);
    port.attached.add(device());
    await clock.advance(30_000);
    expect(ups.availability()).toBe('available');
  });

  test('for want of permission is told by node, and read once it is granted', async () => {
    const unit = device();
    unit.openError = new DriverError('driver/permission-denied', { device: 'CP1500', path: '/dev/hidraw0' });
    port.attached.add(unit);
    const ups = start();
    await clock.advance(0);
    expect(ups.errorMessage()).toBe('Cannot open CP1500: permission denied on /dev/hidraw0.');
    await clock.advance(60_000);
    expect(log.lines).toHaveLength(1);
    unit.openError = undefined;
    port.changed();
    await clock.advance(0);
    expect(ups.availability()).toBe('available');
  });

  test('right after plugging in, until its rights are set, is no trouble worth telling', async () => {
    const ups = start();
    await clock.advance(5_000);
    const unit = device();
    unit.openError = new DriverError('driver/permission-denied', { device: 'CP1500', path: '/dev/hidraw0' });
    port.plug(unit);
    await clock.advance(400);
    unit.openError = undefined;
    await clock.advance(300);
    expect(ups.availability()).toBe('available');
    expect(log.lines.join()).not.toContain('permission');
  });

  test('right after plugging in, because the list is behind, is found within a second', async () => {
    const ups = start();
    await clock.advance(5_000);
    port.changed();
    await clock.advance(100);
    port.attached.add(device());
    await clock.advance(300);
    expect(ups.availability()).toBe('available');
  });

  test('whose rights are still missing when they should be set is told', async () => {
    const ups = start();
    await clock.advance(5_000);
    const unit = device();
    unit.openError = new DriverError('driver/permission-denied', { device: 'CP1500', path: '/dev/hidraw0' });
    port.plug(unit);
    await clock.advance(2_500);
    expect(ups.errorMessage()).toContain('permission denied');
  });

  test('because another program took it is told by the name of that program', async () => {
    port.blockedDevices = [
      {
        device: device('/dev/bus/usb/001/004').info,
        error: new DriverError('driver/held-by-other', { device: 'CP1500', holder: 'usbhid-ups (process 42)' }),
      },
    ];
    const ups = start();
    await clock.advance(0);
    expect(ups.errorMessage()).toBe('CP1500 is held by another program: usbhid-ups (process 42).');
  });

  test('because listing fails is told and tried again', async () => {
    port.listError = new DriverError('driver/no-hid-library', { reason: 'libusb-1.0.so.0 is missing' });
    const ups = start();
    await clock.advance(0);
    expect(ups.errorMessage()).toContain('libusb-1.0.so.0 is missing');
    port.listError = undefined;
    port.plug(device());
    await clock.advance(1_000);
    expect(ups.availability()).toBe('available');
  });

  test('is asked for ever more rarely, and not more often than every thirty seconds in the end', async () => {
    start();
    await clock.advance(120_000);
    const looked = port.listCount;
    await clock.advance(300_000);
    expect(port.listCount - looked).toBe(10);
  });

  test('is given up after reconnect_max_tries', async () => {
    const ups = start({ reconnect_max_tries: '3' });
    await clock.advance(300_000);
    expect(ups.errorMessage()).toContain('No more tries for office');
    const looked = port.listCount;
    await clock.advance(300_000);
    expect(port.listCount).toBe(looked);
    expect(clock.pending).toBe(0);
  });

  test('is told now and then with reconnect_report_freq', async () => {
    start({ reconnect_report_freq: '5' });
    await clock.advance(600_000);
    expect(log.lines.filter((line) => line.includes('Still trying')).length).toBeGreaterThan(3);
  });
});

describe('exploring', () => {
  test('claims what no definition knows, writes all it says to the log, and publishes nothing of it', async () => {
    const unit = device('/dev/hidraw0', { vendorId: 0x1234, productId: 0x5678, usagePage: 0xff00 });
    port.plug(unit);
    const ups = start({ explore: true, vendorid: '1234' });
    await clock.advance(40_000);
    expect(ups.availability()).toBe('available');
    expect(ups.variable('driver.version.data')).toBe('EXPLORE HID');
    expect(ups.variable('battery.charge')).toBeUndefined();
    expect(ups.variable('ups.vendorid')).toBe('1234');
    const told = 'UPS.PowerSummary.RemainingCapacity: input report 0x08, bit 0, 8 bits: 100';
    expect(log.lines.filter((line) => line === `info ${told}`)).toHaveLength(1);
    expect(await ups.driver.runCommand('load.off')).toBe('unknown');
    expect(unit.written).toEqual([]);
  });

  test('writes what the descriptor has to the log of a unit that answers nothing, once', async () => {
    const unit = device();
    unit.isMute = true;
    port.plug(unit);
    start({ explore: true, vendorid: '0764', pollonly: true });
    await clock.advance(60_000);
    const told = 'info UPS.PowerSummary.RemainingCapacity: input report 0x08, bit 0, 8 bits: no answer';
    expect(log.lines.filter((line) => line === told)).toHaveLength(1);
  });

  test('without vendorid is refused', async () => {
    port.plug(device());
    const ups = start({ explore: true });
    await clock.advance(0);
    expect(ups.errorMessage()).toBe(
      'Option explore of CPS CP1500AVRLCDa (0764:0501) cannot be used: it needs vendorid as well, or it would take any device.',
    );
  });
});

describe('choosing', () => {
  test('follows the options of the section', async () => {
    port.plug(device('/dev/hidraw0', { serialNumber: 'AAA' }));
    port.plug(device('/dev/hidraw1', { serialNumber: 'BBB' }));
    const ups = start({ serial: 'b+' });
    await clock.advance(0);
    expect(ups.variable('ups.serial')).toBe('BBB');
  });

  test('follows a device path in port', async () => {
    port.plug(device('/dev/hidraw0', { serialNumber: 'AAA' }));
    port.plug(device('/dev/hidraw1', { serialNumber: 'BBB' }));
    const ups = start({}, 'office', port, '/dev/hidraw1');
    await expect.poll(() => ups.variable('ups.serial')).toBe('BBB');
  });

  test('never gives one unit to two sections', async () => {
    const unit = device();
    port.plug(unit);
    const first = start({}, 'first');
    const second = start({}, 'second');
    await clock.advance(10_000);
    expect([first.availability(), second.availability()].sort()).toEqual(['available', 'not-connected']);
    expect(unit.connections.size).toBe(1);
    const waiting = first.availability() === 'available' ? second : first;
    expect(waiting.errorMessage()).toContain('is used by [');
    port.plug(device('/dev/hidraw1', { serialNumber: 'OTHER' }));
    await clock.advance(0);
    expect(waiting.availability()).toBe('available');
  });

  test('gives each section the unit back that it had, whoever asks first', async () => {
    const a = device('/dev/hidraw0', { serialNumber: 'AAA' });
    const b = device('/dev/hidraw1', { serialNumber: 'BBB' });
    port.plug(a);
    const first = start({}, 'first');
    await clock.advance(0);
    port.plug(b);
    const second = start({}, 'second');
    await clock.advance(0);
    port.unplug(a);
    port.unplug(b);
    await clock.advance(1_000);
    port.plug(b, { path: '/dev/hidraw0' });
    await clock.advance(10_000);
    expect([first.availability(), second.availability()]).toEqual(['stale', 'available']);
    port.plug(a, { path: '/dev/hidraw1' });
    await clock.advance(0);
    expect([first.variable('ups.serial'), second.variable('ups.serial')]).toEqual(['AAA', 'BBB']);
  });

  test('leaves a device alone that turned out to be no UPS', async () => {
    const stranger = new ScriptedDevice(
      { path: '/dev/hidraw7', vendorId: 0x1234, productId: 1, product: 'Toy', usagePage: 0x84 },
      { descriptor: Uint8Array.of(0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0xc0), reports: [] },
    );
    port.plug(stranger);
    const ups = start();
    await clock.advance(120_000);
    expect(stranger.openCount).toBe(1);
    expect(stranger.closeCount).toBe(1);
    expect(ups.errorMessage()).toContain('Toy');
  });

  test('says which option is no regular expression', async () => {
    port.plug(device());
    const ups = start({ serial: '(' });
    await clock.advance(0);
    expect(ups.errorMessage()).toContain('Option serial');
  });
});

describe('commands and settings', () => {
  test('reach the unit, and what they changed is read at once', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    expect(ups.variable('ups.beeper.status')).toBe('disabled');
    expect(await ups.driver.runCommand('beeper.enable')).toBe('handled');
    expect(unit.written).toEqual([[BEEPER, 2]]);
    await clock.advance(0);
    expect(ups.variable('ups.beeper.status')).toBe('enabled');
  });

  test('build on bytes that were read right before', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.features.set(0x10, Uint8Array.of(0x10, 0x65, 0, 0x8d, 0));
    expect(await ups.driver.setVariable('input.transfer.low', '98')).toBe('handled');
    expect(unit.written).toEqual([[0x10, 98, 0, 0x8d, 0]]);
  });

  test('that nobody knows are unknown', async () => {
    port.plug(device());
    const ups = start();
    await clock.advance(0);
    expect(await ups.driver.runCommand('make.coffee')).toBe('unknown');
    expect(await ups.driver.setVariable('no.such', '1')).toBe('unknown');
  });

  test('fail when the unit refuses the write', async () => {
    const unit = device();
    unit.refusesWrites = true;
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    expect(await ups.driver.runCommand('beeper.enable')).toBe('failed');
    expect(ups.availability()).toBe('available');
  });

  test('fail without a unit', async () => {
    const ups = start();
    await clock.advance(0);
    expect(await ups.driver.runCommand('beeper.enable')).toBe('failed');
    expect(await ups.driver.setVariable('input.transfer.low', '98')).toBe('failed');
    expect(await ups.driver.killPower()).toBe('failed');
  });

  test('do not wait for a pass to end', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    unit.features.set(0x16, 'hang');
    await clock.advance(2_000);
    const outcome = ups.driver.runCommand('beeper.enable');
    unit.answerHanging(Uint8Array.of(0x16, 0));
    expect(await outcome).toBe('handled');
  });

  test('to switch off go out in the order of the plan, with its pauses', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(0);
    const outcome = ups.driver.killPower();
    await clock.advance(1_000);
    expect(await outcome).toBe('handled');
    // DelayBeforeStartup in minutes, then DelayBeforeShutdown.
    expect(unit.written.map(([id]) => id)).toEqual([0x16, 0x15]);
  });
});

describe('stopping', () => {
  test('closes the unit and leaves nothing running', async () => {
    const unit = device();
    port.plug(unit);
    const ups = start();
    await clock.advance(5_000);
    await ups.driver.stop();
    expect(unit.connections.size).toBe(0);
    expect(unit.closeCount).toBe(1);
    expect(port.watchers).toBe(0);
    const told = ups.events.length;
    await clock.advance(60_000);
    expect(ups.events.length).toBe(told);
  });

  test('while searching leaves nothing running', async () => {
    const ups = start();
    await clock.advance(5_000);
    await ups.driver.stop();
    store.stop();
    expect(clock.pending).toBe(0);
    expect(port.watchers).toBe(0);
  });

  test('gives the unit to the next section', async () => {
    port.plug(device());
    const first = start({}, 'first');
    await clock.advance(0);
    await first.driver.stop();
    const second = start({}, 'second');
    await clock.advance(0);
    expect(second.availability()).toBe('available');
  });

  test('twice, and before the start, is harmless', async () => {
    const ups = start();
    await ups.driver.stop();
    await expect(ups.driver.stop()).resolves.toBeUndefined();
  });
});

describe('a recording', () => {
  test('is read through the same driver', async () => {
    const ups = start({}, 'office', createRecordingPort(join(FIXTURES, CP1500)), `recording:${join(FIXTURES, CP1500)}`);
    await expect.poll(() => ups.availability()).toBe('available');
    expect(ups.variable('ups.status')).toBe('OL');
    expect(ups.variable('input.voltage')).toBe('118.0');
  });

  test('that is no folder is told with file and reason', async () => {
    const ups = start({}, 'office', createRecordingPort('/nowhere'), 'recording:/nowhere');
    await expect.poll(() => ups.errorMessage() ?? '').toContain('/nowhere/device.json');
  });
});
