/** The controls of the demo UPS as instant commands, so that they work over the NUT protocol and from every face. */
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import type { MainsMode } from './mains.ts';
import type { DemoSimulator } from './simulator.ts';
import { CONTROL_RANGES } from './unit-state.ts';

export interface DemoCommand {
  readonly name: string;
  readonly description: string;
  readonly takesParameter: boolean;
  /** Of the parameter. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Used when the command comes without a parameter; where there is none, the parameter must be given. */
  readonly defaultParameter?: number;
  readonly run: (simulator: DemoSimulator, parameter: number) => void;
}

const mains = (mode: MainsMode, description: string): DemoCommand => ({
  name: `demo.mains.${mode}`,
  description,
  takesParameter: false,
  run: (simulator) => simulator.setMains(mode),
});

const control = (command: Omit<DemoCommand, 'takesParameter'>): DemoCommand => ({ ...command, takesParameter: true });

export const DEMO_COMMANDS: readonly DemoCommand[] = [
  mains('on', 'Demo: give the UPS good mains'),
  mains('off', 'Demo: cut the mains'),
  mains('sag', 'Demo: let the mains voltage sag (the UPS boosts it)'),
  mains('surge', 'Demo: let the mains voltage rise (the UPS trims it)'),
  mains('flap', 'Demo: let the mains fail and return every few seconds'),
  mains('drift', 'Demo: let the mains frequency swing like that of a bad generator'),
  control({
    name: 'demo.load',
    description: 'Demo: set the load (percent of the rating)',
    range: CONTROL_RANGES.loadPercent,
    run: (simulator, percent) => simulator.setLoad(percent),
  }),
  control({
    name: 'demo.battery.age',
    description: 'Demo: set how much of its capacity the battery has left (percent)',
    range: CONTROL_RANGES.healthPercent,
    run: (simulator, percent) => simulator.setBatteryHealth(percent),
  }),
  control({
    name: 'demo.battery.charge',
    description: 'Demo: set the battery charge (percent)',
    range: CONTROL_RANGES.chargePercent,
    run: (simulator, percent) => simulator.setBatteryCharge(percent),
  }),
  control({
    name: 'demo.speed',
    description: 'Demo: let the battery drain and charge this many times faster',
    range: CONTROL_RANGES.speed,
    run: (simulator, factor) => simulator.setSpeed(factor),
  }),
  control({
    name: 'demo.unplug',
    description: 'Demo: pull the USB cable for a while (seconds)',
    range: CONTROL_RANGES.unplugSeconds,
    defaultParameter: 10,
    run: (simulator, seconds) => simulator.unplug(seconds),
  }),
];

/**
 * Carries out a demo command.
 * @param name compared without case
 * @param parameter a plain decimal number as text, where the command takes one
 * @returns `unknown` for any other name; `invalid` for a parameter that is missing, no number or out of range
 */
export function runDemoCommand(simulator: DemoSimulator, name: string, parameter?: string): DriverOutcome {
  const command = DEMO_COMMANDS.find((candidate) => candidate.name === name.toLowerCase());
  if (!command) return 'unknown';
  const value = command.takesParameter ? parseParameter(command, parameter) : 0;
  if (value === undefined) return 'invalid';
  command.run(simulator, value);
  return 'handled';
}

function parseParameter({ range, defaultParameter }: DemoCommand, text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return defaultParameter;
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return range && value >= range.min && value <= range.max ? value : undefined;
}
