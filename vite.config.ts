import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pageMessages } from './scripts/page-messages.ts';
import { pageZod } from './scripts/page-zod.ts';

/** The renderer: one page, relative addresses, so that the same files serve the browser and the window (`app://`). */
export default defineConfig({
  root: fileURLToPath(new URL('renderer', import.meta.url)),
  base: './',
  plugins: [pageMessages(), pageZod(), svelte()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One small file: no page has to wait for styles of its own.
    cssCodeSplit: false,
    // No library here has getters that do something; so the scales of chart.js that nothing draws can go.
    rolldownOptions: { treeshake: { propertyReadSideEffects: false } },
  },
});
