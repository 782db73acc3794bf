import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/stage/longest-first.ts'

/** Tests that need a database: they share one real server, and each file makes its own database in it. */
const PLATFORM = ['test/database', 'test/api', 'test/workers'].map(folder => `${folder}/**/*.test.ts`)
PLATFORM.push('test/contract/queue.test.ts', 'test/cli/service.test.ts')

/** Whole starts, kills in mid-training and kills of every server: minutes for a few tests, run by themselves. */
const SYSTEM = ['test/system/start.test.ts', 'test/system/interrupted.test.ts', 'test/system/faults.test.ts']

/** The tests start hundreds of processes with the same few modules: each finds them compiled. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.compile-cache')

export default defineConfig({
  // Vite would take graphql's second build, whose types are strangers to those that Apollo Server gets from Node.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'engine', include: ['test/**/*.test.ts'], exclude: [...PLATFORM, ...SYSTEM] } },
      {
        extends: true,
        test: { name: 'platform', include: PLATFORM, exclude: SYSTEM, globalSetup: 'test/stage/postgres-server.ts' },
      },
      { extends: true, test: { name: 'system', include: SYSTEM, globalSetup: 'test/stage/postgres-server.ts' } },
    ],
  },
})
