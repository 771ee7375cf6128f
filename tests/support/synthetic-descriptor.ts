/** Report descriptors made from usage paths, for makes of which no recording exists and for single habits. */
import { parsePath, type VendorTable } from '#engine/hid/usages.ts';

export interface SyntheticField {
  readonly path: string;
  readonly reportId: number;
  readonly type?: 'feature' | 'input';
  readonly bits?: number;
  readonly logicalMin?: number;
  readonly logicalMax?: number;
  readonly unit?: number;
  readonly unitExponent?: number;
  /** Neither variable nor writable. */
  readonly isConstantArray?: boolean;
}

const INDEX_PAGE = 0x00ff;
const le32 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];

/** Fields of one report in the order given; every field brings its own nest of collections. */
export function syntheticDescriptor(fields: readonly SyntheticField[], vendor?: VendorTable): Uint8Array {
  return Uint8Array.from(fields.flatMap((field) => fieldItems(field, vendor)));
}

function fieldItems(field: SyntheticField, vendor: VendorTable | undefined): number[] {
  const path = parsePath(field.path, vendor);
  if (!path) throw new Error(`no such path: ${field.path}`);
  const collections = path.slice(0, -1);
  const items: number[] = [];
  let open = 0;
  for (const [place, usage] of collections.entries()) {
    if (usage >>> 16 === INDEX_PAGE) continue;
    const next = path[place + 1] ?? 0;
    const kind = next >>> 16 === INDEX_PAGE ? 0x80 | (next & 0x7f) : open === 0 ? 1 : 0;
    items.push(0x0b, ...le32(usage), 0xa1, kind);
    open++;
  }
  const bits = field.bits ?? 16;
  const main = field.type === 'input' ? 0x81 : 0xb1;
  items.push(
    ...[0x85, field.reportId],
    ...[0x75, bits, 0x95, 1],
    ...[0x17, ...le32(field.logicalMin ?? 0)],
    ...[0x27, ...le32(field.logicalMax ?? (bits >= 31 ? 0x7fffffff : 2 ** bits - 1))],
    ...[0x67, ...le32(field.unit ?? 0)],
    ...[0x55, (field.unitExponent ?? 0) & 0x0f],
    ...[0x0b, ...le32(path.at(-1) ?? 0)],
    ...[main, field.isConstantArray ? 0x01 : 0x02],
  );
  return [...items, ...Array.from({ length: open }, () => 0xc0)];
}

export const VOLT = 0x00f0d121;
export const HERTZ = 0x0000f001;
export const AMPERE = 0x00100001;
export const SECOND = 0x00001001;
