import { defineConfig } from 'vitest/config';

/** Forks, because Temporal's native bridge is safe there; two at a time, because the drill and its servers share the machine. */
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 2, testTimeout: 60_000, hookTimeout: 300_000 },
});
