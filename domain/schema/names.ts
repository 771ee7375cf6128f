import { z } from 'zod';

/** A UPS as configured: what stands in `upsc NAME`. Longer names than the protocol's words cannot be asked for. */
export const UpsName = z.string().min(1).max(120);
export type UpsName = z.infer<typeof UpsName>;

/** NUT variable or instant command: `battery.charge.low`, `test.battery.start.quick`. */
export const DottedName = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/);
