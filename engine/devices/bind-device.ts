/** Matches a device, repairs and parses its report descriptor and binds it to a definition. */
import { DriverError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { Quirk } from '#domain/schema/device-definition.ts';
import { driverNote, type DriverNote, type DriverOptions } from '#engine/drivers/driver.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { DeviceBinding } from './binding.ts';
import { BoundDevice } from './bound-device.ts';
import { bindRows, type BoundRows } from './bound-rows.ts';
import { builtInDefinitions, type DefinitionSet } from './definition.ts';
import { exploreDevice } from './explore.ts';
import { deviceName, isExplored, matchDevice, type Candidate } from './match.ts';
import { applyQuirks, roundingNote } from './quirks.ts';

/**
 * @param descriptor the report descriptor as the device gave it
 * @param definitions what to match with; a person's own definitions come first in it
 * @throws HidError hid/bad-descriptor; DriverError driver/not-a-ups, driver/bad-option
 */
export function bindDevice(
  device: HidDeviceInfo,
  descriptor: Uint8Array,
  options: DriverOptions,
  definitions: DefinitionSet = builtInDefinitions,
): DeviceBinding {
  const map = parseReportDescriptor(descriptor, deviceName(device));
  if (isExplored(options)) return exploreDevice(device, map, definitions);
  const match = matchDevice(device, map, options, definitions);
  const { definition } = match;
  const effects = applyQuirks(quirksOf(match), map, !isOn(options, 'disable_fix_report_desc'));
  const rows = bindRows(definition, effects.fields, effects.factors);
  if (rows.variables.length === 0 && rows.status.length === 0) {
    const reason = phrase('reason.nothing-of', { definition: definition.name });
    throw new DriverError('driver/not-a-ups', { device: deviceName(device), reason });
  }

  const chosen = new Map<string, string>();
  for (const [option, variable] of CHOSEN_BY_OPTION) {
    const text = wholeNumber(options, option, device);
    if (text !== undefined) chosen.set(variable, text);
  }
  const notes = [
    ...guessNote(match),
    ...effects.notes,
    ...scaleNote(rows),
    ...(effects.roundsDelaysToMinutes ? roundingNotes(chosen) : []),
  ];
  return new BoundDevice({
    definition,
    matchReason: match.reason,
    notes,
    device,
    options,
    rows,
    effects,
    reportBytes: map.reportBytes,
    chosen,
  });
}

/** Options that stand for a variable, where the unit has it. */
const CHOSEN_BY_OPTION = [
  ['ondelay', 'ups.delay.start'],
  ['offdelay', 'ups.delay.shutdown'],
  ['lowbatt', 'battery.charge.low'],
] as const;

const quirksOf = (match: Candidate): readonly Quirk[] => [
  ...(match.definition.quirks ?? []),
  ...match.rules.flatMap((rule) => rule.quirks ?? []),
];

const guessNote = (match: Candidate): readonly DriverNote[] => (match.guess ? [match.guess] : []);

/** One note for all that the `multiply` quirks of a unit put right. */
function scaleNote({ variables }: BoundRows): readonly DriverNote[] {
  const scaled = variables.filter(({ factor }) => factor !== 1).map(({ row }) => row.variable);
  return scaled.length === 0 ? [] : [driverNote('wrong-scale', { variables: [...new Set(scaled)] })];
}

function roundingNotes(chosen: ReadonlyMap<string, string>): readonly DriverNote[] {
  const delays = [...chosen].filter(([variable]) => variable.startsWith('ups.delay.'));
  return delays.flatMap(([, seconds]) => roundingNote(seconds) ?? []);
}

function isOn(options: DriverOptions, name: string): boolean {
  const value = options[name];
  return value === true || (value !== undefined && /^(1|yes|true|on|enabled)$/i.test(value));
}

/** @throws DriverError driver/bad-option */
function wholeNumber(options: DriverOptions, option: string, device: HidDeviceInfo): string | undefined {
  const value = options[option];
  if (value === undefined) return undefined;
  if (value !== true && /^\s*-?\d{1,9}\s*$/.test(value)) return value.trim();
  const reason = phrase('reason.not-whole', { value: value === true ? '' : value });
  throw new DriverError('driver/bad-option', { option, ups: deviceName(device), reason });
}
