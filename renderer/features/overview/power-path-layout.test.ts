import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutPowerPath, outlineOf, pathOf, type Way } from './power-path-layout.ts';

const sizes = [fc.integer({ min: 300, max: 1400 }), fc.integer({ min: 1, max: 4 })] as const;

test('the power goes from the mains to every consumer without a break', () => {
  fc.assert(
    fc.property(...sizes, (width, consumers) => {
      const layout = layoutPowerPath(width, consumers);
      const end = (way: Way) => way.at(-1)?.to;
      expect(end(layout.input)).toEqual(layout.through[0]?.from);
      expect(end(layout.through)).toEqual(layout.trunk[0]?.from);
      expect(end(layout.fromLink)).toEqual(layout.trunk[0]?.from);
      for (const output of layout.outputs) expect(output[0]?.from).toEqual(end(layout.trunk));
      for (const [index, box] of layout.consumers.entries()) expect(end(layout.outputs[index]!)?.x).toBe(box.x);
    }),
  );
});

test('the outline of a curve begins and ends with its thickness', () => {
  const bend = [
    { x: 50, y: 0 },
    { x: 50, y: 80 },
  ] as const;
  const outline = outlineOf({ from: { x: 0, y: 0 }, to: { x: 100, y: 80 }, bend }, 6, { x: 0, y: 0 });
  const points = outline.match(/[-\d.]+ [-\d.]+/g)!;
  expect([points[0], points.at(-1)]).toEqual(['0.0 3.0', '0.0 -3.0']);
  expect(points).toContain('100.0 83.0');
  expect(points).toContain('100.0 77.0');
});

test('outlines and paths are numbers throughout', () => {
  fc.assert(
    fc.property(...sizes, (width, consumers) => {
      const layout = layoutPowerPath(width, consumers);
      const ways = [layout.bypass, layout.link, layout.fromLink, layout.trunk, ...layout.outputs];
      const curves = ways
        .flat()
        .flatMap(({ from, to, bend }) => (bend ? [outlineOf({ from, to, bend }, 5, from)] : []));
      for (const text of [...ways.map(pathOf), ...curves]) expect(text).not.toMatch(/NaN|Infinity/);
    }),
  );
});
