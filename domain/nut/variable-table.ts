/**
 * The variables of NUT's published list, with our own descriptions. Names, types, units and value lists: NUT's variable
 * list (nut-names, release 2.8.5). `n` and `x` in a name stand for a number or a word; variables.ts finds them.
 */

/** `number` may carry a sign and a fraction; `tokens` are words with blanks between; `hex4` is a USB id. */
export type VariableType = 'number' | 'string' | 'enum' | 'tokens' | 'hex4';

/** NUT's wire units. */
export type Unit = '%' | 'A' | 'Ah' | 'C' | 'Hz' | 'V' | 'VA' | 'W' | 'deg' | 'min' | 's';

export interface VariableInfo {
  readonly name: string;
  readonly type: VariableType;
  readonly unit?: Unit;
  /** Writable on some devices; whether on this one, its traits say. */
  readonly isSettable?: true;
  /** Values a device may choose from. */
  readonly values?: readonly string[];
  /** One line of English without a full stop. */
  readonly description: string;
}

type Extra = Partial<Pick<VariableInfo, 'isSettable' | 'values'>>;

const text = (name: string, description: string, extra: Extra = {}): VariableInfo => ({
  name,
  type: 'string',
  description,
  ...extra,
});
const number = (name: string, unit: Unit | undefined, description: string, extra: Extra = {}): VariableInfo => ({
  name,
  type: 'number',
  ...(unit === undefined ? {} : { unit }),
  description,
  ...extra,
});
const choice = (name: string, values: readonly string[], description: string, extra: Extra = {}): VariableInfo => ({
  name,
  type: 'enum',
  values,
  description,
  ...extra,
});
const settable = { isSettable: true } as const;
const YES_NO = ['yes', 'no'];
const ON_OFF = ['on', 'off'];
const ENABLED = ['enabled', 'disabled'];
const LIMIT_STATES = ['good', 'warning-low', 'critical-low', 'warning-high', 'critical-high'];

/** A measured value with two limits on either side, and how it stands against them. */
const limits = (name: string, unit: Unit, what: string): VariableInfo[] => [
  choice(`${name}.status`, LIMIT_STATES, `How the ${what} stands against its limits`),
  number(`${name}.low.warning`, unit, `A ${what} below this gives a warning`),
  number(`${name}.low.critical`, unit, `A ${what} below this is critical`),
  number(`${name}.high.warning`, unit, `A ${what} above this gives a warning`),
  number(`${name}.high.critical`, unit, `A ${what} above this is critical`),
];

const DEVICE: readonly VariableInfo[] = [
  text('device.model', 'Model of the device'),
  text('device.mfr', 'Manufacturer of the device'),
  text('device.serial', 'Serial number of the device'),
  choice('device.type', ['ups', 'pdu', 'scd', 'psu', 'ats'], 'What sort of device it is'),
  text('device.description', 'Text that describes the device'),
  text('device.contact', 'Person who looks after the device', settable),
  text('device.location', 'Place of the device', settable),
  text('device.part', 'Part number of the device'),
  text('device.macaddr', 'Hardware address of its network port'),
  number('device.uptime', 's', 'Time since the device was started'),
  number('device.count', undefined, 'Devices in the chain, counting the first one'),
  text('device.usb.version', 'Version of the USB firmware'),
  text('device.country', 'Country or region the device was made for'),
];

