/** `recording:DIR`: a recorded device replayed byte for byte, with no hardware. What the folder does not hold stalls. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverError } from '#domain/errors.ts';
import {
  parseRecording,
  RECORDING_FILES,
  type Recording,
  type RecordingText,
} from '#engine/drivers/usb-hid/recording-format.ts';
import { phrase } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { HidConnection, HidDeviceInfo, HidPort } from '#engine/ports.ts';
import { describeDescriptor } from './descriptor-facts.ts';

export const RECORDING_PREFIX = 'recording:';

/** Answers longer than any buffer that is asked with do not occur: a report id is one byte, a report at most 255. */
const MIN_BUFFER = 256;

/**
 * A port with one device, the one recorded in a folder. A report that is written keeps its bytes for the life of the
 * port, so that a device that is opened again remembers.
 * Its calls throw DriverError driver/cannot-read or driver/bad-file where the folder cannot be used.
 */
export function createRecordingPort(directory: string): HidPort {
  let loaded: Promise<Replay> | undefined;
  // A folder that could not be read is tried again by the next call: it may have been repaired meanwhile.
  const load = (): Promise<Replay> =>
    (loaded ??= readRecording(directory).then(replayOf, (error: unknown) => {
      loaded = undefined;
      throw error;
    }));
  return {
    name: 'recording',
    list: async () => [deviceInfo(directory, (await load()).recording)],
    open: async (device) => connect(device, await load()),
    watch: () => () => undefined,
  };
}

interface Replay {
  readonly recording: Recording;
  /** Feature reports as they are now. */
  readonly features: Map<number, Uint8Array>;
}

function replayOf(recording: Recording): Replay {
  const features = new Map<number, Uint8Array>();
  for (const { type, reportId, bytes } of recording.reports) {
    if (type === 'feature' && !features.has(reportId)) features.set(reportId, bytes);
  }
  return { recording, features };
}

/** @throws DriverError driver/cannot-read, driver/bad-file */
export async function readRecording(directory: string): Promise<Recording> {
  // One after the other, so that of several missing files it is always the first that is named.
  const device = await readText(join(directory, RECORDING_FILES.device));
  const descriptor = await readText(join(directory, RECORDING_FILES.descriptor));
  const reports = await readText(join(directory, RECORDING_FILES.reports)).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  return parseRecording(device, descriptor, reports);
}

async function readText(file: string): Promise<RecordingText> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw new DriverError('driver/cannot-read', { file, reason: reasonOf(error) }, error);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof DriverError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

function deviceInfo(directory: string, { identity, descriptor }: Recording): HidDeviceInfo {
  const { usagePage } = describeDescriptor(descriptor);
  return {
    path: `${RECORDING_PREFIX}${directory}`,
    ...identity,
    ...(usagePage === undefined ? {} : { usagePage }),
  };
}

function connect(device: HidDeviceInfo, { recording, features }: Replay): HidConnection {
  const name = device.product ?? device.path;
  const inputs = recording.reports.filter((report) => report.type === 'input');
  let isClosed = false;
  let isPlayed = false;
  const check = (): void => {
    if (isClosed) throw new DriverError('driver/io', { device: name, reason: phrase('reason.closed', {}) });
  };
  const stalled = (reportId: number): DriverError =>
    new DriverError('driver/io', { device: name, reason: phrase('reason.not-recorded', { reportId }) });
  return {
    device,
    readReportDescriptor: () => Promise.resolve(Uint8Array.from(recording.descriptor)),
    getFeatureReport: (reportId, maxLength) =>
      attempt(() => {
        check();
        const bytes = features.get(reportId);
        if (!bytes) throw stalled(reportId);
        return bytes.slice(0, Math.max(maxLength, MIN_BUFFER));
      }),
    setFeatureReport: (report) =>
      attempt(() => {
        check();
        const reportId = report[0] ?? 0;
        if (!features.has(reportId)) throw stalled(reportId);
        features.set(reportId, Uint8Array.from(report));
      }),
    getString: (index) => Promise.resolve(recording.strings.get(index)),
    onInputReport(receive) {
      let isListening = true;
      if (!isPlayed) {
        isPlayed = true;
        setImmediate(() => {
          for (const { bytes } of inputs) if (isListening && !isClosed) receive(Uint8Array.from(bytes));
        });
      }
      return () => {
        isListening = false;
      };
    },
    onClosed: () => () => undefined,
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

/** A throw becomes a rejection, as from a real device. */
const attempt = <Result>(work: () => Result): Promise<Result> =>
  new Promise((resolve) => {
    resolve(work());
  });
