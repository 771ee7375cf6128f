/** What people are told of, how much it matters, and by which ways. */
import { z } from 'zod';
import { INCIDENT_KINDS, WireErrorSchema } from './snapshot.ts';

/**
 * `danger`: power is or will be lost. `care`: somebody has to see to it. `info`: good to know. In rising order.
 */
export const ALERT_SEVERITIES = ['info', 'care', 'danger'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What happens at a moment and does not last: steps of a shutdown, the computer's sleep, the end of a self test. */
export const MOMENT_KINDS = [
  'shutdown',
  'shutdown-failed',
  'waiting',
  'no-parent',
  'sleep',
  'wake',
  'test-ended',
] as const;
export type MomentKind = (typeof MOMENT_KINDS)[number];

export type AlertKind = (typeof INCIDENT_KINDS)[number] | MomentKind;
/** Each once: a shutdown is told at its moment, and is an incident in the events afterwards. */
export const ALERT_KINDS: readonly AlertKind[] = [...new Set<AlertKind>([...INCIDENT_KINDS, ...MOMENT_KINDS])];

/** Ways to people that are added in the settings. Mail and the notifications of this computer have settings of their own. */
export const CHANNEL_TYPES = [
  'ntfy',
  'telegram',
  'discord',
  'slack',
  'gotify',
  'webhook',
  'mqtt',
  'command',
  'syslog',
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** A way that does not work at the moment. */
export const ChannelTrouble = z.object({
  /** `mail`, `desktop`, or the id of one in the settings. */
  channel: z.string(),
  type: z.enum([...CHANNEL_TYPES, 'mail', 'desktop']),
  /** What people call it. */
  name: z.string(),
  since: z.number(),
  error: WireErrorSchema,
  /** Messages that wait for it. */
  pending: z.number(),
});
export type ChannelTrouble = z.infer<typeof ChannelTrouble>;
