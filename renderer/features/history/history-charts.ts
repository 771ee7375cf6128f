/** Which variables of the past are drawn in which chart, and how. Pure. */
import type { MessageKey } from '#domain/messages/message.ts';
import type { ChartAxis } from '../../components/chart-series.ts';

export interface PastLine {
  readonly variable: string;
  readonly label: MessageKey & `quantity.${string}`;
  /** CSS variable of its colour: the same for a quantity everywhere. */
  readonly colour: string;
  readonly digits: number;
  /** Written as a length of time. */
  readonly isDuration?: true;
  /** What a value is multiplied with before it is drawn. */
  readonly scale?: number;
}

export interface PastChart {
  readonly name: string;
  readonly unit: string;
  readonly lines: readonly PastLine[];
  readonly bounds: Omit<ChartAxis, 'unit'>;
}

/** In the order they stand on the page. */
export const PAST_CHARTS: readonly PastChart[] = [
  {
    name: 'charge',
    unit: '%',
    bounds: { min: 0, max: 100 },
    lines: [{ variable: 'battery.charge', label: 'quantity.charge', colour: '--quantity-charge', digits: 0 }],
  },
  {
    name: 'voltage',
    unit: 'V',
    bounds: {},
    lines: [
      { variable: 'input.voltage', label: 'quantity.input-voltage', colour: '--quantity-input', digits: 1 },
      { variable: 'output.voltage', label: 'quantity.output-voltage', colour: '--quantity-output', digits: 1 },
    ],
  },
  {
    name: 'load',
    unit: '%',
    bounds: { min: 0, suggestedMax: 50 },
    lines: [{ variable: 'ups.load', label: 'quantity.load', colour: '--quantity-load', digits: 0 }],
  },
  {
    name: 'runtime',
    unit: 'min',
    bounds: { min: 0 },
    lines: [
      {
        variable: 'battery.runtime',
        label: 'quantity.runtime',
        colour: '--quantity-runtime',
        digits: 0,
        isDuration: true,
        scale: 1 / 60,
      },
    ],
  },
  {
    name: 'temperature',
    unit: '°C',
    bounds: {},
    lines: [
      { variable: 'ups.temperature', label: 'quantity.temperature', colour: '--quantity-temperature', digits: 1 },
      {
        variable: 'battery.temperature',
        label: 'quantity.battery-temperature',
        colour: '--quantity-charge',
        digits: 1,
      },
    ],
  },
  {
    name: 'frequency',
    unit: 'Hz',
    bounds: {},
    lines: [{ variable: 'input.frequency', label: 'quantity.frequency', colour: '--quantity-frequency', digits: 1 }],
  },
];

export const PAST_VARIABLES = PAST_CHARTS.flatMap(({ lines }) => lines.map(({ variable }) => variable));

/** Strokes of the lines of UPSes that are compared with the one that is shown. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 2, 1, 2]];
