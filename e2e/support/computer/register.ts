/**
 * Loaded before the program (`node --import`), so that it runs on a computer of the test: the units on its USB are
 * recordings, and what the system has in its folders stands below `COMPUTER_ROOT`. The program itself is the one that
 * is shipped; processes, network and the rest of the disk are real.
 */
import { promises } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isOfSystem } from './paths.ts';

const { COMPUTER_ROOT: root, COMPUTER_USER: user } = process.env;
if (root === undefined) throw new Error('COMPUTER_ROOT says where the computer of the test is');

const library = new URL('./hid-library.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node-hid' ? { url: library, shortCircuit: true } : next(specifier, context),
});

/** Those by which the program looks at its system; all take a path first. */
const READERS = ['access', 'readFile', 'readdir', 'readlink', 'realpath', 'stat'] as const;
const files = promises as unknown as Record<string, (path: unknown, ...more: unknown[]) => Promise<unknown>>;
for (const name of READERS) {
  const read = files[name]?.bind(promises);
  if (!read) throw new Error(`node:fs/promises has no ${name}`);
  files[name] = (path, ...more) =>
    read(typeof path === 'string' && isOfSystem(path) ? join(root, path) : path, ...more);
}
if (user !== undefined) process.getuid = () => Number(user);
syncBuiltinESMExports();
