/**
 * The report descriptor of the demo UPS: the layout table written out in HID short items.
 * Source: HID 1.11 section 6.2.2 (items), HID Power Device specification (collections and usages).
 */
import { parsePath } from '#engine/hid/usages.ts';
import { INPUT_REPORTS, LAYOUT, type LayoutField } from './report-layout.ts';
import { REPORT_SHAPES } from './reports.ts';

/** Item prefixes without their size bits. */
const ITEM = {
  usagePage: 0x04,
  logicalMinimum: 0x14,
  logicalMaximum: 0x24,
  unitExponent: 0x54,
  unit: 0x64,
  reportSize: 0x74,
  reportId: 0x84,
  reportCount: 0x94,
  usage: 0x08,
  collection: 0xa0,
  endCollection: 0xc0,
  input: 0x80,
  feature: 0xb0,
} as const;

type GlobalItem =
  | 'usagePage'
  | 'logicalMinimum'
  | 'logicalMaximum'
  | 'unitExponent'
  | 'unit'
  | 'reportSize'
  | 'reportId'
  | 'reportCount';

const COLLECTION = { physical: 0, application: 1, logical: 2 } as const;
const FLAG = { constant: 0x01, variable: 0x02, volatile: 0x80 } as const;
const PRESENT_STATUS = 0x00840002;
/** A path node that stands for the index of the collection before it; on the wire it is the collection's type. */
const INDEX_NODE = 0x00ff0000;
const INDEXED_COLLECTION = 0x80;

/** One collection on the way to a field. */
interface Level {
  readonly usage: number;
  readonly index: number | undefined;
}

class DescriptorWriter {
  readonly #bytes: number[] = [];
  /** Globals stay in force until changed, so each is written only when it differs. */
  readonly #globals = new Map<GlobalItem, number>();

  global(item: GlobalItem, value: number, encoded: readonly number[] = signedBytes(value)): void {
    if (this.#globals.get(item) === value) return;
    this.#globals.set(item, value);
    this.item(ITEM[item], encoded);
  }

  usage(usage: number): void {
    const id = usage & 0xffff;
    this.global('usagePage', usage >>> 16, unsignedBytes(usage >>> 16));
    this.item(ITEM.usage, unsignedBytes(id));
  }

  item(prefix: number, data: readonly number[]): void {
    this.#bytes.push(prefix | (data.length === 4 ? 3 : data.length), ...data);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** The complete descriptor. */
export function buildReportDescriptor(): Uint8Array {
  const writer = new DescriptorWriter();
  let open: readonly Level[] = [];
  for (const field of LAYOUT) {
    const { levels, usage } = locate(field);
    const shared = sharedDepth(open, levels);
    for (let depth = open.length; depth > shared; depth--) writer.item(ITEM.endCollection, []);
    for (let depth = shared; depth < levels.length; depth++) openCollection(writer, levels[depth], depth);
    open = levels;
    writeField(writer, field, usage);
  }
  // Padding belongs to no collection in particular: it stands last, inside the application collection.
  for (let depth = open.length; depth > 1; depth--) writer.item(ITEM.endCollection, []);
  writePadding(writer);
  writer.item(ITEM.endCollection, []);
  return writer.finish();
}

function locate(field: LayoutField): { levels: readonly Level[]; usage: number } {
  const path = parsePath(field.path) ?? [];
  const usage = path.at(-1);
  if (usage === undefined) throw new RangeError(`${field.path} is not a usage path`);
  const levels: Level[] = [];
  for (const node of path.slice(0, -1)) {
    const last = levels.at(-1);
    if (node >>> 16 === INDEX_NODE >>> 16 && last) levels[levels.length - 1] = { ...last, index: node & 0x7f };
    else levels.push({ usage: node, index: undefined });
  }
  return { levels, usage };
}

function sharedDepth(open: readonly Level[], wanted: readonly Level[]): number {
  const differs = wanted.findIndex((level, depth) => {
    const other = open[depth];
    return other?.usage !== level.usage || other.index !== level.index;
  });
  return differs < 0 ? wanted.length : differs;
}

function openCollection(writer: DescriptorWriter, level: Level | undefined, depth: number): void {
  if (!level) return;
  writer.usage(level.usage);
  const plain = depth === 0 ? 'application' : level.usage === PRESENT_STATUS ? 'logical' : 'physical';
  const type = level.index === undefined ? COLLECTION[plain] : INDEXED_COLLECTION | level.index;
  writer.item(ITEM.collection, [type]);
}

function writeField(writer: DescriptorWriter, field: LayoutField, usage: number): void {
  writer.global('reportId', field.reportId, unsignedBytes(field.reportId));
  writer.global('reportSize', field.bits, unsignedBytes(field.bits));
  writer.global('reportCount', 1);
  writer.global('logicalMinimum', field.min);
  writer.global('logicalMaximum', field.max);
  writer.global('unit', field.unit, unsignedBytes(field.unit));
  // Four bits with a sign.
  writer.global('unitExponent', field.exponent, [field.exponent & 0x0f]);
  const flags = FLAG.variable | (field.write ? 0 : FLAG.constant) | (field.isStatic ? 0 : FLAG.volatile);
  if (INPUT_REPORTS.has(field.reportId)) {
    writer.usage(usage);
    // What an input report brings is data, whether the host may write the value or not.
    writer.item(ITEM.input, [flags & ~FLAG.constant]);
  }
  writer.usage(usage);
  writer.item(ITEM.feature, [flags]);
}

function writePadding(writer: DescriptorWriter): void {
  for (const [reportId, { bits }] of REPORT_SHAPES) {
    const missing = -bits & 7;
    if (missing === 0) continue;
    writer.global('reportId', reportId, unsignedBytes(reportId));
    writer.global('reportSize', missing, unsignedBytes(missing));
    writer.global('reportCount', 1);
    if (INPUT_REPORTS.has(reportId)) writer.item(ITEM.input, [FLAG.constant]);
    writer.item(ITEM.feature, [FLAG.constant]);
  }
}

/** As few of 1, 2 or 4 bytes as hold the number with its sign, lowest first: ranges are signed in HID. */
function signedBytes(value: number): number[] {
  if (value >= -0x80 && value < 0x80) return littleEndian(value, 1);
  return littleEndian(value, value >= -0x8000 && value < 0x8000 ? 2 : 4);
}

const unsignedBytes = (value: number): number[] => littleEndian(value, value < 0x100 ? 1 : value < 0x10000 ? 2 : 4);

const littleEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => (value >> (8 * index)) & 0xff);
