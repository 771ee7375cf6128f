/** Incidents that no word of the status tells: a quantity beyond a limit of the settings. Pure. */
import type { Incident } from '#domain/schema/snapshot.ts';
import { numberOf, statusTokens } from '#engine/state/readings.ts';
import type { UpsState } from '#engine/state/ups-state.ts';

type Kind = Incident['kind'];

/** Absent: not watched. */
export interface Limits {
  /** Percent. */
  readonly load?: number | undefined;
  /** Volts, on line power. */
  readonly inputLow?: number | undefined;
  readonly inputHigh?: number | undefined;
  /** Degrees Celsius. */
  readonly temperature?: number | undefined;
  readonly batteryYears?: number | undefined;
  /** Seconds on battery until this computer is down: a full battery should last as long. */
  readonly planSeconds?: number | undefined;
}

/** How far back a quantity has to come to be within its limit again, so that one that trembles is one incident. */
const BACK = { load: 5, voltage: 0.02, temperature: 2, runtime: 0.1 } as const;
/** From this charge on in percent what the UPS says of its runtime is about a full battery. */
const FULL = 95;
const YEAR_MS = 365.25 * 24 * 3_600_000;

/**
 * The kinds a UPS is in, with the figure that is beyond.
 * @param open kinds that last already
 * @param now milliseconds since 1970
 */
export function beyondLimits(
  state: Pick<UpsState, 'variables'>,
  limits: Limits,
  open: ReadonlySet<Kind>,
  now: number,
): ReadonlyMap<Kind, string> {
  const found = new Map<Kind, string>();
  const status = statusTokens(state);
  const isOnLine = status.has('OL') && !status.has('OB');
  const put = (kind: Kind, isBeyond: boolean, figure: string): void => {
    if (isBeyond) found.set(kind, figure);
  };
  /** During an outage nobody can say: what lasts goes on. */
  const goOn = (kind: Kind): void => put(kind, open.has(kind), '');

  const load = numberOf(state, 'ups.load');
  if (limits.load !== undefined && load !== undefined) {
    put('high-load', load >= limits.load - (open.has('high-load') ? BACK.load : 0), `${load} %`);
  }

  const heat = hottest(state);
  if (limits.temperature !== undefined && heat !== undefined) {
    put('hot', heat >= limits.temperature - (open.has('hot') ? BACK.temperature : 0), `${heat} °C`);
  }

  const voltage = numberOf(state, 'input.voltage');
  if (!isOnLine) goOn('input-voltage');
  else if (voltage !== undefined) {
    const back = open.has('input-voltage') ? BACK.voltage : 0;
    const isLow = limits.inputLow !== undefined && voltage <= limits.inputLow * (1 + back);
    const isHigh = limits.inputHigh !== undefined && voltage >= limits.inputHigh * (1 - back);
    put('input-voltage', isLow || isHigh, `${voltage} V`);
  }

  const runtime = numberOf(state, 'battery.runtime');
  const charge = numberOf(state, 'battery.charge');
  if (!isOnLine || (charge ?? 100) < FULL) goOn('short-runtime');
  else if (limits.planSeconds !== undefined && runtime !== undefined && runtime >= 0) {
    const back = open.has('short-runtime') ? BACK.runtime : 0;
    put(
      'short-runtime',
      runtime < limits.planSeconds * (1 + back),
      `${runtime} s < ${Math.ceil(limits.planSeconds)} s`,
    );
  }

  const putIn = dateOf(state.variables.get('battery.date')?.value ?? state.variables.get('battery.mfr.date')?.value);
  if (limits.batteryYears !== undefined && putIn !== undefined) {
    put('old-battery', now - putIn >= limits.batteryYears * YEAR_MS, new Date(putIn).toISOString().slice(0, 10));
  }
  return found;
}

function hottest(state: Pick<UpsState, 'variables'>): number | undefined {
  const known = ['ups.temperature', 'battery.temperature'].flatMap((name) => numberOf(state, name) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A date as UPSes write it: `2019/10/16`, `2019-10-16`, `10/16/19`. @returns undefined for anything else */
function dateOf(text = ''): number | undefined {
  const yearFirst = /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*$/.exec(text);
  const monthFirst = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})\s*$/.exec(text);
  const [year, month, day] = yearFirst
    ? [Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3])]
    : monthFirst
      ? [Number(monthFirst[3]), Number(monthFirst[1]), Number(monthFirst[2])]
      : [];
  if (year === undefined || month === undefined || day === undefined || month > 12 || day > 31) return undefined;
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day);
}
