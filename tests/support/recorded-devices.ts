/** Reads the recordings of real UPSes under tests/fixtures/devices for tests, fuzzing and benches. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportType } from '#engine/hid/types.ts';
import type { VendorTable } from '#engine/hid/usages.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/devices');

interface RecordedReport {
  readonly type: ReportType;
  /** Id byte first. */
  readonly bytes: Uint8Array;
}

/** A line of NUT's log about one field. */
export interface RecordedValue {
  readonly path: string;
  readonly reportType: ReportType;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly value: number;
}

export interface RecordedDevice {
  readonly name: string;
  readonly vendorTable: VendorTable | undefined;
  readonly descriptor: Uint8Array;
  readonly reports: readonly RecordedReport[];
  readonly values: readonly RecordedValue[];
}

/** Vendor names that NUT's subdrivers use; the others know the standard names only. */
const VENDOR_TABLES: ReadonlySet<string> = new Set<VendorTable>([
  'apc',
  'belkin',
  'cps',
  'delta',
  'ever',
  'mge',
  'openups',
  'powercom',
  'powervar',
  'tripplite',
]);
const isVendorTable = (name: string): name is VendorTable => VENDOR_TABLES.has(name);

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));

function readJson<T>(file: string, absent: T): T {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : absent;
}

/** All recordings, by name. */
export function recordedDevices(): readonly RecordedDevice[] {
  return readdirSync(FOLDER).sort().map(recordedDevice);
}

export function recordedDevice(name: string): RecordedDevice {
  const file = (part: string): string => join(FOLDER, name, part);
  const { nutSubdriver } = readJson(file('device.json'), { nutSubdriver: '' });
  const reports = readJson<{ type: ReportType; bytes: string }[]>(file('reports.json'), []);
  const values = readJson<
    { path: string; type: string; reportId: string; offset: number; size: number; value: number }[]
  >(file('values.json'), []);
  return {
    name,
    vendorTable: isVendorTable(nutSubdriver) ? nutSubdriver : undefined,
    descriptor: bytesOf(readFileSync(file('report-descriptor.hex'), 'utf8')),
    reports: reports.map(({ type, bytes }) => ({ type, bytes: bytesOf(bytes) })),
    values: values.map(({ path, type, reportId, offset, size, value }) => ({
      path,
      reportType: type.toLowerCase() as ReportType,
      reportId: Number(reportId),
      bitOffset: offset,
      bitSize: size,
      value,
    })),
  };
}
