/** Who does what, and when: while an outage lasts, or if the mains failed now. */
import { z } from 'zod';
import { PhraseSchema, TextSchema } from './phrase.ts';
import { SHUTDOWN_ACTIONS } from './settings/ups-settings.ts';

export const PlanStep = z.object({
  /** Seconds from the begin of the plan; absent where it depends on what the UPS does not tell. */
  afterSeconds: z.number().optional(),
  who: TextSchema,
  what: PhraseSchema,
  /** `empty`: here the first battery is. `late`: that is before this step, which does not fit. */
  mark: z.enum(['empty', 'late']).optional(),
});
export type PlanStep = z.infer<typeof PlanStep>;

export const Plan = z.object({
  /** Its begin, milliseconds since 1970: when the mains failed, or the shutdown was asked for. Absent: it would be now. */
  from: z.number().optional(),
  /** In the order in which it will or would happen. */
  steps: z.array(PlanStep),
  /** What this computer does when it is time. A UPS that is only simulated shuts nothing down, whatever is chosen. */
  action: z.enum(SHUTDOWN_ACTIONS),
  /** How long this computer takes to go down, seconds. */
  takesSeconds: z.number(),
  /** Told by its last shutdowns, not guessed. */
  isMeasured: z.boolean(),
  /** How long the command before the action may take at most, seconds; absent where there is none. */
  beforeSeconds: z.number().optional(),
  /** From when on nothing stops it, seconds; absent: when the battery is low, and nobody knows when that is. */
  beginsAfterSeconds: z.number().optional(),
  /** When this computer is off, seconds. */
  offAfterSeconds: z.number().optional(),
  /** When the first battery is empty, seconds, as far as it is told. */
  batterySeconds: z.number().optional(),
  /** All is off before the first battery is empty. */
  isInTime: z.boolean().optional(),
});
export type Plan = z.infer<typeof Plan>;
