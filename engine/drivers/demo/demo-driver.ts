/** The `demo` driver: the usbhid-ups driver over the simulated unit, with commands that play the mains and the battery. */
import { bindDevice } from '#engine/devices/bind-device.ts';
import { createDefinitionSet } from '#engine/devices/definition.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { Driver, DriverSink, UpsConfig } from '#engine/drivers/driver.ts';
import { createUsbHidDriver } from '#engine/drivers/usb-hid/usb-hid-driver.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { DEMO_COMMANDS, runDemoCommand } from './demo-commands.ts';
import { demoDefinition } from './demo-definition.ts';
import { createDemoPort } from './demo-port.ts';

export interface DemoDriverParts {
  readonly config: UpsConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

export function createDemoDriver({ config, clock, log, sink }: DemoDriverParts): Driver {
  const port = createDemoPort({ clock, name: config.name });
  const definitions = createDefinitionSet([demoDefinition]);
  const controls = DEMO_COMMANDS.map((command) => command.name);
  const driver = createUsbHidDriver({
    config,
    port,
    clock,
    log,
    bindDevice: (device, descriptor, options) => bindDevice(device, descriptor, options, definitions),
    claimDevice: (device, options) => claimDevice(device, options, definitions),
    sink: (event) =>
      sink(
        event.type === 'update' && event.commands ? { ...event, commands: [...event.commands, ...controls] } : event,
      ),
  });
  return {
    start: () => driver.start(),
    stop: () => driver.stop(),
    runCommand: (command, parameter) => {
      const outcome = runDemoCommand(port.simulator, command, parameter);
      return outcome === 'unknown' ? driver.runCommand(command, parameter) : Promise.resolve(outcome);
    },
    setVariable: (variable, value) => driver.setVariable(variable, value),
    killPower: () => driver.killPower(),
  };
}
