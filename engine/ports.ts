/**
 * What the engine needs from the outside. Composition roots (headless/main.ts, electron/main.ts) and tests plug in
 * implementations; nothing else in the engine touches a clock, a disk, a native module or a process.
 */
import type { AppError } from '#domain/errors.ts';
import type { Text } from '#domain/messages/message.ts';
import type { WebSecretKey } from '#domain/schema/settings/settings.ts';
import type { Monotonic, Timestamp } from '#domain/units.ts';
import type { ShutdownAction } from './monitor/policy.ts';

/** Ends what a call began. Calling it twice is harmless. */
export type Stop = () => void;

export interface Clock {
  /** Wall clock: for what is shown or stored. */
  now(): Timestamp;
  /** Never jumps: for intervals and ages. */
  monotonic(): Monotonic;
  after(delayMs: number, run: () => void): Stop;
  every(intervalMs: number, run: () => void): Stop;
  /** Resolves after delayMs; rejects with the signal's reason when it is aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** One line per call. Messages are sentences for a person; fields are for machines. Secrets never come here. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines carry these fields as well, for example `{ ups: 'office' }`. */
  child(fields: LogFields): Log;
}

/** An attached HID device as the operating system lists it. Texts the system does not know are absent. */
export interface HidDeviceInfo {
  /** Opaque: `/dev/hidraw3`, `\\?\hid#…`, `DevSrvsID:…`, `recording:DIR`, `demo:NAME`. */
  readonly path: string;
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice, absent where there is no USB below. */
  readonly release?: number;
  readonly interfaceNumber?: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serialNumber?: string;
  /** Usage page of the first top-level collection, where the system tells. */
  readonly usagePage?: number;
  /** Where it hangs on the USB, where the system tells (Linux). */
  readonly usb?: UsbLocation;
}

export interface UsbLocation {
  readonly bus: number;
  /** Given anew with each replug. */
  readonly address: number;
  /** Ports from the root hub on, as Linux writes them: `1` or `1.4`. Stays the same while the cable stays in its socket. */
  readonly ports: string;
}

/** A unit that is attached but cannot be listed for opening, and why (driver/held-by-other). */
export interface BlockedDevice {
  readonly device: HidDeviceInfo;
  readonly error: AppError;
}

/** Access to HID devices by one way: the system's, recordings, or the demo UPS. */
export interface HidPort {
  readonly name: 'node-hid' | 'recording' | 'demo';
  list(): Promise<readonly HidDeviceInfo[]>;
  /** @throws DriverError driver/permission-denied, driver/held-by-other, driver/unplugged, driver/io */
  open(device: HidDeviceInfo): Promise<HidConnection>;
  /** Calls back when devices may have come or gone (late is fine within 1 s, once too often as well). */
  watch(onChange: () => void): Stop;
  /** What list() cannot show because another program took it away from the HID system. Absent where nobody can. */
  blocked?(): Promise<readonly BlockedDevice[]>;
}

/** An open HID device. Calls of one connection are carried out one after the other. */
export interface HidConnection {
  readonly device: HidDeviceInfo;
  /** Complete report descriptor, any length the device gave. @throws DriverError driver/io */
  readReportDescriptor(): Promise<Uint8Array>;
  /**
   * GET_REPORT(Feature).
   * @param maxLength size of the buffer with the id byte; the answer may be shorter or longer than declared
   * @returns the report id first, then what the device answered
   * @throws DriverError driver/io when this report stalls or times out, driver/unplugged when the device is gone
   */
  getFeatureReport(reportId: number, maxLength: number): Promise<Uint8Array>;
  /** SET_REPORT(Feature). @param report id byte first @throws as getFeatureReport */
  setFeatureReport(report: Uint8Array): Promise<void>;
  /** A USB string descriptor, or undefined where the system gives no way to it. */
  getString(index: number): Promise<string | undefined>;
  /**
   * Every input report as it comes, id byte first (0 where the device has no ids).
   * @param failed called once when no more input reports will come although the device still answers
   */
  onInputReport(receive: (report: Uint8Array) => void, failed?: (error: Error) => void): Stop;
  /** Called once when the device is gone or broken beyond use. */
  onClosed(closed: (error: Error) => void): Stop;
  close(): Promise<void>;
}

export interface OpenedSecret {
  readonly text: string;
  /** The key it was sealed with is an old one: it is to be sealed anew. */
  readonly isOutdated: boolean;
}

/** Encrypts passwords with a key that the system keeps for this person: the keyring, the keychain, DPAPI. */
export interface SecretSeal {
  /** @throws Error when the system refuses, a keyring that was locked for example */
  seal(text: string): Promise<string>;
  /** @returns undefined for what was sealed elsewhere, or when the system refuses */
  open(sealed: string): Promise<OpenedSecret | undefined>;
}

