import type { Page } from '@playwright/test';

/** Everything that the program tells the page, as it comes. */
export function heardBy(page: Page): string[] {
  const frames: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void frames.push(String(payload))));
  return frames;
}
