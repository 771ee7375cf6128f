/** The past of the fake engine: made up by a function of time, and told as the engine tells history. */
import type { EnergyPeriod, HistorySeries, RequestName, RequestParams, RequestResult } from '#domain/contract.ts';
import { numberIn } from '#domain/power-state.ts';
import type { Incident, UpsSnapshot } from '#domain/schema/snapshot.ts';

/** The value of a variable at a moment; undefined where nothing is known. */
export type Past = (ups: string, variable: string, at: number) => number | undefined;

type Asked = Extract<RequestName, `history.${string}`>;

export interface FakePast {
  readonly answers: { readonly [Name in Asked]: (params: RequestParams<Name>) => RequestResult<Name> };
  /** @param begin where it begins, milliseconds since 1970 */
  readonly make: (read: Past, begin: number) => void;
  readonly setStatuses: (statuses: RequestResult<'history.statuses'>['statuses']) => void;
  readonly setProblem: (problem: RequestResult<'history.range'>['problem']) => void;
}

const HOUR_MS = 3_600_000;
/** How often the made-up past is read within one step of a chart. */
const READ_IN_STEP = 8;

export function createFakePast(
  startAt: number,
  engine: { now(): number; readonly incidents: readonly Incident[]; upsOf(name: string): UpsSnapshot },
): FakePast {
  let read: Past = () => undefined;
  let oldest = startAt;
  let statuses: RequestResult<'history.statuses'>['statuses'] = [];
  let problem: RequestResult<'history.range'>['problem'];

  const pastOf = (ups: string, variable: string, from: number, stepMs: number, count: number): HistorySeries => {
    const series: HistorySeries = { ups, variable, min: [], mean: [], max: [] };
    for (let place = 0; place < count; place += 1) {
      const values = Array.from({ length: READ_IN_STEP }, (_, part) => {
        const at = from + (place + part / READ_IN_STEP) * stepMs;
        return at > engine.now() || at < oldest ? undefined : read(ups, variable, at);
      }).filter((value) => value !== undefined);
      const isKnown = values.length > 0;
      series.min.push(isKnown ? Math.min(...values) : null);
      series.max.push(isKnown ? Math.max(...values) : null);
      series.mean.push(isKnown ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
    }
    return series;
  };

  const range = ({
    ups,
    variables,
    from,
    to,
    points,
  }: RequestParams<'history.range'>): RequestResult<'history.range'> => {
    const stepMs = Math.max(1000, Math.ceil((to - from) / (points - 1)));
    const start = Math.floor(from / stepMs) * stepMs;
    const count = Math.ceil((to - start) / stepMs);
    return {
      from: start,
      stepMs,
      series: ups
        .flatMap((name) => variables.map((variable) => pastOf(name, variable, start, stepMs, count)))
        .filter(({ min }) => min.some((value) => value !== null)),
      outages: engine.incidents
        .filter((incident) => incident.kind === 'on-battery' && ups.includes(incident.ups))
        .map(({ ups: name, startedAt, endedAt = engine.now() }) => ({ ups: name, from: startedAt, to: endedAt }))
        .filter((outage) => outage.from < to && outage.to > from)
        .sort((a, b) => a.from - b.from),
      oldest,
      ...(problem === undefined ? {} : { problem }),
    };
  };

  const energyOf = (ups: string, from: number, to: number): EnergyPeriod => {
    const nominal = numberIn(engine.upsOf(ups), 'ups.realpower.nominal');
    const part = (to - from) / READ_IN_STEP;
    const period = { wattHours: 0, knownMs: 0, computedMs: 0 };
    for (let at = from + part / 2; at < Math.min(to, engine.now()); at += part) {
      const measured = at < oldest ? undefined : read(ups, 'ups.realpower', at);
      const load = at < oldest ? undefined : read(ups, 'ups.load', at);
      const computed = load === undefined || nominal === undefined ? undefined : (load / 100) * nominal;
      const watts = measured ?? computed;
      if (watts === undefined) continue;
      period.wattHours += (watts * part) / HOUR_MS;
      period.knownMs += part;
      period.computedMs += measured === undefined ? part : 0;
    }
    return period;
  };

  const page = ({
    ups,
    kinds,
    beforeId = Infinity,
    limit,
  }: RequestParams<'history.incidents'>): RequestResult<'history.incidents'> => {
    const found = engine.incidents
      .filter((one) => (ups ?? one.ups) === one.ups && (kinds ?? [one.kind]).includes(one.kind) && one.id < beforeId)
      .sort((a, b) => b.id - a.id);
    return {
      incidents: found.slice(0, limit),
      isMore: found.length > limit,
      ...(problem === undefined ? {} : { problem }),
    };
  };

  return {
    answers: {
      'history.range': range,
      'history.incidents': page,
      'history.statuses': ({ from, to, limit }) => ({
        statuses: [
          ...statuses.filter(({ at }) => at < from).slice(-1),
          ...statuses.filter(({ at }) => at >= from && at <= to).slice(0, limit),
        ],
      }),
      'history.energy': ({ ups, edges }) => ({
        periods: edges.slice(1).map((end, place) => energyOf(ups, edges[place] ?? end, end)),
      }),
    },
    make(next, begin) {
      read = next;
      oldest = begin;
    },
    setStatuses(next) {
      statuses = next;
    },
    setProblem(next) {
      problem = next;
    },
  };
}
