/**
 * Pictures of the interface with at most 256 colours: a third of the size, and hardly a difference to be seen, because
 * most of their thousands of colours are edges of letters. Without an image library, which nothing else here needs.
 * Source: PNG specification (third edition), 9 (filtering) and 11 (chunks).
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB, row by row. */
  readonly pixels: Uint32Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 256;
const BYTES_OF_TYPE: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** @param png true colour, 8 bits, as browsers write it @throws Error of another kind */
export const smallPng = (png: Buffer): Buffer => encode(decode(png));

export function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  let [width, height, bytes] = [0, 0, 0];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const chunk = png.subarray(at + 8, at + 8 + length);
    const name = png.toString('latin1', at + 4, at + 8);
    if (name === 'IHDR') {
      [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
      bytes = BYTES_OF_TYPE[chunk[9] ?? 0] ?? 0;
      if (chunk[8] !== 8 || bytes === 0 || chunk[12] !== 0) throw new Error('not a picture in true colour');
    } else if (name === 'IDAT') data.push(chunk);
    at += 12 + length;
  }
  const rows = unfiltered(inflateSync(Buffer.concat(data)), width * bytes, height, bytes);
  const pixels = Uint32Array.from({ length: width * height }, (_, place) => rows.readUIntBE(place * bytes, 3));
  return { width, height, pixels };
}

/** Takes back what each row was stored as the difference to. */
function unfiltered(raw: Buffer, rowBytes: number, height: number, bytes: number): Buffer {
  const rows = Buffer.alloc(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x += 1) {
      const at = row * rowBytes + x;
      const left = x < bytes ? 0 : (rows[at - bytes] ?? 0);
      const above = row === 0 ? 0 : (rows[at - rowBytes] ?? 0);
      const corner = row === 0 || x < bytes ? 0 : (rows[at - rowBytes - bytes] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter ?? 0] ?? 0;
      rows[at] = (raw[row * (rowBytes + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return rows;
}

function nearest(left: number, above: number, corner: number): number {
  const sum = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function encode({ width, height, pixels }: Picture): Buffer {
  const { palette, placeOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((colour, place) => {
    rows[Math.floor(place / width) * (width + 1) + 1 + (place % width)] = placeOf.get(colour) ?? 0;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  return Buffer.concat([
    SIGNATURE,
    chunkOf('IHDR', head),
    chunkOf('PLTE', Buffer.from(palette.flatMap((colour) => CHANNELS.map((shift) => (colour >> shift) & 255)))),
    chunkOf('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunkOf('IEND', Buffer.alloc(0)),
  ]);
}

function chunkOf(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** Where red, green and blue stand in a colour. */
const CHANNELS = [16, 8, 0] as const;

interface Box {
  readonly colours: readonly (readonly [colour: number, count: number])[];
  /** The channel in which they differ most, and by how much. */
  readonly shift: number;
  readonly spread: number;
}

function boxOf(colours: Box['colours']): Box {
  const spreads = CHANNELS.map((shift) => {
    let [low, high] = [255, 0];
    for (const [colour] of colours) {
      const value = (colour >> shift) & 255;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { shift, spread: high - low };
  });
  return { colours, ...spreads.reduce((most, one) => (one.spread > most.spread ? one : most)) };
}

/**
 * Half of the palette is what is seen most, to the bit: grounds, inks, lines. The rest are edges, in boxes of like ones, cut
 * in two where they differ most; each box is shown as the colour in it that is seen most.
 */
function paletteOf(pixels: Uint32Array): { palette: readonly number[]; placeOf: ReadonlyMap<number, number> } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const colours = [...counts].sort(([, a], [, b]) => b - a);
  const boxes = colours.splice(0, MOST_COLOURS / 2).map((one) => boxOf([one]));
  if (colours.length > 0) boxes.push(boxOf(colours));
  while (boxes.length < MOST_COLOURS) {
    const widest = boxes.reduce((most, box) => (box.spread > most.spread ? box : most));
    if (widest.spread === 0) break;
    const sorted = widest.colours.toSorted(([a], [b]) => ((a >> widest.shift) & 255) - ((b >> widest.shift) & 255));
    const valueOf = (place: number): number => ((sorted[place]?.[0] ?? 0) >> widest.shift) & 255;
    const middle = (valueOf(0) + valueOf(sorted.length - 1)) / 2;
    const cut = sorted.findIndex((_, place) => valueOf(place) > middle);
    boxes.splice(boxes.indexOf(widest), 1, boxOf(sorted.slice(0, cut)), boxOf(sorted.slice(cut)));
  }
  const palette = boxes.map(({ colours }) => colours.reduce((most, one) => (one[1] > most[1] ? one : most))[0]);
  return {
    palette,
    placeOf: new Map(boxes.flatMap(({ colours }, place) => colours.map(([colour]) => [colour, place] as const))),
  };
}