const UPS: readonly VariableInfo[] = [
  { name: 'ups.status', type: 'tokens', description: 'State of the UPS' },
  text('ups.alarm', 'Alarms that are active'),
  text('ups.time', 'Time of day in the UPS', settable),
  text('ups.date', 'Date in the UPS', settable),
  text('ups.model', 'Model of the UPS'),
  text('ups.mfr', 'Manufacturer of the UPS'),
  text('ups.mfr.date', 'Date the UPS was made'),
  text('ups.serial', 'Serial number of the UPS'),
  { name: 'ups.vendorid', type: 'hex4', description: 'USB vendor number' },
  { name: 'ups.productid', type: 'hex4', description: 'USB product number' },
  text('ups.firmware', 'Version of the firmware'),
  text('ups.firmware.aux', 'Version of the firmware of the second processor'),
  number('ups.temperature', 'C', 'Temperature inside the UPS'),
  number('ups.load', '%', 'Load, as part of what the UPS can carry'),
  number('ups.load.high', '%', 'Load above which the UPS reports an overload', settable),
  number('ups.load.energysave', '%', 'Load below which the UPS saves energy'),
  number('ups.load.nominal', '%', 'Load the UPS is made for'),
  text('ups.id', 'Name given to the UPS by its owner', settable),
  number('ups.delay.start', 's', 'Time from the return of power until the load is switched on', settable),
  number('ups.delay.reboot', 's', 'Time the load stays off in a restart', settable),
  number('ups.delay.shutdown', 's', 'Time from a shutdown command until the load is switched off', settable),
  number('ups.timer.start', 's', 'Time left until the load is switched on'),
  number('ups.timer.reboot', 's', 'Time left until the load is restarted'),
  number('ups.timer.shutdown', 's', 'Time left until the load is switched off'),
  number('ups.test.interval', 's', 'Time between two automatic self tests', settable),
  text('ups.test.result', 'Result of the latest self test'),
  text('ups.test.date', 'Date of the latest self test'),
  text('ups.display.language', 'Language of the front panel', settable),
  text('ups.contacts', 'State of the contact inputs'),
  number('ups.efficiency', '%', 'Output power as part of input power'),
  number('ups.power', 'VA', 'Apparent power the load draws'),
  number('ups.power.nominal', 'VA', 'Apparent power the UPS is made for'),
  number('ups.realpower', 'W', 'Power the load draws'),
  number('ups.realpower.nominal', 'W', 'Power the UPS is made for'),
  choice('ups.beeper.status', ['enabled', 'disabled', 'muted'], 'Whether the UPS beeps', settable),
  text('ups.type', 'Kind of UPS by its construction'),
  choice('ups.mode', ['online', 'line-interactive', 'bypass'], 'Way in which the UPS feeds the load at present'),
  {
    name: 'experimental.ups.mode.buzzwords',
    type: 'tokens',
    description: "Operating modes by their makers' names",
  },
  choice('ups.watchdog.status', ENABLED, 'Whether the watchdog of the UPS is on'),
  choice('ups.start.auto', YES_NO, 'Whether the UPS starts by itself when power returns', settable),
  choice('ups.start.battery', YES_NO, 'Whether the UPS can be started without mains', settable),
  choice(
    'ups.start.reboot',
    [...YES_NO, ...ENABLED],
    'Whether the UPS starts again after it was switched off',
    settable,
  ),
  choice('ups.shutdown', ENABLED, 'Whether the UPS may be told to switch off', settable),
];

