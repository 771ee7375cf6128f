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

/** `npm run e2e`: the built program in a browser (`browser`), and the desktop shell (`shell`). */
export default defineConfig({
  outputDir: 'test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  forbidOnly: true,
  projects: [
    {
      name: 'browser',
      testDir: 'e2e/headless',
      use: { ...devices['Desktop Chrome'], locale: 'en-GB', launchOptions: CHROMIUM, trace: 'retain-on-failure' },
    },
    { name: 'shell', testDir: 'e2e/electron' },
  ],
});
