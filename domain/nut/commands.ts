/** Instant commands: what they do, and how much harm they can do. Names: NUT's command list (nut-names, 2.8.5), and the demo's. */
import { NO_DESCRIPTION } from './variables.ts';

/**
 * `harmless`: nobody notices. `disturbs`: noise, a test, a change of mode. `drains`: takes from the battery.
 * `cuts-power`: what hangs on the UPS loses power, now or later.
 */
export type CommandDanger = 'harmless' | 'disturbs' | 'drains' | 'cuts-power';

export interface CommandInfo {
  /** `n` stands for the number of an outlet or group. */
  readonly name: string;
  readonly danger: CommandDanger;
  /** One line of English without a full stop. */
  readonly description: string;
  /** What the optional parameter means. */
  readonly parameter?: string;
}

const command = (name: string, danger: CommandDanger, description: string, parameter?: string): CommandInfo => ({
  name,
  danger,
  description,
  ...(parameter === undefined ? {} : { parameter }),
});

const DELAY = 'seconds to wait';

export const COMMANDS: readonly CommandInfo[] = [
  command('load.off', 'cuts-power', 'Switch the load off at once'),
  command('load.on', 'disturbs', 'Switch the load on at once'),
  command('load.off.delay', 'cuts-power', 'Switch the load off after a while', DELAY),
  command('load.on.delay', 'disturbs', 'Switch the load on after a while', DELAY),
  command('shutdown.default', 'cuts-power', 'Switch off as the driver does at the end of a shutdown'),
  command('shutdown.return', 'cuts-power', 'Switch the load off, and on again when power returns', DELAY),
  command('shutdown.stayoff', 'cuts-power', 'Switch the load off and leave it off', DELAY),
  command('shutdown.stop', 'harmless', 'Call off a shutdown that is under way'),
  command('shutdown.reboot', 'cuts-power', 'Switch the load off for a moment'),
  command('shutdown.reboot.graceful', 'cuts-power', 'Switch the load off for a moment, after a while', DELAY),
  command('test.panel.start', 'disturbs', 'Try lamps and beeper'),
  command('test.panel.stop', 'harmless', 'Stop trying lamps and beeper'),
  command('test.failure.start', 'drains', 'Act as if mains had failed'),
  command('test.failure.stop', 'harmless', 'Stop acting as if mains had failed'),
  command('test.battery.start', 'drains', 'Test the battery', 'kind or length of the test'),
  command('test.battery.start.quick', 'drains', 'Test the battery for a few seconds'),
  command('test.battery.start.low', 'drains', 'Test the battery until it is low'),
  command('test.battery.start.deep', 'drains', 'Test the battery for long'),
  command('test.battery.stop', 'harmless', 'Stop testing the battery'),
  command('test.system.start', 'drains', 'Test the whole UPS'),
  command('calibrate.start', 'drains', 'Measure how long the battery lasts by emptying it'),
  command('calibrate.stop', 'harmless', 'Stop measuring how long the battery lasts'),
  command('bypass.start', 'disturbs', 'Feed the load past the UPS'),
  command('bypass.stop', 'disturbs', 'Feed the load through the UPS again'),
  command('reset.input.minmax', 'harmless', 'Forget the highest and lowest mains voltage'),
  command('reset.watchdog', 'harmless', 'Start the watchdog anew'),
  command('beeper.enable', 'disturbs', 'Let the UPS beep'),
  command('beeper.disable', 'disturbs', 'Keep the UPS from beeping'),
  command('beeper.mute', 'disturbs', 'Silence the present beeping'),
  command('beeper.toggle', 'disturbs', 'Let the UPS beep if it does not, and the other way round'),
  command('beeper.on', 'disturbs', 'Let the UPS beep (old name of beeper.enable)'),
  command('beeper.off', 'disturbs', 'Keep the UPS from beeping (old name of beeper.disable)'),
  command('clear.fault.record', 'harmless', 'Empty the list of faults'),
  command('outlet.n.load.off', 'cuts-power', 'Switch the outlet off at once'),
  command('outlet.n.load.on', 'disturbs', 'Switch the outlet on at once'),
  command('outlet.n.load.cycle', 'cuts-power', 'Switch the outlet off for a moment'),
  command('outlet.n.load.off.delay', 'cuts-power', 'Switch the outlet off after a while', DELAY),
  command('outlet.n.load.on.delay', 'disturbs', 'Switch the outlet on after a while', DELAY),
  command('outlet.n.load.cycle.delay', 'cuts-power', 'Switch the outlet off for a moment, after a while', DELAY),
  command('outlet.n.shutdown.return', 'cuts-power', 'Switch the outlet off, and on again when power returns', DELAY),
  command('outlet.group.n.load.off', 'cuts-power', 'Switch the group of outlets off at once'),
  command('outlet.group.n.load.on', 'disturbs', 'Switch the group of outlets on at once'),
  command('outlet.group.n.load.cycle', 'cuts-power', 'Switch the group of outlets off for a moment'),
  command('driver.killpower', 'cuts-power', 'Let the driver switch the UPS off, if driver.flag.allow_killpower is 1'),
  command('driver.reload', 'harmless', 'Read the settings of the driver again, as far as they can change'),
  command(
    'driver.reload-or-error',
    'harmless',
    'Read the settings of the driver again, or say that a restart is needed',
  ),
  command('driver.reload-or-exit', 'disturbs', 'Read the settings of the driver again, or end it for a restart'),
  command('driver.exit', 'disturbs', 'End the driver'),
  command('experimental.ecomode.start', 'disturbs', 'Go to the economy mode'),
  command('experimental.ecomode.stop', 'disturbs', 'Leave the economy mode'),
  command('experimental.bypass.ecomode.start', 'disturbs', 'Go to the economy mode by way of the bypass'),
  command('experimental.bypass.ecomode.stop', 'disturbs', 'Leave the economy mode and the bypass'),
  command('experimental.essmode.start', 'disturbs', 'Go to the energy saver mode'),
  command('experimental.essmode.stop', 'disturbs', 'Leave the energy saver mode'),
  command('experimental.test.beeper.start', 'disturbs', 'Try the beeper'),
  command('experimental.test.beeper.stop', 'harmless', 'Stop trying the beeper'),
  // What the person at the controls of the demo UPS can do. Nothing hangs on it.
  command('demo.mains.on', 'disturbs', 'Demo: give the UPS good mains'),
  command('demo.mains.off', 'disturbs', 'Demo: cut the mains'),
  command('demo.mains.sag', 'disturbs', 'Demo: let the mains voltage sag (the UPS boosts it)'),
  command('demo.mains.surge', 'disturbs', 'Demo: let the mains voltage rise (the UPS trims it)'),
  command('demo.mains.flap', 'disturbs', 'Demo: let the mains fail and return every few seconds'),
  command('demo.mains.drift', 'disturbs', 'Demo: let the mains frequency swing like that of a bad generator'),
  command('demo.load', 'disturbs', 'Demo: set the load (percent of the rating)', 'percent of the rating'),
  command(
    'demo.battery.age',
    'disturbs',
    'Demo: set how much of its capacity the battery has left (percent)',
    'percent of its capacity',
  ),
  command('demo.battery.charge', 'disturbs', 'Demo: set the battery charge (percent)', 'percent'),
  command('demo.speed', 'disturbs', 'Demo: let the battery drain and charge this many times faster', 'times faster'),
  command('mains', 'disturbs', 'Demo: set the mains', 'on, off, sag, surge, flap or drift'),
  command('load', 'disturbs', 'Demo: set the load (percent of the rating)', 'percent of the rating'),
  command('demo.unplug', 'disturbs', 'Demo: pull the USB cable for a while (seconds)', 'seconds'),
];

const BY_NAME: ReadonlyMap<string, CommandInfo> = new Map(COMMANDS.map((info) => [info.name, info]));

/** What is known of a command, compared without case and whatever the number of the outlet; or undefined. */
export function findCommand(name: string): CommandInfo | undefined {
  const plain = name.toLowerCase();
  return BY_NAME.get(plain) ?? BY_NAME.get(plain.replace(/^outlet(\.group)?\.\d+\./, 'outlet$1.n.'));
}

/** One line about a command, in English. */
export const describeCommand = (name: string): string => findCommand(name)?.description ?? NO_DESCRIPTION;

/**
 * How dangerous a command is. One that nobody described may do anything, so it counts as cutting the power when its
 * name speaks of that, and as disturbing otherwise.
 */
export function dangerOf(name: string): CommandDanger {
  return (
    findCommand(name)?.danger ??
    (/(^|\.)(shutdown|off|cycle|reboot|killpower)(\.|$)/i.test(name) ? 'cuts-power' : 'disturbs')
  );
}
