/**
 * Builds the program into dist/. `node scripts/build.ts [--clean] [headless]`; without a part: all of them. `--clean` keeps
 * nothing of builds before, for packages.
 * Libraries are bundled so that the command line starts fast; native modules and pino (which finds its parts by path) are not.
 */
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, mergeConfig, type InlineConfig, type Plugin } from 'vite';
import { events, requests } from '#domain/contract.ts';
import { publishBuild } from './publish-build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes letters outside ASCII as escapes: with a single one V8 keeps a whole file in two bytes a letter, which is 2 MiB of
 * a running service.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_options, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type !== 'chunk') continue;
      const unsafe = /String\.raw`[^`]*[^\0-\x7f]|\\[^\0-\x7f]/.exec(part.code);
      if (unsafe) this.error(`${part.fileName}: "${unsafe[0]}" would mean something else with an escape in it`);
      part.code = part.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** A thread's program is a part of its own; what starts the thread is made to name it. */
const threads: Plugin = {
  name: 'threads',
  transform(code, id) {
    const made = code.replace(/new URL\("(\.\/[a-z-]+-thread\.ts)", import\.meta\.url\)/g, (_, file: string) => {
      const part = this.emitFile({ type: 'chunk', id: join(dirname(id), file), name: file.slice(2, -'.ts'.length) });
      return `new URL("thread:${part}", import.meta.url)`;
    });
    return made === code ? undefined : { code: made, map: null };
  },
  generateBundle(_options, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type !== 'chunk') continue;
      part.code = part.code.replace(/(?<=new URL\(")thread:([^"]+)/g, (_, thread: string) =>
        relative(dirname(part.fileName), this.getFileName(thread)).replaceAll('\\', '/'),
      );
    }
  },
};

const EXTERNAL = ['node-hid', 'usb', 'pino', 'pino-pretty'];

const headless: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [asciiOnly, threads],
  ssr: { noExternal: true, external: EXTERNAL },
  build: {
    ssr: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: { cli: 'headless/cli.ts', 'late-power-off': 'headless/late-power-off.ts' },
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
    rolldownOptions: {
      input: { [name]: `electron/${name}.ts` },
      output: { format, entryFileNames: file, chunkFileNames: 'parts/[name]-[hash].mjs' },
    },
  },
});

const renderer: InlineConfig = { configFile: `${root}vite.config.ts`, logLevel: 'warn' };

interface Part {
  readonly config: InlineConfig;
  /** Folder in dist/. */
  readonly place: string;
  /** The file in it that refers to all others of the part. */
  readonly entry: string;
}

const parts: Record<string, Part> = {
  headless: { config: headless, place: 'headless', entry: 'cli.mjs' },
  renderer: { config: renderer, place: 'renderer', entry: 'index.html' },
  'electron-main': { config: shell('main', 'esm', 'main.mjs'), place: 'electron', entry: 'main.mjs' },
  'electron-preload': { config: shell('preload', 'cjs', 'preload.cjs'), place: 'electron', entry: 'preload.cjs' },
};

/** Programs may run from the build before, or be started while this one is made: it is made aside and then put in place. */
async function make(name: string, { config, place, entry }: Part): Promise<void> {
  const aside = join(root, 'dist', `.new-${name}-${process.pid}`);
  const startedAt = Date.now();
  try {
    await build(mergeConfig(config, { build: { outDir: aside, emptyOutDir: true } }));
    await publishBuild(aside, join(root, 'dist', place), entry, startedAt);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2).filter((argument) => argument !== '--clean');
if (process.argv.includes('--clean')) await rm(join(root, 'dist'), { recursive: true, force: true });
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}"; parts: ${Object.keys(parts).join(', ')}`);
  await make(name, part);
}
