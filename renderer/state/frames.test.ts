import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFrameSchedule } from './frames.ts';

let frames: (() => void)[] = [];
const paint = (): void => {
  for (const frame of frames.splice(0)) frame();
};

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
});
afterEach(() => vi.unstubAllGlobals());

test('many changes within a frame come on the screen together', () => {
  const schedule = createFrameSchedule({ hidden: false } as Document);
  const publish = vi.fn();
  for (let change = 0; change < 5; change += 1) schedule(publish, false);
  expect(publish).not.toHaveBeenCalled();
  paint();
  expect(publish).toHaveBeenCalledTimes(1);
  schedule(publish, false);
  paint();
  expect(publish).toHaveBeenCalledTimes(2);
});

test('a hidden page waits until it is seen, except for what is urgent', () => {
  const schedule = createFrameSchedule({ hidden: true } as Document);
  const publish = vi.fn();
  schedule(publish, false);
  expect(publish).not.toHaveBeenCalled();
  schedule(publish, true);
  expect(publish).toHaveBeenCalledTimes(1);
});
