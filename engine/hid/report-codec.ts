/**
 * Bits of a report to numbers and back. A logical value is the integer in the report; a physical value is what it means
 * in NUT's units (volt, ampere, watt, second, hertz, kelvin, percent).
 * Sources: HID 1.11 sections 5.8 (byte order), 6.2.2.7 (ranges, unit exponent); HID Power Devices section 3.2.3.
 */
import { HidError } from '#domain/errors.ts';
import type { HidField } from './types.ts';

const MAX_NUMBER_BITS = 32;

/**
 * The HID unit system counts in centimetres and grams; this is the power of ten between its unit and ours. Units that
 * are not listed have none. Source: HID Power Devices 3.2.3.
 */
const UNIT_DECIMALS: ReadonlyMap<number, number> = new Map([
  [0x00f0d121, 7], // volt
  [0x0000d121, 7], // watt and volt-ampere
]);

/**
 * The logical value of a field.
 * @param report a whole report, id byte first (0 for devices without report ids)
 * @returns undefined when the report has another id or is too short for the field, when the value is the null state,
 * and for fields of more than 32 bits (see fieldBytes)
 */
export function decodeField(field: HidField, report: Uint8Array): number | undefined {
  if (field.bitSize > MAX_NUMBER_BITS || !holdsField(field, report)) return undefined;
  const raw = readBits(report, field.bitOffset, field.bitSize);
  const logical = readings(field, raw).find((reading) => isInRange(field, reading)) ?? plainReading(field, raw);
  if (field.hasNullState && hasRange(field) && !isInRange(field, logical)) return undefined;
  return logical;
}

/**
 * The bits of a field of any size, lowest first, the last byte filled with zeros. For buffered bytes and wide fields.
 * @returns undefined when the report has another id or is too short for the field
 */
export function fieldBytes(field: HidField, report: Uint8Array): Uint8Array | undefined {
  if (!holdsField(field, report)) return undefined;
  const bytes = new Uint8Array(Math.ceil(field.bitSize / 8));
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = readBits(report, field.bitOffset + index * 8, Math.min(8, field.bitSize - index * 8));
  }
  return bytes;
}

/** The physical value of a logical one. Values outside the declared range are mapped by the same line, not clamped. */
export function toPhysical(field: HidField, logical: number): number {
  const line = physicalLine(field);
  const mapped =
    line === undefined ? logical : ((logical - field.logicalMin) * line.physicalSpan) / line.logicalSpan + line.from;
  return scale(mapped, decimalShift(field));
}

/**
 * The logical value that stands for a physical one, truncated toward zero.
 * @returns undefined when it does not fit into the field's bits, or is not a finite number
 */
export function toLogical(field: HidField, physical: number): number | undefined {
  const unscaled = scale(physical, -decimalShift(field));
  const line = physicalLine(field);
  const logical = truncate(
    line === undefined ? unscaled : ((unscaled - line.from) * line.logicalSpan) / line.physicalSpan + field.logicalMin,
  );
  return fitsField(field, logical) ? logical : undefined;
}

/**
 * A copy of a report with one field changed.
 * @param logical an integer that fits the field (toLogical gives such)
 * @param report the whole report, id byte first, long enough for the field
 * @throws HidError hid/value-too-large, hid/short-report
 */
export function encodeField(field: HidField, logical: number, report: Uint8Array): Uint8Array {
  const { bitOffset, bitSize, reportId } = field;
  if (!fitsField(field, logical)) {
    throw new HidError('hid/value-too-large', { value: logical, bits: bitSize, reportId });
  }
  const expected = 1 + Math.ceil((bitOffset + bitSize) / 8);
  if (report.length < expected) {
    throw new HidError('hid/short-report', { device: 'the device', reportId, actual: report.length, expected });
  }
  const changed = Uint8Array.from(report);
  let rest = logical < 0 ? logical + 2 ** bitSize : logical;
  for (let bit = bitOffset; bit < bitOffset + bitSize; bit++) {
    const at = 1 + (bit >> 3);
    const mask = 1 << (bit & 7);
    const byte = changed[at] ?? 0;
    changed[at] = rest % 2 === 1 ? byte | mask : byte & ~mask;
    rest = Math.floor(rest / 2);
  }
  return changed;
}

function holdsField(field: HidField, report: Uint8Array): boolean {
  return report[0] === field.reportId && report.length >= 1 + Math.ceil((field.bitOffset + field.bitSize) / 8);
}

/** Up to 32 bits, lowest first, across byte borders. The report must be long enough. */
function readBits(report: Uint8Array, bitOffset: number, bitSize: number): number {
  const shift = bitOffset & 7;
  const first = 1 + (bitOffset >> 3);
  let value = 0;
  // At most five bytes, so the sum stays below 2^40 and exact; shifts would wrap at 32 bits.
  for (let index = Math.ceil((shift + bitSize) / 8) - 1; index >= 0; index--) {
    value = value * 256 + (report[first + index] ?? 0);
  }
  return Math.floor(value / 2 ** shift) % 2 ** bitSize;
}

