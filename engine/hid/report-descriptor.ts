/**
 * Reads a report descriptor into the list of its fields. Pure, linear in the bytes, and bounded whatever they say.
 * Sources: HID 1.11 section 6.2.2; habits of real UPSes are named where they are dealt with.
 */
import { HidError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { FLAG, readItems, TAG, type ShortItem } from './descriptor-items.ts';
import { PendingUsages } from './pending-usages.ts';
import { reportKey, type DescriptorNote, type HidField, type HidReportMap, type ReportType } from './types.ts';

/** The length of a descriptor travels in 16 bits. */
const MAX_DESCRIPTOR_BYTES = 0xffff;
/** The richest UPS descriptor seen has well under a thousand; a byte bridge lists one field for each byte. */
const MAX_FIELDS = 8192;
const MAX_DEPTH = 32;
const MAX_PUSHED = 32;
/** 64 KiB: some Back-UPS declare single reports of several hundred bytes by mistake, none comes near this. */
const MAX_REPORT_BITS = 0x80000;
const MAX_ARRAY_USAGES = 256;
const MAX_NOTES = 256;

/** A collection item with this bit carries an index in the other seven. Source: MGE and Eaton descriptors, NUT. */
const COLLECTION_INDEX = 0x80;
/** Node that stands for the index of a collection. */
const INDEX_NODE = 0x00ff0000;
/** Node of a collection that the descriptor gives no usage (Back-UPS ES 850G2, Keor DK). */
const NO_USAGE = 0;

interface GlobalState {
  usagePage: number;
  logicalMin: number;
  logicalMax: number;
  logicalMaxUnsigned: number;
  /** Byte offset of the maximum, so that each is remarked upon once. */
  logicalMaxAt: number;
  physicalMin: number | undefined;
  physicalMax: number | undefined;
  unit: number;
  unitExponent: number;
  reportSize: number;
  reportCount: number;
  reportId: number;
}

/**
 * Fields, lengths and oddities of a report descriptor.
 *
 * A usage belongs to the usage page in force where the usage stands: several UPSes list usages of two pages for one main
 * item. Fewer usages than fields: the last usage repeats; more: the rest is dropped. Buffered bytes with one usage are
 * one field. Array elements take their path from the usage of the same position and list all of them in `arrayUsages`,
 * because UPSes declare plain values as arrays (a missing Variable bit) and none is known with a true selector.
 *
 * @param bytes the descriptor as the device gave it, possibly cut short or damaged
 * @param device name for the error text
 * @throws HidError hid/bad-descriptor when nothing in it can be read from a report
 */
export function parseReportDescriptor(bytes: Uint8Array, device = 'the device'): HidReportMap {
  if (bytes.length === 0) throw new HidError('hid/bad-descriptor', { device, reason: phrase('reason.empty', {}) });
  if (bytes.length > MAX_DESCRIPTOR_BYTES) {
    throw new HidError('hid/bad-descriptor', { device, reason: phrase('reason.length', { bytes: bytes.length }) });
  }
  const parser = new DescriptorParser();
  for (const item of readItems(bytes)) {
    if (item.kind === 'short') parser.take(item);
    else if (item.kind === 'long') parser.note('long-item', item.at, 'a long item was skipped');
    else parser.note('truncated-item', item.at, 'the last item is cut off');
  }
  const map = parser.finish(bytes.length);
  if (parser.startedWithData) {
    throw new HidError('hid/bad-descriptor', { device, reason: phrase('reason.no-collection', {}) });
  }
  if (map.fields.length === 0)
    throw new HidError('hid/bad-descriptor', { device, reason: phrase('reason.no-values', {}) });
  return map;
}

class DescriptorParser {
  /** A main item stood before any collection: what a read that began in the middle looks like. */
  startedWithData = false;

  #globals: GlobalState = {
    usagePage: 0,
    logicalMin: 0,
    logicalMax: 0,
    logicalMaxUnsigned: 0,
    logicalMaxAt: -1,
    physicalMin: undefined,
    physicalMax: undefined,
    unit: 0,
    unitExponent: 0,
    reportSize: 0,
    reportCount: 0,
    reportId: 0,
  };
  readonly #pushed: GlobalState[] = [];
  #usages = new PendingUsages();
  /** Nodes that each open collection added to the path. */
  readonly #open: number[] = [];
  /** Collections open beyond MAX_DEPTH. */
  #tooDeep = 0;
  readonly #path: number[] = [];
  readonly #fields: HidField[] = [];
  readonly #topLevel: number[] = [];
  readonly #reportBits = new Map<string, number>();
  readonly #notes: DescriptorNote[] = [];
  readonly #remarkedMaxima = new Set<number>();
  #usesReportIds = false;

  note(code: DescriptorNote['code'], at: number, text: string): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push({ code, at, text });
  }

  take(item: ShortItem): void {
    const globals = this.#globals;
    switch (item.tag) {
      case TAG.input:
        this.#dataItem('input', item);
        break;
      case TAG.output:
        this.#dataItem('output', item);
        break;
      case TAG.feature:
        this.#dataItem('feature', item);
        break;
      case TAG.collection:
        this.#openCollection(item);
        break;
      case TAG.endCollection:
        this.#closeCollection(item);
        break;
      case TAG.usagePage:
        globals.usagePage = item.unsigned & 0xffff;
        break;
      case TAG.logicalMinimum:
        globals.logicalMin = item.signed;
        break;
      case TAG.logicalMaximum:
        globals.logicalMax = item.signed;
        globals.logicalMaxUnsigned = item.unsigned;
        globals.logicalMaxAt = item.at;
        break;
      case TAG.physicalMinimum:
        globals.physicalMin = item.signed;
        break;
      case TAG.physicalMaximum:
        globals.physicalMax = item.signed;
        break;
      case TAG.unitExponent:
        globals.unitExponent = signedNibble(item.unsigned);
        break;
      case TAG.unit:
        globals.unit = item.unsigned;
        break;
      case TAG.reportSize:
        globals.reportSize = item.unsigned;
        break;
      case TAG.reportCount:
        globals.reportCount = item.unsigned;
        break;
      case TAG.reportId:
        this.#reportId(item);
        break;
      case TAG.push:
        if (this.#pushed.length < MAX_PUSHED) this.#pushed.push({ ...globals });
        else this.note('too-deep', item.at, `more than ${MAX_PUSHED} pushes are nested`);
        break;
      case TAG.pop:
        this.#globals = this.#pop(item) ?? globals;
        break;
      case TAG.usage:
        this.#usages.add(this.#usage(item));
        break;
      case TAG.usageMinimum:
        this.#usageEnd('minimum', item);
        break;
      case TAG.usageMaximum:
        this.#usageEnd('maximum', item);
        break;
      case TAG.delimiter:
        this.#usages.delimit(item.unsigned !== 0);
        break;
      case TAG.designatorIndex:
      case TAG.designatorMinimum:
      case TAG.designatorMaximum:
      case TAG.stringIndex:
      case TAG.stringMinimum:
      case TAG.stringMaximum:
        break;
      default:
        this.note('reserved-item', item.at, `item 0x${item.tag.toString(16).padStart(2, '0')} is not defined`);
    }
  }

  finish(length: number): HidReportMap {
    const open = this.#open.length + this.#tooDeep;
    if (open > 0) this.note('unbalanced-collection', length, `${open} collections are not closed`);
    if (this.#pushed.length > 0) this.note('unbalanced-push', length, `${this.#pushed.length} pushes are not popped`);
    const reportBytes = new Map<string, number>();
    for (const [key, bits] of this.#reportBits) reportBytes.set(key, Math.ceil(bits / 8));
    return {
      fields: this.#fields,
      topLevel: this.#topLevel,
      usesReportIds: this.#usesReportIds,
      reportBytes,
      notes: this.#notes,
    };
  }

  #pop(item: ShortItem): GlobalState | undefined {
    const restored = this.#pushed.pop();
    if (restored === undefined) this.note('unbalanced-push', item.at, 'a pop has no push');
    return restored;
  }

  #reportId(item: ShortItem): void {
    const id = item.unsigned & 0xff;
    if (item.unsigned === 0 || item.unsigned > 0xff) {
      this.note('reserved-item', item.at, `report id ${item.unsigned} is not allowed`);
    }
    if (id !== 0) this.#usesReportIds = true;
    this.#globals.reportId = id;
  }

  /** An item of four bytes names its page itself. */
  #usage(item: ShortItem): number {
    return item.size === 4 ? item.unsigned : this.#globals.usagePage * 0x10000 + item.unsigned;
  }

  #usageEnd(end: 'minimum' | 'maximum', item: ShortItem): void {
    if (!this.#usages.addEnd(end, this.#usage(item))) {
      this.note('empty-range', item.at, 'the usage maximum is below the usage minimum');
    }
  }

  /** Usages declared since the last main item, which hold for this one only. */
  #takeUsages(): PendingUsages {
    const usages = this.#usages;
    this.#usages = new PendingUsages();
    return usages;
  }

  #openCollection(item: ShortItem): void {
    const usage = this.#takeUsages().first ?? NO_USAGE;
    if (this.#open.length >= MAX_DEPTH) {
      if (this.#tooDeep === 0) this.note('too-deep', item.at, `more than ${MAX_DEPTH} collections are nested`);
      this.#tooDeep++;
      return;
    }
    if (usage === NO_USAGE) this.note('usage-missing', item.at, 'a collection has no usage');
    if (this.#open.length === 0) this.#topLevel.push(usage);
    const hasIndex = item.unsigned >= COLLECTION_INDEX;
    this.#path.push(usage);
    if (hasIndex) this.#path.push(INDEX_NODE | (item.unsigned & 0x7f));
    this.#open.push(hasIndex ? 2 : 1);
  }

  #closeCollection(item: ShortItem): void {
    this.#takeUsages();
    if (this.#tooDeep > 0) {
      this.#tooDeep--;
      return;
    }
    const nodes = this.#open.pop();
    if (nodes === undefined) this.note('unbalanced-collection', item.at, 'a collection ends that was not begun');
    else this.#path.length -= nodes;
  }

  #dataItem(reportType: ReportType, item: ShortItem): void {
    const globals = this.#globals;
    const usages = this.#takeUsages();
    if (this.#topLevel.length === 0) this.startedWithData = true;

    const key = reportKey(reportType, globals.reportId);
    const start = this.#reportBits.get(key) ?? 0;
    const bits = globals.reportSize * globals.reportCount;
    if (start + bits > MAX_REPORT_BITS) {
      this.note('report-too-long', item.at, `report ${globals.reportId} is longer than ${MAX_REPORT_BITS / 8} bytes`);
      // What follows in this report has no known place any more.
      this.#reportBits.set(key, MAX_REPORT_BITS);
      return;
    }
    this.#reportBits.set(key, start + bits);
    if (bits === 0) return;
    const isConstant = (item.unsigned & FLAG.constant) !== 0;
    if (usages.isEmpty) {
      if (!isConstant) this.note('usage-missing', item.at, 'a value has no usage');
      return;
    }
    this.#addFields(reportType, item, usages, start);
  }

  #addFields(reportType: ReportType, item: ShortItem, usages: PendingUsages, start: number): void {
    const globals = this.#globals;
    const flags = item.unsigned;
    const isVariable = (flags & FLAG.variable) !== 0;
    const isBufferedBytes = (flags & FLAG.bufferedBytes) !== 0;
    const isOneBuffer = isBufferedBytes && usages.isSingle;
    const count = isOneBuffer ? 1 : globals.reportCount;
    const bitSize = isOneBuffer ? globals.reportSize * globals.reportCount : globals.reportSize;
    const room = MAX_FIELDS - this.#fields.length;
    if (count > room && this.#notes.at(-1)?.code !== 'too-many-fields') {
      this.note('too-many-fields', item.at, `only the first ${MAX_FIELDS} fields are used`);
    }
    if (room === 0) return;
    const names = usages.expand(isVariable ? Math.min(count, room) : MAX_ARRAY_USAGES);
    const { physicalMin, physicalMax } = globals;
    const hasPhysical =
      physicalMin !== undefined && physicalMax !== undefined && (physicalMin !== 0 || physicalMax !== 0);
    const common = {
      reportType,
      reportId: globals.reportId,
      bitSize,
      ...this.#logicalRange(item),
      ...(hasPhysical ? { physicalMin, physicalMax } : {}),
      unit: globals.unit,
      unitExponent: globals.unitExponent,
      isConstant: (flags & FLAG.constant) !== 0,
      isVariable,
      isRelative: (flags & FLAG.relative) !== 0,
      hasNullState: (flags & FLAG.nullState) !== 0,
      isVolatile: (flags & FLAG.volatile) !== 0,
      isBufferedBytes,
      ...(isVariable ? {} : { arrayUsages: names }),
    };
    let path: readonly number[] = [];
    for (let index = 0; index < Math.min(count, room); index++) {
      if (index < names.length) path = [...this.#path, names[index] ?? NO_USAGE];
      this.#fields.push({ ...common, path, bitOffset: start + index * bitSize });
    }
  }

  /**
   * Many UPSes (APC BX, CyberPower, Legrand, iDowell) encode 255 or 65535 in so few bytes that it reads as -1; a maximum
   * below the minimum is therefore read again without a sign.
   */
  #logicalRange(item: ShortItem): Pick<HidField, 'logicalMin' | 'logicalMax' | 'logicalMaxAssumed'> {
    const { logicalMin, logicalMax, logicalMaxUnsigned, logicalMaxAt } = this.#globals;
    const logicalMaxAssumed = logicalMax < logicalMin && logicalMaxUnsigned > logicalMin;
    const maximum = logicalMaxAssumed ? logicalMaxUnsigned : logicalMax;
    if ((logicalMaxAssumed || maximum <= logicalMin) && !this.#remarkedMaxima.has(logicalMaxAt)) {
      this.#remarkedMaxima.add(logicalMaxAt);
      const range = `${logicalMin}..${logicalMax}`;
      if (logicalMaxAssumed) this.note('assumed-maximum', item.at, `range ${range} is read as up to ${maximum}`);
      else this.note('empty-range', item.at, `range ${range} says nothing`);
    }
    return { logicalMin, logicalMax: maximum, logicalMaxAssumed };
  }
}

/** Unit exponents are four bits with a sign; some devices leave the upper half of the byte filled. */
function signedNibble(value: number): number {
  const nibble = value & 0xf;
  return nibble > 7 ? nibble - 16 : nibble;
}
