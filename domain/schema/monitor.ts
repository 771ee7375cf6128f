/** What the faces see of the shutdown monitor. */
import { z } from 'zod';
import { PhraseSchema, TextSchema } from './phrase.ts';
import { Plan } from './plan.ts';

/** One decision, as a sentence. `at`: ms since 1970. */
export const Decision = z.object({ at: z.number(), level: z.enum(['info', 'warn', 'error']), text: PhraseSchema });
export type Decision = z.infer<typeof Decision>;

export const MONITOR_PHASES = [
  /** Nothing is watched. */
  'off',
  'watching',
  /** On battery; a low battery leads to the shutdown. */
  'on-battery',
  /** It is known when the shutdown comes. */
  'counting-down',
  /** Beyond the point of no return from here on. */
  'waiting-for-secondaries',
  'final-delay',
  /** The command before the action runs. */
  'preparing',
  'acting',
  /** The action was carried out: the computer goes down. */
  'acted',
  /** The action failed for good: somebody has to do it by hand. */
  'failed',
] as const;

export const MonitorView = z.object({
  phase: z.enum(MONITOR_PHASES),
  /** Why it is so. */
  reason: PhraseSchema,
  /** What failed last, where something did. */
  failure: TextSchema.optional(),
  /** End of the countdown or of the present wait, milliseconds since 1970. */
  endsAt: z.number().optional(),
  canCancel: z.boolean(),
  canPostpone: z.boolean(),
  canShutDown: z.boolean(),
  /** What comes if nothing changes; on line, what would come if the mains failed now. */
  plan: Plan,
  /** Everything that is watched is a simulation. */
  isSimulated: z.boolean(),
  /** Computers that are, or were when the shutdown began, logged in to a UPS of which this one is primary. */
  secondaries: z.array(z.object({ name: TextSchema, hasLeft: z.boolean() })),
  supplies: z.array(
    z.object({
      ups: z.string(),
      role: z.enum(['primary', 'secondary']),
      powerValue: z.number(),
      /** Whether it can be counted on. */
      isGood: z.boolean(),
      reason: PhraseSchema,
    }),
  ),
  /** The last shutdown for an outage; times are milliseconds since 1970. */
  story: z
    .object({
      /** When power went; absent where a person or another computer asked for the shutdown. */
      outageBeganAt: z.number().optional(),
      shutDownAt: z.number(),
      /** % */
      charge: z.number().optional(),
      startedAt: z.number(),
      backAt: z.number().optional(),
      reason: PhraseSchema,
    })
    .optional(),
  /** The last decisions, newest first. */
  decisions: z.array(Decision),
});
export type MonitorView = z.infer<typeof MonitorView>;

/** What became of a person's wish. `too-late`: beyond the point of no return. `nothing-to-do`: it changes nothing now. */
export const WishOutcome = z.enum(['done', 'too-late', 'nothing-to-do']);
export type WishOutcome = z.infer<typeof WishOutcome>;
