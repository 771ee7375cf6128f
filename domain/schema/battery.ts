/** What is known of a battery: from the unit, from a person, and from its own discharges. */
import { z } from 'zod';

/** A range of what is likely. */
const Range = z.object({ low: z.number(), likely: z.number(), high: z.number() });
export type Range = z.infer<typeof Range>;

export const SURENESS = ['little', 'fair', 'good'] as const;

export const LearnedRuntime = z.object({
  /** Load in percent that the times hold for; absent: the unit tells no load, and they hold for what it carried. */
  load: z.number().optional(),
  /** Seconds from full to empty. Low: what was seen and nothing else. */
  full: Range,
  /** Seconds from the present charge to empty; absent where the charge is unknown. */
  now: Range.optional(),
  /** How many discharges it was learned from, and when the newest of them began. */
  discharges: z.number(),
  newestAt: z.number(),
  /** Lowest charge in percent that was seen; what lies below it is reckoned. */
  seenDownTo: z.number(),
  /** The load lies outside of all that was carried on battery, which makes the times less certain. */
  beyond: z.enum(['lighter', 'heavier']).optional(),
  sureness: z.enum(SURENESS),
});
export type LearnedRuntime = z.infer<typeof LearnedRuntime>;

export const BatteryView = z.object({
  /** Since when it is in its place, as far as anybody said. */
  date: z
    .object({
      /** `YYYY-MM-DD`; absent where the text is no date that can be read. */
      day: z.string().optional(),
      /** As it was told. */
      text: z.string(),
      /** `installed` and `made`: the unit says so; `person`: somebody said so here. */
      from: z.enum(['installed', 'made', 'person']),
    })
    .optional(),
  /** The variable that a new date would be written to; absent: it is kept here. */
  writesTo: z.enum(['battery.date', 'battery.mfr.date']).optional(),
  /** Discharges from this moment on are those of this battery; absent: all that are known. */
  beganAt: z.number().optional(),
  learned: LearnedRuntime.optional(),
  /** Watt-hours from full to empty at the present load; absent where its watts are unknown. */
  capacityWh: Range.optional(),
  /** Capacity as a share of that of its first discharges, where there are enough of both. */
  shareOfFirst: z.number().optional(),
  /** The longest it has carried the load: a time that is certain. */
  longest: z.object({ at: z.number(), seconds: z.number(), load: z.number().optional() }).optional(),
  /** Results of self tests, newest first. */
  tests: z.array(z.object({ at: z.number(), result: z.string(), date: z.string().optional() })),
  /** When the unit tests itself next, where it tells how often. */
  nextTestAt: z.number().optional(),
});
export type BatteryView = z.infer<typeof BatteryView>;
