/** Whose turn it is: the order of claims over tenants, and the places that are told beforehand. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readAhead, readPlaces } from '../../../api/jobs/queue.ts'
import { integers } from '../../../engine/noise.ts'
import { createLog } from '../../../log.ts'
import { createTestBase, createTestTenant } from '../../../measures/stage/test-tenant.ts'
import { type Claim, openPostgresWorkerQueue, type WorkerQueue } from '../../../queue/index.ts'
import { openTestDatabase, type TestDatabase } from '../../stage/test-database.ts'

let material: TestDatabase
let worker: WorkerQueue
let baseModelId: string

beforeAll(async () => {
  material = await openTestDatabase()
  baseModelId = await createTestBase(material.database)
  const url = material.database.workerUrl
  worker = openPostgresWorkerQueue({ url, worker: 'one', leaseSeconds: 600, log: createLog('test', 'error') })
})
afterAll(async () => {
  await worker?.close()
  await material?.close()
})
beforeEach(async () => {
  while ((await worker.claim(['TRAINING', 'GENERATION', 'PREVIEW'], 100)).length > 0);
})

const newTenants = async (count: number): Promise<string[]> => {
  const made = Array.from({ length: count }, () => createTestTenant(material.database))
  return (await Promise.all(made)).map(({ tenantId }) => tenantId)
}

type Kind = 'TRAINING' | 'GENERATION' | 'PREVIEW'
let clock = Date.now()

async function queue(tenantId: string, costUnits: number, kind: Kind = 'TRAINING', more = {}): Promise<string> {
  const job = { tenantId, kind, input: { images: [{}] }, baseModelId, costUnits, steps: 1, createdBy: 'test' }
  // Each a millisecond after the one before, as if the clock were that of the test.
  const createdAt = new Date(clock++)
  const { database } = material
  return database.withTenant(tenantId, async tx => (await tx.job.create({ data: { ...job, createdAt, ...more } })).id)
}

async function claimAll(kinds: Kind[] = ['TRAINING']): Promise<Claim[]> {
  const claims: Claim[] = []
  for (;;) {
    const [claim] = await worker.claim(kinds, 1)
    if (!claim) return claims
    claims.push(claim)
  }
}

const places = (tenantId: string) => material.database.withTenant(tenantId, readPlaces)

test('tenants take turns however many jobs one of them has queued before', async () => {
  const [big, ...small] = await newTenants(4)
  for (let i = 0; i < 12; i++) await queue(big!, 10)
  for (const tenant of small) for (let i = 0; i < 2; i++) await queue(tenant, 10)
  const order = (await claimAll()).map(({ tenantId }) => tenantId)
  expect(order).toHaveLength(18)
  // Each round serves every tenant that waits once.
  for (const round of [order.slice(0, 4), order.slice(4, 8)]) expect(new Set(round).size).toBe(4)
  expect(order.slice(8)).toEqual(Array(10).fill(big))
})

test('one who comes while another is served is next, and has not saved up turns meanwhile', async () => {
  const [first, late] = await newTenants(2)
  for (let i = 0; i < 10; i++) await queue(first!, 10)
  for (let i = 0; i < 5; i++) await worker.claim(['TRAINING'], 1)
  for (let i = 0; i < 5; i++) await queue(late!, 10)
  const order = (await claimAll()).map(({ tenantId }) => (tenantId === late ? 'late' : 'first'))
  expect(order[0]).toBe('late')
  expect(order.slice(1, 9).filter(who => who === 'late')).toHaveLength(4)
  expect(order.join(' ')).not.toContain('late late late')
})

test('turns are weighed by work: one job of a hundred units counts as much as a hundred of one', async () => {
  const [heavy, light] = await newTenants(2)
  for (let i = 0; i < 3; i++) await queue(heavy!, 100)
  for (let i = 0; i < 150; i++) await queue(light!, 1)
  const order = (await claimAll()).map(({ tenantId }) => (tenantId === heavy ? 'H' : 'l')).join('')
  const [, before = '', between = ''] = /^(l*)H(l*)H/.exec(order) ?? []
  expect(before.length).toBeLessThan(3)
  expect(between.length).toBeGreaterThan(95)
  expect(between.length).toBeLessThan(106)
})

test('whatever is queued and when, tenants that wait were given the same work but for two jobs', async () => {
  for (const seed of [1, 2, 3]) {
    const tenants = await newTenants(4)
    const draws = [...integers(seed, 0, 400, 1000)]
    const draw = (below: number) => (draws.pop() ?? 0) % below
    const costs = new Map<string, number>()
    const add = async (tenant: string) => {
      const cost = 1 + draw(40)
      costs.set(await queue(tenant, cost), cost)
    }
    for (const tenant of tenants) for (let i = 0; i < 25; i++) await add(tenant)
    const given = new Map(tenants.map(tenant => [tenant, 0]))
    // As long as all of them have jobs waiting.
    for (let i = 0; i < 40; i++) {
      if (draw(3) === 0) await add(tenants[draw(4)]!)
      const [claim] = await worker.claim(['TRAINING'], 1)
      given.set(claim!.tenantId, (given.get(claim!.tenantId) ?? 0) + (costs.get(claim!.jobId) ?? 0))
      const all = [...given.values()]
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(2 * 40)
    }
    await claimAll()
  }
})

test('the place of a job is the number of the claim that takes it', async () => {
  const tenants = await newTenants(3)
  const draws = [...integers(7, 0, 60, 100)]
  for (let i = 0; i < 30; i++) await queue(tenants[(draws[i] ?? 0) % 3]!, 1 + (draws[i + 30] ?? 0))
  const told = new Map<string, number>()
  for (const tenant of tenants) for (const { id, place } of await places(tenant)) told.set(id, place)
  expect([...told.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  const claimed = await claimAll()
  expect(claimed.map(({ jobId }) => told.get(jobId))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
})

test('a tenant is told of its own jobs alone', async () => {
  const [mine, theirs] = await newTenants(2)
  await queue(theirs!, 5)
  const own = await queue(mine!, 5)
  expect((await places(mine!)).map(({ id, place }) => [id, place])).toEqual([[own, 2]])
})

test('many claims at once take every job once, and still in turn', async () => {
  const tenants = await newTenants(3)
  for (const tenant of tenants) for (let i = 0; i < 40; i++) await queue(tenant, 1)
  const claims: Claim[] = []
  const lane = async () => {
    for (let found = 1; found > 0; ) {
      const some = await worker.claim(['TRAINING'], 3)
      found = some.length
      claims.push(...some)
    }
  }
  await Promise.all([lane(), lane(), lane(), lane()])
  expect(new Set(claims.map(({ jobId }) => jobId)).size).toBe(120)
  const half = claims.slice(0, 60).map(({ tenantId }) => tenantId)
  for (const tenant of tenants) expect(half.filter(id => id === tenant).length).toBeGreaterThan(10)
})

test('drawings and trainings have turns of their own, and previews come after drawings', async () => {
  const [one, other] = await newTenants(2)
  await queue(one!, 1000)
  const preview = await queue(one!, 0, 'PREVIEW')
  const late = await queue(other!, 10, 'GENERATION')
  const own = await queue(one!, 10, 'GENERATION')
  const order = (await claimAll(['GENERATION', 'PREVIEW'])).map(({ jobId }) => jobId)
  expect(order).toEqual([late, own, preview])
})

test('a job that is tried again is charged for what is left of it, and one in a pause stands behind', async () => {
  const [one, other] = await newTenants(2)
  const resumed = await queue(one!, 100, 'TRAINING', { steps: 100, step: 90 })
  const paused = await queue(one!, 100, 'TRAINING', { runAfter: new Date(Date.now() + 60_000) })
  await queue(one!, 5)
  await queue(other!, 50)
  await queue(other!, 50)
  expect((await places(one!)).find(({ id }) => id === paused)).toMatchObject({ place: 5, waits: 'RETRY' })
  const order = (await claimAll()).map(({ tenantId, jobId }) =>
    jobId === resumed ? 'resumed' : tenantId === one ? 'one' : 'other',
  )
  expect(order).toEqual(['resumed', 'other', 'one', 'other'])
})

test('why a job waits: no worker, its turn, or a worker that is free', async () => {
  const [one, other] = await newTenants(2)
  const own = await queue(one!, 5)
  const waits = async (tenant: string) => (await places(tenant)).map(({ waits }) => waits)
  expect(await waits(one!)).toEqual(['WORKER'])
  await queue(other!, 5)
  expect(await waits(other!)).toEqual(['TURN'])
  const { database, ownerUrl } = material
  const { withConnection } = await import('../../../prisma/connection.ts')
  await withConnection(ownerUrl, async client => {
    await client.query("update queue_workers set seen_at = now() - interval '2 minutes'")
    await client.query("update jobs set lease_until = now() - interval '1 minute' where lease_until is not null")
  })
  expect(await waits(one!)).toEqual(['NO_WORKER'])
  const [claim] = await worker.claim(['TRAINING'], 1)
  expect(claim?.jobId).toBe(own)
  expect(await database.withTenant(one!, readAhead)).toMatchObject({ workers: 1 })
})
