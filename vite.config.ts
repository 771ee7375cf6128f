import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pageChart } from './scripts/page-chart.ts';
import { pageMessages } from './scripts/page-messages.ts';
import { pageZod } from './scripts/page-zod.ts';

const root = fileURLToPath(new URL('renderer', import.meta.url));
const components = globSync('**/*.svelte', { cwd: root }).sort();

/** Tells the styles of a component from those of others by its number: a shorter word at every element than Svelte's own. */
function cssHash({ filename, css, hash }: { filename: string; css: string; hash: (text: string) => string }): string {
  const place = components.indexOf(relative(root, filename).replaceAll('\\', '/'));
  return place < 0 ? `s-${hash(css)}` : `s${place.toString(36)}`;
}

/** The renderer: one page, relative addresses, so that the same files serve the browser and the window (`app://`). */
export default defineConfig({
  root,
  base: './',
  plugins: [pageMessages(), pageZod(), pageChart(), svelte({ compilerOptions: { cssHash } })],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // Since May 2024 browsers know light-dark() by themselves.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One small file: no page has to wait for styles of its own.
    cssCodeSplit: false,
    // No library here has getters that do something; so the scales of chart.js that nothing draws can go.
    rolldownOptions: { treeshake: { propertyReadSideEffects: false } },
  },
});
