/** HID devices that do what a test tells them: stall, answer late or never, send reports, vanish and come back. */
import { DriverError, type AppError } from '#domain/errors.ts';
import type { Recording } from '#engine/drivers/usb-hid/recording-format.ts';
import type { BlockedDevice, HidConnection, HidDeviceInfo, HidPort, Stop } from '#engine/ports.ts';

/** What a device does with one feature report. */
export type Answer =
  | Uint8Array
  /** Refused at once. */
  | 'stall'
  /** Nothing ever comes; a test may answer by hand with `answerHanging`. */
  | 'hang';

export class ScriptedDevice {
  info: HidDeviceInfo;
  readonly descriptor: Uint8Array;
  readonly features = new Map<number, Answer>();
  readonly strings = new Map<number, string>();
  /** Report ids in the order they were asked for. */
  readonly asked: number[] = [];
  readonly written: number[][] = [];
  /** Every request is refused, whatever the table says. */
  isMute = false;
  refusesWrites = false;
  /** What each request waits for: a slow device. */
  pause: (() => Promise<void>) | undefined;
  openError: AppError | undefined;
  openCount = 0;
  closeCount = 0;
  /** Requests that wait for an answer, now and at most. */
  busy = 0;
  mostBusy = 0;
  /** Connections that are open now. */
  readonly connections = new Set<ScriptedConnection>();

  constructor(info: HidDeviceInfo, recording: Pick<Recording, 'descriptor' | 'reports'>) {
    this.info = info;
    this.descriptor = recording.descriptor;
    for (const { type, reportId, bytes } of recording.reports) {
      if (type === 'feature' && !this.features.has(reportId)) this.features.set(reportId, Uint8Array.from(bytes));
    }
  }

  send(...report: number[]): void {
    for (const connection of this.connections) connection.deliver(Uint8Array.from(report));
  }

  /** Requests that hang get this answer now, whether or not anyone still waits for it. */
  answerHanging(report: Uint8Array): void {
    for (const connection of this.everOpened) connection.answerHanging(report);
  }

  readonly everOpened: ScriptedConnection[] = [];
}

export class ScriptedPort implements HidPort {
  readonly name = 'node-hid';
  readonly attached = new Set<ScriptedDevice>();
  blockedDevices: readonly BlockedDevice[] = [];
  listError: AppError | undefined;
  listCount = 0;
  readonly #watchers = new Set<() => void>();

  get watchers(): number {
    return this.#watchers.size;
  }

  plug(device: ScriptedDevice, info: Partial<HidDeviceInfo> = {}): void {
    device.info = { ...device.info, ...info };
    this.attached.add(device);
    this.changed();
  }

  unplug(device: ScriptedDevice): void {
    this.attached.delete(device);
    for (const connection of [...device.connections]) connection.vanish();
    this.changed();
  }

  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  list(): Promise<readonly HidDeviceInfo[]> {
    this.listCount += 1;
    return this.listError
      ? Promise.reject(this.listError)
      : Promise.resolve([...this.attached].map(({ info }) => info));
  }

  blocked(): Promise<readonly BlockedDevice[]> {
    return Promise.resolve(this.blockedDevices);
  }

  open(info: HidDeviceInfo): Promise<HidConnection> {
    const device = [...this.attached].find(({ info: { path } }) => path === info.path);
    if (!device) return Promise.reject(new DriverError('driver/unplugged', { device: info.path }));
    device.openCount += 1;
    if (device.openError) return Promise.reject(device.openError);
    return Promise.resolve(new ScriptedConnection(device));
  }

  watch(onChange: () => void): Stop {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
}

class ScriptedConnection implements HidConnection {
  readonly device: HidDeviceInfo;
  readonly #script: ScriptedDevice;
  readonly #receivers = new Set<{ receive: (report: Uint8Array) => void; failed?: (error: Error) => void }>();
  readonly #closedListeners = new Set<(error: Error) => void>();
  readonly #hanging: ((report: Uint8Array) => void)[] = [];
  #isGone = false;

  constructor(script: ScriptedDevice) {
    this.device = script.info;
    this.#script = script;
    script.connections.add(this);
    script.everOpened.push(this);
  }

  readReportDescriptor(): Promise<Uint8Array> {
    return Promise.resolve(this.#script.descriptor);
  }

  async getFeatureReport(reportId: number): Promise<Uint8Array> {
    this.#script.asked.push(reportId);
    this.#script.busy += 1;
    this.#script.mostBusy = Math.max(this.#script.mostBusy, this.#script.busy);
    try {
      await this.#script.pause?.();
      return await this.#answer(reportId);
    } finally {
      this.#script.busy -= 1;
    }
  }

  #answer(reportId: number): Promise<Uint8Array> {
    if (this.#isGone) return Promise.reject(this.#unplugged());
    const answer = this.#script.isMute ? 'stall' : this.#script.features.get(reportId);
    if (answer === 'hang') return new Promise((resolve) => this.#hanging.push(resolve));
    if (answer === undefined || answer === 'stall') return Promise.reject(this.#io('it refused the request'));
    return Promise.resolve(Uint8Array.from(answer));
  }

  setFeatureReport(report: Uint8Array): Promise<void> {
    if (this.#isGone) return Promise.reject(this.#unplugged());
    if (this.#script.refusesWrites) return Promise.reject(this.#io('it refused the request'));
    this.#script.written.push([...report]);
    this.#script.features.set(report[0] ?? 0, Uint8Array.from(report));
    return Promise.resolve();
  }

  getString(index: number): Promise<string | undefined> {
    return Promise.resolve(this.#script.strings.get(index));
  }

  onInputReport(receive: (report: Uint8Array) => void, failed?: (error: Error) => void): Stop {
    const listener = { receive, ...(failed ? { failed } : {}) };
    this.#receivers.add(listener);
    return () => this.#receivers.delete(listener);
  }

  onClosed(closed: (error: Error) => void): Stop {
    this.#closedListeners.add(closed);
    return () => this.#closedListeners.delete(closed);
  }

  close(): Promise<void> {
    this.#script.closeCount += 1;
    this.#script.connections.delete(this);
    return Promise.resolve();
  }

  deliver(report: Uint8Array): void {
    for (const { receive } of this.#receivers) receive(report);
  }

  /** Ends the input reports and leaves the device there. */
  failInput(): void {
    for (const { failed } of this.#receivers) failed?.(this.#io('the pipe is broken'));
  }

  vanish(): void {
    this.#isGone = true;
    for (const closed of this.#closedListeners) closed(this.#unplugged());
  }

  answerHanging(report: Uint8Array): void {
    for (const resolve of this.#hanging.splice(0)) resolve(Uint8Array.from(report));
  }

  #unplugged(): DriverError {
    return new DriverError('driver/unplugged', { device: this.device.product ?? this.device.path });
  }

  #io(reason: string): DriverError {
    return new DriverError('driver/io', { device: this.device.product ?? this.device.path, reason });
  }
}
