/**
 * The tray's shapes as SVG on a pixel grid: edges lie on whole pixels at 16, 22 and 24, and so at 32 and 44.
 * Silhouettes, not outlines, wherever a shape must be told apart at arm's length.
 */

export const GRIDS = [16, 22, 24] as const;
export type Grid = (typeof GRIDS)[number];

export const SHAPES = [
  'plug',
  'charging',
  'battery-0',
  'battery-1',
  'battery-2',
  'battery-3',
  'battery-4',
  'battery-unknown',
  'low',
  'off',
  'alert',
  'no-contact',
] as const;
export type Shape = (typeof SHAPES)[number];

const rect = (x: number, y: number, width: number, height: number, rest = ''): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}"${rest}/>`;

/** A plug seen from the front: two prongs, a body with a round lower side, the cable. */
const PLUG: Readonly<Record<Grid, string>> = {
  16: [
    rect(5, 1, 2, 4),
    rect(9, 1, 2, 4),
    '<path d="M3 5h10v3a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4z"/>',
    rect(7, 12, 2, 3),
  ].join(''),
  22: [
    rect(7, 2, 2, 5),
    rect(13, 2, 2, 5),
    '<path d="M4 7h14v4a6 6 0 0 1-6 6h-2a6 6 0 0 1-6-6z"/>',
    rect(10, 17, 2, 4),
  ].join(''),
  24: [
    rect(7, 2, 3, 6),
    rect(14, 2, 3, 6),
    '<path d="M4 8h16v4a6 6 0 0 1-6 6h-4a6 6 0 0 1-6-6z"/>',
    rect(11, 18, 2, 4),
  ].join(''),
};

interface BatteryPlan {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly line: number;
  /** Of the filling, from the inside of the case. */
  readonly gap: number;
  readonly pole: { readonly width: number; readonly height: number };
}

const BATTERY: Readonly<Record<Grid, BatteryPlan>> = {
  16: { x: 0, y: 3, width: 14, height: 10, line: 1, gap: 1, pole: { width: 2, height: 4 } },
  22: { x: 0, y: 4, width: 20, height: 14, line: 2, gap: 1, pole: { width: 2, height: 6 } },
  24: { x: 1, y: 5, width: 20, height: 14, line: 2, gap: 1, pole: { width: 2, height: 6 } },
};

function batteryCase({ x, y, width, height, line, pole }: BatteryPlan): string {
  const half = line / 2;
  return [
    rect(
      x + half,
      y + half,
      width - line,
      height - line,
      ` rx="${line}" fill="none" stroke="#000" stroke-width="${line}"`,
    ),
    rect(x + width, y + (height - pole.height) / 2, pole.width, pole.height),
  ].join('');
}

/** The filling in whole pixels, a quarter of the inside for each level. */
function batteryFilling({ x, y, width, height, line, gap }: BatteryPlan, level: number): string {
  const inset = line + gap;
  const filled = Math.round(((width - 2 * inset) * level) / 4);
  return filled === 0 ? '' : rect(x + inset, y + inset, filled, height - 2 * inset);
}

/** A dash where the level would be: it is not known. */
function batteryDash({ x, y, width, height }: BatteryPlan): string {
  const dash = { width: width / 2 - ((width / 2) % 2), height: 2 };
  return rect(x + (width - dash.width) / 2, y + (height - dash.height) / 2, dash.width, dash.height);
}

const BOLT: Readonly<Record<Grid, string>> = {
  16: 'M9 0 3 9h3.5L5 16l6-9H7.5z',
  22: 'M13 0 4 12h5l-2 10 9-13h-5z',
  24: 'M14 0 5 13h5L8 24l9-14h-5z',
};

/** A shape laid over another is given room by cutting its outline out of the one below. */
const cut = (grid: Grid, below: string, hole: string, above: string): string =>
  `<mask id="m"><rect width="${grid}" height="${grid}" fill="#fff"/>${hole}</mask><g mask="url(#m)">${below}</g>${above}`;

function charging(grid: Grid): string {
  const room = grid === 16 ? 2 : 3;
  const hole = `<path d="${BOLT[grid]}" stroke="#000" stroke-width="${room}" stroke-linejoin="miter"/>`;
  return cut(grid, batteryCase(BATTERY[grid]), hole, `<path d="${BOLT[grid]}"/>`);
}

