import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Many tests wait for processes: two more than cores keep the cores at work.
    maxWorkers: availableParallelism() + 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{e2e,stories}/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/*Faults.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      // Whole teams at work, and a fault at every request: minutes each, so they run apart from `npm test`.
      {
        test: {
          name: 'long',
          include: ['test/stories/**/*.test.ts', 'test/e2e/*Faults.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
