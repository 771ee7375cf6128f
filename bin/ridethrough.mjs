#!/usr/bin/env node
// The launcher. Runs on any Node from 20.19 and hands over to the project's own Node 24 where the running one is older.
// In a checkout it builds the program when the build is missing or older than its sources.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_NODE = 24;
// NUT's own commands need nothing of the newer Node; handing over would double the time they take.
const RUN_ANYWHERE = ['upsc', 'upscmd', 'upsrw'];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'dist', 'headless', 'cli.mjs');
const buildScript = join(root, 'scripts', 'build.ts');

function fail(message) {
  process.stderr.write(`ridethrough: ${message}\n`);
  process.exit(1);
}

function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) return process.execPath;
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) return own;
  return fail(
    `Node ${NEEDED_NODE} is needed and this is ${process.version}. Run "npm ci" in ${root}, or use a newer Node.`,
  );
}

function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => (name.endsWith('.test.ts') ? newest : Math.max(newest, newestChange(join(path, name)))),
    0,
  );
}

function buildIfNeeded(node) {
  if (!existsSync(buildScript)) return; // installed, not a checkout
  const builtAt = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['domain', 'engine', 'headless', 'package.json', 'scripts/build.ts'];
  if (sources.every((source) => newestChange(join(root, source)) <= builtAt)) return;
  const built = spawnSync(node, [buildScript, 'headless'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (built.status !== 0) fail(`the build failed.\n${built.stdout}${built.stderr}`);
}

const node = suitableNode();
buildIfNeeded(node);
const runsHere = node === process.execPath || RUN_ANYWHERE.includes(process.argv[2] ?? '');
if (!existsSync(program)) fail(`${program} is missing. Run "npm run build" in ${root}.`);

if (runsHere) {
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
} else {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
