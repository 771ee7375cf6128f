/**
 * A device binding knows how one attached unit speaks: which reports to read, what their bytes mean in NUT's words, and
 * which bytes carry out a command. It does no input or output itself; engine/drivers/usb-hid.ts moves the bytes.
 * `bindDevice` (bind-device.ts) makes one; it remembers status bits between reports, so one binding serves one device.
 */
import type { Text } from '#domain/messages/message.ts';
import type { DriverEvent, DriverNote, DriverOptions, DriverOutcome } from '#engine/drivers/driver.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';

/** A feature report to read. */
export interface ReportRequest {
  readonly reportId: number;
  /** Size of the buffer to ask with, id byte included. The answer may be shorter or longer. */
  readonly maxLength: number;
}

/** The newest bytes of each report, id byte first. A report that stalled or was never read is undefined. */
export interface ReportCache {
  feature(reportId: number): Uint8Array | undefined;
  input(reportId: number): Uint8Array | undefined;
}

/** String descriptors fetched so far; index 0 is never asked for. */
export interface DeviceStrings {
  get(index: number): string | undefined;
}

/** `start`: once after opening. `full`: every pollfreq, and after a write. `quick`: every pollinterval in between. */
export type Pass = 'start' | 'full' | 'quick';

/**
 * What changed, in the shape of the driver event, with the notes that became known since binding. `statusDefaults` comes
 * with the first update.
 */
export type BindingUpdate = Omit<Extract<DriverEvent, { type: 'update' }>, 'type'> & {
  /** Replaces the list of notes; absent when it is as before. */
  readonly notes?: readonly DriverNote[];
};

export type WriteStep =
  | { readonly type: 'write'; /** Feature report, id byte first. */ readonly report: Uint8Array }
  /** Some firmware drops the second of two writes that follow each other too closely. */
  | { readonly type: 'pause'; readonly ms: number };

/**
 * Steps are carried out in order; the first that fails ends them with outcome `failed`. `update` and `notes` of it hold
 * once all succeeded. After any write every cached report is old: a full pass follows.
 */
export type WritePlan =
  | { readonly ok: true; readonly steps: readonly WriteStep[]; readonly update?: BindingUpdate }
  | { readonly ok: false; readonly outcome: DriverOutcome };

/** How to poll this unit unless the options say otherwise. */
export interface PollDefaults {
  readonly pollFreqSeconds: number;
  /** False for units whose interrupt pipe must be left alone (as `pollonly`). */
  readonly usesInterrupts: boolean;
  /** True for units that answer no feature request at all (as `interruptonly`). */
  readonly interruptOnly: boolean;
}

export interface DeviceBinding {
  /** Name of our definition, as published in `driver.version.data`. */
  readonly definitionName: string;
  /** A sentence: why this definition was chosen. */
  readonly matchReason: string;
  /** Cures and guesses known at binding time. */
  readonly notes: readonly DriverNote[];
  readonly defaults: PollDefaults;
  /** Empty for every pass when the unit is interrupt-only. */
  reportsFor(pass: Pass): readonly ReportRequest[];
  /** Lines for the log after the first pass, whatever was answered: all that the unit says (option explore). */
  describe?(reports: ReportCache): readonly string[];
  /** Input report ids that carry something this binding understands. */
  readonly inputReportIds: readonly number[];
  /** String descriptors that the cached reports name; fetched once each. */
  stringIndexes(reports: ReportCache): readonly number[];
  /** Interprets what is in the cache. With `inputReportId`: only the fields of that input report, just received. */
  interpret(
    reports: ReportCache,
    strings: DeviceStrings,
    pass: Pass | { readonly inputReportId: number },
  ): BindingUpdate;
  /**
   * Reports to read again right before planning: a write changes one field and sends the whole report back.
   * @param name an instant command, a variable, or `killpower`
   */
  reportsForWrite(name: string): readonly ReportRequest[];
  planCommand(command: string, parameter: string | undefined, reports: ReportCache): WritePlan;
  planSet(variable: string, value: string, reports: ReportCache): WritePlan;
  /**
   * The ways to cut the power, best first. The driver tries the next one when a plan fails on the wire.
   * Empty: this unit cannot be switched off from here.
   */
  planKillPower(reports: ReportCache): readonly WritePlan[];
}

/**
 * Matches a device, repairs and parses its report descriptor and binds it to a definition.
 * @param descriptor the report descriptor as the device gave it
 * @throws HidError hid/bad-descriptor; DriverError driver/not-a-ups, driver/bad-option
 */
export type BindDevice = (device: HidDeviceInfo, descriptor: Uint8Array, options: DriverOptions) => DeviceBinding;

/**
 * Whether a listed device is worth opening, from what the list says alone. `guess`: it may be a UPS of a maker we do
 * not know; only its descriptor tells. Used by `findUps` and the scan (match.ts: `claimDevice`).
 */
export type Claim =
  | { readonly kind: 'known' | 'guess'; readonly definition: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: Text };
export type ClaimDevice = (device: HidDeviceInfo, options: DriverOptions) => Claim;