const INPUT: readonly VariableInfo[] = [
  number('input.voltage', 'V', 'Voltage of the mains'),
  number('input.voltage.maximum', 'V', 'Highest mains voltage that was measured'),
  number('input.voltage.minimum', 'V', 'Lowest mains voltage that was measured'),
  number('input.voltage.nominal', 'V', 'Mains voltage the UPS is made for'),
  choice('input.voltage.extended', YES_NO, 'Whether a wider range of mains voltage is accepted', settable),
  ...limits('input.voltage', 'V', 'mains voltage'),
  number('input.transfer.delay', 's', 'Time mains must be good before the load goes back to it'),
  text('input.transfer.reason', 'Why the load last went to battery'),
  number('input.transfer.low', 'V', 'Below this mains voltage the load goes to battery', settable),
  number('input.transfer.high', 'V', 'Above this mains voltage the load goes to battery', settable),
  number('input.transfer.low.min', 'V', 'Smallest value for the lower transfer voltage'),
  number('input.transfer.low.max', 'V', 'Greatest value for the lower transfer voltage'),
  number('input.transfer.high.min', 'V', 'Smallest value for the upper transfer voltage'),
  number('input.transfer.high.max', 'V', 'Greatest value for the upper transfer voltage'),
  number('input.transfer.boost.low', 'V', 'Below this mains voltage the UPS raises it', settable),
  number('input.transfer.boost.high', 'V', 'Above this mains voltage the UPS stops raising it', settable),
  number('input.transfer.trim.low', 'V', 'Below this mains voltage the UPS stops lowering it', settable),
  number('input.transfer.trim.high', 'V', 'Above this mains voltage the UPS lowers it', settable),
  number('input.transfer.eco.low', 'V', 'Lowest mains voltage for the economy mode', settable),
  number('input.transfer.eco.high', 'V', 'Highest mains voltage for the economy mode', settable),
  number('input.transfer.bypass.low', 'V', 'Lowest mains voltage for the bypass', settable),
  number('input.transfer.bypass.high', 'V', 'Highest mains voltage for the bypass', settable),
  number('input.transfer.frequency.bypass.range', '%', 'Deviation of the frequency the bypass accepts', settable),
  number('input.transfer.frequency.eco.range', '%', 'Deviation of the frequency the economy mode accepts', settable),
  number('input.transfer.hysteresis', 'V', 'Distance between switching to a mode and back', settable),
  choice('input.transfer.bypass.forced', ENABLED, 'Whether the bypass may be forced', settable),
  choice('input.transfer.bypass.overload', ENABLED, 'Whether an overload leads to the bypass', settable),
  choice('input.transfer.bypass.outlimits', ENABLED, 'Whether mains beyond its limits may be bypassed', settable),
  choice('input.bypass.switchable', ENABLED, 'Whether the UPS may go to bypass by itself', settable),
  choice('input.bypass.switch.on', ['on', 'disabled'], 'Writing on sends the load through the bypass', settable),
  choice('input.bypass.switch.off', ['off', 'disabled'], 'Writing off takes the load from the bypass', settable),
  choice('input.eco.switchable', ['normal', 'ECO', 'ESS'], 'Which mode of economy is chosen', settable),
  text('input.sensitivity', 'How easily disturbances of the mains send the load to battery', settable),
  text('input.quality', 'Quality of the mains as the UPS rates it'),
  number('input.current', 'A', 'Current drawn from the mains'),
  number('input.current.nominal', 'A', 'Input current the UPS is made for'),
  ...limits('input.current', 'A', 'input current'),
  text('input.feed.color', 'Colour that marks the feed'),
  text('input.feed.desc', 'Name of the feed'),
  number('input.frequency', 'Hz', 'Frequency of the mains'),
  number('input.bypass.voltage', 'V', 'Voltage at the bypass input'),
  number('input.bypass.frequency', 'Hz', 'Frequency at the bypass input'),
  number('input.frequency.nominal', 'Hz', 'Mains frequency the UPS is made for'),
  choice('input.frequency.status', ['good', 'out-of-range'], 'How the mains frequency stands against its limits'),
  number('input.frequency.low', 'Hz', 'Lowest mains frequency that is accepted'),
  number('input.frequency.high', 'Hz', 'Highest mains frequency that is accepted'),
  choice('input.frequency.extended', YES_NO, 'Whether a wider range of frequency is accepted', settable),
  number('input.load', '%', 'Load on the input, as part of what it can carry'),
  number('input.realpower', 'W', 'Power drawn from the mains'),
  number('input.realpower.nominal', 'W', 'Input power the device is made for'),
  number('input.power', 'VA', 'Apparent power drawn from the mains'),
  text('input.source', 'Input that feeds the load at present'),
  text('input.source.preferred', 'Input that feeds the load when there is a choice'),
  number('input.phase.shift', 'deg', 'Angle between the two inputs'),
  number('input.phases', undefined, 'Number of phases of the input', { values: ['1', '3'] }),
];

const OUTPUT: readonly VariableInfo[] = [
  number('output.phases', undefined, 'Number of phases of the output', { values: ['1', '3'] }),
  number('output.voltage', 'V', 'Voltage the load gets', settable),
  number('output.voltage.nominal', 'V', 'Output voltage the UPS is set to or made for', settable),
  number('output.frequency', 'Hz', 'Frequency the load gets'),
  number('output.frequency.nominal', 'Hz', 'Output frequency the UPS is made for'),
  number('output.current', 'A', 'Current the load draws'),
  number('output.current.nominal', 'A', 'Output current the UPS is made for'),
  number('output.powerfactor', undefined, 'Power factor of the load'),
  number('output.inverter.latency', 's', 'Time without output until the inverter takes over'),
];

