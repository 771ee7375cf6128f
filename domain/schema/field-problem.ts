/** What is wrong with a field of a form, in words that every face can say in its language. */
import { z } from 'zod';
import type { Text } from '#domain/messages/message.ts';
import { TextSchema } from './phrase.ts';

export const FieldProblem = z.object({
  /** Where in the settings: `['ups', 0, 'options']`. */
  path: z.array(z.union([z.string(), z.number()])),
  /** `error`: cannot be saved so. `warning`: can, and will not do what it seems to say. `notice`: good to know. */
  severity: z.enum(['error', 'warning', 'notice']),
  reason: TextSchema,
  fix: TextSchema,
  /** Line of a field of several lines, from 1. */
  line: z.number().optional(),
});
export type FieldProblem = Omit<z.infer<typeof FieldProblem>, 'path' | 'reason' | 'fix'> & {
  readonly path: FieldPath;
  readonly reason: Text;
  readonly fix: Text;
};
export type FieldPath = readonly (string | number)[];
