/** The items of a report descriptor. Source: HID 1.11 sections 6.2.2.2 (short items) and 6.2.2.3 (long items). */

/** Prefixes without the size bits. Source: HID 1.11 sections 6.2.2.4, 6.2.2.7 and 6.2.2.8. */
export const TAG = {
  input: 0x80,
  output: 0x90,
  feature: 0xb0,
  collection: 0xa0,
  endCollection: 0xc0,
  usagePage: 0x04,
  logicalMinimum: 0x14,
  logicalMaximum: 0x24,
  physicalMinimum: 0x34,
  physicalMaximum: 0x44,
  unitExponent: 0x54,
  unit: 0x64,
  reportSize: 0x74,
  reportId: 0x84,
  reportCount: 0x94,
  push: 0xa4,
  pop: 0xb4,
  usage: 0x08,
  usageMinimum: 0x18,
  usageMaximum: 0x28,
  designatorIndex: 0x38,
  designatorMinimum: 0x48,
  designatorMaximum: 0x58,
  stringIndex: 0x78,
  stringMinimum: 0x88,
  stringMaximum: 0x98,
  delimiter: 0xa8,
} as const;

/** Bits of a main item's data. Source: HID 1.11 section 6.2.2.5. */
export const FLAG = {
  constant: 1,
  variable: 2,
  relative: 4,
  nullState: 0x40,
  volatile: 0x80,
  bufferedBytes: 0x100,
} as const;

/** One short item. `unsigned` and `signed` are its data read both ways; both are 0 where there is no data. */
export interface ShortItem {
  readonly kind: 'short';
  /** Byte offset of the prefix. */
  readonly at: number;
  /** Prefix without the size bits: item type and tag in one number, as the HID tables print them. */
  readonly tag: number;
  /** Bytes of data: 0, 1, 2 or 4. */
  readonly size: number;
  readonly unsigned: number;
  readonly signed: number;
}

/** A long item (skipped as a whole: no long item tags are defined) or an item that the end of the bytes cut off. */
interface OtherItem {
  readonly kind: 'long' | 'truncated';
  readonly at: number;
}

export type DescriptorItem = ShortItem | OtherItem;

const LONG_ITEM_PREFIX = 0xfe;
const DATA_SIZES = [0, 1, 2, 4] as const;

/** Items in order. Ends after the first truncated item; never throws. */
export function* readItems(bytes: Uint8Array): Generator<DescriptorItem, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const prefix = view.getUint8(at);
    if (prefix === LONG_ITEM_PREFIX) {
      const end = at + 3 + (bytes[at + 1] ?? 0);
      if (end > bytes.length) {
        yield { kind: 'truncated', at };
        return;
      }
      yield { kind: 'long', at };
      at = end;
      continue;
    }
    const size = DATA_SIZES[(prefix & 3) as 0 | 1 | 2 | 3];
    if (at + 1 + size > bytes.length) {
      yield { kind: 'truncated', at };
      return;
    }
    yield {
      kind: 'short',
      at,
      tag: prefix & 0xfc,
      size,
      unsigned: readData(view, at + 1, size, 'unsigned'),
      signed: readData(view, at + 1, size, 'signed'),
    };
    at += 1 + size;
  }
}

function readData(view: DataView, at: number, size: number, sign: 'signed' | 'unsigned'): number {
  switch (size) {
    case 1:
      return sign === 'signed' ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return sign === 'signed' ? view.getInt16(at, true) : view.getUint16(at, true);
    case 4:
      return sign === 'signed' ? view.getInt32(at, true) : view.getUint32(at, true);
    default:
      return 0;
  }
}
