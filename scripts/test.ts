/**
 * `npm test`: every check of the project, one after the other, and one closing line `N passed, N failed, N skipped`.
 * A check that is not made of counted tests (format, lint, types …) counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ridethrough-test-'));
const vitestReport = join(scratch, 'vitest.json');

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed by name, with the first lines of why: told once more at the end, where it is looked for. */
  failures?: readonly string[];
  /** Files of the tests that failed, relative to the root, and what else they held; known where a report lists them. */
  failedFiles?: readonly string[];
  besides?: { readonly passed: number; readonly skipped: number };
}

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads counts from what the command left behind; absent: the exit status counts as one. */
  readonly count?: (output: string, status: number) => Counts;
  /** Runs once more what failed of tests that live in real time, and nothing else; undefined: other tests failed too. */
  readonly again?: (counts: Counts) => Check['command'] | undefined;
}

const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

const CLOSING_LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

function fromClosingLine(output: string, status: number): Counts {
  const last = [...output.matchAll(CLOSING_LINE)].at(-1);
  if (!last) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = last.slice(1).map(Number) as [number, number, number];
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed, skipped };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** Path of the test file. */
    readonly name: string;
    /** Of the file: `failed` where one of its tests did. */
    readonly status: string;
    /** Why the file itself could not be run; else empty. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

const LINES_OF_A_FAILURE = 12;
const LINES_OF_A_CHECK = 40;

function firstLines(text: string): string {
  return text.split('\n').slice(0, LINES_OF_A_FAILURE).join('\n');
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-LINES_OF_A_CHECK).join('\n');
}

const isSkipped = (outcome: string): boolean => outcome !== 'passed' && outcome !== 'failed';

function fromVitest(output: string, status: number): Counts {
  const report = JSON.parse(readFileSync(vitestReport, 'utf8')) as VitestReport;
  for (const result of report.testResults.flatMap((file) => file.assertionResults)) {
    if (isSkipped(result.status)) console.log(`skipped: ${result.fullName}`);
  }
  const failed = report.numFailedTests;
  const failedFiles = report.testResults.filter((file) => file.status === 'failed');
  const outcomes = failedFiles.flatMap((file) => file.assertionResults.map((result) => result.status));
  const failures = report.testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message === '' ? [] : [`${relative(root, name)}\n${firstLines(message)}`]),
    ...assertionResults
      .filter(({ status: outcome }) => outcome === 'failed')
      .map(
        (test) => `${relative(root, name)}: ${test.fullName}\n${firstLines((test.failureMessages ?? []).join('\n'))}`,
      ),
  ]);
  return {
    failures,
    // What no test has caught may come from any file, and is in no report.
    failedFiles: output.includes('Unhandled Error') ? [] : failedFiles.map(({ name }) => relative(root, name)),
    besides: {
      passed: outcomes.filter((outcome) => outcome === 'passed').length,
      skipped: outcomes.filter(isSkipped).length,
    },
    passed: report.numPassedTests,
    // A file that cannot even be loaded fails the run without a failed test.
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const vitest = (...words: readonly string[]): Check['command'] => [
  tool('vitest'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${vitestReport}`,
  ...words,
];

const checks: readonly Check[] = [
  { name: 'format', command: [tool('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: [tool('eslint'), '--max-warnings', '0', '.'] },
  { name: 'types', command: [tool('tsc'), '--noEmit'] },
  { name: 'types of the renderer', command: [tool('svelte-check'), '--tsconfig', 'renderer/tsconfig.json'] },
  { name: 'unused code', command: [tool('knip')] },
  { name: 'build', command: [process.execPath, 'scripts/build.ts'] },
  {
    name: 'tests',
    command: vitest(),
    count: fromVitest,
    again: ({ failedFiles = [] }) =>
      failedFiles.length > 0 && failedFiles.every((file) => file.startsWith('tests/contract/'))
        ? vitest('--project', 'contract', ...failedFiles)
        : undefined,
  },
  { name: 'kernel', command: [process.execPath, 'tests/kernel/run.ts'], count: fromClosingLine },
  {
    name: 'browser and desktop shell',
    command: [process.execPath, 'scripts/e2e.ts'],
    env: { E2E_NO_BUILD: 'true' },
    count: fromClosingLine,
    // Where nothing passed nothing was begun, and what failed last is of another run.
    again: ({ passed }) => (passed > 0 ? [process.execPath, 'scripts/e2e.ts', '--last-failed'] : undefined),
  },
];

function run(
  [program, ...args]: Check['command'],
  extra: NodeJS.ProcessEnv = {},
): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    // Tools installed here come first, among them the project's own Node.
    const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // What is tested here shuts computers down, and this one is not to be.
      env: { ...process.env, RIDETHROUGH_NO_POWER: 'true', ...extra, PATH: path },
      shell: process.platform === 'win32',
    });
    let output = '';
    const collect = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString();
      stream.write(chunk);
    };
    child.stdout.on('data', collect(process.stdout));
    child.stderr.on('data', collect(process.stderr));
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? 1, output }));
  });
}

/** More than this is no race. */
const MOST_RACES = 3;

async function count({ command, env, count: read }: Check): Promise<Counts> {
  const { status, output } = await run(command, env);
  if (read) return { failures: [lastLines(output)], ...read(output, status) };
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0, failures: [lastLines(output)] };
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const races: string[] = [];
for (const check of checks) {
  const startedAt = performance.now();
  console.log(`\n== ${check.name}`);
  let counts = await count(check);
  const told = [check.name, ...(counts.failures ?? [])].join('\n\n');
  const failed = Math.max(counts.failed, counts.failedFiles?.length ?? 0);
  const again = failed > 0 && failed <= MOST_RACES ? check.again?.(counts) : undefined;
  if (again) {
    console.log(`\n== ${check.name}: what failed, once more`);
    const { passed, failed: failedAgain, skipped } = await count({ ...check, command: again });
    if (failedAgain === 0 && passed >= counts.failed) {
      races.push(told);
      const { besides = { passed: 0, skipped: 0 } } = counts;
      counts = {
        passed: counts.passed - besides.passed + passed,
        failed: 0,
        skipped: counts.skipped - besides.skipped + skipped,
      };
    }
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (counts.failed > 0) failures.push(told);
  console.log(`== ${check.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
rmSync(scratch, { recursive: true, force: true });
if (races.length > 0)
  console.log(`\nfailed at first, passed alone: ${races.join('\n\nfailed at first, passed alone: ')}`);
if (failures.length > 0) console.log(`\nfailed: ${failures.join('\n\nfailed: ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
