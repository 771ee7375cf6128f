/** How each kind of incident and moment is told unless the settings say otherwise, and what NUT calls it. */
import { MOMENT_KINDS, type AlertKind, type AlertSeverity, type MomentKind } from '#domain/schema/alerts.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import type { NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { AlertPolicy, AlertStage } from './alert-rules.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Told at once, each time. Only one that comes back within two minutes, and not for the first time, has to last. */
function danger(stormLimit: number): AlertPolicy {
  return { severity: 'danger', holdMs: 0, stormLimit, stormHoldMs: 10 * SECOND, steadyMs: 2 * MINUTE };
}

function lesser(severity: AlertSeverity, holdMs: number, more: Partial<AlertPolicy> = {}): AlertPolicy {
  return { severity, holdMs, stormLimit: 1, stormHoldMs: Math.max(2 * MINUTE, holdMs), ...more };
}
const care = (holdMs: number, more?: Partial<AlertPolicy>): AlertPolicy => lesser('care', holdMs, more);
const info = (holdMs: number): AlertPolicy => lesser('info', holdMs);

/**
 * Contact that is back within ten seconds was hardly lost; a unit that dropped three times within a day is given half a
 * minute. A battery is asked for every twelve hours, as upsmon does. Quantities have to stay beyond their limits for as
 * long as a person would take to believe it.
 */
const POLICIES: Readonly<Record<AlertKind, AlertPolicy>> = {
  'on-battery': danger(3),
  'low-battery': danger(3),
  'forced-shutdown': danger(Infinity),
  'output-off': danger(3),
  'no-contact': care(10 * SECOND, { repeatMs: 5 * MINUTE, unsteadyHoldMs: 30 * SECOND }),
  overload: care(5 * SECOND),
  'replace-battery': care(5 * SECOND, { repeatMs: 12 * HOUR }),
  bypass: care(0),
  alarm: care(5 * SECOND, { isToldAnew: true }),
  'high-load': care(MINUTE),
  'input-voltage': care(10 * SECOND),
  hot: care(MINUTE),
  'short-runtime': care(10 * MINUTE),
  'old-battery': care(0),
  trim: info(10 * SECOND),
  boost: info(10 * SECOND),
  calibration: info(0),
  eco: info(MINUTE),
  'other-status': lesser('info', MINUTE, { isToldAnew: true }),
  shutdown: danger(Infinity),
  'shutdown-failed': danger(Infinity),
  'no-parent': danger(Infinity),
  waiting: info(0),
  sleep: info(0),
  wake: info(0),
  'test-ended': info(0),
};

/** An incident that people are told of; of a moment, one that ended as it began and may be about no UPS (`''`). */
export type AlertIncident = Omit<Incident, 'kind'> & { readonly kind: AlertKind };

export const isMoment = (kind: AlertKind): kind is MomentKind => (MOMENT_KINDS as readonly string[]).includes(kind);

/** @param warnEverySeconds the option "No Communication Warning Time" of the UPS */
export function alertPolicy(kind: AlertKind, warnEverySeconds?: number): AlertPolicy {
  const policy = POLICIES[kind];
  if (kind !== 'no-contact' || warnEverySeconds === undefined) return policy;
  return { ...policy, repeatMs: warnEverySeconds * SECOND };
}

/** NUT's words for beginning and end. What NUT has no word for is `OTHER`: hooks written for it know that one. */
const NOTIFY_TYPES: Readonly<Record<AlertKind, readonly [begin: NotifyType, end: NotifyType]>> = {
  'on-battery': ['ONBATT', 'ONLINE'],
  'low-battery': ['LOWBATT', 'NOTOTHER'],
  'forced-shutdown': ['FSD', 'NOTOTHER'],
  'no-contact': ['COMMBAD', 'COMMOK'],
  'replace-battery': ['REPLBATT', 'NOTOTHER'],
  overload: ['OVER', 'NOTOVER'],
  bypass: ['BYPASS', 'NOTBYPASS'],
  'output-off': ['OFF', 'NOTOFF'],
  alarm: ['ALARM', 'NOTALARM'],
  trim: ['TRIM', 'NOTTRIM'],
  boost: ['BOOST', 'NOTBOOST'],
  calibration: ['CAL', 'NOTCAL'],
  eco: ['ECO', 'NOTECO'],
  'other-status': ['OTHER', 'NOTOTHER'],
  'high-load': ['OTHER', 'NOTOTHER'],
  'input-voltage': ['OTHER', 'NOTOTHER'],
  hot: ['OTHER', 'NOTOTHER'],
  'short-runtime': ['OTHER', 'NOTOTHER'],
  'old-battery': ['OTHER', 'NOTOTHER'],
  shutdown: ['SHUTDOWN', 'SHUTDOWN'],
  'shutdown-failed': ['OTHER', 'OTHER'],
  waiting: ['SHUTDOWN_HOSTSYNC', 'SHUTDOWN_HOSTSYNC'],
  'no-parent': ['NOPARENT', 'NOPARENT'],
  sleep: ['SUSPEND_STARTING', 'SUSPEND_STARTING'],
  wake: ['SUSPEND_FINISHED', 'SUSPEND_FINISHED'],
  'test-ended': ['OTHER', 'OTHER'],
};

export function notifyTypeOf(kind: AlertKind, stage: AlertStage): NotifyType {
  if (kind === 'no-contact' && stage === 'repeat') return 'NOCOMM';
  const [begin, end] = NOTIFY_TYPES[kind];
  return stage === 'end' ? end : begin;
}

/** Notices of the shutdown monitor that no state of a UPS tells. */
const MOMENTS: Readonly<Partial<Record<NotifyType, MomentKind>>> = {
  SHUTDOWN: 'shutdown',
  SHUTDOWN_HOSTSYNC: 'waiting',
  NOPARENT: 'no-parent',
  SUSPEND_STARTING: 'sleep',
  SUSPEND_FINISHED: 'wake',
  SUSPEND_TIMEJUMP_UNEXPECTED: 'wake',
};

/** @returns undefined for a notice that the incident of a UPS tells */
export const momentOf = (type: NotifyType): MomentKind | undefined => MOMENTS[type];
