/** Values of the past in words. Pure. */
import type { LocaleState } from '../../state/locale.svelte.ts';
import type { PastLine } from './history-charts.ts';
import type { Figures } from './past.ts';

type Say = Pick<LocaleState, 't' | 'duration' | 'quantity' | 'number'>;

/** `224.6 V (224.1 to 225.0)`: the mean of a step, and its extremes where it holds more than one value. */
export function figuresText(line: PastLine, unit: string, figures: Figures | undefined, locale: Say): string {
  if (!figures) return locale.t('quantity.none', {});
  const { min, max } = figures;
  const whole = (value: number): string =>
    line.isDuration ? locale.duration(value) : locale.quantity(value, unit, line.digits);
  const mean = whole(figures.mean);
  if (whole(min) === whole(max)) return mean;
  // The unit is said once; a duration has several.
  const bare = line.isDuration ? whole : (value: number): string => locale.number(value, line.digits);
  return locale.t('history.with-range', { mean, low: bare(min), high: bare(max) });
}
