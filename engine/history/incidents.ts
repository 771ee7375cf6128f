/** Incidents: what happened to a UPS and lasted. A pure reducer over its states, and the small owner around it. */
import type { Incident, INCIDENT_KINDS } from '#domain/schema/snapshot.ts';
import type { Stop } from '#engine/ports.ts';
import { numberOf, statusTokens } from '#engine/state/readings.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { beyondLimits, type Limits } from './limits.ts';

export type IncidentKind = (typeof INCIDENT_KINDS)[number];

const BY_TOKEN: readonly (readonly [string, IncidentKind])[] = [
  ['OB', 'on-battery'],
  ['LB', 'low-battery'],
  ['OVER', 'overload'],
  ['RB', 'replace-battery'],
  ['BYPASS', 'bypass'],
  ['TRIM', 'trim'],
  ['BOOST', 'boost'],
  ['CAL', 'calibration'],
  ['OFF', 'output-off'],
  ['FSD', 'forced-shutdown'],
  ['ECO', 'eco'],
];
/** Words with a meaning that is no incident, or that is told by another one. */
const NO_INCIDENTS = new Set([
  'OL',
  'HB',
  'CHRG',
  'DISCHRG',
  'TEST',
  'WAIT',
  'ALARM',
  ...BY_TOKEN.map(([token]) => token),
]);

/** What is known beside the state of a UPS. */
export interface IncidentView {
  readonly limits: Limits;
  /** Kinds that last already: a limit has to be left by some way before it counts as left. */
  readonly open: ReadonlySet<IncidentKind>;
  /** Milliseconds since 1970. */
  readonly at: number;
}
const NOTHING_KNOWN: IncidentView = { limits: {}, open: new Set(), at: 0 };

/** The kinds of incident that a state is in, with the text that goes with it. Undefined: nothing can be said now. */
export function incidentsIn(
  state: UpsState,
  { limits, open, at }: IncidentView = NOTHING_KNOWN,
): ReadonlyMap<IncidentKind, string | undefined> {
  const kinds = new Map<IncidentKind, string | undefined>();
  if (state.isForcedShutdown) kinds.set('forced-shutdown', undefined);
  if (state.availability !== 'available') {
    kinds.set('no-contact', state.error?.message);
    return kinds;
  }
  if (!isDeviceHeard(state)) return kinds;
  const tokens = statusTokens(state);
  for (const [token, kind] of BY_TOKEN) if (tokens.has(token)) kinds.set(kind, undefined);
  if (kinds.has('on-battery')) kinds.set('on-battery', state.variables.get('input.transfer.reason')?.value);
  const alarm = state.variables.get('ups.alarm')?.value;
  if (tokens.has('ALARM') || alarm !== undefined) kinds.set('alarm', alarm);
  const others = [...tokens].filter((token) => !NO_INCIDENTS.has(token));
  if (others.length > 0) kinds.set('other-status', others.join(' '));
  // Of what lasts only the first figure is kept: it would change by the second.
  for (const [kind, figure] of beyondLimits(state, limits, open, at))
    kinds.set(kind, open.has(kind) ? undefined : figure);
  return kinds;
}

/** Whether the status says anything: a device that is just being connected again has not spoken yet. */
const isDeviceHeard = (state: UpsState): boolean =>
  state.availability === 'available' && state.isReady && statusTokens(state).size > 0;

/**
 * Compares what a UPS is in with the open incidents.
 * Without contact nobody knows whether an outage goes on: incidents read from the device stay open until it speaks again.
 * @returns the incidents that began, changed or ended
 */
export function stepIncidents(
  open: readonly Incident[],
  state: UpsState,
  at: number,
  nextId: () => number,
  limits: Limits = {},
): readonly Incident[] {
  const openKinds = new Set(open.map((incident) => incident.kind));
  const now = incidentsIn(state, { limits, open: openKinds, at });
  const isHeard = isDeviceHeard(state);
  const charge = numberOf(state, 'battery.charge');
  const changed: Incident[] = [];
  for (const incident of open) {
    const isOwnKnowledge = incident.kind === 'no-contact' || incident.kind === 'forced-shutdown';
    if (now.has(incident.kind)) {
      const isLower = charge !== undefined && isHeard && charge < (incident.chargeLowest ?? Infinity);
      const detail = now.get(incident.kind) ?? incident.detail;
      if (isLower || detail !== incident.detail) {
        changed.push({
          ...incident,
          ...(isLower ? { chargeLowest: charge } : {}),
          ...(detail === undefined ? {} : { detail }),
        });
      }
    } else if (isHeard || isOwnKnowledge) {
      changed.push({ ...incident, endedAt: at });
    }
  }
  for (const [kind, detail] of now) {
    if (openKinds.has(kind)) continue;
    changed.push({
      id: nextId(),
      ups: state.config.name,
      kind,
      startedAt: at,
      ...(detail === undefined ? {} : { detail }),
      ...(charge === undefined || !isHeard ? {} : { chargeAtStart: charge, chargeLowest: charge }),
    });
  }
  return changed;
}

