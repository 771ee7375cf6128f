/** Usage paths as text: `UPS.PowerSummary.RemainingCapacity`, `UPS.Flow.[4].ConfigVoltage`, `UPS.Battery.ff860024`. */
import type { UsagePath } from './types.ts';
import { STANDARD_USAGES, VENDOR_USAGES } from './usage-names.ts';

/** Which vendor's names are used beside the standard ones. */
export type VendorTable = keyof typeof VENDOR_USAGES;

const INDEX_PAGE = 0x00ff;

/**
 * A path in words. The vendor's names come before the standard ones; a usage without a name is eight hex digits, the
 * index of a collection is `[4]`.
 */
export function formatPath(path: UsagePath, vendor?: VendorTable): string {
  return path.map((usage) => usageName(usage, vendor)).join('.');
}

/**
 * A path from words, the reverse of formatPath. Names are compared without regard to case, the vendor's first; where a
 * name is on both standard pages the Power Device page wins.
 * @returns undefined when a word is neither a known name, nor hex digits, nor an index
 */
export function parsePath(text: string, vendor?: VendorTable): UsagePath | undefined {
  const path: number[] = [];
  for (const token of text.split('.')) {
    const usage = parseToken(token, vendor);
    if (usage === undefined) return undefined;
    path.push(usage);
  }
  return path;
}

function usageName(usage: number, vendor: VendorTable | undefined): string {
  const vendorNames: Readonly<Record<number, string>> = vendor === undefined ? {} : VENDOR_USAGES[vendor];
  const name = vendorNames[usage];
  if (name !== undefined) return name;
  if (usage >>> 16 === INDEX_PAGE) return `[${usage & 0xffff}]`;
  return STANDARD_USAGES[usage] ?? usage.toString(16).padStart(8, '0');
}

/** Words met before, by vendor: hundreds of paths are made of a hundred words. */
const knownWords = new Map<VendorTable | undefined, Map<string, number>>();

function parseToken(token: string, vendor: VendorTable | undefined): number | undefined {
  let words = knownWords.get(vendor);
  if (words === undefined) knownWords.set(vendor, (words = new Map<string, number>()));
  let usage = words.get(token);
  if (usage === undefined) {
    usage = usageOfWord(token, vendor);
    if (usage !== undefined) words.set(token, usage);
  }
  return usage;
}

function usageOfWord(token: string, vendor: VendorTable | undefined): number | undefined {
  const index = /^\[(\d{1,5})\]$/.exec(token)?.[1];
  if (index !== undefined) return Number(index) <= 0xffff ? INDEX_PAGE * 0x10000 + Number(index) : undefined;
  const name = token.toLowerCase();
  const named = (vendor === undefined ? undefined : vendorByName(vendor).get(name)) ?? STANDARD_BY_NAME.get(name);
  if (named !== undefined) return named;
  return /^[0-9a-f]{1,8}$/.test(name) ? Number.parseInt(name, 16) : undefined;
}

function byName(names: Readonly<Record<number, string>>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [usage, name] of Object.entries(names)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, Number(usage));
  }
  return found;
}

const STANDARD_BY_NAME = byName(STANDARD_USAGES);
const vendorMaps = new Map<VendorTable, ReadonlyMap<string, number>>();

function vendorByName(vendor: VendorTable): ReadonlyMap<string, number> {
  let map = vendorMaps.get(vendor);
  if (map === undefined) vendorMaps.set(vendor, (map = byName(VENDOR_USAGES[vendor])));
  return map;
}