/** A battery on end, whole in its colour, with the mark cut out: no level of those above looks like it. */
const LOW: Readonly<Record<Grid, { battery: string; mark: string }>> = {
  16: {
    battery: rect(6, 0, 4, 2) + rect(3, 2, 10, 14, ' rx="1"'),
    mark: rect(7, 5, 2, 5) + rect(7, 11, 2, 2),
  },
  22: {
    battery: rect(8, 0, 6, 3) + rect(4, 3, 14, 18, ' rx="2"'),
    mark: rect(9, 6, 4, 7) + rect(9, 15, 4, 3),
  },
  24: {
    battery: rect(9, 1, 6, 3) + rect(5, 4, 14, 19, ' rx="2"'),
    mark: rect(10, 7, 4, 8) + rect(10, 17, 4, 3),
  },
};

function low(grid: Grid): string {
  const { battery, mark } = LOW[grid];
  return cut(grid, battery, mark, '');
}

/** The sign on a power button, for what goes dark or is: a shutdown under way, an output that is off. */
const OFF: Readonly<Record<Grid, { y: number; radius: number; line: number; gap: string; bar: string }>> = {
  16: { y: 9, radius: 5.5, line: 2, gap: rect(5, 0, 6, 8), bar: rect(7, 1, 2, 8) },
  22: { y: 12, radius: 7.5, line: 3, gap: rect(7, 0, 8, 11), bar: rect(10, 1, 2, 11) },
  24: { y: 13, radius: 8.5, line: 3, gap: rect(8, 0, 8, 11), bar: rect(11, 1, 2, 12) },
};

function off(grid: Grid): string {
  const { y, radius, line, gap, bar } = OFF[grid];
  const ring = `<circle cx="${grid / 2}" cy="${y}" r="${radius}" fill="none" stroke="#000" stroke-width="${line}"/>`;
  return cut(grid, ring, gap, bar);
}

/** The gap lies on one side of the line: with one on either side little of the plug would be left at 16 pixels. */
function noContact(grid: Grid): string {
  const end = grid - 1;
  const weight = grid === 16 ? 1.5 : 2;
  const line = (width: number, shift = 0): string =>
    `<path d="M${1 + shift} ${1 - shift}L${end + shift} ${end - shift}" fill="none" stroke="#000" stroke-width="${width}" stroke-linecap="square"/>`;
  return cut(grid, PLUG[grid], line(weight + 1.5, 0.75), line(weight));
}

/** Its round corners come from the line around it, which ends on whole pixels at the foot. */
const TRIANGLE: Readonly<Record<Grid, { path: string; mark: string }>> = {
  16: { path: 'M8 2 14.5 14H1.5z', mark: rect(7, 5, 2, 5) + rect(7, 11, 2, 2) },
  22: { path: 'M11 2.5 20.5 20H1.5z', mark: rect(10, 7, 2, 7) + rect(10, 16, 2, 2) },
  24: { path: 'M12 2.5 22.5 21H1.5z', mark: rect(11, 8, 2, 7) + rect(11, 17, 2, 2) },
};

function alert(grid: Grid): string {
  const { path, mark } = TRIANGLE[grid];
  return cut(grid, `<path d="${path}" stroke="#000" stroke-width="2" stroke-linejoin="round"/>`, mark, '');
}

function bodyOf(shape: Shape, grid: Grid): string {
  const battery = BATTERY[grid];
  switch (shape) {
    case 'plug':
      return PLUG[grid];
    case 'charging':
      return charging(grid);
    case 'battery-unknown':
      return batteryCase(battery) + batteryDash(battery);
    case 'low':
      return low(grid);
    case 'off':
      return off(grid);
    case 'alert':
      return alert(grid);
    case 'no-contact':
      return noContact(grid);
    case 'battery-0':
    case 'battery-1':
    case 'battery-2':
    case 'battery-3':
    case 'battery-4':
      return batteryCase(battery) + batteryFilling(battery, Number(shape.at(-1)));
  }
}

/** A shape in black on nothing: black is what is drawn, whatever colour it gets later. */
export const shapeSvg = (shape: Shape, grid: Grid): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${grid}" height="${grid}" viewBox="0 0 ${grid} ${grid}">${bodyOf(shape, grid)}</svg>\n`;