const BATTERY: readonly VariableInfo[] = [
  number('battery.charge', '%', 'Charge of the battery'),
  { name: 'battery.charge.approx', type: 'string', unit: '%', description: 'Charge of the battery, as a rough bound' },
  number('battery.charge.low', '%', 'Charge at which the UPS reports a low battery', settable),
  number('battery.charge.restart', '%', 'Charge the battery needs before the UPS starts again', settable),
  number('battery.charge.warning', '%', 'Charge at which the UPS gives a first warning'),
  choice('battery.charger.status', ['charging', 'discharging', 'floating', 'resting', 'off'], 'What the charger does'),
  text('battery.charger.type', 'Kind of charger'),
  number('battery.voltage', 'V', 'Voltage of the battery'),
  number('battery.voltage.cell.max', 'V', 'Voltage of the fullest cell'),
  number('battery.voltage.cell.min', 'V', 'Voltage of the emptiest cell'),
  number('battery.voltage.nominal', 'V', 'Battery voltage the UPS is made for'),
  number('battery.voltage.low', 'V', 'Battery voltage that counts as empty'),
  number('battery.voltage.high', 'V', 'Battery voltage that counts as full'),
  number('battery.capacity', 'Ah', 'Capacity of the battery'),
  number('battery.capacity.nominal', 'Ah', 'Capacity the battery had when it was new'),
  number('battery.current', 'A', 'Current of the battery'),
  number('battery.current.total', 'A', 'Current of all batteries together'),
  text('battery.status', 'Health of the battery'),
  number('battery.temperature', 'C', 'Temperature of the battery'),
  number('battery.temperature.cell.max', 'C', 'Temperature of the warmest cell'),
  number('battery.temperature.cell.min', 'C', 'Temperature of the coolest cell'),
  number('battery.runtime', 's', 'Time the battery will last with the present load'),
  number('battery.runtime.low', 's', 'Time left at which the UPS reports a low battery', settable),
  number('battery.runtime.restart', 's', 'Time the battery must be able to last before the UPS starts again'),
  number('battery.runtime.elapsed', 's', 'Time the load has been on battery'),
  text('battery.alarm.threshold', 'When the UPS begins to beep on battery', settable),
  text('battery.date', 'Date the battery was put in', settable),
  text('battery.date.maintenance', 'Date the battery is due to be changed'),
  text('battery.mfr.date', 'Date the battery was made', settable),
  number('battery.packs', undefined, 'Number of batteries inside', settable),
  number('battery.packs.bad', undefined, 'Number of batteries that are defective'),
  number('battery.packs.external', undefined, 'Number of batteries outside', settable),
  text('battery.type', 'Chemistry of the battery'),
  choice('battery.protection', YES_NO, 'Whether the battery is kept from discharging too deeply', settable),
  choice('battery.energysave', YES_NO, 'Whether the UPS switches off when little is drawn on battery', settable),
  number('battery.energysave.load', '%', 'Load below which it saves energy on battery', settable),
  number('battery.energysave.delay', 'min', 'Time of little load before it saves energy', settable),
  number('battery.energysave.realpower', 'W', 'Power below which it saves energy on battery', settable),
];

/** What a sensor measures twice over: a value, its alarm, its limits, its extremes. */
const sensor = (kind: 'temperature' | 'humidity', unit: Unit, title: string): VariableInfo[] => {
  const name = `ambient.n.${kind}`;
  return [
    number(name, unit, `${title} at the sensor`),
    choice(`${name}.alarm`, ENABLED, `Whether the ${kind} alarm is active`),
    choice(`${name}.alarm.enable`, YES_NO, `Whether the sensor watches the ${kind}`),
    number(`${name}.alarm.maximum`, unit, `${title} above which there is an alarm`),
    number(`${name}.alarm.minimum`, unit, `${title} below which there is an alarm`),
    ...limits(name, unit, kind),
    number(`${name}.low`, unit, `Lower limit of the ${kind}`),
    number(`${name}.high`, unit, `Upper limit of the ${kind}`),
    number(`${name}.maximum`, unit, `Highest ${kind} that was measured`),
    number(`${name}.minimum`, unit, `Lowest ${kind} that was measured`),
  ];
};

const AMBIENT: readonly VariableInfo[] = [
  number('ambient.count', undefined, 'Number of sensors for the surroundings'),
  text('ambient.n.name', 'Name of the sensor'),
  text('ambient.n.id', 'Identification of the sensor'),
  text('ambient.n.address', 'Address of the sensor on its bus'),
  text('ambient.n.parent.serial', 'Serial number of the device the sensor is plugged into'),
  text('ambient.n.mfr', 'Manufacturer of the sensor'),
  text('ambient.n.model', 'Model of the sensor'),
  text('ambient.n.firmware', 'Version of the firmware of the sensor'),
  choice('ambient.n.present', YES_NO, 'Whether a sensor is plugged in'),
  ...sensor('temperature', 'C', 'Temperature'),
  ...sensor('humidity', '%', 'Relative humidity'),
  choice('ambient.n.contacts.x.status', ['open', 'closed', 'active', 'inactive'], 'State of the contact'),
  text('ambient.n.contacts.x.config', 'State of the contact at rest'),
  text('ambient.n.contacts.x.name', 'Name of the contact'),
];

