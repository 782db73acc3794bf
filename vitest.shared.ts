/** What all test runs share. */
import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
import { LongestFirst } from './test/stage/longest-first.ts'

/** The tests start hundreds of processes with the same few modules: each finds them compiled. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.compile-cache')

/** A project is the folder of its tests; those with a database share one real server, each file with a database of its own in it. */
export const project = (name: string, database: boolean) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    ...(database ? { globalSetup: 'test/stage/postgres-server.ts' } : {}),
  },
})

export const SHARED: ViteUserConfig = {
  // Vite would take graphql's second build, whose types are strangers to those that Apollo Server gets from Node.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}
