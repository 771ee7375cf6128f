/** The demo UPS as an attached HID device: list, open, reports both ways, unplugging. No hardware, real bytes. */
import { DriverError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { Clock, HidConnection, HidDeviceInfo, HidPort, Stop } from '#engine/ports.ts';
import { buildReportDescriptor } from './descriptor.ts';
import { INPUT_REPORTS, STRING_INDEX } from './report-layout.ts';
import { decodeWrite, encodeReport } from './reports.ts';
import { DemoSimulator } from './simulator.ts';

export interface DemoPortOptions {
  readonly clock: Clock;
  /** Tells several demo units apart: part of path and serial number. */
  readonly name?: string;
  readonly seed?: number;
}

/** pid.codes' vendor id with its first test product id, which no product on sale may carry. */
const VENDOR_ID = 0x1209;
const PRODUCT_ID = 0x0001;
const POWER_DEVICE_PAGE = 0x84;

/** How often measurements are sent while the battery works, and otherwise. A little under, for timers that come early. */
const BUSY_PERIOD_MS = 950;
const IDLE_PERIOD_MS = 9_950;

/** One simulated UPS on a port of its own. It costs nothing while nobody listens. */
export function createDemoPort(options: DemoPortOptions): HidPort & { readonly simulator: DemoSimulator } {
  const { clock, name = 'demo', seed } = options;
  const simulator = new DemoSimulator({ clock, ...(seed === undefined ? {} : { seed }) });
  const device: HidDeviceInfo = {
    path: `demo:${name}`,
    vendorId: VENDOR_ID,
    productId: PRODUCT_ID,
    release: 0x0100,
    interfaceNumber: 0,
    manufacturer: 'Ridethrough',
    product: 'Demo UPS',
    serialNumber: `DEMO-${name}`,
    usagePage: POWER_DEVICE_PAGE,
  };
  return {
    name: 'demo',
    simulator,
    list: () => Promise.resolve(simulator.isAttached ? [device] : []),
    open: (wanted) =>
      attempt(() => {
        if (!simulator.isAttached || wanted.path !== device.path) throw unplugged(wanted);
        return new DemoConnection(device, simulator, clock);
      }),
    watch(onChange) {
      let isWatching = true;
      const stop = simulator.onPlug(() => {
        queueMicrotask(() => {
          if (isWatching) onChange();
        });
      });
      return () => {
        isWatching = false;
        stop();
      };
    },
  };
}

const attempt = <Result>(run: () => Result): Promise<Result> => new Promise((resolve) => resolve(run()));

const nameOf = (device: HidDeviceInfo): string => device.product ?? device.path;
const unplugged = (device: HidDeviceInfo) => new DriverError('driver/unplugged', { device: nameOf(device) });

class DemoConnection implements HidConnection {
  readonly device: HidDeviceInfo;
  readonly #simulator: DemoSimulator;
  readonly #clock: Clock;
  readonly #receivers = new Set<(report: Uint8Array) => void>();
  readonly #closedListeners = new Set<(error: Error) => void>();
  /** Newest bytes and time of each input report; at first what a host reads by itself right after opening. */
  readonly #sent = new Map<number, { readonly report: Uint8Array; readonly at: number }>();
  readonly #stops: Stop[];
  #isOpen = true;

  constructor(device: HidDeviceInfo, simulator: DemoSimulator, clock: Clock) {
    this.device = device;
    this.#simulator = simulator;
    this.#clock = clock;
    const readings = simulator.readings;
    for (const id of INPUT_REPORTS.keys()) {
      const report = encodeReport(id, readings);
      if (report) this.#sent.set(id, { report, at: clock.monotonic() });
    }
    this.#stops = [simulator.onChange(() => this.#send()), simulator.onPlug(() => this.#unplugged())];
  }

  readReportDescriptor(): Promise<Uint8Array> {
    return this.#whileOpen(() => buildReportDescriptor());
  }

  getFeatureReport(reportId: number, maxLength: number): Promise<Uint8Array> {
    return this.#whileOpen(() => {
      const report = encodeReport(reportId, this.#simulator.readings);
      if (!report) throw this.#stalled(reportId);
      return report.slice(0, maxLength);
    });
  }

  setFeatureReport(report: Uint8Array): Promise<void> {
    return this.#whileOpen(() => {
      const action = decodeWrite(report);
      if (!action) throw this.#stalled(report[0] ?? 0);
      this.#simulator.act(action);
    });
  }

  getString(index: number): Promise<string | undefined> {
    return this.#whileOpen(() => this.#string(index));
  }

  onInputReport(receive: (report: Uint8Array) => void): Stop {
    this.#receivers.add(receive);
    return () => this.#receivers.delete(receive);
  }

  onClosed(closed: (error: Error) => void): Stop {
    this.#closedListeners.add(closed);
    return () => this.#closedListeners.delete(closed);
  }

  close(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  #whileOpen<Result>(run: () => Result): Promise<Result> {
    return attempt(() => {
      if (!this.#isOpen) throw unplugged(this.device);
      return run();
    });
  }

  #stalled(reportId: number): DriverError {
    return new DriverError('driver/io', {
      device: nameOf(this.device),
      reason: phrase('reason.report-refused', { reportId }),
    });
  }

  #string(index: number): string | undefined {
    switch (index) {
      case STRING_INDEX.manufacturer:
        return this.device.manufacturer;
      case STRING_INDEX.product:
        return this.device.product;
      case STRING_INDEX.serialNumber:
        return this.device.serialNumber;
      case STRING_INDEX.chemistry:
        return 'PbAc';
      case STRING_INDEX.oemInformation:
        return 'Simulated';
      default:
        return undefined;
    }
  }

  /** A change of status takes the measurements along, so that flags and figures of one moment arrive together. */
  #send(): void {
    const readings = this.#simulator.readings;
    const now = this.#clock.monotonic();
    const isBusy = readings.flags.discharging || readings.flags.charging;
    const period = isBusy ? BUSY_PERIOD_MS : IDLE_PERIOD_MS;
    let hasStatusChanged = false;
    for (const [id, occasion] of INPUT_REPORTS) {
      const report = encodeReport(id, readings);
      const last = this.#sent.get(id);
      if (!report || !last) continue;
      const isDifferent = !isSame(report, last.report);
      if (occasion === 'change' && isDifferent) hasStatusChanged = true;
      const isDue = occasion === 'change' ? isDifferent : hasStatusChanged || now - last.at >= period;
      if (!isDue) continue;
      this.#sent.set(id, { report, at: now });
      this.#deliver(report);
    }
  }

  /** Later, as from a real device: never while the host is still in the call that brought it about. */
  #deliver(report: Uint8Array): void {
    queueMicrotask(() => {
      if (!this.#isOpen) return;
      for (const receive of [...this.#receivers]) receive(Uint8Array.from(report));
    });
  }

  #unplugged(): void {
    if (this.#simulator.isAttached || !this.#isOpen) return;
    const listeners = [...this.#closedListeners];
    this.#end();
    queueMicrotask(() => {
      for (const closed of listeners) closed(unplugged(this.device));
    });
  }

  #end(): void {
    this.#isOpen = false;
    for (const stop of this.#stops) stop();
    this.#receivers.clear();
    this.#closedListeners.clear();
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);
