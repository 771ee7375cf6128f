import { defineConfig } from '@playwright/test';
import { electronBinary } from '../support/shell.ts';

// Once, not again in every worker.
if (process.env.TEST_WORKER_INDEX === undefined) {
  const binary = electronBinary();
  process.stdout.write(
    binary === undefined
      ? 'The shell runs under the stand-in for Electron (no Electron binary here).\n'
      : `The shell runs in Electron (${binary}).\n`,
  );
}

/** `npx playwright test -c e2e/electron/playwright.config.ts`, after `node scripts/build.ts`. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/electron',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  forbidOnly: true,
});
