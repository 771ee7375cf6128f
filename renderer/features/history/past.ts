/** From columns of the past to what is drawn, read out, listed and saved. Pure. */
import type { HistorySeries, RequestResult } from '#domain/contract.ts';
import { CSV_HEAD, csvLine } from '#domain/history-csv.ts';
import type { Point } from '../../text/series.ts';

export type Past = RequestResult<'history.range'>;
type Column = 'min' | 'mean' | 'max';

export interface Figures {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export const seriesIn = (past: Past, ups: string, variable: string): HistorySeries | undefined =>
  past.series.find((series) => series.ups === ups && series.variable === variable);

/** Points of a line; of a time without change only both ends. @param scale as 1/60 for seconds shown as minutes */
export function pointsIn(past: Past, series: HistorySeries, column: Column, scale = 1): Point[] {
  const points: Point[] = [];
  series[column].forEach((value, place, all) => {
    const y = value === null ? NaN : value * scale;
    const isLevel = all[place - 1] === value && all[place + 1] === value;
    if (!isLevel) points.push({ x: past.from + (place + 0.5) * past.stepMs, y });
  });
  return points;
}

/** The band behind the mean is worth drawing where a step holds more than one value. */
export const hasBand = ({ min, max }: HistorySeries): boolean => min.some((value, place) => value !== max[place]);

const figuresAt = ({ min, mean, max }: HistorySeries, place: number): Figures | undefined => {
  const [low, middle, high] = [min[place] ?? NaN, mean[place] ?? NaN, max[place] ?? NaN];
  return Number.isNaN(low) ? undefined : { min: low, mean: middle, max: high };
};

/** The step a moment lies in; steps outside give the nearest. */
export const stepAt = (past: Past, at: number): number =>
  Math.min(countOf(past) - 1, Math.max(0, Math.floor((at - past.from) / past.stepMs)));

export const countOf = (past: Past): number => past.series[0]?.min.length ?? 0;

/** When a step begins. Milliseconds since 1970. */
export const timeOfStep = (past: Past, step: number): number => past.from + step * past.stepMs;

export const figuresOf = (series: HistorySeries | undefined, step: number): Figures | undefined =>
  series && figuresAt(series, step);

/** Lowest, mean and highest of some steps together. */
export function figuresWithin(series: HistorySeries | undefined, from = 0, to = Infinity): Figures | undefined {
  if (!series) return undefined;
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let step = from; step < Math.min(to, series.min.length); step += 1) {
    const figures = figuresAt(series, step);
    if (!figures) continue;
    low = Math.min(low, figures.min);
    high = Math.max(high, figures.max);
    sum += figures.mean;
    count += 1;
  }
  return count === 0 ? undefined : { min: low, mean: sum / count, max: high };
}

/**
 * The same time in at most about `most` steps, each with the extremes of those it holds. Steps are counted from 1970 on, so
 * that they stay where they are while the picture moves over them.
 */
export function coarser(past: Past, most: number): Past {
  const size = stepsInRow(past, most);
  if (size === 1) return past;
  const offset = Math.round(past.from / past.stepMs) % size;
  const starts = Array.from({ length: Math.ceil((countOf(past) + offset) / size) }, (_, row) => row * size - offset);
  const series = past.series.map((one) => {
    const rows = starts.map((start) => figuresWithin(one, Math.max(0, start), start + size));
    const column = (name: Column): (number | null)[] => rows.map((figures) => figures?.[name] ?? null);
    return { ...one, min: column('min'), mean: column('mean'), max: column('max') };
  });
  return { ...past, from: past.from - offset * past.stepMs, stepMs: past.stepMs * size, series };
}

export interface PastRow {
  readonly at: number;
  readonly isOutage: boolean;
  /** One for each series that was asked for. */
  readonly figures: readonly (Figures | undefined)[];
}

/** Rows for the table view, newest first, at most `most`. */
export function rowsOf(past: Past, series: readonly HistorySeries[], most: number): readonly PastRow[] {
  const count = countOf(past);
  const size = stepsInRow(past, most);
  const rows: PastRow[] = [];
  for (let step = Math.floor((count - 1) / size) * size; step >= 0; step -= size) {
    const at = timeOfStep(past, step);
    const end = at + size * past.stepMs;
    rows.push({
      at,
      isOutage: past.outages.some(({ from, to }) => from < end && to > at),
      figures: series.map((one) => figuresWithin(one, step, step + size)),
    });
  }
  return rows;
}

export const stepsInRow = (past: Past, most: number): number => Math.max(1, Math.ceil(countOf(past) / most));

/** What is shown as CSV; several UPSes are told apart as NAME/variable. */
export function csvOf(past: Past): string {
  const isSeveral = new Set(past.series.map(({ ups }) => ups)).size > 1;
  return [
    CSV_HEAD,
    ...past.series.flatMap((series) =>
      series.min.map((_, step) =>
        csvLine(
          timeOfStep(past, step),
          isSeveral ? `${series.ups}/${series.variable}` : series.variable,
          figuresAt(series, step),
        ),
      ),
    ),
  ].join('');
}

/** What is shown as JSON, in the shape of the contract. */
export const jsonOf = ({ from, stepMs, series, outages }: Past): string =>
  JSON.stringify({ from, stepMs, series, outages }, undefined, 1);
