// `npm start`: the desktop app where Electron's program is there (or can be fetched) and there is a screen, else the same
// interface in the browser. `npm start -- --demo` shows a simulated UPS; other options go to the program as they are.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How long the server that Electron's program comes from may take to answer before the browser is used instead. */
const PROBE_MS = 1500;
const ELECTRON_RELEASES = 'https://github.com/electron/electron/releases';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), 0);
}

/** Builds a part when it is missing or older than what it is made of. */
function buildIfOld(parts, product, sources) {
  const builtAt = statSync(join(root, product), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((source) => newestChange(join(root, source)) <= builtAt)) return;
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts'), ...parts], {
    cwd: root,
    stdio: 'inherit',
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

function electronProgram() {
  const folder = join(root, 'node_modules', 'electron');
  const nameFile = join(folder, 'path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8') : 'electron';
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const program = join(dist, name);
  return existsSync(program) ? program : undefined;
}

async function canFetchElectron() {
  try {
    await fetch(ELECTRON_RELEASES, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false; // no way there from here: told as the reason below
  }
}

/** The program of the desktop app, or why there is none. */
async function findDesktop() {
  const hasScreen =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
  if (!hasScreen) return { reason: 'there is no screen' };
  const present = electronProgram();
  if (present) return { program: present };
  if (!(await canFetchElectron())) return { reason: 'Electron is not installed and cannot be fetched from here' };
  const fetched = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'inherit',
  });
  const program = fetched.status === 0 ? electronProgram() : undefined;
  return program ? { program } : { reason: 'fetching Electron failed' };
}

function run(program, programArgs) {
  const child = spawn(program, programArgs, { stdio: 'inherit', cwd: root });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`ridethrough: cannot start ${program}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

const sources = ['domain', 'engine', 'scripts/build.ts', 'package.json'];
buildIfOld(['renderer'], 'dist/renderer/index.html', ['domain', 'renderer', 'vite.config.ts', 'package.json']);
const desktop = await findDesktop();
if (desktop.program) {
  buildIfOld(['electron-main', 'electron-preload'], 'dist/electron/main.mjs', [...sources, 'electron']);
  run(desktop.program, [join(root, 'dist', 'electron', 'main.mjs'), ...args]);
} else {
  process.stderr.write(`Showing Ridethrough in the browser: ${desktop.reason}.\n`);
  const launcher = join(root, 'bin', 'ridethrough.mjs');
  process.argv = [process.execPath, launcher, 'serve', ...(args.includes('--no-web') ? [] : ['--open']), ...args];
  await import(pathToFileURL(launcher).href);
}
