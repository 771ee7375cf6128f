/**
 * Which incidents are told to people, and when. A pure reducer: an incident begins, is told again while it lasts, and
 * ends. What flaps is held back and told as one summary, so that a storm of a thousand is three messages.
 */
import { z } from 'zod';
import type { AlertIncident, AlertKind } from './alert-policy.ts';

/** `danger`: power is or will be lost. `care`: somebody has to see to it. */
type AlertSeverity = 'danger' | 'care';

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
}

export type PolicyOf = (kind: AlertKind, ups: string) => AlertPolicy;

export const ALERT_STAGES = ['begin', 'repeat', 'end', 'summary'] as const;
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

const OpenAlert = z.object({
  /** Absent: held back so far. */
  toldAt: z.number().optional(),
  repeats: z.number(),
});

/** One kind of incident at one UPS, over the last hour. */
const Storm = z.object({
  /** When beginnings were told. */
  told: z.array(z.number()),
  /** Incidents that were over before they were told. */
  untold: z.number(),
  untoldSince: z.number().optional(),
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
      { ...storm, told: storm.told.filter((at) => now - at < STORM_MS) },
    ]),
  );
  const wakes: number[] = [];
  const last = new Map<string, AlertIncident>();

  for (const incident of incidents) {
    const key = `${incident.id}-${incident.startedAt}`;
    const policy = policyOf(incident.kind, incident.ups);
    const storm = storms.get(stormKey(incident)) ?? { told: [], untold: 0 };
    storms.set(stormKey(incident), storm);
    last.set(stormKey(incident), incident);
    const known = memory.open[key] ?? { repeats: 0 };
    const tell = (stage: AlertStage, number = ''): void => {
      alerts.push({ id: `${key}-${stage}${number}`, stage, severity: policy.severity, incident, at: now });
    };

    if (incident.endedAt !== undefined) {
      if (known.toldAt !== undefined) tell('end');
      else if (Object.hasOwn(memory.open, key)) {
        storm.untold += 1;
        storm.untoldSince ??= incident.startedAt;
      }
      continue;
    }
    if (known.toldAt === undefined) {
      const isFlapping = storm.told.length >= policy.stormLimit;
      const dueAt = incident.startedAt + (isFlapping ? policy.stormHoldMs : policy.holdMs);
      if (now < dueAt) {
        open[key] = known;
        wakes.push(dueAt);
        continue;
      }
      tell('begin');
      storm.told.push(now);
      open[key] = { ...known, toldAt: now };
      if (policy.repeatMs !== undefined) wakes.push(now + policy.repeatMs);
      continue;
    }
    const { repeatMs } = policy;
    let { repeats } = known;
    if (repeatMs !== undefined) {
      const due = Math.floor((now - known.toldAt) / repeatMs);
      // Of several that were missed while the program was away one is enough.
      if (due > repeats) {
        repeats = due;
        tell('repeat', String(due));
      }
      wakes.push(known.toldAt + (repeats + 1) * repeatMs);
    }
    open[key] = { ...known, repeats };
  }

  for (const [key, storm] of storms) {
    if (storm.untoldSince === undefined) {
      if (storm.told.length === 0) storms.delete(key);
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
    storms.set(key, { told: storm.told, untold: 0 });
  }
  return {
    memory: { open, storms: Object.fromEntries(storms) },
    alerts,
    ...(wakes.length === 0 ? {} : { wakeAt: Math.min(...wakes) }),
  };
}

const stormKey = ({ ups, kind }: AlertIncident): string => `${kind} ${ups}`;

/** The last of a storm may be long gone; what it was stands in its key. */
function summaryIncident(key: string, startedAt: number, endedAt: number): AlertIncident {
  const [kind = '', ...name] = key.split(' ');
  return { id: 0, ups: name.join(' '), kind: kind as AlertKind, startedAt, endedAt };
}
