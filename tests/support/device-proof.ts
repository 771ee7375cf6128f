/**
 * What this program makes of a recorded device, and how that differs from what NUT 2.8.5 made of the same bytes.
 * Used by tests/recordings.test.ts and scripts/generate-expected.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asMonotonic } from '#domain/units.ts';
import type { DeviceBinding, ReportCache } from '#engine/devices/binding.ts';
import { bindDevice } from '#engine/devices/bind-device.ts';
import { composeStatus, NO_STATUS_MEMORY } from '#engine/state/compose-status.ts';
import { stateOptionsOf } from '#engine/state/state-options.ts';
import type { DriverOptions, VariableTraits } from '#engine/drivers/driver.ts';
import { parseRecording, RECORDING_FILES, type Recording } from '#engine/drivers/usb-hid/recording-format.ts';
import { decodeField } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';

export const RECORDINGS = join(import.meta.dirname, '../fixtures/devices');

/** Names of all recorded devices. */
export const recordingNames = (): readonly string[] => readdirSync(RECORDINGS).sort();

const read = (name: string, file: string): string => readFileSync(join(RECORDINGS, name, file), 'utf8');
const has = (name: string, file: string): boolean => existsSync(join(RECORDINGS, name, file));

export function loadRecording(name: string): Recording {
  const text = (file: string): { file: string; text: string } => ({ file, text: read(name, file) });
  return parseRecording(
    text(RECORDING_FILES.device),
    text(RECORDING_FILES.descriptor),
    has(name, RECORDING_FILES.reports) ? text(RECORDING_FILES.reports) : undefined,
  );
}

/** What a full read of a device comes to. */
export interface Interpretation {
  readonly match: string;
  readonly notes: readonly string[];
  /** Texts that stand for string descriptors, which the recordings lack; see referenceStrings. */
  readonly strings: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly conditions: readonly string[];
  readonly commands: readonly string[];
  readonly writable: readonly string[];
  readonly traits: Readonly<Record<string, VariableTraits>>;
}

/** The error of a device that is not a HID UPS. */
export interface Refusal {
  readonly refused: string;
}

export const deviceInfoOf = (name: string, recording: Recording): HidDeviceInfo => ({
  path: `recording:${name}`,
  ...recording.identity,
});

export function cacheOf(recording: Recording): ReportCache {
  const first = (type: 'feature' | 'input', reportId: number): Uint8Array | undefined =>
    recording.reports.find((report) => report.type === type && report.reportId === reportId)?.bytes;
  return { feature: (reportId) => first('feature', reportId), input: (reportId) => first('input', reportId) };
}

const NAMED_TEXTS: readonly (readonly [usage: number, of: 'manufacturer' | 'product' | 'chemistry'])[] = [
  [0x008400fd, 'manufacturer'],
  [0x008400fe, 'product'],
  [0x00850087, 'manufacturer'],
  [0x00850088, 'product'],
  [0x00850089, 'chemistry'],
];

/**
 * The recordings hold no string descriptors. The NUT run that they are compared with answered each index by the usage
 * that names it: maker, product, and a battery chemistry (that of upsc.txt, else PbAc). The same is done here.
 */
export function referenceStrings(name: string, recording: Recording): Readonly<Record<string, string>> {
  const { manufacturer, product } = recording.identity;
  const told = has(name, 'upsc.txt') ? /^battery\.type: *(\S+)/m.exec(read(name, 'upsc.txt'))?.[1] : undefined;
  const texts = { manufacturer, product, chemistry: told ?? 'PbAc' };
  const cache = cacheOf(recording);
  const strings: Record<string, string> = {};
  const fields = parseReportDescriptor(recording.descriptor).fields.filter((field) => field.reportType === 'feature');
  for (const [usage, of] of NAMED_TEXTS) {
    for (const field of fields) {
      if (field.path.at(-1) !== usage) continue;
      const report = cache.feature(field.reportId);
      const index = report && decodeField(field, report);
      const text = texts[of];
      if (index !== undefined && index > 0 && index < 256 && text) strings[String(index)] ??= text;
    }
  }
  return strings;
}

/** @throws AppError where the device is not a HID UPS */
export function bindRecording(name: string, recording: Recording, options: DriverOptions = {}): DeviceBinding {
  return bindDevice(deviceInfoOf(name, recording), recording.descriptor, options);
}

