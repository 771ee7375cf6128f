import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM } from './e2e/support/chromium.ts';
import { electronBinary } from './e2e/support/shell.ts';

// What runs here is a program that shuts computers down, and this one is not to be.
process.env.RIDETHROUGH_NO_POWER = 'true';

// Once, not again in every worker.
if (process.env.TEST_WORKER_INDEX === undefined) {
  const binary = electronBinary();
  process.stdout.write(
    binary === undefined
      ? 'The shell runs under the stand-in for Electron (no Electron binary here).\n'
      : `The shell runs in Electron (${binary}).\n`,
  );
}

const page = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 }, locale: 'en-GB' };
const browser = {
  ...page,
  launchOptions: CHROMIUM,
  // Without its film, for which every change of the page would be drawn a second time.
  trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
  screenshot: 'only-on-failure',
} as const;

/**
 * `npm run e2e`: the built interface in Chromium, before the real engine and before a fake one in rare situations
 * (`browser`), and the desktop shell (`shell`).
 */
export default defineConfig({
  outputDir: 'test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  forbidOnly: true,
  projects: [
    { name: 'browser', testDir: 'e2e/headless', use: browser },
    // One program with one tray at a time.
    { name: 'shell', testDir: 'e2e/electron', workers: 1 },
  ],
});
