import { expect, test } from 'vitest';
import { encodeIcns, encodeIco } from './containers.ts';

const image = (pixels: number) => ({ pixels, png: Buffer.from(`png of ${pixels}`) });

test('an .ico points at each image, and writes 256 as 0', () => {
  const ico = encodeIco([image(16), image(256)]);
  expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, 2]);
  const entries = [6, 22].map((at) => ({
    side: ico.readUInt8(at),
    text: ico.toString('latin1', ico.readUInt32LE(at + 12), ico.readUInt32LE(at + 12) + ico.readUInt32LE(at + 8)),
  }));
  expect(entries).toEqual([
    { side: 16, text: 'png of 16' },
    { side: 0, text: 'png of 256' },
  ]);
});

test('an .icns holds every size that was given, under all of its types', () => {
  const icns = encodeIcns([image(32), image(1024)]);
  expect(icns.toString('latin1', 0, 4)).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  const types: string[] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) types.push(icns.toString('latin1', at, at + 4));
  expect(types).toEqual(['icp5', 'ic11', 'ic10']);
});
