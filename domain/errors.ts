import { en } from './messages/en.ts';
import { errorText, fill, type Locale, type MessageKey, type MessageParams, type Phrase } from './messages/message.ts';

/** Every error code of the product: the keys `error.<code>` of the message catalogue. */
export type ErrorCode = MessageKey extends infer Key ? (Key extends `error.${infer Code}` ? Code : never) : never;

type ParamsOf<Key extends string> = Key extends MessageKey ? MessageParams<Key> : never;
/** What the sentences of a code need to be filled. */
export type ErrorDetails<Code extends ErrorCode> = ParamsOf<`error.${Code}`> &
  ParamsOf<`remedy.${Code}`> &
  Readonly<Record<string, unknown>>;

/** An error as it crosses IPC, WebSocket or a log line. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * An error a person can act on: what failed (`message`), what to do now (`remedy`), and the facts (`details`).
 * The text comes from the message catalogue by code, so that interface, log and command line say the same.
 */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'AppError';
  readonly code: Code;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, details: ErrorDetails<Code>, cause?: unknown) {
    super(fill(en[`error.${code}`], details), cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = fill(en[`remedy.${code}` as MessageKey], details);
    this.details = details;
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, remedy: this.remedy, details: this.details };
  }
}

/** What failed, to stand inside of another error's text. */
export const phraseOf = (error: AppError): Phrase => ({ phrase: `error.${error.code}`, params: error.details });

/** An error that came over the contract, with the texts of where it happened. Its code may be of a newer version. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(wire: { code: string; message: string; remedy: string; details: Readonly<Record<string, unknown>> }) {
    super(wire.message);
    this.code = wire.code;
    this.remedy = wire.remedy;
    this.details = wire.details;
  }
}

type CodeOf<Area extends string> = Extract<ErrorCode, `${Area}/${string}`>;

/** Bytes of a device that make no sense. */
export class HidError<Code extends CodeOf<'hid'> = CodeOf<'hid'>> extends AppError<Code> {
  override readonly name = 'HidError';
}
/** A source of power data that cannot be reached or used. */
export class DriverError<Code extends CodeOf<'driver'> = CodeOf<'driver'>> extends AppError<Code> {
  override readonly name = 'DriverError';
}
/** The NUT server or client cannot do its work (not the protocol's own ERR words). */
export class NutError<Code extends CodeOf<'nut'> = CodeOf<'nut'>> extends AppError<Code> {
  override readonly name = 'NutError';
}
/** A configuration that cannot be used; the program ends with status 78 where it was asked to start from it. */
export class SettingsError<Code extends CodeOf<'settings'> = CodeOf<'settings'>> extends AppError<Code> {
  override readonly name = 'SettingsError';
}

/** The shutdown monitor cannot do what it decided. */
export class ShutdownError<Code extends CodeOf<'monitor'> = CodeOf<'monitor'>> extends AppError<Code> {
  override readonly name = 'ShutdownError';
}

/** The history of the past cannot be kept or read. */
export class HistoryError<Code extends CodeOf<'history'> = CodeOf<'history'>> extends AppError<Code> {
  override readonly name = 'HistoryError';
}

/** A request of a face that cannot be answered. */
export class ApiError<Code extends CodeOf<'api' | 'client'> = CodeOf<'api' | 'client'>> extends AppError<Code> {
  override readonly name = 'ApiError';
}

/** A message to people cannot be sent. */
export class AlertError<Code extends CodeOf<'alert'> = CodeOf<'alert'>> extends AppError<Code> {
  override readonly name = 'AlertError';
}

/** The web host cannot do its work. */
export class WebError<Code extends CodeOf<'web'> = CodeOf<'web'>> extends AppError<Code> {
  override readonly name = 'WebError';
}

/**
 * What failed and what to do, in a language where the code is known, else as it was told.
 * @param error an error of ours, one as it crosses the contract, or anything else that was thrown: then without a remedy
 */
export function sayError(error: unknown, locale: Locale): { readonly message: string; readonly remedy: string } {
  if (!isTold(error)) return { message: error instanceof Error ? error.message : String(error), remedy: '' };
  return {
    message: errorText('error', error, locale) ?? error.message,
    remedy: errorText('remedy', error, locale) ?? error.remedy,
  };
}

/** One line: what failed and what to do. Logs and terminals speak English. */
export function describeError(error: unknown, locale: Locale = 'en'): string {
  const { message, remedy } = sayError(error, locale);
  return `${message} ${remedy}`.trim();
}

const isTold = (error: unknown): error is Omit<WireError, 'code'> & { readonly code: string } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  'remedy' in error &&
  'details' in error &&
  typeof error.details === 'object' &&
  error.details !== null;
