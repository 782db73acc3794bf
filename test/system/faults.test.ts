import { expect, test, vi } from 'vitest'
import { findLeftAfterDeletion } from '../../measures/platform/deleted-subject.ts'
import { countDroppedEvents } from '../../measures/platform/dropped-subscriptions.ts'
import { countKilledStarts } from '../../measures/platform/killed-api.ts'
import { countKilledWrites } from '../../measures/platform/killed-database.ts'
import { countKilledJobs } from '../../measures/platform/killed-workers.ts'

/** Generous: each takes seconds on a machine of its own. `npm run bench -- platform` does the same a hundred times. */
vi.setConfig({ testTimeout: 300_000 })

test('jobs whose workers are killed end once each, with whole results and a log without gaps', async () => {
  const { kills, wrong } = await countKilledJobs(6, 2)
  expect(wrong).toEqual([])
  expect(kills).toBe(2)
})

test('a start that is asked for again after the API was killed is one job', async () => {
  const { repeated, wrong } = await countKilledStarts(10, 1)
  expect(wrong).toEqual([])
  expect(repeated).toBeGreaterThan(0)
})

test('what was acknowledged before PostgreSQL was killed is there, and the service recovers by itself', async () => {
  const { acknowledged, wrong } = await countKilledWrites(1)
  expect(wrong).toEqual([])
  expect(acknowledged).toBeGreaterThan(20)
})

test('subscriptions that break and go on from their cursor get every event once, in order', async () => {
  const { events, ...counts } = await countDroppedEvents(20)
  expect(counts).toMatchObject({ gaps: 0, duplicates: 0, disordered: 0, delivered: events })
})

test.each(['subject', 'tenant'] as const)('a deleted %s leaves no row, no file and no copy in a cache', async what => {
  const { before, ...left } = await findLeftAfterDeletion(what)
  expect(left).toEqual({ rows: [], blobs: [], cached: [] })
  expect(Math.min(...Object.values(before))).toBeGreaterThan(0)
})
