/** What this program makes of a recorded device. What NUT made of it: reference-facts.ts. */
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

export const readFixture = (name: string, file: string): string => readFileSync(join(RECORDINGS, name, file), 'utf8');
export const hasFixture = (name: string, file: string): boolean => existsSync(join(RECORDINGS, name, file));

export function loadRecording(name: string): Recording {
  const text = (file: string): { file: string; text: string } => ({ file, text: readFixture(name, file) });
  return parseRecording(
    text(RECORDING_FILES.device),
    text(RECORDING_FILES.descriptor),
    hasFixture(name, RECORDING_FILES.reports) ? text(RECORDING_FILES.reports) : undefined,
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
  const told = hasFixture(name, 'upsc.txt')
    ? /^battery\.type: *(\S+)/m.exec(readFixture(name, 'upsc.txt'))?.[1]
    : undefined;
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
