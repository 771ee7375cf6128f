// Builds the parts of a checkout that are missing or older than their sources. Runs on any Node from 20.19; the build
// itself needs the project's Node 24.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const NEEDED_NODE = 24;
const BUILD_LIMIT_MS = 120_000;
const buildScript = join(root, 'scripts', 'build.ts');
const lock = join(root, 'dist', '.headless-build');

const PAGE_SCRIPTS = ['chart', 'messages', 'zod'].map((name) => `scripts/page-${name}.ts`);
const PAGE_SOURCES = ['renderer', 'vite.config.ts', ...PAGE_SCRIPTS];
const PARTS = {
  headless: { product: 'headless/cli.mjs', steps: ['headless'], sources: ['engine', 'headless'] },
  renderer: { product: 'renderer/index.html', steps: ['renderer'], sources: PAGE_SOURCES },
  // One after the other: they share a folder.
  electron: {
    product: 'electron/main.mjs',
    steps: ['electron-main', 'electron-preload'],
    sources: ['engine', 'electron'],
  },
};
const SOURCES_OF_ALL = ['domain', 'package.json', 'scripts/build.ts'];

export const productOf = (part) => join(root, 'dist', ...PARTS[part].product.split('/'));

/** The Node to run on, or undefined when there is none that is new enough. */
function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) return process.execPath;
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(own) ? own : undefined;
}

export function neededNode() {
  const node = suitableNode();
  if (node) return node;
  throw new Error(
    `Node ${NEEDED_NODE} is needed and this is ${process.version}. Run "npm ci" in ${root}, or use a newer Node.`,
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

const isOld = (part) => {
  const builtAt = statSync(productOf(part), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return [...SOURCES_OF_ALL, ...PARTS[part].sources].some((source) => newestChange(join(root, source)) > builtAt);
};

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

function runBuild(node, steps) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [buildScript, ...steps], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (told += text));
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else if (!existsSync(join(root, 'node_modules', 'vite')) && told.includes('ERR_MODULE_NOT_FOUND')) {
        reject(new Error(`the build lacks what it is made with. Run "npm ci" in ${root}.`));
      } else reject(new Error(`the build failed.\n${told}`));
    });
  });
}

/**
 * @param names parts that are needed
 * @param warn takes one sentence about what is not as it should be
 * @throws Error whose message says what to do
 */
export async function ensureBuilt(names, warn) {
  const oldParts = () => names.filter(isOld);
  if (!existsSync(buildScript) || oldParts().length === 0) return; // installed, not a checkout; or up to date
  const node = neededNode();
  const giveUpAt = Date.now() + BUILD_LIMIT_MS;
  try {
    while (!takeBuildLock()) {
      if (Date.now() > giveUpAt) throw new Error(`another build does not end. If there is none, remove ${lock}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
    if (names.every((name) => existsSync(productOf(name)))) {
      warn(`The build is older than its sources, and ${dirname(lock)} cannot be written to: it is used as it is.`);
      return;
    }
    const reason = `${dirname(lock)} cannot be written to. Run "npm run build" in ${root} as the owner of it.`;
    throw new Error(reason, { cause: error });
  }
  try {
    // Asked again: the one we may have waited for has done it.
    await Promise.all(oldParts().map((name) => runBuild(node, PARTS[name].steps)));
  } finally {
    rmSync(lock, { force: true });
  }
}
