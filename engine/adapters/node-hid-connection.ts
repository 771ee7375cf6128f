/** One device opened through node-hid: its failures told apart, its unplugging noticed, its strings remembered. */
import { DriverError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { HidConnection, HidDeviceInfo } from '#engine/ports.ts';
import { describeDescriptor } from './descriptor-facts.ts';
import type { DescriptorSource } from './descriptor-source.ts';
import { classifyHidError } from './node-hid-errors.ts';
import type { HidLibrary, HidLibraryConnection } from './node-hid-port.ts';
import type { UsbStrings } from './usb-strings.ts';

export interface OpenParts {
  readonly descriptors: DescriptorSource;
  readonly strings: UsbStrings | undefined;
  /** Whether the system still lists the device. */
  isPresent(): Promise<boolean>;
}

/**
 * The least buffer to ask with: as large as any report can be. Units that answer more than their descriptor says fail
 * a request that has room only for what it says.
 */
const MIN_BUFFER = 256;

/** @throws DriverError driver/permission-denied, driver/held-by-other, driver/unplugged, driver/io */
export async function openNodeHid(
  library: HidLibrary,
  device: HidDeviceInfo,
  parts: OpenParts,
): Promise<HidConnection> {
  let native: HidLibraryConnection;
  try {
    // On macOS the system's own UPS support has every power device open: exclusive access is never to be had.
    native = await library.HIDAsync.open(device.path, { nonExclusive: true });
  } catch (error) {
    throw openError(device, error);
  }
  return new NodeHidConnection(device, native, parts);
}

const nameOf = (device: HidDeviceInfo): string => device.product ?? device.path;

function openError(device: HidDeviceInfo, cause: unknown): DriverError {
  const failure = classifyHidError(cause);
  const name = nameOf(device);
  switch (failure.kind) {
    case 'gone':
      return new DriverError('driver/unplugged', { device: name }, cause);
    case 'permission-denied':
      return new DriverError('driver/permission-denied', { device: name, path: device.path }, cause);
    case 'held':
      return new DriverError('driver/held-by-other', { device: name, holder: phrase('holder.unknown', {}) }, cause);
    case 'io':
      return new DriverError('driver/io', { device: name, reason: failure.reason }, cause);
  }
}

interface InputListener {
  readonly receive: (report: Uint8Array) => void;
  readonly failed: ((error: Error) => void) | undefined;
}

class NodeHidConnection implements HidConnection {
  readonly device: HidDeviceInfo;
  readonly #native: HidLibraryConnection;
  readonly #parts: OpenParts;
  readonly #inputListeners = new Set<InputListener>();
  readonly #closedListeners = new Set<(error: Error) => void>();
  readonly #strings = new Map<number, Promise<string | undefined>>();
  #descriptor: Promise<Uint8Array> | undefined;
  #usesReportIds = true;
  #isReading = false;
  #inputError: DriverError | undefined;
  #isClosed = false;
  /** Set when it is gone or was closed: what every further call is answered with. */
  #end: DriverError | undefined;

  constructor(device: HidDeviceInfo, native: HidLibraryConnection, parts: OpenParts) {
    this.device = device;
    this.#native = native;
    this.#parts = parts;
    // Without a listener an EventEmitter throws its errors at the process.
    native.on('error', (error: unknown) => void this.#readingFailed(error));
  }

  readReportDescriptor(): Promise<Uint8Array> {
    return (this.#descriptor ??= this.#parts.descriptors.read(this.device).then((bytes) => {
      this.#usesReportIds = describeDescriptor(bytes).usesReportIds;
      return bytes;
    }));
  }

  async getFeatureReport(reportId: number, maxLength: number): Promise<Uint8Array> {
    const bytes = await this.#call(() => this.#native.getFeatureReport(reportId, Math.max(maxLength, MIN_BUFFER)));
    return Uint8Array.from(bytes);
  }

  async setFeatureReport(report: Uint8Array): Promise<void> {
    await this.#call(() => this.#native.sendFeatureReport(Buffer.from(report)));
  }

  getString(index: number): Promise<string | undefined> {
    const { strings } = this.#parts;
    if (!strings) return Promise.resolve(undefined);
    const known = this.#strings.get(index) ?? strings.read(this.device, index);
    this.#strings.set(index, known);
    return known;
  }

  onInputReport(receive: (report: Uint8Array) => void, failed?: (error: Error) => void): () => void {
    const listener: InputListener = { receive, failed };
    this.#inputListeners.add(listener);
    if (this.#inputError) failed?.(this.#inputError);
    else this.#startReading();
    return () => this.#inputListeners.delete(listener);
  }

  onClosed(closed: (error: Error) => void): () => void {
    this.#closedListeners.add(closed);
    return () => this.#closedListeners.delete(closed);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const wasGone = this.#end !== undefined;
    this.#end ??= this.#io(phrase('reason.closed', {}));
    this.#inputListeners.clear();
    this.#closedListeners.clear();
    try {
      await this.#native.close();
    } catch (error) {
      // The handle of a device that is gone may be refused; there is nothing left to close then.
      if (!wasGone) throw this.#io(reasonOf(error), error);
    }
  }

  #startReading(): void {
    if (this.#isReading || this.#end) return;
    this.#isReading = true;
    this.#native.on('data', (data: Uint8Array) => {
      const report = this.#usesReportIds ? Uint8Array.from(data) : Uint8Array.of(0, ...data);
      for (const { receive } of this.#inputListeners) receive(report);
    });
  }

  async #call<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#end) throw this.#end;
    try {
      return await run();
    } catch (error) {
      throw this.#callFailed(error);
    }
  }

  #callFailed(cause: unknown): DriverError {
    if (classifyHidError(cause).kind === 'gone') this.#gone(cause);
    return this.#end ?? this.#io(reasonOf(cause), cause);
  }

  /** The reader of input reports ended. hidapi does not always say whether with it the device. */
  async #readingFailed(cause: unknown): Promise<void> {
    if (this.#end) return;
    if (classifyHidError(cause).kind === 'gone' || !(await this.#isPresent())) {
      this.#gone(cause);
      return;
    }
    this.#inputError = this.#io(reasonOf(cause), cause);
    for (const { failed } of this.#inputListeners) failed?.(this.#inputError);
  }

  async #isPresent(): Promise<boolean> {
    try {
      return await this.#parts.isPresent();
    } catch {
      return true; // listing failed for a reason of its own; the next call to the device will tell
    }
  }

  #gone(cause: unknown): void {
    if (this.#end) return;
    const error = new DriverError('driver/unplugged', { device: nameOf(this.device) }, cause);
    this.#end = error;
    for (const closed of this.#closedListeners) closed(error);
  }

  #io(reason: Text, cause?: unknown): DriverError {
    return new DriverError('driver/io', { device: nameOf(this.device), reason }, cause);
  }
}

function reasonOf(error: unknown): Text {
  const failure = classifyHidError(error);
  if (failure.kind === 'io') return failure.reason;
  return failure.kind === 'permission-denied'
    ? phrase('reason.permission-denied', {})
    : phrase('reason.system-refused', {});
}
