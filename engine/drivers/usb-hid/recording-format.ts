/**
 * A recorded device as files: `device.json` (who it is), `report-descriptor.hex` (16 bytes a line) and `reports.json`
 * (what it answered). Pure: texts in, a recording out, and the reverse.
 */
import { z } from 'zod';
import { DriverError } from '#domain/errors.ts';
import { jsonFault, lineOfPath } from '#engine/json-lines.ts';

export interface RecordedIdentity {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice. */
  readonly release?: number;
  readonly interfaceNumber?: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serialNumber?: string;
}

export interface RecordedReport {
  readonly type: 'feature' | 'input';
  readonly reportId: number;
  /** As received, id byte first. */
  readonly bytes: Uint8Array;
}

export interface Recording {
  readonly identity: RecordedIdentity;
  readonly descriptor: Uint8Array;
  /** In the order of the file; the same feature report may occur twice, the first one counts. */
  readonly reports: readonly RecordedReport[];
  /** String descriptors by index, as far as they were recorded. */
  readonly strings: ReadonlyMap<number, string>;
}

export const RECORDING_FILES = {
  device: 'device.json',
  descriptor: 'report-descriptor.hex',
  reports: 'reports.json',
} as const;

/** A file of a recording: its path for errors, and its text. */
export interface RecordingText {
  readonly file: string;
  readonly text: string;
}

const BYTES_PER_LINE = 16;

/**
 * @param reports undefined where there is no reports.json: a device of which only the descriptor is known
 * @throws DriverError driver/bad-file with file and line
 */
export function parseRecording(
  device: RecordingText,
  descriptor: RecordingText,
  reports: RecordingText | undefined,
): Recording {
  const { strings, ...identity } = parseDevice(device);
  return {
    identity,
    strings,
    descriptor: parseHexLines(descriptor),
    reports: reports === undefined ? [] : parseReports(reports),
  };
}

/** The texts of a recording; parsing them gives the recording back. */
export function formatRecording(recording: Recording): Readonly<Record<keyof typeof RECORDING_FILES, string>> {
  const { vendorId, productId, release, ...rest } = recording.identity;
  const device = {
    vendorId: `0x${hex(vendorId, 4)}`,
    productId: `0x${hex(productId, 4)}`,
    ...rest,
    ...(release === undefined ? {} : { bcdDevice: hex(release, 4) }),
    descriptorBytes: recording.descriptor.length,
    ...(recording.strings.size === 0 ? {} : { strings: Object.fromEntries(recording.strings) }),
  };
  const reports = recording.reports.map(
    ({ type, reportId, bytes }) =>
      ` {"type": "${type}", "reportId": "0x${hex(reportId, 2)}", "bytes": "${hexBytes(bytes)}"}`,
  );
  return {
    device: `${JSON.stringify(device, null, 1)}\n`,
    descriptor: `${formatHexLines(recording.descriptor).join('\n')}\n`,
    reports: reports.length === 0 ? '[]\n' : `[\n${reports.join(',\n')}\n]\n`,
  };
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const hexBytes = (bytes: Uint8Array): string => Array.from(bytes, (byte) => hex(byte, 2)).join(' ');

function formatHexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE)
    lines.push(hexBytes(bytes.subarray(at, at + BYTES_PER_LINE)));
  return lines;
}

/** `0x051d` or `1309`; where `isHex`, digits without 0x are hexadecimal too (`0100` of a bcdDevice). */
const numberText = (isHex: boolean) =>
  z
    .union([z.number(), z.string().regex(isHex ? /^(0x)?[0-9a-f]{1,8}$/i : /^(0x[0-9a-f]{1,8}|\d{1,9})$/i)])
    .transform((value) => (typeof value === 'number' ? value : Number.parseInt(value, isHex ? 16 : baseOf(value))));
const baseOf = (text: string): number => (/^0x/i.test(text) ? 16 : 10);

const optionalText = z.string().nullish();
const deviceSchema = z.object({
  vendorId: numberText(true).pipe(z.int().min(0).max(0xffff)),
  productId: numberText(true).pipe(z.int().min(0).max(0xffff)),
  bcdDevice: numberText(true).pipe(z.int().min(0).max(0xffff)).nullish(),
  interfaceNumber: z.int().min(0).max(255).nullish(),
  manufacturer: optionalText,
  product: optionalText,
  serialNumber: optionalText,
  strings: z.record(z.string().regex(/^\d{1,3}$/), z.string()).nullish(),
});

function parseDevice(source: RecordingText): RecordedIdentity & { readonly strings: ReadonlyMap<number, string> } {
  const { strings, bcdDevice, interfaceNumber, manufacturer, product, serialNumber, vendorId, productId } = validate(
    deviceSchema,
    source,
  );
  return {
    vendorId,
    productId,
    ...(typeof bcdDevice === 'number' ? { release: bcdDevice } : {}),
    ...(typeof interfaceNumber === 'number' ? { interfaceNumber } : {}),
    ...(manufacturer ? { manufacturer } : {}),
    ...(product ? { product } : {}),
    ...(serialNumber ? { serialNumber } : {}),
    strings: new Map(Object.entries(strings ?? {}).map(([index, text]) => [Number(index), text])),
  };
}

const reportId = numberText(false).pipe(z.int().min(0).max(255));
const reportBytes = z
  .string()
  .regex(/^\s*([0-9a-f]{2}\s*)+$/i, 'not bytes in hexadecimal')
  .transform((text) => bytesOf(text));
const reportsSchema = z.array(z.object({ type: z.enum(['feature', 'input']), reportId, bytes: reportBytes }));

const parseReports = (source: RecordingText): readonly RecordedReport[] => validate(reportsSchema, source);

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}

function parseHexLines({ file, text }: RecordingText): Uint8Array {
  const bytes: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    for (const word of line.replace(/#.*/, '').split(/\s+/)) {
      if (word === '') continue;
      if (!/^([0-9a-f]{2})+$/i.test(word)) throw badFile(file, index + 1, `"${word}" is not a byte in hexadecimal`);
      bytes.push(...bytesOf(word));
    }
  }
  if (bytes.length === 0) throw badFile(file, 1, 'no bytes in it');
  return Uint8Array.from(bytes);
}

function validate<Schema extends z.ZodType>(schema: Schema, { file, text }: RecordingText): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonFault(text, error);
    throw badFile(file, line, reason, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  throw badFile(file, lineOfPath(text, path), `${where}${issue?.message ?? 'not as expected'}`, parsed.error);
}

const badFile = (file: string, line: number, reason: string, cause?: unknown): DriverError =>
  new DriverError('driver/bad-file', { file, line, reason }, cause);
