#!/usr/bin/env node
// The launcher. Runs on any Node from 20.19 and hands over to the project's own Node 24 where the running one is older.
// In a checkout it builds the program when the build is missing or older than its sources.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_NODE = 24;
// NUT's own commands need nothing of the newer Node; handing over would double the time they take.
const RUN_ANYWHERE = ['upsc', 'upscmd', 'upsrw'];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'dist', 'headless', 'cli.mjs');
const lock = join(root, 'dist', '.headless-build');
const BUILD_LIMIT_MS = 120_000;
const buildScript = join(root, 'scripts', 'build.ts');

function fail(message) {
  process.stderr.write(`ridethrough: ${message}\n`);
  process.exit(1);
}

/** The Node to run on, or undefined when there is none that is new enough. */
function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) return process.execPath;
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(own) ? own : undefined;
}

function neededNode() {
  return (
    suitableNode() ??
    fail(`Node ${NEEDED_NODE} is needed and this is ${process.version}. Run "npm ci" in ${root}, or use a newer Node.`)
  );
}

/** Folders count too: a file that was removed changes nothing but its folder. */
function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => (name.endsWith('.test.ts') ? newest : Math.max(newest, newestChange(join(path, name)))),
    stat.mtimeMs,
  );
}

const PARTS = {
  headless: { product: program, sources: ['domain', 'engine', 'headless', 'package.json', 'scripts/build.ts'] },
  renderer: {
    product: join(root, 'dist', 'renderer', 'index.html'),
    sources: ['domain', 'renderer', 'package.json', 'vite.config.ts', 'scripts/build.ts'],
  },
};

/** Parts that the asked command needs and that are missing or older than their sources. */
function oldParts() {
  const [command, ...words] = process.argv.slice(2);
  const needsPages = command === 'serve' && !words.includes('--no-web') && !words.includes('--help');
  return (needsPages ? ['headless', 'renderer'] : ['headless']).filter((name) => {
    const { product, sources } = PARTS[name];
    const builtAt = statSync(product, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return sources.some((source) => newestChange(join(root, source)) > builtAt);
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two that build into one folder at the same time would take each other's files away. @returns whether it is ours */
function takeBuildLock() {
  mkdirSync(dirname(lock), { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    // Just made and still empty, or held by one that runs: wait. Left by one that is gone: take it away.
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // its holder is done
  }
  return false;
}

async function buildIfNeeded() {
  if (!existsSync(buildScript) || oldParts().length === 0) return; // installed, not a checkout; or up to date
  const node = neededNode();
  const giveUpAt = Date.now() + BUILD_LIMIT_MS;
  while (!takeBuildLock()) {
    if (Date.now() > giveUpAt) fail(`another build does not end. If there is none, remove ${lock}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  try {
    const parts = oldParts();
    if (parts.length === 0) return; // the one we waited for has done it
    const built = spawnSync(node, [buildScript, ...parts], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      rmSync(lock, { force: true });
      fail(`the build failed.\n${built.stdout}${built.stderr}`);
    }
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Runs the program on another Node as if it were this process: its words, signals and end are ours. The channel tells it
 * when this process was ended in a way that cannot be passed on.
 */
function handOver(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, RIDETHROUGH_HANDED_OVER: '1' },
  });
  const passed = ['SIGTERM', 'SIGINT', 'SIGHUP', ...(process.platform === 'win32' ? [] : ['SIGQUIT'])];
  for (const signal of passed) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null || process.platform === 'win32') process.exit(code ?? 1);
    for (const name of passed) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

await buildIfNeeded();
if (!existsSync(program)) fail(`${program} is missing. Run "npm run build" in ${root}.`);
const node = RUN_ANYWHERE.includes(process.argv[2] ?? '') ? process.execPath : neededNode();
if (node === process.execPath) {
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
} else {
  handOver(node);
}
