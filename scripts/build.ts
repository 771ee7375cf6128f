/**
 * Builds the program into dist/. `node scripts/build.ts [headless]`; without a part: all of them.
 * Libraries are bundled so that the command line starts fast; native modules and pino (which finds its parts by path) are not.
 */
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

const headless: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: ['node-hid', 'usb', 'pino', 'pino-pretty'] },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/headless',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { cli: 'headless/cli.ts' },
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'parts/[name]-[hash].mjs' },
    },
  },
};

const renderer: InlineConfig = { configFile: `${root}vite.config.ts`, logLevel: 'warn' };

const parts: Record<string, InlineConfig> = { headless, renderer };
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}"; parts: ${Object.keys(parts).join(', ')}`);
  await build(part);
}
