import { open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** What a device folder of `tests/fixtures/devices` says about a unit. */
export interface RecordedDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly release: number;
  readonly name: string;
  readonly serialNumber: string;
  readonly descriptor: Buffer;
  /** Answers to GET_REPORT(Feature), id byte first, by report id. */
  readonly features: ReadonlyMap<number, Buffer>;
}

interface DeviceFile {
  readonly vendorId: string;
  readonly productId: string;
  readonly bcdDevice?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serialNumber?: string;
}

interface ReportLine {
  readonly type: 'feature' | 'input';
  readonly bytes: string;
}

const fromHex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

/** Reads a recording. The first of two answers of one report id counts, as everywhere with recordings. */
export async function readRecordedDevice(folder: string): Promise<RecordedDevice> {
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8');
  const device = JSON.parse(await read('device.json')) as DeviceFile;
  const lines = JSON.parse(await read('reports.json')) as ReportLine[];
  const features = new Map<number, Buffer>();
  for (const line of lines.filter(({ type }) => type === 'feature')) {
    const bytes = fromHex(line.bytes);
    if (!features.has(bytes.readUInt8(0))) features.set(bytes.readUInt8(0), bytes);
  }
  return {
    vendorId: Number(device.vendorId),
    productId: Number(device.productId),
    release: Number.parseInt(device.bcdDevice ?? '0', 16),
    name: [device.manufacturer, device.product].filter(Boolean).join(' '),
    serialNumber: device.serialNumber ?? '',
    descriptor: fromHex(await read('report-descriptor.hex')),
    features,
  };
}

// Numbers and layouts of the kernel's interface for HID devices made by programs (linux/uhid.h). Every message begins
// with its type in 32 bits; numbers have the machine's byte order, and no field is padded.
const DESTROY = 1;
const START = 2;
const STOP = 3;
const OUTPUT = 6;
const GET_REPORT = 9;
const GET_REPORT_REPLY = 10;
const CREATE2 = 11;
const INPUT2 = 12;
const SET_REPORT = 13;
const SET_REPORT_REPLY = 14;
const FEATURE = 0;
const LONGEST_EVENT = 4380;
const LONGEST_REPORT = 4096;
const BUS_USB = 3;
/** Errno of the kernel's "input/output error": what a stalled transfer turns into. */
const EIO = 5;

/** A buffer longer than any report of a UPS: hidraw returns as much as the device answered. */
export const BUFFER_BYTES = 256;

/**
 * A recorded UPS in the flesh: a HID device of this machine's kernel, made through /dev/uhid. It answers feature reports
 * from its table and with an error where the table has nothing, takes what is written into the table, and sends input
 * reports when told to.
 */
export class VirtualUps {
  /** Reports that were written to it, id byte first, in order. */
  readonly written: Buffer[] = [];
  /** GET_REPORTs that it saw, by report id. */
  readonly asked = new Map<number, number>();
  readonly recording: RecordedDevice;
  readonly #features: Map<number, Buffer>;
  #plug: { readonly file: FileHandle; readonly ended: Promise<void> } | undefined;

  constructor(recording: RecordedDevice) {
    this.recording = recording;
    this.#features = new Map(recording.features);
  }

  get isPluggedIn(): boolean {
    return this.#plug !== undefined;
  }