const OUTLET: readonly VariableInfo[] = [
  number('outlet.count', undefined, 'Number of outlets'),
  choice('outlet.switchable', YES_NO, 'Whether outlets can be switched one by one'),
  text('outlet.n.id', 'Identification of the outlet'),
  text('outlet.n.name', 'Name of the outlet'),
  text('outlet.n.desc', 'Text that describes the outlet', settable),
  text('outlet.n.groupid', 'Group the outlet belongs to'),
  choice('outlet.n.switch', ON_OFF, 'Writing here switches the outlet', settable),
  choice('outlet.n.status', ON_OFF, 'Whether the outlet is on'),
  text('outlet.n.protect.status', 'Whether the battery backs the outlet'),
  text('outlet.n.alarm', 'Alarms of the outlet'),
  choice('outlet.n.switchable', YES_NO, 'Whether the outlet can be switched', settable),
  text('outlet.n.ecocontrol', 'Whether this outlet switches the others off when it draws little'),
  text('outlet.n.designator', 'Name printed beside the outlet'),
  number('outlet.n.autoswitch.charge.low', '%', 'Charge at which the outlet is switched off', settable),
  number('outlet.n.battery.charge.low', '%', 'Charge at which the outlet gives up the battery'),
  number('outlet.n.delay.shutdown', 's', 'Time from the command until the outlet is switched off', settable),
  number('outlet.n.delay.start', 's', 'Time from the command until the outlet is switched on', settable),
  number('outlet.n.timer.shutdown', 's', 'Time left until the outlet is switched off'),
  number('outlet.n.timer.start', 's', 'Time left until the outlet is switched on'),
  number('outlet.n.current', 'A', 'Current drawn from the outlet'),
  number('outlet.n.current.maximum', 'A', 'Highest current that was drawn from the outlet'),
  ...limits('outlet.n.current', 'A', 'current of the outlet'),
  number('outlet.n.realpower', 'W', 'Power drawn from the outlet'),
  number('outlet.n.voltage', 'V', 'Voltage at the outlet'),
  ...limits('outlet.n.voltage', 'V', 'voltage at the outlet'),
  number('outlet.n.powerfactor', undefined, 'Power factor of what hangs on the outlet'),
  number('outlet.n.crestfactor', undefined, 'Crest factor of what hangs on the outlet'),
  number('outlet.n.power', 'VA', 'Apparent power drawn from the outlet'),
  text('outlet.n.type', 'Kind of socket'),
  number('outlet.group.count', undefined, 'Number of groups of outlets'),
  text('outlet.group.n.id', 'Identification of the group'),
  text('outlet.group.n.name', 'Name of the group'),
  text('outlet.group.n.type', 'Kind of group'),
  text('outlet.group.n.color', 'Colour that marks the group'),
  number('outlet.group.n.count', undefined, 'Number of outlets in the group'),
  text('outlet.group.n.phase', 'Phase the group hangs on'),
  text('outlet.group.n.input', 'Input the group hangs on'),
  choice('outlet.group.n.status', ON_OFF, 'Whether the group is on'),
  number('outlet.group.n.current', 'A', 'Current drawn from the group'),
  number('outlet.group.n.current.maximum', 'A', 'Highest current that was drawn from the group'),
  ...limits('outlet.group.n.current', 'A', 'current of the group'),
  number('outlet.group.n.voltage', 'V', 'Voltage of the group'),
  ...limits('outlet.group.n.voltage', 'V', 'voltage of the group'),
];

const DRIVER_STATES = [
  'init.starting',
  'init.quiet',
  'init.device',
  'init.info',
  'init.updateinfo',
  'reconnect.trying',
  'reconnect.updateinfo',
  'updateinfo',
  'quiet',
  'dumping',
  'cleanup.upsdrv',
  'cleanup.exit',
];

const DRIVER: readonly VariableInfo[] = [
  text('driver.name', 'Name of the driver'),
  text('driver.version', 'Version of the software the driver belongs to'),
  text('driver.version.internal', 'Version of the driver itself'),
  text('driver.version.data', 'Tables by which the driver reads the device'),
  text('driver.version.usb', 'USB library the driver uses'),
  text('driver.parameter.x', 'Value of a setting of the driver'),
  choice('driver.flag.x', ['enabled', '0', '1'], 'Whether a switch of the driver is set', settable),
  number('driver.debug', undefined, 'How much the driver writes to its log', settable),
  choice('driver.state', DRIVER_STATES, 'What the driver is doing'),
  text('server.info', 'Name and version of the server'),
  text('server.version', 'Version of the server'),
];

export const VARIABLES: readonly VariableInfo[] = [
  ...DEVICE,
  ...UPS,
  ...INPUT,
  ...OUTPUT,
  ...BATTERY,
  ...AMBIENT,
  ...OUTLET,
  ...DRIVER,
];