export function interpretRecording(name: string, options: DriverOptions = {}): Interpretation | Refusal {
  const recording = loadRecording(name);
  let binding: DeviceBinding;
  try {
    binding = bindRecording(name, recording, options);
  } catch (error) {
    if (error instanceof Error) return { refused: error.message };
    throw error;
  }
  const strings = referenceStrings(name, recording);
  const update = binding.interpret(cacheOf(recording), { get: (index) => strings[String(index)] }, 'start');
  const variables: Record<string, string> = { ...update.set };
  const status = composeStatus(
    {
      conditions: new Set(update.conditions ?? []),
      alarms: update.alarms ?? [],
      values: new Map(Object.entries(variables).map(([key, value]) => [key, { value }])),
      isReady: true,
      isUpdate: true,
    },
    stateOptionsOf({ name, driver: 'usbhid-ups', port: 'auto', options }, 15, update.statusDefaults),
    NO_STATUS_MEMORY,
    asMonotonic(0),
  );
  for (const [variable, value] of status.set) variables[variable] = value;
  const traits = update.traits ?? {};
  return {
    match: binding.matchReason,
    notes: (update.notes ?? binding.notes).map((note) => `${note.code}: ${note.text}`),
    strings,
    variables: sorted(variables),
    conditions: update.conditions ?? [],
    commands: update.commands ?? [],
    writable: Object.keys(traits)
      .filter((variable) => traits[variable]?.isWritable)
      .sort(),
    traits: sorted(traits),
  };
}

const sorted = <Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What NUT said, as facts that can be compared one by one: `battery.charge`, `command load.off`, `writable ups.date`. */
export type Facts = ReadonlyMap<string, string>;

/** What depends on the run and not on the recorded bytes: the driver's own variables and the serial number. */
const isComparable = (fact: string): boolean =>
  !/(^|\s)driver\./.test(fact) && fact !== 'device.serial' && fact !== 'ups.serial';

/** The facts of nut-2.8.5.txt, or undefined where NUT had nothing to say of this device. */
export function nutFacts(name: string): Facts | undefined {
  if (!has(name, 'nut-2.8.5.txt')) return undefined;
  const facts = new Map<string, string>();
  for (const line of read(name, 'nut-2.8.5.txt').split('\n')) {
    const command = /^# upscmd (\S+)/.exec(line)?.[1];
    const writable = /^# upsrw \[(.+)\]/.exec(line)?.[1];
    const variable = /^([a-z][^:#\s]*): ?(.*)$/i.exec(line);
    if (command) facts.set(`command ${command}`, 'yes');
    else if (writable) facts.set(`writable ${writable}`, 'yes');
    else if (variable?.[1]) facts.set(variable[1], variable[2] ?? '');
  }
  return new Map([...facts].filter(([fact]) => isComparable(fact)));
}

export function ourFacts(result: Interpretation): Facts {
  const facts: [string, string][] = [
    ...Object.entries(result.variables),
    ...result.commands.map((command): [string, string] => [`command ${command}`, 'yes']),
    ...result.writable.map((variable): [string, string] => [`writable ${variable}`, 'yes']),
  ];
  return new Map(facts.filter(([fact]) => isComparable(fact)));
}

export interface Difference {
  readonly fact: string;
  readonly ours: string | null;
  readonly nut: string | null;
}

export interface Comparison {
  readonly equal: number;
  /** Facts that either side states. */
  readonly total: number;
  readonly differences: readonly Difference[];
}

export function compareFacts(ours: Facts, nut: Facts): Comparison {
  const all = [...new Set([...ours.keys(), ...nut.keys()])].sort();
  const differences = all
    .filter((fact) => ours.get(fact) !== nut.get(fact))
    .map((fact) => ({ fact, ours: ours.get(fact) ?? null, nut: nut.get(fact) ?? null }));
  return { equal: all.length - differences.length, total: all.length, differences };
}

/** One listed difference with its reason, as kept in differences.json. */
export interface ListedDifference extends Difference {
  readonly reason: string;
}

export const listedDifferences = (name: string): readonly ListedDifference[] =>
  has(name, 'differences.json') ? (JSON.parse(read(name, 'differences.json')) as ListedDifference[]) : [];
