/** What an incident was like: the time around it, how the status went, its figures. Pure. */
import { powerStateOf, type PowerState } from '#domain/power-state.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { figuresWithin, seriesIn, stepAt, type Figures, type Past } from '../history/past.ts';

const MINUTE = 60_000;

/** An incident with what came before and after it: a fifth of its length, a minute at least. */
export function spanAround(
  { startedAt, endedAt }: Incident,
  now: number,
): { readonly from: number; readonly to: number } {
  const end = Math.max(endedAt ?? now, startedAt + 1000);
  const margin = Math.max(MINUTE, (end - startedAt) / 5);
  return { from: startedAt - margin, to: Math.min(now, end + margin) };
}

export const stateOfStatus = (status: string): PowerState =>
  powerStateOf({
    availability: 'available',
    isForcedShutdown: false,
    variables: { 'ups.status': { value: status, changedAt: 0, isWritable: false } },
  });

export interface IncidentFigures {
  readonly charge: Figures | undefined;
  readonly runtime: Figures | undefined;
  readonly load: Figures | undefined;
  readonly voltage: Figures | undefined;
}

/** Of the time the incident lasted. */
export function figuresOfIncident(past: Past, { ups, startedAt, endedAt }: Incident, now: number): IncidentFigures {
  const from = stepAt(past, startedAt);
  const to = stepAt(past, endedAt ?? now) + 1;
  const of = (variable: string): Figures | undefined => figuresWithin(seriesIn(past, ups, variable), from, to);
  return {
    charge: of('battery.charge'),
    runtime: of('battery.runtime'),
    load: of('ups.load'),
    voltage: of('input.voltage'),
  };
}
