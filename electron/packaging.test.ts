import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { expect, test } from 'vitest';
import config, { fuses } from '../forge.config.ts';

const root = resolve(import.meta.dirname, '..');

/** Names of electron-builder and of @electron/fuses for the same switches differ by case and one prefix. */
const plain = (name: string): string => name.replace(/^enable/i, '').toLowerCase();

test('every fuse that Electron has for a program of ours is decided', () => {
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  const decided = Object.keys(fuses).map(plain);
  // V8's way of guarding WebAssembly memory: a matter of speed, and nothing here uses it.
  expect(known.map(plain).filter((name) => name !== 'wasmtraphandlers' && !decided.includes(name))).toEqual([]);
});

test('fuses leave no way to run other code in the program', () => {
  expect(fuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
  });
});

test('electron-builder takes the configuration', async () => {
  // Its check is no public part of electron-builder, so it is reached through the library below it.
  const builder = dirname(createRequire(import.meta.url).resolve('app-builder-lib'));
  const { validateConfiguration } = (await import(join(builder, 'util/config/config.js'))) as {
    readonly validateConfiguration: (config: unknown, log: object) => Promise<void>;
  };
  const log = { isEnabled: false, add: () => undefined };
  await expect(validateConfiguration(config, log)).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...config, asarr: true }, log)).rejects.toThrow('asarr');
});

test('the files and icons that a package is made of are there', () => {
  const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
  expect(main).toBe('dist/electron/main.mjs');
  const named = [config.linux?.icon, config.win?.icon, config.mac?.icon, 'resources/udev/60-ridethrough.rules'];
  expect(named.filter((path) => typeof path !== 'string' || !existsSync(join(root, path)))).toEqual([]);
});