  /** Resolves when the kernel has taken the device. Its node appears after that. */
  async plugIn(): Promise<void> {
    if (this.#plug) throw new Error('the virtual UPS is plugged in already');
    const file = await open('/dev/uhid', 'r+');
    const started = Promise.withResolvers<undefined>();
    const ended = this.#serve(file, started.resolve).finally(() => started.reject(new Error('the kernel refused it')));
    this.#plug = { file, ended };
    await file.write(this.#createMessage());
    await started.promise;
  }

  async unplug(): Promise<void> {
    if (!this.#plug) throw new Error('the virtual UPS is not plugged in');
    const { file, ended } = this.#plug;
    this.#plug = undefined;
    await file.write(message(DESTROY, 0));
    await ended;
    await file.close();
  }

  /** Something happens to the unit: feature reports answer anew, and it says so by itself. All reports id byte first. */
  async change(to: { readonly features: readonly Buffer[]; readonly input: Buffer }): Promise<void> {
    for (const report of to.features) this.#features.set(report.readUInt8(0), report);
    await this.sendInput(to.input);
  }

  /** @param report id byte first */
  async sendInput(report: Buffer): Promise<void> {
    if (!this.#plug) throw new Error('an unplugged UPS sends nothing');
    const bytes = message(INPUT2, 2 + report.length);
    bytes.writeUInt16LE(report.length, 4);
    report.copy(bytes, 6);
    await this.#plug.file.write(bytes);
  }

  #createMessage(): Buffer {
    const { name, serialNumber, descriptor, vendorId, productId, release } = this.recording;
    const bytes = message(CREATE2, 276 + descriptor.length);
    bytes.write(name.slice(0, 127), 4, 'latin1');
    bytes.write('virtual/ups', 132, 'latin1');
    bytes.write(serialNumber.slice(0, 63), 196, 'latin1');
    bytes.writeUInt16LE(descriptor.length, 260);
    bytes.writeUInt16LE(BUS_USB, 262);
    bytes.writeUInt32LE(vendorId, 264);
    bytes.writeUInt32LE(productId, 268);
    bytes.writeUInt32LE(release, 272);
    descriptor.copy(bytes, 280);
    return bytes;
  }

  async #serve(file: FileHandle, started: (value: undefined) => void): Promise<void> {
    const event = Buffer.alloc(LONGEST_EVENT);
    for (;;) {
      await file.read(event, 0, LONGEST_EVENT, null);
      switch (event.readUInt32LE(0)) {
        case START:
          started(undefined);
          break;
        case STOP:
          return;
        case OUTPUT:
          this.written.push(Buffer.from(event.subarray(4, 4 + event.readUInt16LE(4 + LONGEST_REPORT))));
          break;
        case GET_REPORT:
          await this.#reply(file, this.#answerGet(event));
          break;
        case SET_REPORT:
          await this.#reply(file, this.#answerSet(event));
          break;
      }
    }
  }

  /** The kernel refuses the answer of a unit that was unplugged between the question and it. */
  async #reply(file: FileHandle, bytes: Buffer): Promise<void> {
    try {
      await file.write(bytes);
    } catch (error) {
      const isUnplugged = this.#plug?.file !== file;
      if (!isUnplugged || !(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
    }
  }

  #answerGet(event: Buffer): Buffer {
    const reportId = event.readUInt8(8);
    this.asked.set(reportId, (this.asked.get(reportId) ?? 0) + 1);
    const answer = event.readUInt8(9) === FEATURE ? this.#features.get(reportId) : undefined;
    const bytes = message(GET_REPORT_REPLY, 8 + (answer?.length ?? 0));
    bytes.writeUInt32LE(event.readUInt32LE(4), 4);
    bytes.writeUInt16LE(answer ? 0 : EIO, 8);
    bytes.writeUInt16LE(answer?.length ?? 0, 10);
    answer?.copy(bytes, 12);
    return bytes;
  }

  #answerSet(event: Buffer): Buffer {
    const report = Buffer.from(event.subarray(12, 12 + event.readUInt16LE(10)));
    this.written.push(report);
    if (event.readUInt8(9) === FEATURE) this.#features.set(report.readUInt8(0), report);
    const bytes = message(SET_REPORT_REPLY, 6);
    bytes.writeUInt32LE(event.readUInt32LE(4), 4);
    return bytes;
  }
}

/** A zeroed message of the given type. @param length what follows the type, in bytes */
function message(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(4 + length);
  bytes.writeUInt32LE(type, 0);
  return bytes;
}

/** A report id that the unit answers with an error. */
export function unansweredReportId({ recording }: VirtualUps): number {
  const free = Array.from({ length: 255 }, (_, index) => index + 1).find((id) => !recording.features.has(id));
  if (free === undefined) throw new Error('the recording answers every report');
  return free;
}
