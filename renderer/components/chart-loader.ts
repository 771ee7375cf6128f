/** Fetches what draws charts, after the page has shown its numbers. */
import { afterPaint } from '../state/frames.ts';

export type Charts = typeof import('./line-chart.ts');

let loading: Promise<Charts | undefined> | undefined;

/** @returns undefined where it could not be fetched, as when the program has gone; the next call tries again */
export function loadCharts(): Promise<Charts | undefined> {
  loading ??= afterPaint()
    .then(() => import('./line-chart.ts'))
    .catch(() => (loading = undefined));
  return loading;
}
