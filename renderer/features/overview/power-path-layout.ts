/** Where the parts of the power path stand, for a width and a number of consumers. Pure; pixels. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stretch of the way the power takes: straight, or a curve with two control points. */
export interface Stretch {
  readonly from: Point;
  readonly to: Point;
  readonly bend?: readonly [Point, Point];
}

/** A way the power takes, in the direction in which it flows. */
export type Way = readonly Stretch[];

export interface PowerPathLayout {
  readonly height: number;
  /** Height of the line the power runs on. */
  readonly lane: number;
  readonly mains: Box;
  readonly ups: Box;
  readonly battery: Box;
  readonly consumers: readonly Box[];
  /** From the mains to the UPS, through it, around it. */
  readonly input: Way;
  readonly through: Way;
  readonly bypass: Way;
  /** From the UPS to where the output divides, and from there to each consumer. */
  readonly trunk: Way;
  readonly outputs: readonly Way[];
  /** Where the output divides. */
  readonly trunkEnd: number;
  /** Between lane and battery, drawn downwards. */
  readonly link: Way;
  /** From the link to the end of the UPS: the way of the battery's power. */
  readonly fromLink: Way;
  /** Middle of the input, where it breaks or is raised and lowered. */
  readonly middle: number;
}

const CONSUMER_HEIGHT = 56;
const CONSUMER_GAP = 8;
const UPS_HEIGHT = 152;
const LANE_IN_UPS = 38;
const ABOVE = 28;

/** Whether there is room for the essential only: no icons beside names. */
export const isCompact = (width: number): boolean => width < 560;

export function layoutPowerPath(width: number, consumerCount: number): PowerPathLayout {
  const isNarrow = isCompact(width);
  const mainsWidth = isNarrow ? 60 : 68;
  const upsWidth = isNarrow ? 92 : 144;
  const consumerWidth = isNarrow ? 104 : Math.min(240, Math.round(width * 0.26));
  const consumersHeight = consumerCount * CONSUMER_HEIGHT + (consumerCount - 1) * CONSUMER_GAP;
  const height = Math.max(ABOVE + UPS_HEIGHT, consumersHeight) + 4;

  const upsX = Math.round((width - consumerWidth - mainsWidth - upsWidth) * (isNarrow ? 0.5 : 0.46)) + mainsWidth;
  const ups: Box = { x: upsX, y: ABOVE, width: upsWidth, height: UPS_HEIGHT };
  const lane = ups.y + LANE_IN_UPS;
  const mains: Box = { x: 0, y: lane - 34, width: mainsWidth, height: 68 };
  const batteryWidth = isNarrow ? 56 : 76;
  const battery: Box = {
    x: ups.x + (ups.width - batteryWidth) / 2 - 2,
    y: ups.y + 68,
    width: batteryWidth,
    height: 36,
  };
  const firstY = Math.max(2, lane - (consumerCount === 1 ? CONSUMER_HEIGHT / 2 : consumersHeight / 2));
  const consumers = Array.from({ length: consumerCount }, (_, index): Box => {
    const y = firstY + index * (CONSUMER_HEIGHT + CONSUMER_GAP);
    return { x: width - consumerWidth, y, width: consumerWidth, height: CONSUMER_HEIGHT };
  });

  const inputFrom = mains.x + mains.width;
  const upsEnd = ups.x + ups.width;
  const firstConsumer = consumers[0]?.x ?? width;
  const trunkEnd = upsEnd + (firstConsumer - upsEnd) * (isNarrow ? 0.3 : 0.4);
  const linkX = battery.x + battery.width / 2;
  return {
    height,
    lane,
    mains,
    ups,
    battery,
    consumers,
    input: [straight(inputFrom, lane, ups.x, lane)],
    through: [straight(ups.x, lane, upsEnd, lane)],
    bypass: around(ups.x, upsEnd, lane, ups.y - 14),
    outputs: consumers.map((box) => [branch(trunkEnd, lane, box.x, box.y + box.height / 2)]),
    trunk: [straight(upsEnd, lane, trunkEnd, lane)],
    trunkEnd,
    link: [straight(linkX, lane, linkX, battery.y)],
    fromLink: [straight(linkX, battery.y, linkX, lane), straight(linkX, lane, upsEnd, lane)],
    middle: (inputFrom + ups.x) / 2,
  };
}

