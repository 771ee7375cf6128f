/** How each kind of incident is told unless the settings say otherwise. */
import type { Incident } from '#domain/schema/snapshot.ts';
import type { IncidentKind } from '#engine/history/incidents.ts';
import type { AlertPolicy, AlertStage } from './alert-rules.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Told at once, each time, unless it comes and goes by the minute. */
function danger(stormLimit: number): AlertPolicy {
  return { severity: 'danger', holdMs: 0, stormLimit, stormHoldMs: 20 * SECOND };
}

function care(holdMs: number, repeatMs?: number): AlertPolicy {
  const policy = { severity: 'care' as const, holdMs, stormLimit: 1, stormHoldMs: 2 * MINUTE };
  return repeatMs === undefined ? policy : { ...policy, repeatMs };
}

/**
 * Contact that is back within ten seconds was hardly lost. A battery is asked for every twelve hours, as upsmon does.
 * The kinds without an entry are seen in the interface and are no news. Words that upsmon lacks follow its own.
 */
const POLICIES = {
  'on-battery': danger(3),
  'low-battery': danger(3),
  'forced-shutdown': danger(Infinity),
  'output-off': danger(3),
  'no-contact': care(10 * SECOND, 5 * MINUTE),
  overload: care(5 * SECOND),
  'replace-battery': care(5 * SECOND, 12 * HOUR),
  bypass: care(0),
  alarm: care(5 * SECOND),
} as const satisfies Partial<Record<IncidentKind, AlertPolicy>>;

/** Kinds of incident that people are told of. */
export type AlertKind = keyof typeof POLICIES;
export type AlertIncident = Incident & { readonly kind: AlertKind };
export const isAlertIncident = (incident: Incident): incident is AlertIncident =>
  Object.hasOwn(POLICIES, incident.kind);

/** @param warnEverySeconds the option "No Communication Warning Time" of the UPS */
export function alertPolicy(kind: AlertKind, warnEverySeconds?: number): AlertPolicy {
  const policy: AlertPolicy = POLICIES[kind];
  if (kind !== 'no-contact' || warnEverySeconds === undefined) return policy;
  return { ...policy, repeatMs: warnEverySeconds * SECOND };
}

/** The words that NUT has for beginning and end, where it has them. */
const NOTIFY_TYPES: Readonly<Record<AlertKind, readonly [begin: string, end: string]>> = {
  'on-battery': ['ONBATT', 'ONLINE'],
  'low-battery': ['LOWBATT', 'NOTLOWBATT'],
  'forced-shutdown': ['FSD', 'NOTFSD'],
  'no-contact': ['COMMBAD', 'COMMOK'],
  'replace-battery': ['REPLBATT', 'NOTREPLBATT'],
  overload: ['OVER', 'NOTOVER'],
  bypass: ['BYPASS', 'NOTBYPASS'],
  'output-off': ['OFF', 'NOTOFF'],
  alarm: ['ALARM', 'NOTALARM'],
};

export function notifyTypeOf(kind: AlertKind, stage: AlertStage): string {
  if (kind === 'no-contact' && stage === 'repeat') return 'NOCOMM';
  const [begin, end] = NOTIFY_TYPES[kind];
  return stage === 'end' ? end : begin;
}
