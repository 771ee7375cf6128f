/**
 * What the shutdown machine knows: plain JSON, checked when it comes back from disk. Times are machine time: milliseconds
 * that only go forward, over restarts of the program too (machine-clock.ts). `wall` times are milliseconds since 1970,
 * for what is shown.
 */
import { z } from 'zod';
import type { Phrase, Text } from '#domain/messages/message.ts';
import type { Timestamp } from '#domain/units.ts';
import { NOTIFY_TYPES } from '#engine/settings/nut-conf/notify-types.ts';
import type { MonitorPolicy } from './policy.ts';

export interface MonitorNow {
  /** Machine time. */
  readonly at: number;
  readonly wall: Timestamp;
}

const isPhrase = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'phrase' in value && 'params' in value;
const KeptPhrase = z.custom<Phrase>(isPhrase);
const KeptText = z.custom<Text>((value) => typeof value === 'string' || isPhrase(value));
const NotifyTypeName = z.enum(NOTIFY_TYPES);

/** What one look at a UPS told. */
const Facts = z.object({
  /** Words of ups.status in capitals, in their order. */
  status: z.array(z.string()),
  /** % */
  charge: z.number().optional(),
  /** s */
  runtime: z.number().optional(),
  /** A self test is under way, as far as the UPS tells. */
  isTesting: z.boolean(),
  alarm: z.string().optional(),
});
export type Facts = Readonly<z.infer<typeof Facts>>;

/** What was told of a UPS, so that nothing is told twice. */
const Told = z.object({
  line: z.enum(['OL', 'OB']).optional(),
  /** Status words whose appearance was told. */
  words: z.array(z.string()),
  isContactLost: z.boolean(),
  noContactAt: z.number().optional(),
  replaceBatteryAt: z.number().optional(),
  alarm: z.string().optional(),
  others: z.string(),
  /** The sentence that stands, so that only another one is told. */
  standing: z.string().optional(),
});

const SupplyState = z.object({
  /** `unheard`: nothing since the start, or since the computer woke up. `lost`: the last look failed. */
  contact: z.enum(['unheard', 'heard', 'lost']),
  facts: Facts,
  /** Last good look. */
  heardAt: z.number().optional(),
  /** Whether it ran on line or on battery when that was last told. */
  line: z.enum(['OL', 'OB']).optional(),
  /** Begin of the outage; time in a self test is none where the policy says so. */
  onBatterySince: z.number().optional(),
  /** The same as time of day. */
  outageBeganAt: z.number().optional(),
  /** Begin of OB with LB. */
  lowSince: z.number().optional(),
  /** Last good look that was not OB with LB. */
  fineAt: z.number().optional(),
  offSince: z.number().optional(),
  overSince: z.number().optional(),
  /** A person cancelled what would follow from this outage. */
  isCancelled: z.boolean(),
  /** A person asked to wait. */
  postponedUntil: z.number().optional(),
  told: Told,
});
export type SupplyState = Readonly<z.infer<typeof SupplyState>>;

const why = { why: KeptPhrase };

/** A command before or after the action that was begun. */
const AroundCommand = z.object({
  /** Why this computer goes, or went, down. */
  ...why,
  /** The UPS that leads to it, in lower case; absent where none does. */
  ups: z.string().optional(),
  /** The outside carries out one ticket once, however often it is asked. */
  ticket: z.string(),
  /** When it is ended, machine time. */
  until: z.number(),
});
export type AroundCommand = Readonly<z.infer<typeof AroundCommand>>;

