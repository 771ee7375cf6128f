import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Three projects: `unit` runs beside the code and needs nothing but Node; `renderer` does the same for the interface,
// whose state modules are compiled by Svelte; `contract` drives real programs (NUT's own clients, servers and drivers)
// over loopback, one file after the other, since they live in real time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{domain,engine,headless,electron,scripts}/**/*.test.ts', 'tests/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        plugins: [svelte()],
        test: {
          name: 'renderer',
          include: ['renderer/**/*.test.ts'],
          // Styles are read by the test of their contrast.
          css: true,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
