/**
 * Which incidents are told to people, and when. A pure reducer: an incident begins, gets worse, is told again while it
 * lasts, and ends. What flaps is held back and told as one summary, so that a storm of a thousand is three messages.
 */
import { z } from 'zod';
import type { AlertKind, AlertSeverity } from '#domain/schema/alerts.ts';
import type { AlertIncident } from './alert-policy.ts';

/** How a kind of incident is told. Times in milliseconds. */
export interface AlertPolicy {
  readonly severity: AlertSeverity;
  /** It has to last this long before it is told. */
  readonly holdMs: number;
  /** Told again while it lasts. Absent: told once. */
  readonly repeatMs?: number;
  /** Beginnings that are told within an hour before it counts as flapping. */
  readonly stormLimit: number;
  /** What flaps has to last this long to be told one by one all the same. */
  readonly stormHoldMs: number;
  /** Once it was over for so long, its next beginning is none of a storm. Absent: only the hour counts. */
  readonly steadyMs?: number;
  /** The hold of a UPS to which it happened three times within a day. */
  readonly unsteadyHoldMs?: number;
  /** Told again when its text changes: another alarm is news. */
  readonly isToldAnew?: boolean;
}

export type PolicyOf = (kind: AlertKind, ups: string) => AlertPolicy;

/** `worse`: an incident that was told has become another one than was told. */
export const ALERT_STAGES = ['begin', 'worse', 'repeat', 'end', 'summary'] as const;
export type AlertStage = (typeof ALERT_STAGES)[number];

export interface Alert {
  /** The same for the same step of the same incident, however often the program starts. */
  readonly id: string;
  readonly stage: AlertStage;
  readonly severity: AlertSeverity;
  readonly incident: AlertIncident;
  readonly at: number;
  /** Of a summary: how many were not told one by one, and since when. */
  readonly count?: number;
  readonly since?: number;
}

const STORM_MS = 3_600_000;
/** Fewer are not worth a message of their own. */
const SUMMARY_FROM = 3;
const DAY_MS = 24 * STORM_MS;
/** So many within a day make a UPS one that is known for it. */
const UNSTEADY_FROM = 3;

const OpenAlert = z.object({
  /** Absent: held back so far. */
  toldAt: z.number().optional(),
  repeats: z.number(),
  /** The text that was told. */
  detail: z.string().optional(),
  /** How often it became worse, and when last. */
  changes: z.number().optional(),
  changedAt: z.number().optional(),
  /** It was told as a danger, although its kind is none. */
  isDanger: z.boolean().optional(),
});
type OpenAlert = z.output<typeof OpenAlert>;

/** One kind of incident at one UPS, over the last hour. */
const Storm = z.object({
  /** When beginnings were told. */
  told: z.array(z.number()),
  /** Incidents that were over before they were told. */
  untold: z.number(),
  untoldSince: z.number().optional(),
  /** When the last one was over. */
  endedAt: z.number().optional(),
  /** The last beginnings within a day, told or not. */
  begins: z.array(z.number()).default([]),
});
type Storm = z.output<typeof Storm>;

export const AlertMemory = z.object({
  /** By incident. */
  open: z.record(z.string(), OpenAlert),
  /** By UPS and kind. */
  storms: z.record(z.string(), Storm),
});
export type AlertMemory = z.output<typeof AlertMemory>;
export const NO_ALERTS: AlertMemory = { open: {}, storms: {} };

export interface AlertStep {
  readonly memory: AlertMemory;
  readonly alerts: readonly Alert[];
  /** When to come again although nothing happened. */
  readonly wakeAt?: number;
}

/**
 * @param incidents those that are open, and those that ended since the last step
 * @param now milliseconds since 1970
 */
