/** The controls of the demo UPS as instant commands, so that they work over the NUT protocol and from every face. */
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import { MAINS_MODES, type MainsMode } from './mains.ts';
import type { DemoSimulator } from './simulator.ts';
import { CONTROL_RANGES } from './unit-state.ts';

export interface DemoCommand {
  readonly name: string;
  readonly takesParameter: boolean;
  /** Of the parameter. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Used when the command comes without a parameter; where there is none, the parameter must be given. */
  readonly defaultParameter?: number;
  readonly run: (simulator: DemoSimulator, parameter: number) => void;
}

const mains = (mode: MainsMode): DemoCommand => ({
  name: `demo.mains.${mode}`,
  takesParameter: false,
  run: (simulator) => simulator.setMains(mode),
});

const control = (command: Omit<DemoCommand, 'takesParameter'>): DemoCommand => ({ ...command, takesParameter: true });

export const DEMO_COMMANDS: readonly DemoCommand[] = [
  mains('on'),
  mains('off'),
  mains('sag'),
  mains('surge'),
  mains('flap'),
  mains('drift'),
  control({
    name: 'demo.load',
    range: CONTROL_RANGES.loadPercent,
    run: (simulator, percent) => simulator.setLoad(percent),
  }),
  control({
    name: 'demo.battery.age',
    range: CONTROL_RANGES.healthPercent,
    run: (simulator, percent) => simulator.setBatteryHealth(percent),
  }),
  control({
    name: 'demo.battery.charge',
    range: CONTROL_RANGES.chargePercent,
    run: (simulator, percent) => simulator.setBatteryCharge(percent),
  }),
  control({
    name: 'demo.speed',
    range: CONTROL_RANGES.speed,
    run: (simulator, factor) => simulator.setSpeed(factor),
  }),
  control({
    name: 'demo.unplug',
    range: CONTROL_RANGES.unplugSeconds,
    defaultParameter: 10,
    run: (simulator, seconds) => simulator.unplug(seconds),
  }),
];

/** Short ways to say some of them, with what follows the name: `mains off` is `demo.mains.off`, `load 40` is `demo.load 40`. */
export const SHORT_DEMO_COMMANDS: readonly { readonly name: string; readonly parameter: string }[] = [
  { name: 'mains', parameter: MAINS_MODES.join(', ') },
  { name: 'load', parameter: `${CONTROL_RANGES.loadPercent.min} to ${CONTROL_RANGES.loadPercent.max}` },
];

/**
 * Carries out a demo command.
 * @param name compared without case
 * @param parameter a plain decimal number as text, where the command takes one; a word for `mains`
 * @returns `unknown` for any other name; `invalid` for a parameter that is missing, no number or out of range
 */
export function runDemoCommand(simulator: DemoSimulator, name: string, parameter?: string): DriverOutcome {
  const asked = name.toLowerCase();
  if (asked === 'mains') return runMains(simulator, parameter);
  const command = DEMO_COMMANDS.find((candidate) => candidate.name === (asked === 'load' ? 'demo.load' : asked));
  if (!command) return 'unknown';
  const value = command.takesParameter ? parseParameter(command, parameter) : 0;
  if (value === undefined) return 'invalid';
  command.run(simulator, value);
  return 'handled';
}

function runMains(simulator: DemoSimulator, word: string | undefined): DriverOutcome {
  const mode = MAINS_MODES.find((known) => known === word?.trim().toLowerCase());
  if (mode === undefined) return 'invalid';
  simulator.setMains(mode);
  return 'handled';
}

function parseParameter({ range, defaultParameter }: DemoCommand, text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return defaultParameter;
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return range && value >= range.min && value <= range.max ? value : undefined;
}
