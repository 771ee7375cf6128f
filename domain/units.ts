/**
 * Branded numbers: a value says its unit in its type, so that volts cannot be handed over as watts.
 * Wire units are NUT's: seconds, volts, watts, percent, degrees Celsius, hertz.
 */
declare const unit: unique symbol;
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = Quantity<'ms since epoch'>;
/** Milliseconds of a clock that never jumps; only differences mean anything. */
export type Monotonic = Quantity<'ms monotonic'>;
export type Seconds = Quantity<'s'>;

export const asTimestamp = (milliseconds: number): Timestamp => milliseconds as Timestamp;
export const asMonotonic = (milliseconds: number): Monotonic => milliseconds as Monotonic;
export const asSeconds = (seconds: number): Seconds => seconds as Seconds;
