/** Shapes that the HID room hands out. Sources: HID 1.11 section 6.2.2, HID Usage Tables (Power Device 0x84, Battery System 0x85). */

export type ReportType = 'input' | 'output' | 'feature';

/**
 * A usage path: 32-bit usages (page << 16 | id) from the outermost collection to the field. A collection that carries an
 * index (`UPS.Flow.[4]`) adds a node `0x00ff0000 | index` after its usage, as NUT writes it.
 */
export type UsagePath = readonly number[];

/** One value in one report. */
export interface HidField {
  readonly reportType: ReportType;
  /** 0 where the descriptor has no report ids. */
  readonly reportId: number;
  /** First bit, counted from after the id byte. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly path: UsagePath;
  readonly logicalMin: number;
  readonly logicalMax: number;
  /** The maximum was encoded below the minimum and was read as an unsigned number instead. */
  readonly logicalMaxAssumed: boolean;
  /** Absent when the descriptor gives none (or 0..0): physical equals logical then. */
  readonly physicalMin?: number;
  readonly physicalMax?: number;
  /** HID unit code, 0 for none. */
  readonly unit: number;
  /** Signed power of ten as encoded (-8..7). */
  readonly unitExponent: number;
  readonly isConstant: boolean;
  /** Variable (true) or array (false) item. */
  readonly isVariable: boolean;
  readonly isRelative: boolean;
  readonly hasNullState: boolean;
  readonly isVolatile: boolean;
  readonly isBufferedBytes: boolean;
  /** For arrays: the usages that a value selects, by value - logicalMin. */
  readonly arrayUsages?: readonly number[];
}

/** Something odd that was met and survived. */
export interface DescriptorNote {
  readonly code:
    | 'assumed-maximum'
    | 'empty-range'
    | 'unbalanced-collection'
    | 'unbalanced-push'
    | 'truncated-item'
    | 'long-item'
    | 'usage-missing'
    | 'too-many-fields'
    | 'too-deep'
    | 'report-too-long'
    | 'reserved-item';
  /** Byte offset in the descriptor. */
  readonly at: number;
  readonly text: string;
}

/** What a report descriptor says. */
export interface HidReportMap {
  /** Fields with a usage in descriptor order; padding is not listed. */
  readonly fields: readonly HidField[];
  /** Usages of the top-level collections. */
  readonly topLevel: readonly number[];
  readonly usesReportIds: boolean;
  /** Bytes of a report as declared, without the id byte. Key: reportKey(type, id). */
  readonly reportBytes: ReadonlyMap<string, number>;
  readonly notes: readonly DescriptorNote[];
}

export const reportKey = (type: ReportType, reportId: number): string => `${type}:${reportId}`;
