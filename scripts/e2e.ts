/**
 * `npm run e2e [-- words of Playwright]`: builds the program, drives it in real Chromium, and closes with
 * `N passed, N failed, N skipped`. E2E_NO_BUILD=true takes dist/ as it is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from '#tests/support/programs.ts';
import { CHROMIUM } from '../e2e/support/chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
const scratch = mkdtempSync(join(tmpdir(), 'ridethrough-e2e-'));
const report = join(scratch, 'report.json');

interface Report {
  /** `unexpected` failed, `flaky` failed at first. */
  readonly stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  readonly errors: readonly unknown[];
}

/** @returns exit status */
function run(args: readonly string[]): number {
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  if (error) throw error;
  return status ?? 1;
}

function close(passed: number, failed: number, skipped: number): void {
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function drive(): void {
  if (process.env.E2E_NO_BUILD !== 'true' && run(['scripts/build.ts']) !== 0) {
    close(0, 1, 0);
    return;
  }
  const status = run([playwright, 'test', '--reporter=list,json', ...process.argv.slice(2)]);
  if (!existsSync(report)) {
    close(0, 1, 0); // Playwright did not get as far as counting, and has said why.
    return;
  }
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const failed = stats.unexpected + stats.flaky + errors.length;
  close(stats.expected, status !== 0 && failed === 0 ? 1 : failed, stats.skipped);
}

try {
  const found = await ensurePrograms([{ program: CHROMIUM.executablePath, package: 'chromium' }]);
  if (found.ok) drive();
  else {
    console.log(`skipped: everything in the browser (${found.reason})`);
    close(0, 0, 1);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