export function stepAlerts(
  memory: AlertMemory,
  incidents: readonly AlertIncident[],
  now: number,
  policyOf: PolicyOf,
): AlertStep {
  const alerts: Alert[] = [];
  const open: AlertMemory['open'] = {};
  const storms = new Map(
    Object.entries(memory.storms).map(([key, storm]) => [
      key,
      {
        ...storm,
        told: storm.told.filter((at) => now - at < STORM_MS),
        begins: storm.begins.filter((at) => now - at < DAY_MS),
      },
    ]),
  );
  const wakes: number[] = [];
  const last = new Map<string, AlertIncident>();

  const outages = new Set(
    incidents.flatMap(({ ups, kind, endedAt }) => (kind === 'on-battery' && endedAt === undefined ? [ups] : [])),
  );

  for (const incident of incidents) {
    const key = alertKey(incident);
    const policy = policyOf(incident.kind, incident.ups);
    const storm = storms.get(stormKey(incident)) ?? { told: [], untold: 0, begins: [] };
    storms.set(stormKey(incident), storm);
    last.set(stormKey(incident), incident);
    const known: OpenAlert = memory.open[key] ?? { repeats: 0 };
    // Blind in the midst of an outage: nobody sees how long the battery lasts.
    const isBlind = incident.kind === 'no-contact' && outages.has(incident.ups);
    const isDanger = known.isDanger === true || isBlind;
    const severity = isDanger ? 'danger' : policy.severity;
    const tell = (stage: AlertStage, number = ''): void => {
      alerts.push({ id: `${key}-${stage}${number}`, stage, severity, incident, at: now });
    };

    if (incident.endedAt !== undefined) {
      storm.endedAt = incident.endedAt;
      if (known.toldAt !== undefined) {
        // That the battery is no longer low goes without saying once the power is back.
        if (incident.kind !== 'low-battery' || outages.has(incident.ups)) tell('end');
      } else if (Object.hasOwn(memory.open, key)) {
        storm.untold += 1;
        storm.untoldSince ??= incident.startedAt;
      }
      continue;
    }
    if (!Object.hasOwn(memory.open, key)) storm.begins = [...storm.begins, now].slice(-UNSTEADY_FROM);
    const { detail } = incident;
    const marks = { ...(detail === undefined ? {} : { detail }), ...(isDanger ? { isDanger } : {}) };
    if (known.toldAt === undefined) {
      const hold = storm.begins.length < UNSTEADY_FROM ? policy.holdMs : (policy.unsteadyHoldMs ?? policy.holdMs);
      const wasSteady = incident.startedAt - (storm.endedAt ?? -Infinity) >= (policy.steadyMs ?? Infinity);
      // Blind in the midst of an outage is not waited out.
      const isFlapping = storm.told.length >= policy.stormLimit && !wasSteady && !isBlind;
      const dueAt = incident.startedAt + (isFlapping ? policy.stormHoldMs : hold);
      if (now < dueAt) {
        open[key] = known;
        wakes.push(dueAt);
        continue;
      }
      tell('begin');
      storm.told.push(now);
      open[key] = { ...known, ...marks, toldAt: now };
      if (policy.repeatMs !== undefined) wakes.push(now + policy.repeatMs);
      continue;
    }
    const { repeatMs } = policy;
    let { repeats } = known;
    let told: Partial<OpenAlert> = {};
    const isOther = policy.isToldAnew === true && detail !== known.detail;
    // A text that alternates is news once, and then once an hour.
    const changeDueAt = (known.changedAt ?? -Infinity) + STORM_MS;
    if (isOther && now < changeDueAt) wakes.push(changeDueAt);
    if ((isOther && now >= changeDueAt) || (isDanger && known.isDanger !== true)) {
      const changes = (known.changes ?? 0) + 1;
      tell('worse', String(changes));
      told = { ...marks, changes, changedAt: now };
    }
    if (repeatMs !== undefined) {
      const due = Math.floor((now - known.toldAt) / repeatMs);
      // Of several that were missed while the program was away one is enough.
      if (due > repeats) {
        repeats = due;
        tell('repeat', String(due));
      }
      wakes.push(known.toldAt + (repeats + 1) * repeatMs);
    }
    open[key] = { ...known, ...told, repeats };
  }

  for (const [key, storm] of storms) {
    if (storm.untoldSince === undefined) {
      if (storm.told.length === 0 && storm.begins.length === 0) storms.delete(key);
      continue;
    }
    const dueAt = storm.untoldSince + STORM_MS;
    if (now < dueAt) {
      wakes.push(dueAt);
      continue;
    }
    const incident = last.get(key) ?? summaryIncident(key, storm.untoldSince, now);
    if (storm.untold >= SUMMARY_FROM) {
      alerts.push({
        id: `${key}-${storm.untoldSince}-summary`,
        stage: 'summary',
        severity: policyOf(incident.kind, incident.ups).severity,
        incident,
        at: now,
        count: storm.untold,
        since: storm.untoldSince,
      });
    }
    const { untoldSince: _told, ...rest } = storm;
    storms.set(key, { ...rest, untold: 0 });
  }
  return {
    memory: { open, storms: Object.fromEntries(storms) },
    alerts,
    ...(wakes.length === 0 ? {} : { wakeAt: Math.min(...wakes) }),
  };
}

/** The same for the same incident, however often the program starts. */
export const alertKey = ({ id, startedAt }: AlertIncident): string => `${id}-${startedAt}`;

const stormKey = ({ ups, kind }: AlertIncident): string => `${kind} ${ups}`;

/** The last of a storm may be long gone; what it was stands in its key. */
function summaryIncident(key: string, startedAt: number, endedAt: number): AlertIncident {
  const [kind = '', ...name] = key.split(' ');
  return { id: 0, ups: name.join(' '), kind: kind as AlertKind, startedAt, endedAt };
}
