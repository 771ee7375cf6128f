/** Icon files that hold several PNGs. */

export interface SizedPng {
  readonly pixels: number;
  readonly png: Buffer;
}

/** Windows: a directory of images, each a whole PNG (Windows Vista and later). */
export function encodeIco(images: readonly SizedPng[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ pixels, png }, at) => {
    const entry = 6 + 16 * at;
    // 256 does not fit into a byte and is written as 0.
    header.writeUInt8(pixels % 256, entry);
    header.writeUInt8(pixels % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map((image) => image.png)]);
}

/** macOS: four-letter types stand for sizes; those with "@2x" are the same pixels for a finer screen. */
const ICNS_TYPES: readonly (readonly [type: string, pixels: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

export function encodeIcns(images: readonly SizedPng[]): Buffer {
  const parts = ICNS_TYPES.flatMap(([type, pixels]) => {
    const image = images.find((candidate) => candidate.pixels === pixels);
    if (!image) return [];
    const header = Buffer.alloc(8);
    header.write(type, 0, 'latin1');
    header.writeUInt32BE(8 + image.png.length, 4);
    return [header, image.png];
  });
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(8);
  header.write('icns', 0, 'latin1');
  header.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([header, body]);
}
