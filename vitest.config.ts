import { defineConfig } from 'vitest/config';

// Two projects: `unit` runs beside the code and needs nothing but Node; `contract` drives real programs (NUT's own
// clients, servers and drivers) over loopback, one file after the other because they share ports' worth of processes.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{domain,engine,headless,electron,renderer,scripts}/**/*.test.ts', 'tests/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
