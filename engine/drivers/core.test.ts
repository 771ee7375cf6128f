import { beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import type { Log } from '#engine/ports.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { withDriverCore } from './core.ts';
import type { Driver, DriverOutcome, DriverSink, UpsConfig } from './driver.ts';

/** A driver whose device a test plays. */
class FakeDriver implements Driver {
  sink!: DriverSink;
  log!: Log;
  readonly done: string[] = [];
  killPowerOutcome: DriverOutcome = 'handled';
  outcomes: Record<string, DriverOutcome> = {};
  start(): void {
    this.sink({ type: 'connected' });
    this.sink({
      type: 'update',
      set: { 'ups.mfr': 'Maker', 'ups.model': 'Model', 'ups.status': 'OL' },
      commands: ['beeper.mute'],
    });
    this.sink({ type: 'ready' });
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  runCommand(command: string, parameter?: string): Promise<DriverOutcome> {
    this.done.push(parameter === undefined ? command : `${command} ${parameter}`);
    return Promise.resolve(this.outcomes[command] ?? 'unknown');
  }
  setVariable(variable: string, value: string): Promise<DriverOutcome> {
    this.done.push(`${variable}=${value}`);
    return Promise.resolve('handled');
  }
  killPower(): Promise<DriverOutcome> {
    this.done.push('killPower');
    return Promise.resolve(this.killPowerOutcome);
  }
}

let store: UpsStore;
let inner: FakeDriver;
let reloads: string[];
let lines: string[];
beforeEach(() => {
  store = createUpsStore(createFakeClock());
  inner = new FakeDriver();
  reloads = [];
  lines = [];
  return () => store.stop();
});

const log: Log = {
  debug: (line) => lines.push(`debug ${line}`),
  info: (line) => lines.push(`info ${line}`),
  warn: (line) => lines.push(`warn ${line}`),
  error: (line) => lines.push(`error ${line}`),
  child: () => log,
};

function start(options: UpsConfig['options'] = {}): Driver {
  const config: UpsConfig = { name: 'office', driver: 'usbhid-ups', port: 'auto', options };
  store.add(config, 15);
  const driver = withDriverCore({
    config,
    sink: (event) => store.dispatch('office', event),
    log,
    version: '1.2.3',
    internalVersion: '0.5',
    reload: (mode) => {
      reloads.push(mode);
      return Promise.resolve('handled');
    },
    create: ({ sink, log: innerLog }) => {
      inner.sink = sink;
      inner.log = innerLog;
      return inner;
    },
  });
  driver.start();
  return driver;
}

const value = (name: string): string | undefined => store.get('office')?.variables.get(name)?.value;
const traits = (name: string) => store.get('office')?.variables.get(name)?.traits;

describe('variables of the driver', () => {
  test('say what it is and how it was configured', () => {
    start({ pollinterval: '5', pollonly: true, 'override.battery.charge': '7', desc: 'Office', user: 'nut' });
    const own = [...(store.get('office')?.variables.values() ?? [])]
      .filter(({ name }) => name.startsWith('driver.') || name === 'device.type')
      .map(({ name, value: text }) => `${name}: ${text}`);
    expect(own).toEqual([
      'device.type: ups',
      'driver.debug: 0',
      'driver.flag.allow_killpower: 0',
      'driver.flag.pollonly: enabled',
      'driver.name: usbhid-ups',
      'driver.parameter.pollinterval: 5',
      'driver.parameter.port: auto',
      'driver.parameter.synchronous: auto',
      'driver.state: quiet',
      'driver.version: 1.2.3',
      'driver.version.internal: 0.5',
    ]);
  });

  test('keep secrets to themselves', () => {
    start({ password: 'x', community: 'public', authPassword: 'y', secret: 'z', mibs: 'auto' });
    const names = [...(store.get('office')?.variables.keys() ?? [])];
    expect(names.filter((name) => /pass|community|secret/i.test(name))).toEqual([]);
    expect(value('driver.parameter.mibs')).toBe('auto');
  });

  test('are back after the source was gone and came again', () => {
    const driver = start();
    void driver.setVariable('driver.debug', '2');
    inner.start();
    expect(value('driver.debug')).toBe('2');
    expect(value('driver.name')).toBe('usbhid-ups');
  });

  test('tell that it tries to reach its device again', () => {
    start();
    inner.sink({ type: 'stale', error: new DriverError('driver/unplugged', { device: 'X' }) });
    expect(value('driver.state')).toBe('reconnect.trying');
    expect(store.get('office')?.availability).toBe('stale');
    inner.start();
    expect(value('driver.state')).toBe('quiet');
  });
});

describe('the mirror', () => {
  test('shows ups.* as device.* and the reverse', () => {
    start();
    inner.sink({ type: 'update', set: { 'device.serial': '42' } });
    expect([value('device.mfr'), value('device.model'), value('ups.serial')]).toEqual(['Maker', 'Model', '42']);
  });

  test('does not cover what the driver says itself', () => {
    start();
    inner.sink({ type: 'update', set: { 'device.model': 'Rack' } });
    inner.sink({ type: 'update', set: { 'ups.model': 'Other' } });
    expect([value('ups.model'), value('device.model')]).toEqual(['Other', 'Rack']);
  });

  test('goes with its original', () => {
    start();
    inner.sink({ type: 'update', remove: ['ups.model'] });
    expect([value('ups.model'), value('device.model')]).toEqual([undefined, undefined]);
  });
});

describe('settings', () => {
  test('driver.debug takes whole numbers and shows debug lines of this driver', async () => {
    const driver = start();
    inner.log.debug('quiet');
    expect(await driver.setVariable('DRIVER.DEBUG', '3')).toBe('handled');
    inner.log.debug('loud');
    expect(value('driver.debug')).toBe('3');
    expect(lines).toEqual(['debug quiet', 'info loud']);
    expect(await driver.setVariable('driver.debug', 'much')).toBe('conversion-failed');
  });

  test('debug_min of the section shows debug lines from the start', () => {
    start({ debug_min: '2' });
    inner.log.debug('loud');
    expect(value('driver.debug')).toBe('2');
    expect(lines).toEqual(['info loud']);
  });

  test('driver.flag.allow_killpower takes 0 and 1', async () => {
    const driver = start();
    expect(await driver.setVariable('driver.flag.allow_killpower', 'yes')).toBe('invalid');
    expect(await driver.setVariable('driver.flag.allow_killpower', '1')).toBe('handled');
    expect(value('driver.flag.allow_killpower')).toBe('1');
  });

  test('are writable numbers', () => {
    start();
    expect(traits('driver.debug')).toEqual({ isWritable: true, kind: 'number' });
    expect(traits('driver.flag.allow_killpower')).toEqual({ isWritable: true, kind: 'number' });
  });

  test('of the device go to the device', async () => {
    const driver = start();
    expect(await driver.setVariable('battery.charge.low', '20')).toBe('handled');
    expect(inner.done).toEqual(['battery.charge.low=20']);
  });
});

describe('commands', () => {
  test('of the core stand beside those of the device', () => {
    start();
    expect(store.get('office')?.commands).toEqual([
      'beeper.mute',
      'driver.killpower',
      'driver.reload',
      'driver.reload-or-error',
      'driver.reload-or-exit',
      'shutdown.default',
    ]);
  });

  test('of the device go to the device', async () => {
    const driver = start();
    inner.outcomes['load.off.delay'] = 'handled';
    expect(await driver.runCommand('load.off.delay', '10')).toBe('handled');
    expect(inner.done).toEqual(['load.off.delay 10']);
  });

  test('to reload read the configuration again', async () => {
    const driver = start();
    expect(await driver.runCommand('driver.reload')).toBe('handled');
    expect(await driver.runCommand('Driver.Reload-Or-Error')).toBe('handled');
    expect(reloads).toEqual(['driver.reload', 'driver.reload-or-error']);
  });

  test('driver.killpower is refused until it is allowed', async () => {
    const driver = start();
    expect(await driver.runCommand('driver.killpower')).toBe('invalid');
    expect(inner.done).toEqual([]);
    await driver.setVariable('driver.flag.allow_killpower', '1');
    expect(await driver.runCommand('driver.killpower')).toBe('handled');
    expect(inner.done).toEqual(['killPower']);
  });

  test('driver.killpower is allowed from the start with the option', async () => {
    const driver = start({ allow_killpower: true });
    expect(value('driver.flag.allow_killpower')).toBe('1');
    expect(await driver.runCommand('driver.killpower')).toBe('handled');
  });

  test('shutdown.default cuts the power without asking', async () => {
    const driver = start();
    expect(await driver.runCommand('shutdown.default')).toBe('handled');
    expect(inner.done).toEqual(['killPower']);
  });

  test('of sdcommands are tried in order until one succeeds', async () => {
    const driver = start({ sdcommands: 'load.off, shutdown.default ,shutdown.stayoff' });
    inner.outcomes['shutdown.stayoff'] = 'handled';
    expect(await driver.killPower()).toBe('handled');
    expect(inner.done).toEqual(['load.off', 'killPower']);
    inner.killPowerOutcome = 'failed';
    expect(await driver.killPower()).toBe('handled');
    expect(inner.done.slice(2)).toEqual(['load.off', 'killPower', 'shutdown.stayoff']);
  });

  test('of sdcommands that all fail end with the outcome of the last', async () => {
    const driver = start({ sdcommands: 'load.off,shutdown.reboot' });
    inner.outcomes['shutdown.reboot'] = 'invalid';
    expect(await driver.killPower()).toBe('invalid');
  });
});
