// `npm start`: the desktop app where Electron's program is there (or can be fetched) and there is a screen, else the same
// interface in the browser. `npm start -- --demo` shows a simulated UPS; other options go to the program as they are.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, neededNode, productOf, root } from './build.mjs';

/** How long the server that Electron's program comes from may take to answer before the browser is used instead. */
const PROBE_MS = 1_500;
/** A desktop app that ends with an error before this has passed could not start here. */
const START_MS = 10_000;
const ENDINGS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

const electronFolder = join(root, 'node_modules', 'electron');
const args = process.argv.slice(2);

const tell = (message) => process.stderr.write(`${message}\n`);

function electronProgram() {
  const { ELECTRON_OVERRIDE_DIST_PATH: override } = process.env;
  const nameFile = join(electronFolder, 'path.txt');
  const name = existsSync(nameFile)
    ? readFileSync(nameFile, 'utf8')
    : ({ win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron');
  const program = join(override ?? join(electronFolder, 'dist'), name);
  return existsSync(program) ? program : undefined;
}

/** Asks for the very file, as a name that is resolved or a server that answers is not yet a download. */
async function canFetchElectron() {
  const { ELECTRON_MIRROR: set, npm_config_electron_mirror: configured } = process.env;
  const mirror = configured ?? set ?? 'https://github.com/electron/electron/releases/download/';
  try {
    const { version } = JSON.parse(readFileSync(join(electronFolder, 'package.json'), 'utf8'));
    const file = `v${version}/electron-v${version}-${process.platform}-${process.arch}.zip`;
    const { ok } = await fetch(`${mirror}${file}`, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return ok;
  } catch {
    return false; // no way there from here: told as the reason below
  }
}

/** Runs a program to its end and hands signals to it. */
function run(program, programArgs) {
  const child = spawn(program, programArgs, { stdio: 'inherit', cwd: root });
  let isAskedToEnd = false;
  const end = (signal) => {
    isAskedToEnd = true;
    child.kill(signal);
  };
  for (const signal of ENDINGS) process.on(signal, end);
  return new Promise((resolve) => {
    const ended = (result) => {
      for (const signal of ENDINGS) process.off(signal, end);
      resolve({ ...result, isAskedToEnd });
    };
    child.on('error', (error) => ended({ status: 1, why: error.message }));
    child.on('exit', (status, signal) => ended({ status: status ?? 1, why: signal ?? `exit status ${status}` }));
  });
}

/** The program of the desktop app, or why there is none. */
async function findDesktop() {
  const hasScreen =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
  if (!hasScreen) return { reason: 'there is no screen' };
  const present = electronProgram();
  if (present) return { program: present };
  if (!(await canFetchElectron())) return { reason: 'Electron is not installed and cannot be fetched from here' };
  tell('Fetching Electron, the program of the desktop app. This is done once.');
  const fetched = await run(neededNode(), [join(electronFolder, 'install.js')]);
  if (fetched.isAskedToEnd) process.exit(fetched.status);
  const program = electronProgram();
  return program ? { program } : { reason: 'Electron could not be fetched' };
}

/** @returns why it could not be shown; does not return when it could */
async function showDesktop(program) {
  await ensureBuilt(['renderer', 'electron'], tell);
  const startedAt = performance.now();
  const { status, why, isAskedToEnd } = await run(program, [productOf('electron'), ...args]);
  const hasStarted = performance.now() - startedAt > START_MS;
  if (status === 0 || isAskedToEnd || hasStarted) process.exit(status);
  return `the desktop app cannot run here (${why})`;
}

async function showInBrowser(reason) {
  // What is not as it should be is told by the launcher.
  await ensureBuilt(['renderer', 'headless'], () => undefined);
  tell(`Showing Ridethrough in the browser: ${reason}.`);
  const launcher = join(root, 'bin', 'ridethrough.mjs');
  process.argv = [process.execPath, launcher, 'serve', ...(args.includes('--no-web') ? [] : ['--open']), ...args];
  await import(pathToFileURL(launcher).href);
}

try {
  const { program, reason } = await findDesktop();
  await showInBrowser(program ? await showDesktop(program) : reason);
} catch (error) {
  tell(`ridethrough: ${error.message}`);
  process.exitCode = 1;
}
