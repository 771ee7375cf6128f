/** A live chart on a canvas. Everything of chart.js is in here, so that it can be fetched after the first paint. */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type ChartDataset,
  type Scale,
} from 'chart.js';
import type { Point } from '../text/series.ts';
import { createMarksPlugin, type MarkColours, type Marks } from './chart-marks.ts';
import type { ChartAxis } from './chart-series.ts';
import { timeTicks, valueTicks, type TickUnit } from './chart-ticks.ts';

/** What stays while a chart stands; when it changes, the chart is made anew. */
export interface ChartLook {
  readonly grid: string;
  readonly text: string;
  readonly marks: MarkColours;
  readonly font: { readonly size: number; readonly family: string };
  /** Milliseconds since 1970 as what distinguishes a tick from its neighbours. */
  readonly writeTime: (at: number, unit: TickUnit) => string;
  readonly writeNumber: (value: number) => string;
  readonly hasSecondAxis: boolean;
}

export interface ChartLine {
  /** Oldest first. */
  readonly points: readonly Point[];
  readonly axis: 'y' | 'y2';
  readonly colour: string;
  /** Softly filled down to the axis, or to the line that follows. */
  readonly fill: 'origin' | 'next' | false;
  /** Lengths of strokes and gaps; a whole line without. */
  readonly dash?: readonly number[];
  /** Only what it fills is seen. */
  readonly isEdge?: boolean;
}

/** What one moment shows. Times in milliseconds since 1970. */
export interface ChartPicture {
  readonly lines: readonly ChartLine[];
  readonly axes: { readonly y: ChartAxis; readonly y2?: ChartAxis };
  readonly from: number;
  readonly to: number;
  readonly marks: Omit<Marks, 'cursor' | 'colours'>;
}

/** A chart that stands on a page. */
export interface ChartHandle {
  /** Where a pointer stands along the time axis, 0 to 1; undefined before the chart is drawn. */
  shareAt(clientX: number): number | undefined;
}

export interface LineChart {
  show(picture: ChartPicture): void;
  /** Draws the cursor at a moment, or takes it away; nothing else is computed again. */
  point(at: number | undefined): void;
  /** Where the time axis stands on the canvas, in CSS pixels. */
  area(): { readonly left: number; readonly width: number };
  destroy(): void;
}

const NO_MARKS: ChartPicture['marks'] = { outages: [], outageLabel: '', bands: [], limits: [] };
const AXIS_BOUNDS = ['min', 'max', 'suggestedMin', 'suggestedMax'] as const;

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

export function createLineChart(canvas: HTMLCanvasElement, look: ChartLook): LineChart {
  let marks = NO_MARKS;
  let cursor: number | undefined;
  const units = { y: '', y2: '' };

  const chart = new Chart(
    canvas,
    configurationOf(look, units, () => ({ ...marks, cursor, colours: look.marks })),
  );

  // Options are changed only where they differ: each change makes chart.js resolve them all again.
  const bound = (name: 'y' | 'y2', axis: ChartAxis | undefined): void => {
    const scale = chart.options.scales?.[name];
    if (!axis || scale?.type !== 'linear') return;
    units[name] = axis.unit;
    for (const key of AXIS_BOUNDS) if (scale[key] !== axis[key]) scale[key] = axis[key];
  };

  const fill = (lines: readonly ChartLine[]): void => {
    const { datasets } = chart.data;
    datasets.length = lines.length;
    lines.forEach((line, place) => {
      // chart.js follows changes within an array that can be extended; these are replaced.
      const data = Object.preventExtensions(line.points) as Point[];
      const known = datasets[place];
      if (known) Object.assign(known, { data, ...styleOf(line) });
      else datasets[place] = { data, ...styleOf(line) };
    });
  };

  return {
    show(picture) {
      fill(picture.lines);
      bound('y', picture.axes.y);
      bound('y2', picture.axes.y2);
      const x = chart.options.scales?.x;
      if (x) Object.assign(x, { min: picture.from, max: picture.to });
      marks = picture.marks;
      chart.update('none');
    },
    point(at) {
      if (cursor === at) return;
      cursor = at;
      chart.draw();
    },
    area: () => ({ left: chart.chartArea.left, width: Math.max(1, chart.chartArea.width) }),
    destroy: () => chart.destroy(),
  };
}

const FILLS = { origin: 'origin', next: '+1' } as const;

const styleOf = ({
  axis,
  colour,
  fill,
  dash = [],
  isEdge = false,
}: ChartLine): Omit<ChartDataset<'line', Point[]>, 'data'> => ({
  yAxisID: axis,
  borderColor: colour,
  backgroundColor: colour.replace(/\)$/, fill === 'next' ? ' / 0.22)' : ' / 0.1)'),
  fill: fill === false ? false : FILLS[fill],
  borderDash: [...dash],
  borderWidth: isEdge ? 0 : 1.5,
});

function configurationOf(
  look: ChartLook,
  units: Readonly<Record<'y' | 'y2', string>>,
  marks: () => Marks,
): ChartConfiguration<'line', Point[]> {
  let unit: TickUnit = 'clock';
  const vertical = (name: 'y' | 'y2') => ({
    type: 'linear' as const,
    position: name === 'y' ? ('left' as const) : ('right' as const),
    bounds: 'data' as const,
    border: { display: false },
    grid: { color: look.grid, display: name === 'y', drawTicks: false },
    // Those of chart.js are counted from where the data begin, which is seldom a round value.
    afterBuildTicks(axis: Scale) {
      axis.ticks = valueTicks(axis.min, axis.max, 4).map((value) => ({ value }));
    },
    ticks: {
      color: look.text,
      font: look.font,
      padding: 8,
      autoSkip: false,
      callback: (value: string | number) => `${look.writeNumber(Number(value))} ${units[name]}`,
    },
  });
  return {
    type: 'line',
    data: { datasets: [] },
    plugins: [createMarksPlugin(marks)],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      normalized: true,
      parsing: false,
      events: [],
      datasets: { line: { pointRadius: 0 } },
      scales: {
        x: {
          type: 'linear',
          border: { color: look.grid },
          grid: { display: false },
          ticks: {
            color: look.text,
            font: look.font,
            maxRotation: 0,
            padding: 4,
            autoSkip: false,
            callback: (value) => look.writeTime(Number(value), unit),
          },
          afterBuildTicks(axis) {
            const most = Math.max(2, Math.floor(axis.width / 90));
            const ticks = timeTicks(axis.min, axis.max, most);
            unit = ticks.unit;
            axis.ticks = ticks.at.map((value) => ({ value }));
          },
        },
        y: vertical('y'),
        ...(look.hasSecondAxis ? { y2: vertical('y2') } : {}),
      },
    },
  };
}
