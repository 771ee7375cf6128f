/**
 * Builds the program into dist/. `node scripts/build.ts [headless]`; without a part: all of them.
 * Libraries are bundled so that the command line starts fast; native modules and pino (which finds its parts by path) are not.
 */
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { events, requests } from '#domain/contract.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const EXTERNAL = ['node-hid', 'usb', 'pino', 'pino-pretty'];

const headless: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: EXTERNAL },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/headless',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { cli: 'headless/cli.ts' },
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'parts/[name]-[hash].mjs' },
    },
  },
};

/** The desktop shell. Electron loads ES modules, but a sandboxed preload script has to be one CommonJS file. */
const shell = (name: 'main' | 'preload', format: 'esm' | 'cjs', file: string): InlineConfig => ({
  ...headless,
  ssr: { noExternal: true, external: [...EXTERNAL, 'electron'] },
  // The preload script checks names only; the schemas behind them stay in the main process.
  define:
    name === 'preload'
      ? {
          __REQUEST_NAMES__: JSON.stringify(Object.keys(requests)),
          __EVENT_NAMES__: JSON.stringify(Object.keys(events)),
        }
      : {},
  build: {
    ...headless.build,
    outDir: 'dist/electron',
    // The preload script is built second, into the same folder.
    emptyOutDir: name === 'main',
    rolldownOptions: {
      input: { [name]: `electron/${name}.ts` },
      output: { format, entryFileNames: file, chunkFileNames: 'parts/[name]-[hash].mjs' },
    },
  },
});

const renderer: InlineConfig = { configFile: `${root}vite.config.ts`, logLevel: 'warn' };

const parts: Record<string, InlineConfig> = {
  headless,
  renderer,
  'electron-main': shell('main', 'esm', 'main.mjs'),
  'electron-preload': shell('preload', 'cjs', 'preload.cjs'),
};
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}"; parts: ${Object.keys(parts).join(', ')}`);
  await build(part);
}
