/** Where the window stands: what was kept from last time, made to fit the screens of today. Pure. */
import { z } from 'zod';

export const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
export type Bounds = z.infer<typeof Bounds>;

export const WindowState = z.object({ bounds: Bounds.optional(), isMaximized: z.boolean() });
export type WindowState = z.infer<typeof WindowState>;

export const DEFAULT_SIZE = { width: 1120, height: 760 } as const;
export const LEAST_SIZE = { width: 360, height: 560 } as const;

/** As much of the title bar as a hand needs to drag the window. */
const GRIP = { width: 80, height: 32 } as const;

/**
 * @param areas usable parts of the screens, the main one first
 * @returns the kept bounds when they can still be reached, else the default in the middle of the main screen
 */
export function fitBounds(kept: Bounds | undefined, areas: readonly Bounds[]): Bounds | undefined {
  const main = areas[0];
  if (!main) return kept;
  const fitting = areas.map((area) => kept && inArea(kept, area)).find((bounds) => bounds !== undefined);
  if (fitting) return fitting;
  const { width, height } = sizeIn(kept ?? DEFAULT_SIZE, main);
  return {
    x: main.x + Math.floor((main.width - width) / 2),
    y: main.y + Math.floor((main.height - height) / 2),
    width,
    height,
  };
}

/** The size first: a window that is made smaller may lose its hold on the screen. */
function inArea(kept: Bounds, area: Bounds): Bounds | undefined {
  const fitted = { ...kept, ...sizeIn(kept, area) };
  return isGripIn(fitted, area) ? fitted : undefined;
}

/** The title bar is at the top: a window whose lower half is visible cannot be moved back. */
function isGripIn(bounds: Bounds, area: Bounds): boolean {
  const overlap = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return overlap >= GRIP.width && bounds.y >= area.y && bounds.y + GRIP.height <= area.y + area.height;
}

/** At least usable, at most the screen; a screen smaller than usable is filled. */
function sizeIn(size: { width: number; height: number }, area: Bounds): { width: number; height: number } {
  return {
    width: Math.min(area.width, Math.max(LEAST_SIZE.width, size.width)),
    height: Math.min(area.height, Math.max(LEAST_SIZE.height, size.height)),
  };
}
