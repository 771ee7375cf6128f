#!/usr/bin/env node
// The launcher. Runs on any Node from 20.19 and hands over to the project's own Node 24 where the running one is older.
// In a checkout it builds the program when the build is missing or older than its sources.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, neededNode, productOf, root } from './build.mjs';

// NUT's own commands need nothing of the newer Node; handing over would double the time they take.
const RUN_ANYWHERE = ['upsc', 'upscmd', 'upsrw'];
const program = productOf('headless');
// glibc gives each thread room of its own and keeps what became free in it: 3 MiB of a service that is idle for years. It
// asks for this only as a process begins. The second word tells that it was not asked for by whoever started us.
const ONE_ARENA =
  process.env.MALLOC_ARENA_MAX === undefined ? { MALLOC_ARENA_MAX: '1', RIDETHROUGH_ONE_ARENA: '1' } : {};

const tell = (message) => process.stderr.write(`ridethrough: ${message}\n`);

function fail(message) {
  tell(message);
  process.exit(1);
}

/** Parts that the asked command needs. */
function neededParts() {
  const [command, ...words] = process.argv.slice(2);
  const needsPages = command === 'serve' && !words.includes('--no-web') && !words.includes('--help');
  return needsPages ? ['headless', 'renderer'] : ['headless'];
}

/**
 * Runs the program on another Node as if it were this process: its words, signals and end are ours. The channel tells it
 * when this process was ended in a way that cannot be passed on.
 */
function handOver(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...ONE_ARENA, RIDETHROUGH_HANDED_OVER: '1' },
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

/** A service begins anew as the same process, with what memory has to know from the start; else it goes on as it is. */
function beginAnew() {
  const isService = process.argv[2] === 'serve' && process.platform === 'linux';
  if (!isService || process.env.MALLOC_ARENA_MAX !== undefined || process.execve === undefined) return;
  const args = [process.execPath, ...process.execArgv, program, ...process.argv.slice(2)];
  try {
    // Node 24 ends the process, and throws nothing, where the system does not find the program.
    accessSync(process.execPath, constants.X_OK);
    process.execve(process.execPath, args, { ...process.env, ...ONE_ARENA });
  } catch (error) {
    tell(`the service takes about 3 MiB more, for it could not begin anew: ${error.message}`);
  }
}

/** Builds what is asked for. @returns the Node to run on */
async function prepare() {
  try {
    await ensureBuilt(neededParts(), tell);
    if (!existsSync(program)) return fail(`${program} is missing. Run "npm run build" in ${root}.`);
    return RUN_ANYWHERE.includes(process.argv[2] ?? '') ? process.execPath : neededNode();
  } catch (error) {
    return fail(error.message);
  }
}

const node = await prepare();
if (node === process.execPath) {
  beginAnew();
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
} else {
  handOver(node);
}
