import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SIZE, fitBounds, LEAST_SIZE } from './window-bounds.ts';

const main = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 1280, height: 1024 };

test('the first window stands in the middle of the main screen', () => {
  expect(fitBounds(undefined, [main, second])).toEqual({ x: 400, y: 140, ...DEFAULT_SIZE });
});

test('kept bounds are used as they are', () => {
  const kept = { x: 2000, y: 100, width: 900, height: 700 };
  expect(fitBounds(kept, [main, second])).toEqual(kept);
});

test('a window of a screen that is gone comes back to the main one in its size', () => {
  expect(fitBounds({ x: 2000, y: 100, width: 900, height: 700 }, [main])).toEqual({
    x: 510,
    y: 170,
    width: 900,
    height: 700,
  });
});

test('a window whose title bar is above the screen is brought back', () => {
  expect(fitBounds({ x: 100, y: -200, width: 900, height: 700 }, [main])?.y).toBe(170);
});

test('a window larger than the screen is made to fit', () => {
  expect(fitBounds({ x: 0, y: 0, width: 4000, height: 3000 }, [main])).toMatchObject({ width: 1920, height: 1040 });
  expect(fitBounds(undefined, [{ x: 0, y: 0, width: 800, height: 600 }])).toEqual({
    x: 0,
    y: 0,
    width: 800,
    height: 600,
  });
});

test('without any screen the kept bounds are left to the system', () => {
  expect(fitBounds(undefined, [])).toBeUndefined();
});

test('whatever was kept, the title bar can be reached and nothing is smaller than usable', () => {
  const side = fc.integer({ min: 1, max: 10_000 });
  const place = fc.integer({ min: -20_000, max: 20_000 });
  fc.assert(
    fc.property(fc.record({ x: place, y: place, width: side, height: side }), (kept) => {
      const bounds = fitBounds(kept, [main, second])!;
      const isReachable = [main, second].some(
        (area) =>
          bounds.x + bounds.width - area.x >= Math.min(80, bounds.width) &&
          area.x + area.width - bounds.x >= Math.min(80, bounds.width) &&
          bounds.y >= area.y &&
          bounds.y < area.y + area.height,
      );
      expect(isReachable).toBe(true);
      expect(bounds.width).toBeGreaterThanOrEqual(LEAST_SIZE.width);
      expect(bounds.height).toBeGreaterThanOrEqual(LEAST_SIZE.height);
    }),
  );
});