/** Where the machine stands. Everything but `watching` is beyond the point of no return. */
const Phase = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('watching') }),
  /** FSD is set; the secondaries have until `until` to log out. `answered`: UPSes that told since who is there. */
  z.object({
    phase: z.literal('waiting'),
    ...why,
    until: z.number(),
    answered: z.array(z.string()).default([]),
    /** Everybody who was there since, for those who look on. */
    seen: z.array(z.string()).default([]),
    isWaitTold: z.boolean(),
  }),
  /** `until`: so long a secondary that turns up again is waited for. */
  z.object({ phase: z.literal('final-delay'), ...why, endsAt: z.number(), until: z.number().default(0) }),
  /** The command before the action runs. */
  AroundCommand.extend({ phase: z.literal('preparing') }),
  z.object({ phase: z.literal('powering-off'), ...why, since: z.number() }),
  /** `ticket`: the outside carries out one ticket once, however often it is asked. */
  z.object({ phase: z.literal('acting'), ...why, attempt: z.number(), since: z.number(), ticket: z.string() }),
  /** The action failed; `attempt` is the next one. */
  z.object({ phase: z.literal('retrying'), ...why, attempt: z.number(), at: z.number(), failure: KeptText }),
  z.object({
    phase: z.literal('acted'),
    ...why,
    since: z.number(),
    isLoggedOut: z.boolean(),
    goodSince: z.number().optional(),
  }),
  z.object({
    phase: z.literal('failed'),
    ...why,
    since: z.number(),
    failure: KeptText,
    goodSince: z.number().optional(),
  }),
]);
export type Phase = Readonly<z.infer<typeof Phase>>;

/** A timer that upssched.conf asked for. */
const Timer = z.object({
  name: z.string(),
  dueAt: z.number(),
  upses: z.array(z.string()),
  types: z.array(NotifyTypeName),
  messages: z.array(z.string()),
});
export type UpsschedTimer = Readonly<z.infer<typeof Timer>>;

/** Computers that hang on a UPS of which this one is primary. */
const Secondaries = z.object({
  /** Who is logged in, by UPS in lower case; one address may be there several times. */
  logins: z.record(z.string(), z.array(z.string())),
  /** Whose connection broke without a goodbye: until then they are expected back. */
  missing: z.array(z.object({ ups: z.string(), address: z.string(), until: z.number() })),
});
export type Secondaries = Readonly<z.infer<typeof Secondaries>>;

/** A shutdown and what led to it, for the story after the next start. */
const Shutdown = z.object({
  ...why,
  /** The UPS that led to it, in lower case; absent where none did. */
  ups: z.string().optional(),
  outageBeganAt: z.number().optional(),
  /** When the action was begun. */
  at: z.number(),
  charge: z.number().optional(),
  /** From the action until this program was told to end, seconds. */
  took: z.number().optional(),
});
const Story = Shutdown.extend({ startedAt: z.number(), backAt: z.number().optional() });
export type Story = Readonly<z.infer<typeof Story>>;

export const MonitorState = z.object({
  version: z.literal(1),
  /** By UPS in lower case. */
  supplies: z.record(z.string(), SupplyState),
  phase: Phase,
  secondaries: Secondaries.default({ logins: {}, missing: [] }),
  timers: z.array(Timer),
  /** That this computer goes to sleep was told, and not yet that it woke up. */
  isGoingToSleep: z.boolean().default(false),
  /** The UPS that the shutdown under way follows from, in lower case. */
  cause: z.string().optional(),
  /** Set when the action begins, until the next start of the computer. */
  shutdown: Shutdown.optional(),
  story: Story.optional(),
  /** The command after the action, while it runs. */
  after: AroundCommand.optional(),
  /** How long the last shutdowns of this computer took until this program was told to end, seconds, oldest first. */
  shutdownTook: z.array(z.number()),
});
export type MonitorState = Readonly<z.infer<typeof MonitorState>>;

/** What holds at this moment, for whoever has to ask. */
export interface Standing {
  readonly policy: MonitorPolicy;
  readonly state: MonitorState;
}

export const NEW_SUPPLY: SupplyState = {
  contact: 'unheard',
  facts: { status: [], isTesting: false },
  isCancelled: false,
  told: { words: [], isContactLost: false, others: '' },
};

export const NEW_STATE: MonitorState = {
  version: 1,
  supplies: {},
  phase: { phase: 'watching' },
  secondaries: { logins: {}, missing: [] },
  timers: [],
  isGoingToSleep: false,
  shutdownTook: [],
};

export const isBeyondReturn = ({ phase }: MonitorState): boolean => phase.phase !== 'watching';
