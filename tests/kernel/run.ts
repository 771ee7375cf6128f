/**
 * `npm run test:kernel`: the program against the hidraw of a real Linux kernel, with a recorded UPS that is plugged in
 * and out, in a virtual machine. Needs Debian, no rights and no virtualization. Ends with `N passed, N failed, N skipped`.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { ensurePrograms } from '#tests/support/programs.ts';
import { ensureKernel } from './guest-kernel.ts';
import { createTally, type Counts } from './tally.ts';
import { MACHINE_PROGRAMS, runInMachine } from './virtual-machine.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const CACHE = path.join(PROJECT, 'node_modules/.cache/ridethrough-kernel');
const SCENARIO = path.join(CACHE, 'scenario');
const TIMEOUT_MS = 300_000;

async function testInKernel(): Promise<Counts> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return unable('made for Linux on x86-64');
  const programs = await ensurePrograms(MACHINE_PROGRAMS);
  if (!programs.ok) return unable(programs.reason);
  const found = await ensureKernel(CACHE);
  if (!found.ok) return unable(found.reason);

  await buildProgram();
  await buildScenario();
  console.log(`# ${found.kernel.name}`);
  const tally = createTally();
  const outcome = await runInMachine({
    kernel: found.kernel,
    project: PROJECT,
    command: `cd /ridethrough && NO_COLOR=1 exec ${quote(guestNode())} --test-reporter=tap --test-timeout=60000 ${quote(path.relative(PROJECT, SCENARIO))}/scenario.js`,
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => {
      if (tally.take(line)) console.log(line);
    },
  });
  if (outcome.status === 'none') {
    console.log(`not ok - the virtual machine gave no result: ${outcome.why}\n${outcome.console}`);
  }
  return tally.close(outcome);
}

/** The launcher builds what is missing or older than its sources; the guest could not write it. */
async function buildProgram(): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(PROJECT, 'bin/ridethrough.mjs'), '--version']);
}

/**
 * What runs in the guest is plain JavaScript: TypeScript is stripped by WebAssembly, and one in ten runs of Node crashed
 * on that in the emulated machine (qemu 7.2 with Node 24.21; gone when `node file.ts` survives there a hundred times).
 */
async function buildScenario(): Promise<void> {
  await build({
    root: PROJECT,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['node-hid', 'usb'] },
    build: { ssr: 'tests/kernel/guest/scenario.ts', target: 'node24', outDir: SCENARIO, minify: false },
  });
}

/** What this machine lacks skips the test by name; where all of it is expected to be there, it fails. */
function unable(reason: string): Counts {
  const isExpected = process.env.CI === 'true';
  console.log(isExpected ? `not ok - kernel tests: ${reason}` : `ok - kernel tests # SKIP ${reason}`);
  return { passed: 0, failed: isExpected ? 1 : 0, skipped: isExpected ? 0 : 1 };
}

/** The Node that runs this file, as the guest sees it: a project below a private folder is reached by its own path. */
function guestNode(): string {
  const inside = path.relative(PROJECT, process.execPath);
  return inside.startsWith('..') ? process.execPath : path.join('/ridethrough', inside);
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const startedAt = performance.now();
const { passed, failed, skipped } = await testInKernel().catch((error: unknown): Counts => {
  console.log(`not ok - kernel tests: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { passed: 0, failed: 1, skipped: 0 };
});
console.log(`# ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
