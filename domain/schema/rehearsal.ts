/** What a rehearsal tells: who would do what, and when, if the mains failed now. */
import { z } from 'zod';
import { PhraseSchema } from './monitor.ts';
import { SHUTDOWN_ACTIONS } from './settings/ups-settings.ts';

export const RehearsalStep = z.object({
  /** Seconds from the moment at which the mains fail; absent where it depends on what the UPS does not tell. */
  afterSeconds: z.number().optional(),
  who: z.union([z.string(), PhraseSchema]),
  what: PhraseSchema,
});
export type RehearsalStep = z.infer<typeof RehearsalStep>;

export const Rehearsal = z.object({
  /** In the order in which it would happen. */
  steps: z.array(RehearsalStep),
  /** What this computer does when it is time. A UPS that is only simulated shuts nothing down, whatever is chosen. */
  action: z.enum(SHUTDOWN_ACTIONS),
  /** How long this computer takes to go down, seconds. */
  takesSeconds: z.number(),
  /** Told by its last shutdowns, not guessed. */
  isMeasured: z.boolean(),
  /** When the shutdown would begin, seconds; absent: when the battery is low, and nobody knows when that is. */
  beginsAfterSeconds: z.number().optional(),
  /** How long the first battery lasts today, seconds, as far as it is told. */
  batterySeconds: z.number().optional(),
  /** All is off before the first battery is empty. */
  isInTime: z.boolean().optional(),
});
export type Rehearsal = z.infer<typeof Rehearsal>;
