import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decode, smallPng } from './small-png.ts';

/** A picture in true colour, its rows stored as differences to their left (1), as Chromium does too. */
function pngOf(width: number, rows: readonly (readonly number[])[]): Buffer {
  const bytes = rows.flatMap((row) => {
    const values = row.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
    return [1, ...values.map((value, place) => (value - (values[place - 3] ?? 0)) & 255)];
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(rows.length, 4);
  head.set([8, 2], 8);
  const chunk = (name: string, content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, Buffer.from(name, 'latin1'), content, Buffer.alloc(4)]);
  };
  return Buffer.concat([Buffer.alloc(8), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from(bytes)))]);
}

/** The colours of a picture that has a palette. */
function paletteIn(png: Buffer): readonly number[] {
  const at = png.indexOf('PLTE');
  return Array.from({ length: png.readUInt32BE(at - 4) / 3 }, (_, place) => png.readUIntBE(at + 4 + place * 3, 3));
}

test('what is stored as differences is read back', () => {
  const rows = [
    [0x102030, 0xffffff, 0x000001],
    [0xff0000, 0x00ff00, 0x0000ff],
  ];
  expect([...decode(pngOf(3, rows)).pixels]).toEqual(rows.flat());
});

test('a picture of few colours keeps them all', () => {
  const few = [0xffffff, 0xf7faf9, 0x0b1620];
  const palette = paletteIn(smallPng(pngOf(3, [few])));
  expect(palette.toSorted()).toEqual(few.toSorted());
});

test('of many colours the grounds are kept to the bit, and there are never more than 256', () => {
  const edges = Array.from({ length: 2000 }, (_, place) => place * 7919);
  const palette = paletteIn(
    smallPng(pngOf(3000, [[...Array<number>(500).fill(0xffffff), ...Array<number>(500).fill(0xf7faf9), ...edges]])),
  );
  expect(palette).toHaveLength(256);
  expect(palette).toEqual(expect.arrayContaining([0xffffff, 0xf7faf9]));
});

test('another kind of picture is refused', () => {
  const grey = pngOf(1, [[0]]);
  grey[8 + 8 + 9] = 0;
  expect(() => smallPng(grey)).toThrow('true colour');
});
