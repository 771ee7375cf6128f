/** What the faces and the NUT server see of one UPS. */
import type { WireError } from '../errors.ts';
import type { Timestamp } from '../units.ts';

/** `available`: data are good. `stale`: held but old. `not-connected`: no source, no data. */
export type Availability = 'available' | 'stale' | 'not-connected';

export interface VariableSnapshot {
  readonly value: string;
  readonly changedAt: Timestamp;
  readonly isWritable: boolean;
  readonly kind?: 'string' | 'number';
  readonly maxLength?: number;
  readonly values?: readonly string[];
  readonly ranges?: readonly { readonly min: number; readonly max: number }[];
}

export interface UpsSnapshot {
  readonly name: string;
  readonly description?: string;
  readonly driver: string;
  readonly availability: Availability;
  /** Why it is not available. */
  readonly error?: WireError;
  /** Last sign of life of the source; absent before the first. */
  readonly heardAt?: Timestamp;
  readonly isForcedShutdown: boolean;
  readonly variables: Readonly<Record<string, VariableSnapshot>>;
  readonly commands: readonly string[];
  readonly notes: readonly { readonly code: string; readonly text: string }[];
  /** Grows with every change of this UPS. */
  readonly revision: number;
}
