/** Reports of the demo UPS in bytes: filled from its readings, and written ones turned into actions. Pure. */
import { clamp } from './random.ts';
import type { Readings } from './readings.ts';
import { LAYOUT, type LayoutField } from './report-layout.ts';
import type { UnitAction } from './unit-state.ts';

interface PlacedField {
  readonly field: LayoutField;
  /** Counted from after the id byte. */
  readonly bitOffset: number;
}

interface ReportShape {
  readonly fields: readonly PlacedField[];
  /** Without padding. */
  readonly bits: number;
}

function placeFields(): ReadonlyMap<number, ReportShape> {
  const shapes = new Map<number, ReportShape>();
  for (const field of LAYOUT) {
    const shape = shapes.get(field.reportId) ?? { fields: [], bits: 0 };
    shapes.set(field.reportId, {
      fields: [...shape.fields, { field, bitOffset: shape.bits }],
      bits: shape.bits + field.bits,
    });
  }
  return shapes;
}

/** Every report by id. */
export const REPORT_SHAPES = placeFields();

/** @returns the report with its id first; undefined for an id this unit does not have */
export function encodeReport(reportId: number, readings: Readings): Uint8Array | undefined {
  const shape = REPORT_SHAPES.get(reportId);
  if (!shape) return undefined;
  const report = new Uint8Array(1 + Math.ceil(shape.bits / 8));
  report[0] = reportId;
  for (const { field, bitOffset } of shape.fields) {
    writeBits(report, bitOffset, field.bits, logicalValue(field, field.read(readings)));
  }
  return report;
}

/** A sensor that meets its end stop says so: values are held within the logical range. */
export const logicalValue = (field: LayoutField, physical: number): number =>
  clamp(Math.round(physical * 10 ** field.decimals), field.min, field.max);

/**
 * What a written report asks for.
 * @param report id byte first
 * @returns undefined when the unit refuses it: unknown or read-only report, wrong length, value out of range
 */
export function decodeWrite(report: Uint8Array): UnitAction | undefined {
  const shape = REPORT_SHAPES.get(report[0] ?? 0);
  const field = shape?.fields[0]?.field;
  if (!shape || !field?.write || report.length !== 1 + Math.ceil(shape.bits / 8)) return undefined;
  const raw = readBits(report, field.bits);
  const logical = field.min < 0 && raw >= 2 ** (field.bits - 1) ? raw - 2 ** field.bits : raw;
  if (logical < field.min || logical > field.max) return undefined;
  return field.write(logical / 10 ** field.decimals);
}

function writeBits(report: Uint8Array, bitOffset: number, bits: number, logical: number): void {
  let rest = logical < 0 ? logical + 2 ** bits : logical;
  for (let bit = bitOffset; bit < bitOffset + bits; bit++) {
    const at = 1 + (bit >> 3);
    report[at] = (report[at] ?? 0) | ((rest % 2) << (bit & 7));
    rest = Math.floor(rest / 2);
  }
}

/** The number at the start of a report; writable values stand alone in theirs. */
function readBits(report: Uint8Array, bits: number): number {
  let value = 0;
  for (let byte = Math.ceil(bits / 8); byte >= 1; byte--) value = value * 256 + (report[byte] ?? 0);
  return value;
}