const straight = (fromX: number, fromY: number, toX: number, toY: number): Stretch => ({
  from: { x: fromX, y: fromY },
  to: { x: toX, y: toY },
});

/** Leaves level, turns in the middle and arrives level. */
function branch(fromX: number, fromY: number, toX: number, toY: number): Stretch {
  const line = straight(fromX, fromY, toX, toY);
  if (Math.abs(fromY - toY) < 1) return { from: line.from, to: { x: toX, y: fromY } };
  const x = (fromX + toX) / 2;
  const bend = [
    { x, y: fromY },
    { x, y: toY },
  ] as const;
  return { ...line, bend };
}

/** Over the top of the UPS and down again. */
function around(left: number, right: number, lane: number, top: number): Way {
  const rise = [
    { x: left - 2, y: lane },
    { x: left - 4, y: top },
  ] as const;
  const fall = [
    { x: right + 4, y: top },
    { x: right + 2, y: lane },
  ] as const;
  return [
    { ...straight(left - 14, lane, left + 18, top), bend: rise },
    straight(left + 18, top, right - 18, top),
    { ...straight(right - 18, top, right + 14, lane), bend: fall },
  ];
}

const told = ({ x, y }: Point): string => `${x} ${y}`;

/** A way as the `d` of an SVG path. */
export function pathOf(way: Way): string {
  const [first] = way;
  if (!first) return '';
  const lines = way.map(({ to, bend }) => (bend ? `C${told(bend[0])} ${told(bend[1])} ${told(to)}` : `L${told(to)}`));
  return `M${told(first.from)}${lines.join('')}`;
}

/** Enough corners for a curve of some hundred pixels. */
const CORNERS = 20;

/**
 * The outline of a curve drawn with a thick line, as an SVG path.
 * @param origin what becomes 0 0
 */
export function outlineOf({ from, to, bend }: Required<Stretch>, thickness: number, origin: Point): string {
  const [one, two] = bend;
  const cubic = (axis: 'x' | 'y', at: number): number =>
    (1 - at) ** 3 * from[axis] +
    3 * (1 - at) ** 2 * at * one[axis] +
    3 * (1 - at) * at ** 2 * two[axis] +
    at ** 3 * to[axis];
  const slope = (axis: 'x' | 'y', at: number): number =>
    (1 - at) ** 2 * (one[axis] - from[axis]) +
    2 * (1 - at) * at * (two[axis] - one[axis]) +
    at ** 2 * (to[axis] - two[axis]);
  const sides: [string[], string[]] = [[], []];
  for (let corner = 0; corner <= CORNERS; corner += 1) {
    const at = corner / CORNERS;
    const [x, y] = [cubic('x', at) - origin.x, cubic('y', at) - origin.y];
    const [alongX, alongY] = [slope('x', at), slope('y', at)];
    const reach = thickness / 2 / Math.hypot(alongX, alongY);
    sides[0].push(`${(x - alongY * reach).toFixed(1)} ${(y + alongX * reach).toFixed(1)}`);
    sides[1].unshift(`${(x + alongY * reach).toFixed(1)} ${(y - alongX * reach).toFixed(1)}`);
  }
  return `M${[...sides[0], ...sides[1]].join('L')}Z`;
}

/** Width of a line that carries a load, in pixels. @param load percent; undefined: unknown */
export const lineWidth = (load: number | undefined): number =>
  load === undefined ? 5 : 3 + (Math.min(100, Math.max(0, load)) / 100) * 9;
