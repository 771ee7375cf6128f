/**
 * One fuzz case: a damaged descriptor of a real UPS, damaged reports for it, and every promise of engine/hid that can be
 * checked on any input.
 */
import { HidError } from '#domain/errors.ts';
import { decodeField, encodeField, fieldBytes, toLogical, toPhysical } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import type { HidField, HidReportMap } from '#engine/hid/types.ts';
import { formatPath, parsePath } from '#engine/hid/usages.ts';
import { recordedDevices, type RecordedDevice } from '#tests/support/recorded-devices.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

/** What a case came to. */
export interface FuzzOutcome {
  readonly isRefused: boolean;
  readonly fields: number;
  readonly reports: number;
  readonly values: number;
}

/** A promise that was broken. */
class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

const MAX_FIELDS_PER_REPORT = 64;
const REPORTS_PER_CASE = 4;
const MAX_REPORT_BYTES = 0x10000;

/** Runs cases by number: the same number is the same case, whatever ran before. */
export class HidFuzzer {
  readonly #devices: readonly RecordedDevice[] = recordedDevices();

  /** @throws FuzzFailure when a promise is broken, anything else when the code under test crashes */
  run(caseNumber: number): FuzzOutcome {
    const random = new Random(caseNumber);
    const device = random.pick(this.#devices);
    const map = parseOrRefuse(this.#descriptor(device, random));
    if (map === undefined) return { isRefused: true, fields: 0, reports: 0, values: 0 };
    checkMap(map);
    let values = 0;
    for (let index = 0; index < REPORTS_PER_CASE; index++) {
      const report = this.#report(device, map, random);
      for (const field of fieldsFor(map, report, random)) values += checkField(field, report, random);
    }
    const path = random.pick(map.fields).path;
    if (parsePath(formatPath(path, device.vendorTable), device.vendorTable) === undefined) {
      throw new FuzzFailure(`${formatPath(path, device.vendorTable)} does not read back`);
    }
    return { isRefused: false, fields: map.fields.length, reports: REPORTS_PER_CASE, values };
  }

  /** Mostly damaged, sometimes whole (so that damaged reports meet a good map), rarely pure noise. */
  #descriptor(device: RecordedDevice, random: Random): Uint8Array {
    const kind = random.below(20);
    if (kind === 0) return device.descriptor;
    if (kind === 1) return noise(random, 600);
    return mutate(device.descriptor, random, random.pick(this.#devices).descriptor);
  }

  #report(device: RecordedDevice, map: HidReportMap, random: Random): Uint8Array {
    const recorded = device.reports.length === 0 ? undefined : random.pick(device.reports).bytes;
    switch (random.below(4)) {
      case 0:
        return recorded ?? noise(random, 70);
      case 1:
        return recorded === undefined ? noise(random, 70) : mutate(recorded, random, noise(random, 70));
      default: {
        const report = noise(random, 70);
        report[0] = random.pick(map.fields).reportId;
        if (random.below(4) === 0) report.fill(random.pick([0, 0x7f, 0x80, 0xff]), 1);
        return report;
      }
    }
  }
}

function noise(random: Random, maxLength: number): Uint8Array {
  return Uint8Array.from({ length: 1 + random.below(maxLength) }, () => random.byte());
}

function parseOrRefuse(descriptor: Uint8Array): HidReportMap | undefined {
  try {
    return parseReportDescriptor(descriptor);
  } catch (error) {
    if (error instanceof HidError && error.code === 'hid/bad-descriptor') return undefined;
    throw error;
  }
}

function checkMap(map: HidReportMap): void {
  for (const [key, bytes] of map.reportBytes) {
    if (!(bytes <= MAX_REPORT_BYTES)) throw new FuzzFailure(`report ${key} is ${bytes} bytes long`);
  }
  for (const field of map.fields) {
    const declared = map.reportBytes.get(`${field.reportType}:${field.reportId}`) ?? -1;
    if (field.bitSize < 1 || field.bitOffset < 0 || field.bitOffset + field.bitSize > declared * 8) {
      throw new FuzzFailure(`field at ${field.bitOffset}+${field.bitSize} in a report of ${declared} bytes`);
    }
    const numbers = [
      field.logicalMin,
      field.logicalMax,
      field.unitExponent,
      field.physicalMin ?? 0,
      field.physicalMax ?? 0,
    ];
    if (!numbers.every(Number.isFinite)) throw new FuzzFailure(`limits ${numbers.join(', ')}`);
  }
}

/** The fields of one report, at most some dozens of them from a random place on. */
function fieldsFor(map: HidReportMap, report: Uint8Array, random: Random): readonly HidField[] {
  const fields = map.fields.filter(({ reportId }) => reportId === report[0]);
  const first = random.below(Math.max(1, fields.length - MAX_FIELDS_PER_REPORT));
  return fields.slice(first, first + MAX_FIELDS_PER_REPORT);
}

/** @returns 1 when the report holds a value for the field, else 0 */
function checkField(field: HidField, report: Uint8Array, random: Random): 0 | 1 {
  const isHeld = report.length >= 1 + Math.ceil((field.bitOffset + field.bitSize) / 8);
  if ((fieldBytes(field, report) !== undefined) !== isHeld) throw new FuzzFailure('bytes of a report that lacks them');
  const logical = decodeField(field, report);
  if (logical === undefined) return 0;
  if (!isHeld) throw new FuzzFailure('value of a report that lacks it');
  const highest = 2 ** field.bitSize;
  if (!Number.isInteger(logical) || logical >= highest || logical < -highest) {
    throw new FuzzFailure(`logical value ${logical} in ${field.bitSize} bits`);
  }
  const physical = toPhysical(field, logical);
  if (!Number.isFinite(physical)) throw new FuzzFailure(`physical value ${physical} of ${logical}`);
  checkEncoding(field, report, toLogical(field, physical));
  checkEncoding(field, report, toLogical(field, random.pick([0, -1, 0.1, -1e300, Number.NaN, logical + 0.5])));
  const beyond = random.pick([-(2 ** field.bitSize), -(2 ** (field.bitSize - 1)) - 1, 2 ** field.bitSize]);
  if (isPlain(field) && toLogical(field, toPhysical(field, beyond)) !== undefined) {
    throw new FuzzFailure(`${beyond} is said to fit into ${field.bitSize} bits`);
  }
  return 1;
}

/** Without a physical range, whose steps can be coarser than one. */
const isPlain = (field: HidField): boolean => field.physicalMax === undefined;

/** What the codec calls a logical value must fit, and come back wherever the range leaves no doubt how to read it. */
function checkEncoding(field: HidField, report: Uint8Array, logical: number | undefined): void {
  if (logical === undefined) return;
  const encoded = encodeField(field, logical, report);
  if (encoded.length !== report.length) throw new FuzzFailure('an encoded report has another length');
  const isSound = field.logicalMin >= 0 || field.logicalMax < 2 ** (field.bitSize - 1);
  if (!isSound || logical < field.logicalMin || logical > field.logicalMax) return;
  const decoded = decodeField(field, encoded);
  if (decoded !== logical) throw new FuzzFailure(`${logical} was encoded and decoded as ${decoded ?? 'nothing'}`);
}
