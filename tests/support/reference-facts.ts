/**
 * What NUT said of the recorded devices, fact by fact, and where this program says something else. Three references:
 * what NUT 2.8.5 prints when it is fed with the recorded bytes, what `upsc` printed on the machine that the unit hung on
 * (mostly an older NUT, and not at the same moment), and what NUT's log said of every field of the reports.
 * Used by tests/recordings.test.ts, scripts/generate-expected.ts and the page about recordings.
 */
import { decodeField, toPhysical } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import { formatPath } from '#engine/hid/usages.ts';
import { hasFixture, interpretRecording, readFixture, type Interpretation } from './device-proof.ts';
import { recordedDevice, type RecordedDevice, type RecordedValue } from './recorded-devices.ts';

export const REFERENCES = ['nut-2.8.5.txt', 'upsc.txt', 'values.json'] as const;
export type Reference = (typeof REFERENCES)[number];

/** `battery.charge`, `command load.off`, `writable ups.date`, or a field: `UPS.Input.Voltage, feature 0x0f bit 0`. */
export interface Difference {
  readonly than: Reference;
  readonly fact: string;
  readonly ours: string | null;
  readonly nut: string | null;
}
/** As kept in differences.json. */
export interface ListedDifference extends Difference {
  readonly reason: string;
}

export interface Comparison {
  readonly reference: Reference;
  readonly equal: number;
  /** Facts that could be compared: what the recorded bytes say nothing of is a difference, but not counted here. */
  readonly total: number;
  readonly differences: readonly Difference[];
}

type Facts = ReadonlyMap<string, string>;

/** The comparisons that are possible with a recording; none for a device that is refused. */
export function compareRecording(name: string): readonly Comparison[] {
  const result = interpretRecording(name);
  if ('refused' in result) return [];
  const comparisons: Comparison[] = [];
  if (hasFixture(name, 'nut-2.8.5.txt')) {
    comparisons.push(compareFacts('nut-2.8.5.txt', ourFacts(result), factsOf(readFixture(name, 'nut-2.8.5.txt'))));
  }
  // Without raw reports there is nothing to compare the values of a machine with.
  if (hasFixture(name, 'upsc.txt') && hasFixture(name, 'reports.json')) comparisons.push(compareMachine(name));
  if (hasFixture(name, 'values.json')) comparisons.push(compareFields(recordedDevice(name)));
  return comparisons;
}

/** The unit is read by the subdriver that NUT used on that machine, which a person may have chosen there. */
function compareMachine(name: string): Comparison {
  const text = readFixture(name, 'upsc.txt');
  const subdriver = /^driver\.version\.data: *(.+)$/m.exec(text)?.[1];
  const result = interpretRecording(name, subdriver === undefined ? {} : { subdriver });
  if ('refused' in result) throw new Error(`${name}: ${result.refused}`);
  return compareFacts('upsc.txt', ourFacts(result), factsOf(text));
}

export const listedDifferences = (name: string): readonly ListedDifference[] =>
  hasFixture(name, 'differences.json') ? (JSON.parse(readFixture(name, 'differences.json')) as ListedDifference[]) : [];

/** Share of equal facts over comparisons, 0 to 1. */
export function shareOf(comparisons: readonly Comparison[]): { equal: number; total: number; share: number } {
  const equal = comparisons.reduce((sum, each) => sum + each.equal, 0);
  const total = comparisons.reduce((sum, each) => sum + each.total, 0);
  return { equal, total, share: equal / total };
}

/** What depends on the run and not on the recorded bytes: the driver's own variables and the serial number. */
const isComparable = (fact: string): boolean =>
  !/(^|\s)driver\./.test(fact) && fact !== 'device.serial' && fact !== 'ups.serial';

function factsOf(text: string): Facts {
  const facts = new Map<string, string>();
  for (const line of text.split('\n')) {
    const command = /^# upscmd (\S+)/.exec(line)?.[1];
    const writable = /^# upsrw \[(.+)\]/.exec(line)?.[1];
    const variable = /^([a-z][^:#\s]*): ?(.*)$/i.exec(line);
    if (command) facts.set(`command ${command}`, 'yes');
    else if (writable) facts.set(`writable ${writable}`, 'yes');
    else if (variable?.[1]) facts.set(variable[1], variable[2] ?? '');
  }
  return new Map([...facts].filter(([fact]) => isComparable(fact)));
}

function ourFacts(result: Interpretation): Facts {
  const facts: [string, string][] = [
    // The driver core offers it for every unit, here as there (engine/drivers/core.ts).
    ['command shutdown.default', 'yes'],
    ...Object.entries(result.variables),
    ...result.commands.map((command): [string, string] => [`command ${command}`, 'yes']),
    ...result.writable.map((variable): [string, string] => [`writable ${variable}`, 'yes']),
  ];
  return new Map(facts.filter(([fact]) => isComparable(fact)));
}

/** NUT 2.8.5 had the same bytes: what only one of the two says is a difference. An older one knew less than is known now. */
function compareFacts(reference: Reference, ours: Facts, nut: Facts): Comparison {
  const hadTheBytes = reference === 'nut-2.8.5.txt';
  const facts = hadTheBytes ? [...new Set([...ours.keys(), ...nut.keys()])].sort() : [...nut.keys()].sort();
  const differences = facts
    .filter((fact) => ours.get(fact) !== nut.get(fact))
    .map((fact) => ({ than: reference, fact, ours: ours.get(fact) ?? null, nut: nut.get(fact) ?? null }));
  const uncounted = hadTheBytes ? 0 : differences.filter((difference) => difference.ours === null).length;
  return { reference, equal: facts.length - differences.length, total: facts.length - uncounted, differences };
}

function compareFields(device: RecordedDevice): Comparison {
  const { fields } = parseReportDescriptor(device.descriptor);
  const printsIntegers = device.values.every(({ value }) => Number.isInteger(value));
  const differences = device.values.flatMap((value): Difference[] => {
    const physical = physicalOf(device, fields, value);
    if (physical !== undefined && isPrintedAs(physical, value.value, printsIntegers)) return [];
    const id = value.reportId.toString(16).padStart(2, '0');
    const fact = `${value.path}, ${value.reportType} 0x${id} bit ${value.bitOffset}`;
    return [{ than: 'values.json', fact, ours: physical?.toString() ?? null, nut: value.value.toString() }];
  });
  const total = device.values.length;
  return { reference: 'values.json', equal: total - differences.length, total, differences };
}

/** NUT reads Input items out of the feature report as well; the first recording of a report belongs to the log. */
function physicalOf(
  device: RecordedDevice,
  fields: ReturnType<typeof parseReportDescriptor>['fields'],
  value: RecordedValue,
): number | undefined {
  const field = fields.find(
    ({ reportId, reportType, bitOffset, bitSize, path }) =>
      reportId === value.reportId &&
      reportType === value.reportType &&
      bitOffset === value.bitOffset &&
      bitSize === value.bitSize &&
      formatPath(path, device.vendorTable) === value.path,
  );
  const report = device.reports.find(({ type, bytes }) => type === 'feature' && bytes[0] === value.reportId);
  const logical = field && report && decodeField(field, report.bytes);
  return field === undefined || logical === undefined ? undefined : toPhysical(field, logical);
}

/** NUT prints six digits, before 2.8 the integer part only. */
function isPrintedAs(physical: number, printed: number, printsIntegers: boolean): boolean {
  const isClose = Math.abs(physical - printed) <= Math.abs(printed) * 5e-6 + 1e-9;
  return isClose || (printsIntegers && Math.trunc(physical) === printed);
}
