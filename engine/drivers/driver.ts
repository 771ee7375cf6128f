/**
 * The one interface every source of power data has: a USB unit, a file, another NUT server, an installed NUT driver.
 * A driver tells what it learns as events; it owns no state that others read. engine/state/ turns events into state.
 */
import type { AppError } from '#domain/errors.ts';
import { message, type MessageKey, type MessageParams } from '#domain/messages/message.ts';
import type { StatusCondition } from '#engine/state/status-condition.ts';

/** What may be done with a variable. Absent means: read-only, plain number for `GET TYPE`. */
export interface VariableTraits {
  readonly isWritable?: boolean;
  /** `string` has a length limit (`STRING:n`), `number` has none. */
  readonly kind?: 'string' | 'number';
  /** Only with kind `string`; 0 or absent: no length was given. */
  readonly maxLength?: number;
  readonly values?: readonly string[];
  readonly ranges?: readonly { readonly min: number; readonly max: number }[];
}

/** Where a configured UPS comes from: one section of ups.conf, or one entry of our own settings. */
export interface UpsConfig {
  /** As configured; compared without case. */
  readonly name: string;
  /** Further names under which our NUT server answers for it; compared without case. */
  readonly aliases?: readonly string[];
  readonly driver: string;
  readonly port: string;
  readonly description?: string;
  /** Every other option as written. A flag without a value is `true`. */
  readonly options: Readonly<Record<string, string | true>>;
  /** Where it was written, for errors. */
  readonly origin?: { readonly file: string; readonly line: number };
}

/** Something a person should know about how this unit is read: a repaired descriptor, a cure that is at work, a guess. */
export interface DriverNote {
  /** Stable name of the cure or guess, for example `cps-output-voltage-range`. */
  readonly code: NoteCode;
  /** In English; faces say it in their language from code and details. */
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type NoteCode = MessageKey extends infer Key ? (Key extends `note.${infer Code}` ? Code : never) : never;

export const driverNote = <Code extends NoteCode>(code: Code, details: MessageParams<`note.${Code}`>): DriverNote => ({
  code,
  text: message(`note.${code}`, details),
  details,
});

/** What a device definition asks of the status composition. */
export interface StatusDefaults {
  /** Hold LB and RB back this long while on line: models whose flags flap. */
  readonly lowBatteryDelaySeconds?: number;
}

export type DriverEvent =
  /** The source answers; its data follow. Until `ready` ups.status is `WAIT`. */
  | { readonly type: 'connected' }
  /** What changed since the last update. Names are NUT variable names, values NUT texts. */
  | {
      readonly type: 'update';
      readonly set?: Readonly<Record<string, string>>;
      readonly remove?: readonly string[];
      /** Replaces the traits of these variables. */
      readonly traits?: Readonly<Record<string, VariableTraits>>;
      /** Replaces the list of instant commands. */
      readonly commands?: readonly string[];
      /** All conditions that hold now; ups.status and ups.alarm are composed from them. Drivers that deliver a ready ups.status leave it out. */
      readonly conditions?: readonly StatusCondition[];
      /** All alarm texts that hold now, beside those that follow from conditions. */
      readonly alarms?: readonly string[];
      /** How this model's status wants to be read where the user said nothing. */
      readonly statusDefaults?: StatusDefaults;
    }
  /** The first full set of data is complete. */
  | { readonly type: 'ready' }
  /** The source lives, nothing new. */
  | { readonly type: 'alive' }
  /** All questions of one round are answered; says nothing of what the answers were. Only of sources that are asked. */
  | { readonly type: 'polled'; readonly tookMs: number }
  /** The data are old and known to be so (unplugged, every read failed); values are held and marked. */
  | { readonly type: 'stale'; readonly error: AppError }
  /** The data are good again. */
  | { readonly type: 'fresh' }
  /** There is no source (never found, its program ended): all data are forgotten. */
  | { readonly type: 'disconnected'; readonly error: AppError }
  /** Replaces the list of notes. */
  | { readonly type: 'notes'; readonly notes: readonly DriverNote[] };

/** How a command or a write ended: NUT's driver result codes 0 to 4 (socket-protocol.md section 3). */
export type DriverOutcome = 'handled' | 'unknown' | 'invalid' | 'failed' | 'conversion-failed';

export interface Driver {
  /** Begins and returns; what happens from here on is told by events. Never throws for a missing device. */
  start(): void;
  /** Ends all work and closes the source. */
  stop(): Promise<void>;
  /** Instant command; names compared without case. */
  runCommand(command: string, parameter?: string): Promise<DriverOutcome>;
  setVariable(variable: string, value: string): Promise<DriverOutcome>;
  /** Tells the UPS to cut the power now or after its delays (upsdrvctl shutdown). */
  killPower(): Promise<DriverOutcome>;
  /**
   * Tries at once to reach a source that it waits for. Absent where a new start does the same.
   * @returns false when it has given up and only a new start helps
   */
  retry?(): boolean;
}

/** Where a driver puts its events. */
export type DriverSink = (event: DriverEvent) => void;

/** Option names compared exactly as in ups.conf; unknown ones are the configuration check's business, not the driver's. */
export type DriverOptions = UpsConfig['options'];
