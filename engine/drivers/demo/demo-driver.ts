/** The `demo` driver: the usbhid-ups driver over the simulated unit, with commands that play the mains and the battery. */
import { bindDevice } from '#engine/devices/bind-device.ts';
import { createDefinitionSet } from '#engine/devices/definition.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { Driver, DriverEvent, DriverSink, UpsConfig, VariableTraits } from '#engine/drivers/driver.ts';
import { createUsbHidDriver } from '#engine/drivers/usb-hid/usb-hid-driver.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { DEMO_COMMANDS, runDemoCommand, SHORT_DEMO_COMMANDS } from './demo-commands.ts';
import { demoDefinition } from './demo-definition.ts';
import { createDemoPort } from './demo-port.ts';
import { LIMIT_RANGES, type Limits } from './unit-state.ts';

export interface DemoDriverParts {
  readonly config: UpsConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

export function createDemoDriver({ config, clock, log, sink }: DemoDriverParts): Driver {
  const port = createDemoPort({ clock, name: config.name });
  const definitions = createDefinitionSet([demoDefinition]);
  const driver = createUsbHidDriver({
    config,
    port,
    clock,
    log,
    bindDevice: (device, descriptor, options) => bindDevice(device, descriptor, options, definitions),
    claimDevice: (device, options) => claimDevice(device, options, definitions),
    sink: (event) => sink(event.type === 'update' ? withDemoAbilities(event) : event),
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
    retry: () => driver.retry?.() ?? false,
  };
}

const CONTROLS = [...DEMO_COMMANDS, ...SHORT_DEMO_COMMANDS].map((command) => command.name);

/** Limits of the unit by the variable they are written with. */
const LIMIT_OF: Readonly<Record<string, keyof Limits>> = {
  'battery.charge.low': 'charge',
  'battery.charge.warning': 'warning',
  'battery.runtime.low': 'runtime',
  'input.transfer.low': 'transferLow',
  'input.transfer.high': 'transferHigh',
};

/** The controls beside the unit's own commands, and what the unit takes: it refuses the rest. */
function withDemoAbilities(event: Extract<DriverEvent, { type: 'update' }>): DriverEvent {
  const { commands, traits } = event;
  return {
    ...event,
    ...(commands ? { commands: [...commands, ...CONTROLS] } : {}),
    ...(traits ? { traits: Object.fromEntries(Object.entries(traits).map(withRange)) } : {}),
  };
}

function withRange([variable, traits]: [string, VariableTraits]): [string, VariableTraits] {
  const limit = LIMIT_OF[variable];
  return [variable, limit && traits.isWritable ? { ...traits, ranges: [LIMIT_RANGES[limit]] } : traits];
}
