/** Where the parts of the power path stand, for a width and a number of consumers. Pure; pixels. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PowerPathLayout {
  readonly height: number;
  /** Height of the line the power runs on. */
  readonly lane: number;
  readonly mains: Box;
  readonly ups: Box;
  readonly battery: Box;
  readonly consumers: readonly Box[];
  /** From the mains to the UPS, through it, around it, and from the fork to each consumer, as SVG paths. */
  readonly input: string;
  readonly through: string;
  readonly bypass: string;
  /** From the UPS to where the output divides. */
  readonly trunk: string;
  readonly outputs: readonly string[];
  /** Where the output divides. */
  readonly trunkEnd: number;
  /** Between lane and battery, drawn downwards. */
  readonly link: string;
  /** From the link to the end of the UPS: the way of the battery's power. */
  readonly fromLink: string;
  /** Middle of the input, where it breaks or is raised and lowered. */
  readonly middle: number;
}

const CONSUMER_HEIGHT = 56;
const CONSUMER_GAP = 8;
const UPS_HEIGHT = 152;
const LANE_IN_UPS = 38;
const ABOVE = 28;

export function layoutPowerPath(width: number, consumerCount: number): PowerPathLayout {
  const isNarrow = width < 560;
  const mainsWidth = isNarrow ? 60 : 68;
  const upsWidth = isNarrow ? 92 : 144;
  const consumerWidth = isNarrow ? 84 : Math.min(240, Math.round(width * 0.26));
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
    input: `M${inputFrom} ${lane}H${ups.x}`,
    through: `M${ups.x} ${lane}H${upsEnd}`,
    bypass: `M${ups.x - 14} ${lane}C${ups.x - 2} ${lane} ${ups.x - 4} ${ups.y - 14} ${ups.x + 18} ${ups.y - 14}H${upsEnd - 18}C${upsEnd + 4} ${ups.y - 14} ${upsEnd + 2} ${lane} ${upsEnd + 14} ${lane}`,
    outputs: consumers.map((box) => branch(trunkEnd, lane, box.x, box.y + box.height / 2)),
    trunk: `M${upsEnd} ${lane}H${trunkEnd}`,
    trunkEnd,
    link: `M${linkX} ${lane}V${battery.y}`,
    fromLink: `M${linkX} ${battery.y}V${lane}H${upsEnd}`,
    middle: (inputFrom + ups.x) / 2,
  };
}

/** A line that leaves level, turns in the middle and arrives level. */
function branch(fromX: number, fromY: number, toX: number, toY: number): string {
  if (Math.abs(fromY - toY) < 1) return `M${fromX} ${fromY}H${toX}`;
  const middle = (fromX + toX) / 2;
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`;
}

/** Width of a line that carries a load, in pixels. @param load percent; undefined: unknown */
export const lineWidth = (load: number | undefined): number =>
  load === undefined ? 5 : 3 + (Math.min(100, Math.max(0, load)) / 100) * 9;
