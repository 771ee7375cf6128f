import type { Driver, DriverEvent, DriverOutcome, DriverSink, UpsConfig } from '#engine/drivers/driver.ts';

/** A driver that says what a test tells it to, and remembers what it was asked. */
export interface FakeDriver extends Driver {
  readonly config: UpsConfig;
  readonly asked: string[];
  isStopped: boolean;
  /** Only a new start helps. */
  hasGivenUp: boolean;
  say(event: DriverEvent): void;
  /** How commands and writes end from now on. */
  outcome: DriverOutcome;
}

export function createFakeDriver(config: UpsConfig, sink: DriverSink, status = 'OL'): FakeDriver {
  const driver: FakeDriver = {
    config,
    asked: [],
    isStopped: false,
    hasGivenUp: false,
    outcome: 'handled',
    say: sink,
    start: () => {
      sink({ type: 'connected' });
      sink({
        type: 'update',
        set: { 'ups.status': status, 'battery.charge': '100', 'ups.delay.shutdown': '20' },
        traits: { 'ups.delay.shutdown': { isWritable: true, kind: 'string', maxLength: 10 } },
        commands: ['test.battery.start.quick'],
      });
      sink({ type: 'ready' });
    },
    stop: () => {
      driver.isStopped = true;
      return Promise.resolve();
    },
    runCommand: (command, parameter) => {
      driver.asked.push([command, parameter].filter((word) => word !== undefined).join(' '));
      return Promise.resolve(driver.outcome);
    },
    setVariable: (variable, value) => {
      driver.asked.push(`${variable}=${value}`);
      return Promise.resolve(driver.outcome);
    },
    killPower: () => Promise.resolve(driver.outcome),
    retry: () => {
      driver.asked.push('retry');
      return !driver.hasGivenUp;
    },
  };
  return driver;
}
