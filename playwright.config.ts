import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM } from './e2e/support/chromium.ts';
import { electronBinary } from './e2e/support/shell.ts';

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
const browser = { ...page, launchOptions: CHROMIUM, trace: 'retain-on-failure' } as const;

/**
 * `npm run e2e`: the built interface before the real engine (`browser`) and before a fake one in every situation (`pages`),
 * and the desktop shell (`shell`).
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
    { name: 'pages', testDir: 'e2e/web', use: browser },
    // One program with one tray at a time.
    { name: 'shell', testDir: 'e2e/electron', workers: 1 },
  ],
});