/** `starting`: in a moment, once who was told has done what is to be done before. `finished`: the computer is awake again. */
export type SleepMoment = 'starting' | 'finished';

/** Calls back before this computer sleeps, where the system can it waits for that, and after. */
export type SleepWatch = (told: (moment: SleepMoment) => Promise<void>) => Stop;

/** How an action can be carried out, or why not. */
export type PowerCheck =
  /** `command`: the exact line, where the system's own way is taken. */
  { readonly ok: true; readonly by: string; readonly command?: string } | { readonly ok: false; readonly reason: Text };

/** What came of a line for the shell that was tried. `output`: the end of what it wrote. */
export interface LineTrial {
  readonly failure?: Text;
  readonly output: string;
  readonly seconds: number;
}

/** Telling this computer to go down, and the programs and people on it that it does. */
export interface SystemPower {
  /** Differs with every start of the computer; undefined where the system has none. */
  readonly bootId: string | undefined;
  /** Milliseconds since the computer was started. */
  uptime(): number;
  /** Whether an action could be carried out; asked long before it is needed. Does nothing. */
  check(action: ShutdownAction): Promise<PowerCheck>;
  /**
   * Carries an action out. One ticket is carried out once, however often and after whatever restart it is asked for.
   * @returns undefined when the system took it, else why not
   */
  act(action: ShutdownAction, ticket: string): Promise<Text | undefined>;
  /** Whether the shell could carry a line out: its grammar, and the program that it begins with. Runs nothing of it. */
  checkLine(line: string): Promise<PowerCheck>;
  /**
   * Carries a line for the shell out, one ticket once as `act` does; after its time it is ended with all it began.
   * @returns undefined when it ended well, else how it ended
   */
  runLine(
    line: string,
    env: Readonly<Record<string, string>>,
    timeoutSeconds: number,
    ticket: string,
  ): Promise<Text | undefined>;
  /** Carries a line out now, whatever ran before. @param stopped ends it with all it began */
  tryLine(
    line: string,
    env: Readonly<Record<string, string>>,
    timeoutSeconds: number,
    stopped: AbortSignal,
  ): Promise<LineTrial>;
  /**
   * Runs a program to its end, on its own should this program end.
   * @param timeoutSeconds after which it is ended with all it began; ten minutes unless given
   * @returns undefined when it ended well, else how it ended
   */
  run(
    command: readonly string[],
    env: Readonly<Record<string, string>>,
    timeoutSeconds?: number,
  ): Promise<Text | undefined>;
  /** Calls back before this computer sleeps and after, as far as the system tells. */
  onSleep(told: (moment: SleepMoment) => Promise<void>): Stop;
  /** Writes to every terminal. @returns as run */
  wall(text: string): Promise<Text | undefined>;
}

/** A NUT server to tell the local network of. */
export interface AnnouncedService {
  /** What people see: the name of this computer. */
  readonly name: string;
  /** TCP. */
  readonly port: number;
}

/** A NUT server that the local network tells of. */
export interface AnnouncedServer extends AnnouncedService {
  /** Address it is reached at. */
  readonly host: string;
}

/** Telling and hearing of NUT servers on the local network (`_nut._tcp`). */
export interface ServiceDiscovery {
  /**
   * Servers of other computers that answer within a few seconds; nothing is open afterwards.
   * @throws NutError nut/cannot-search
   */
  browse(): Promise<readonly AnnouncedServer[]>;
  /**
   * Tells of a server until that is ended; under a further name where others have it.
   * @param failed called when it cannot be told, or not any more
   * @returns ends it; resolves once the network was told that it is gone
   */
  announce(service: AnnouncedService, failed: (error: AppError) => void): () => Promise<void>;
}

/** A notification on the screen of this computer. */
export interface DesktopNote {
  /** A newer one of the same takes its place: the name of the UPS. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** It stays until it is dismissed, where the system can do that. */
  readonly isUrgent: boolean;
  /** The UPS it is about; absent where it is about none. */
  readonly ups?: string;
  /** The power is out: what can be done about it belongs on it. */
  readonly isOutage: boolean;
}

/** Shows notifications to who sits at this computer. */
export interface DesktopNotifier {
  /** @throws AlertError alert/no-desktop */
  show(note: DesktopNote): Promise<void>;
}

/** Passwords of the web interface, kept by whoever serves it. */
export interface WebPasswords {
  areSet(): Promise<Record<WebSecretKey, boolean>>;
  /** An empty one is taken away. @throws WebError web/password-needed, SettingsError settings/… */
  set(key: WebSecretKey, password: string): Promise<void>;
}
