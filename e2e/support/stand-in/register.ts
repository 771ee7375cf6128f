/** `node --import …/register.ts dist/electron/main.mjs`: the built program finds the stand-in where it asks for electron. */
import { createRequire, registerHooks } from 'node:module';

const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

const { default: electron } = await import('./electron.ts');
const tap = createRequire(import.meta.url)('../tap.cjs') as { install(electron: unknown): void };
tap.install(electron);
