import type { Quantity } from '../text/series.ts';

/** A line of a live chart. */
export interface ChartSeries {
  readonly quantity: Quantity;
  readonly label: string;
  /** CSS variable of its colour. */
  readonly colour: string;
  readonly axis: 'y' | 'y2';
  /** What a value is multiplied with before it is drawn. */
  readonly scale?: number;
  readonly isFilled?: boolean;
  /** Writes a value as the unit told it. */
  readonly write: (value: number) => string;
}

/** A vertical axis; bounds in the unit that is drawn. */
export interface ChartAxis {
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly suggestedMin?: number;
  readonly suggestedMax?: number;
}
