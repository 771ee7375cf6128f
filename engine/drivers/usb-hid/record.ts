/** Records an attached device into a folder that `recording:DIR` replays: what to send in when a unit is read wrongly. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, DriverError, describeError } from '#domain/errors.ts';
import { decodeField } from '#engine/hid/report-codec.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import { reportKey, type HidReportMap } from '#engine/hid/types.ts';
import { makeFolder } from '#engine/make-folder.ts';
import type { Clock, HidConnection, HidDeviceInfo, HidPort } from '#engine/ports.ts';
import { deviceLabel } from './device-choice.ts';
import { formatRecording, RECORDING_FILES, type RecordedReport, type Recording } from './recording-format.ts';

export interface RecordParts {
  readonly port: HidPort;
  readonly device: HidDeviceInfo;
  /** Made when it is not there. */
  readonly outDir: string;
  /** How long to listen for input reports. */
  readonly seconds: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface RecordSummary {
  readonly descriptorBytes: number;
  readonly featureReports: number;
  readonly inputReports: number;
  /** Feature reports that the descriptor lists and the device did not give. */
  readonly refused: readonly number[];
}

/**
 * The serial number is masked; report bytes are kept as they are.
 * @throws DriverError as HidPort.open; driver/cannot-write, also when the folder holds a recording already
 */
export async function recordDevice(parts: RecordParts): Promise<RecordSummary> {
  const { port, device, outDir, seconds, clock, signal } = parts;
  await prepareFolder(outDir);
  const connection = await port.open(device);
  try {
    const descriptor = await connection.readReportDescriptor();
    const map = parseOrNothing(descriptor, device);
    const inputs: RecordedReport[] = [];
    const stopListening = connection.onInputReport((bytes) => {
      inputs.push({ type: 'input', reportId: bytes[0] ?? 0, bytes });
    });
    const { features, refused } = await readFeatures(connection, featureIds(map), map);
    const strings = await readStrings(connection, map, features);
    await clock.sleep(seconds * 1000, signal).catch(() => undefined); // cut short: what came so far is kept
    stopListening();
    const recording = mask({
      identity: device,
      descriptor,
      reports: [...features, ...withoutRepeats(inputs)],
      strings,
    });
    await write(outDir, recording);
    return {
      descriptorBytes: descriptor.length,
      featureReports: features.length,
      inputReports: recording.reports.length - features.length,
      refused,
    };
  } finally {
    await connection.close();
  }
}

async function prepareFolder(outDir: string): Promise<void> {
  const file = join(outDir, RECORDING_FILES.device);
  const isTaken = await access(file).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new DriverError('driver/cannot-write', { file, reason: 'there is a recording already' });
  try {
    await makeFolder(outDir);
  } catch (error) {
    throw new DriverError('driver/cannot-write', { file: outDir, reason: describeError(error) }, error);
  }
}

/** A descriptor that makes no sense is worth recording all the more. */
function parseOrNothing(descriptor: Uint8Array, device: HidDeviceInfo): HidReportMap | undefined {
  try {
    return parseReportDescriptor(descriptor, deviceLabel(device));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

const FEATURE_KEY = /^feature:(\d+)$/;

const featureIds = (map: HidReportMap | undefined): readonly number[] =>
  [...(map?.reportBytes.keys() ?? [])].flatMap((key) => {
    const id = FEATURE_KEY.exec(key)?.[1];
    return id === undefined ? [] : [Number(id)];
  });

async function readFeatures(
  connection: HidConnection,
  ids: readonly number[],
  map: HidReportMap | undefined,
): Promise<{ readonly features: readonly RecordedReport[]; readonly refused: readonly number[] }> {
  const features: RecordedReport[] = [];
  const refused: number[] = [];
  for (const reportId of ids) {
    const declared = map?.reportBytes.get(reportKey('feature', reportId)) ?? 0;
    try {
      const bytes = await connection.getFeatureReport(reportId, declared + 1);
      features.push({ type: 'feature', reportId, bytes });
    } catch (error) {
      if (error instanceof DriverError && error.code === 'driver/unplugged') throw error;
      refused.push(reportId);
    }
  }
  return { features, refused };
}

/** Usages whose value is the index of a string. The serial number is left out. */
const STRING_USAGES: ReadonlySet<number> = new Set([
  0x00840001, // iName
  0x008400fd, // iManufacturer
  0x008400fe, // iProduct
  0x00850087, // iManufacturerName
  0x00850088, // iDeviceName
  0x00850089, // iDeviceChemistry
  0x0085008f, // iOEMInformation
]);

async function readStrings(
  connection: HidConnection,
  map: HidReportMap | undefined,
  features: readonly RecordedReport[],
): Promise<ReadonlyMap<number, string>> {
  const strings = new Map<number, string>();
  for (const field of map?.fields ?? []) {
    if (field.reportType !== 'feature' || !STRING_USAGES.has(field.path.at(-1) ?? 0)) continue;
    const report = features.find(({ reportId }) => reportId === field.reportId);
    const index = report && decodeField(field, report.bytes);
    if (index === undefined || index < 1 || index > 255 || strings.has(index)) continue;
    const text = await connection.getString(index);
    if (text !== undefined) strings.set(index, text);
  }
  return strings;
}

/** A unit that sends the same report every second is heard once. */
function withoutRepeats(inputs: readonly RecordedReport[]): readonly RecordedReport[] {
  const last = new Map<number, string>();
  return inputs.filter(({ reportId, bytes }) => {
    const text = bytes.join();
    const isNew = last.get(reportId) !== text;
    last.set(reportId, text);
    return isNew;
  });
}

function mask(recording: Recording): Recording {
  const { serialNumber, vendorId, productId, release, interfaceNumber, manufacturer, product } = recording.identity;
  const hidden = serialNumber && maskText(serialNumber);
  const strings = [...recording.strings].map(
    ([index, text]) => [index, text === serialNumber ? hidden : text] as const,
  );
  return {
    ...recording,
    // Field by field: a listed device also has a path and a place on the USB, which nobody else needs to know.
    identity: {
      vendorId,
      productId,
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(product === undefined ? {} : { product }),
      ...(hidden ? { serialNumber: hidden } : {}),
      ...(release === undefined ? {} : { release }),
      ...(interfaceNumber === undefined ? {} : { interfaceNumber }),
    },
    strings: new Map(strings.map(([index, text]) => [index, text ?? ''])),
  };
}

/** Length and zeros tell what kind of number it is, the rest whose. */
const maskText = (text: string): string => text.replace(/[^0\s]/g, 'X');

async function write(outDir: string, recording: Recording): Promise<void> {
  const texts = formatRecording(recording);
  for (const [part, file] of Object.entries(RECORDING_FILES)) {
    const path = join(outDir, file);
    try {
      await writeFile(path, texts[part as keyof typeof RECORDING_FILES], { flag: 'wx' });
    } catch (error) {
      throw new DriverError('driver/cannot-write', { file: path, reason: describeError(error) }, error);
    }
  }
}
