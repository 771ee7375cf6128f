/** What the faces see of one UPS. Shapes of the contract: checked where they cross a border. */
import { z } from 'zod';
import { UpsName } from './names.ts';

/** `available`: data are good. `stale`: held but old. `not-connected`: no source, no data. */
export const Availability = z.enum(['available', 'stale', 'not-connected']);
export type Availability = z.infer<typeof Availability>;

/** An AppError as it crosses a border. */
export const WireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const VariableSnapshot = z.object({
  value: z.string(),
  /** Milliseconds since 1970. */
  changedAt: z.number(),
  isWritable: z.boolean(),
  kind: z.enum(['string', 'number']).optional(),
  maxLength: z.number().optional(),
  values: z.array(z.string()).optional(),
  ranges: z.array(z.object({ min: z.number(), max: z.number() })).optional(),
});
export type VariableSnapshot = z.infer<typeof VariableSnapshot>;

export const UpsSnapshot = z.object({
  name: UpsName,
  description: z.string().optional(),
  driver: z.string(),
  isDemo: z.boolean(),
  /**
   * How the unit hangs on the engine's computer: `cable`: that computer stands behind it, most often for its power too;
   * `network`: another computer does; `simulated`: there is no unit. Absent: unknown.
   */
  attachment: z.enum(['cable', 'network', 'simulated']).optional(),
  availability: Availability,
  /** Why it is not available. */
  error: WireErrorSchema.optional(),
  /** Last sign of life of the source, milliseconds since 1970; absent before the first. */
  heardAt: z.number().optional(),
  isForcedShutdown: z.boolean(),
  /** By NUT variable name. */
  variables: z.record(z.string(), VariableSnapshot),
  commands: z.array(z.string()),
  /** Cures and guesses at work on this unit. */
  notes: z.array(z.object({ code: z.string(), text: z.string(), details: z.record(z.string(), z.unknown()) })),
  /** Grows with every change of this UPS. */
  revision: z.number(),
});
export type UpsSnapshot = z.infer<typeof UpsSnapshot>;

/** One second of the quantities that are drawn live. Absent: unknown at that time. Units: %, V, s, W. */
export const Sample = z.object({
  at: z.number(),
  charge: z.number().optional(),
  runtime: z.number().optional(),
  load: z.number().optional(),
  inputVoltage: z.number().optional(),
  outputVoltage: z.number().optional(),
  batteryVoltage: z.number().optional(),
  /** The UPS ran on its battery. */
  onBattery: z.boolean().optional(),
});
export type Sample = z.infer<typeof Sample>;

/** Something that happened to a UPS and lasted: told as a sentence with its length. */
export const INCIDENT_KINDS = [
  'on-battery',
  'low-battery',
  'no-contact',
  'forced-shutdown',
  'overload',
  'replace-battery',
  'bypass',
  'trim',
  'boost',
  'calibration',
  'output-off',
  'alarm',
  'eco',
  'other-status',
  // Beyond the limits of the settings.
  'high-load',
  'input-voltage',
  'hot',
  'short-runtime',
  'old-battery',
  /** Of this computer: from its shutdown to its next start. */
  'shutdown',
] as const;

export const Incident = z.object({
  /** Stays the same after a restart; grows with the time of the beginning. */
  id: z.number(),
  ups: UpsName,
  kind: z.enum(INCIDENT_KINDS),
  startedAt: z.number(),
  /** Absent while it lasts. */
  endedAt: z.number().optional(),
  /** The program was not there to see the end: at this moment it still lasted, at `endedAt` it was over. */
  watchedUntil: z.number().optional(),
  /** Text of the alarm, where there is one; of an outage, why the UPS went to its battery, in its own words. */
  detail: z.string().optional(),
  /** Charge in percent at the start and at the lowest point, where known. */
  chargeAtStart: z.number().optional(),
  chargeLowest: z.number().optional(),
});
export type Incident = z.infer<typeof Incident>;

/** A computer that is logged in on our NUT server for a UPS: a secondary, or a monitor. */
export const NetworkClient = z.object({
  ups: UpsName,
  address: z.string(),
  user: z.string(),
  /** What its account was made for; absent for one that nobody is known to have logged in with. */
  role: z.enum(['primary', 'secondary']).optional(),
  since: z.number(),
});
export type NetworkClient = z.infer<typeof NetworkClient>;