const KEPT_INCIDENTS = 200;

export interface IncidentLog {
  /** Newest first. */
  list(): readonly Incident[];
  /**
   * Takes over what was known before this start, before anything is heard.
   * @param watchedUntil until when a UPS was watched then
   */
  restore(known: readonly Incident[], watchedUntil: (ups: string) => number | undefined): void;
  /** A UPS has another name from now on. */
  rename(name: string, next: string): void;
  /** Takes down what somebody else has seen. */
  note(incident: Omit<Incident, 'id'>): void;
  onIncident(receive: (incident: Incident) => void): Stop;
  /** Ends what lasts of UPSes that are no longer there: nobody will tell its end. */
  endOfRemoved(at: number): void;
  stop(): void;
}

/** @param limits what counts as an incident although no word of the status says so */
export function createIncidentLog(store: UpsStore, limits: () => Limits = () => ({})): IncidentLog {
  const incidents = new Map<number, Incident>();
  const heardOnce = new Set<string>();
  const listeners = new Set<(incident: Incident) => void>();
  /** Incidents that lasted when the program ended, and until when they were watched. */
  const unseen = new Map<number, number>();
  let lastId = 0;
  /** The moment makes numbers that nothing has to remember; two of one moment follow each other. */
  const idAt = (at: number) => (): number => (lastId = Math.max(lastId + 1, at));
  const keep = (incident: Incident): void => {
    incidents.set(incident.id, incident);
    for (const listener of listeners) listener(incident);
  };

  const stopListening = store.subscribe((change) => {
    const state = store.get(change.ups);
    if (!state) return;
    const name = state.config.name;
    // Before the first contact there is nothing to lose: a start is not an incident.
    if (state.availability === 'available' && state.isReady) heardOnce.add(name);
    if (!heardOnce.has(name)) return;
    const open = [...incidents.values()].filter((incident) => incident.ups === name && incident.endedAt === undefined);
    for (const incident of stepIncidents(open, state, change.at, idAt(change.at), limits())) {
      const watchedUntil = incident.endedAt === undefined ? undefined : unseen.get(incident.id);
      keep(watchedUntil === undefined ? incident : { ...incident, watchedUntil });
    }
    if (isDeviceHeard(state)) for (const { id } of open) unseen.delete(id);
    for (const id of incidents.keys()) {
      if (incidents.size <= KEPT_INCIDENTS) break;
      if (incidents.get(id)?.endedAt !== undefined) incidents.delete(id);
    }
  });

  return {
    list: () => [...incidents.values()].sort((a, b) => b.id - a.id),
    restore(known, watchedUntil) {
      for (const incident of known) {
        incidents.set(incident.id, incident);
        lastId = Math.max(lastId, incident.id);
        if (incident.endedAt === undefined) {
          unseen.set(incident.id, watchedUntil(incident.ups) ?? incident.startedAt);
        }
      }
    },
    rename(name, next) {
      if (heardOnce.delete(name)) heardOnce.add(next);
      for (const incident of incidents.values()) {
        if (incident.ups === name) keep({ ...incident, ups: next });
      }
    },
    note: (incident) => keep({ ...incident, id: idAt(incident.startedAt)() }),
    onIncident(receive) {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
    endOfRemoved(at) {
      for (const name of heardOnce) if (!store.get(name)) heardOnce.delete(name);
      for (const incident of incidents.values()) {
        if (incident.endedAt === undefined && !store.get(incident.ups)) keep({ ...incident, endedAt: at });
      }
    },
    stop() {
      stopListening();
      listeners.clear();
    },
  };
}
