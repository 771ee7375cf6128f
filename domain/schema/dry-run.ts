/** What a shutdown would do on this computer, in its order, with what can be known of it without doing it. */
import { z } from 'zod';
import { PhraseSchema, TextSchema } from './phrase.ts';

export const DRY_RUN_STEPS = ['fsd', 'wait', 'notice', 'before', 'flag', 'power-off', 'action', 'after'] as const;

export const DryRunStep = z.object({
  step: z.enum(DRY_RUN_STEPS),
  text: PhraseSchema,
  /** The exact line, or the commands of the UPS. */
  command: z.string().optional(),
  /** Why it would not work; the way down goes on without it, unless it is the action itself. */
  problem: TextSchema.optional(),
});
export type DryRunStep = z.infer<typeof DryRunStep>;

/** Commands that can be tried on their own. */
export const AroundPlace = z.enum(['before', 'after']);
