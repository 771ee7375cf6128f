/** What stands behind and over the lines of a chart: outages, bands, limits with their names, the cursor. */
import type { Chart, Plugin, Scale } from 'chart.js';
import type { Span } from '../text/series.ts';

export interface Marks {
  readonly outages: readonly Span[];
  readonly outageLabel: string;
  readonly bands: readonly { readonly low: number; readonly high: number; readonly label: string }[];
  readonly limits: readonly { readonly value: number; readonly label: string }[];
  /** Milliseconds since 1970. */
  readonly cursor: number | undefined;
  readonly colours: MarkColours;
}

export interface MarkColours {
  readonly outage: string;
  readonly band: string;
  readonly limit: string;
  readonly text: string;
  readonly cursor: string;
  /** CSS font of labels. */
  readonly font: string;
}

/** @param read the marks of this moment; bands and limits belong to the scale `y` */
export const createMarksPlugin = (read: () => Marks): Plugin<'line'> => ({
  id: 'marks',
  beforeDatasetsDraw(chart) {
    const marks = read();
    within(chart, (context, x, y) => {
      for (const { low, high } of marks.bands) {
        context.fillStyle = marks.colours.band;
        const top = y.getPixelForValue(high);
        context.fillRect(x.left, top, x.width, y.getPixelForValue(low) - top);
      }
      for (const { from, to } of marks.outages) drawOutage(context, x, y, { from, to }, marks);
      for (const limit of marks.limits) drawLimit(context, x, y, limit, marks.colours);
    });
  },
  afterDatasetsDraw(chart) {
    const { cursor, colours } = read();
    if (cursor === undefined) return;
    within(chart, (context, x, y) => {
      const left = Math.round(x.getPixelForValue(cursor)) + 0.5;
      context.strokeStyle = colours.cursor;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(left, y.top);
      context.lineTo(left, y.bottom);
      context.stroke();
    });
  },
});

function within(chart: Chart, draw: (context: CanvasRenderingContext2D, x: Scale, y: Scale) => void): void {
  const { ctx, chartArea, scales } = chart;
  const { x, y } = scales;
  if (!x || !y) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  draw(ctx, x, y);
  ctx.restore();
}

function drawOutage(context: CanvasRenderingContext2D, x: Scale, y: Scale, { from, to }: Span, marks: Marks): void {
  const left = Math.max(x.left, x.getPixelForValue(from));
  const width = Math.max(2, x.getPixelForValue(to) - left);
  if (left > x.right || left + width < x.left) return;
  context.fillStyle = marks.colours.outage;
  context.fillRect(left, y.top, width, y.height);
  context.font = marks.colours.font;
  if (context.measureText(marks.outageLabel).width + 8 > width) return;
  context.fillStyle = marks.colours.text;
  // At the bottom: the names of limits stand further up.
  context.textBaseline = 'bottom';
  context.textAlign = 'left';
  context.fillText(marks.outageLabel, left + 4, y.bottom - 4);
}

function drawLimit(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  { value, label }: Marks['limits'][number],
  colours: MarkColours,
): void {
  const top = Math.round(y.getPixelForValue(value)) + 0.5;
  if (top < y.top || top > y.bottom) return;
  context.strokeStyle = colours.limit;
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(x.left, top);
  context.lineTo(x.right, top);
  context.stroke();
  context.setLineDash([]);
  context.font = colours.font;
  context.fillStyle = colours.text;
  context.textAlign = 'right';
  const isNearTop = top - y.top < 18;
  context.textBaseline = isNearTop ? 'top' : 'bottom';
  context.fillText(label, x.right - 4, isNearTop ? top + 3 : top - 2);
}