const signExtend = (raw: number, bits: number): number => (raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw);

/** A maximum that is not above the minimum is a mistake of the device (`230..230`) and bounds nothing. */
const hasRange = (field: HidField): boolean => field.logicalMax > field.logicalMin;

const isInRange = (field: HidField, logical: number): boolean =>
  logical >= field.logicalMin && logical <= field.logicalMax;

/** Ways to read the bits, the most likely first. The first one within the declared range is meant. */
function readings(field: HidField, raw: number): readonly number[] {
  const { bitSize, logicalMin } = field;
  const cut = withoutGarbage(field, raw);
  // Without a sign as well: a Back-UPS BX declares -1..65535 for 16 bits.
  const whole = logicalMin < 0 ? [signExtend(raw, bitSize), raw] : [raw];
  return cut === undefined ? whole : [...whole, cut];
}

/** The reading of a value outside its declared range. */
const plainReading = (field: HidField, raw: number): number => (isSigned(field) ? signExtend(raw, field.bitSize) : raw);

/**
 * Values are signed where the minimum is negative, but not for ranges like `-1..0` on a wide field: that is the
 * maximum 0xffffffff of a Smart-UPS, cut or misread (RunTimeToEmpty).
 */
const isSigned = ({ logicalMin, logicalMax, bitSize }: HidField): boolean =>
  logicalMin < 0 && (bitSize < 16 || logicalMax > 0 || logicalMin < -1);

/** Bits of the whole-number ranges that devices copy from their firmware's types. */
const WHOLE_RANGES: ReadonlySet<number> = new Set([7, 8, 15, 16, 23, 24, 31]);

/**
 * Some Back-UPS (BF500 class) leave garbage in the upper bits of a field that is wider than its range. It is cut off
 * only where the range is that of a whole number type (`0..65535` in 32 bits), so that a reading above a plain limit, a
 * load of 130 % in `0..100`, stays what it is. Left alone as well: a range of one byte on a wider field, where the
 * maximum was inherited from a shorter one (Minuteman, Legrand: 230.0 V in `0..255`), and all bits set on more than one
 * byte, which is how a device says that a time is not known.
 */
function withoutGarbage(field: HidField, raw: number): number | undefined {
  const { bitSize, logicalMin, logicalMax } = field;
  const magnitudeBits = Math.log2(logicalMax + 1);
  if (field.logicalMaxAssumed || !WHOLE_RANGES.has(magnitudeBits)) return undefined;
  const bits = logicalMin < 0 ? magnitudeBits + 1 : magnitudeBits;
  if (bits >= bitSize || (bits <= 8 && bitSize > 8)) return undefined;
  if (bitSize > 8 && raw === 2 ** bitSize - 1) return undefined;
  const kept = raw % 2 ** bits;
  return logicalMin < 0 ? signExtend(kept, bits) : kept;
}

function fitsField(field: HidField, logical: number): boolean {
  if (!Number.isInteger(logical) || field.bitSize > MAX_NUMBER_BITS) return false;
  const lowest = field.logicalMin < 0 ? -(2 ** (field.bitSize - 1)) : 0;
  const highest =
    isSigned(field) && field.logicalMax < 2 ** (field.bitSize - 1) ? 2 ** (field.bitSize - 1) : 2 ** field.bitSize;
  return logical >= lowest && logical < highest;
}

function physicalLine(field: HidField): { from: number; logicalSpan: number; physicalSpan: number } | undefined {
  const { physicalMin, physicalMax, logicalMin, logicalMax } = field;
  if (physicalMin === undefined || physicalMax === undefined) return undefined;
  if (physicalMax <= physicalMin || logicalMax <= logicalMin) return undefined;
  return { from: physicalMin, logicalSpan: logicalMax - logicalMin, physicalSpan: physicalMax - physicalMin };
}

const decimalShift = (field: HidField): number => field.unitExponent - (UNIT_DECIMALS.get(field.unit) ?? 0);

/** Times a power of ten. Divides by whole powers rather than multiplying by fractions: 136 becomes 13.6 exactly. */
const scale = (value: number, shift: number): number => (shift < 0 ? value / 10 ** -shift : value * 10 ** shift);

/** Toward zero, but a product that misses an integer only by floating point noise is that integer. */
function truncate(value: number): number {
  const nearest = Math.round(value);
  const isNoise = Math.abs(value - nearest) <= 1e-12 * Math.max(1000, Math.abs(value));
  // Adding 0 turns -0 into 0.
  return (isNoise ? nearest : Math.trunc(value)) + 0;
}
