import { randomBytes } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { type ApiChild, startApiChild } from '../../../measures/stage/api-child.ts'
import { startTraining, trainable } from '../../../measures/stage/journey.ts'
import { openRunningService, type RunningService } from '../../../measures/stage/running-service.ts'
import { mutate } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import type { Claim } from '../../../queue/index.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const HOUR = 3600
let service: RunningService
let sweeper: ApiChild
let tenantId: string

/** A second API process on the same environment cleans up every tenth of a second. */
beforeAll(async () => {
  service = await openRunningService()
  tenantId = service.tenantId
  const upkeep = { clearSeconds: 0.1, sweepSeconds: 0.1, keepSeconds: 6, graceSeconds: HOUR }
  sweeper = await startApiChild(service.environment, { UPKEEP: JSON.stringify(upkeep) })
})
afterAll(async () => {
  await sweeper?.kill()
  await service?.close()
})

const SOME_ROUNDS_MS = 1500
const put = (content: string, tenant = tenantId) => service.store.put(tenant, Buffer.from(content))
const isStored = async (sha256: string, tenant = tenantId) => (await service.store.stat(tenant, sha256)) !== undefined
const gone = (sha256: string) =>
  vi.waitFor(async () => expect(await isStored(sha256)).toBe(false), { timeout: 20_000, interval: 50 })

/** As if it had been stored so many hours ago. */
async function age(sha256: string, hours = 2, tenant = tenantId): Promise<void> {
  const then = new Date(Date.now() - hours * 1000 * HOUR)
  await utimes(join(service.folder, 'blobs', tenant, sha256), then, then)
}

const checkpointsOf = (jobId: string) =>
  service.database.withTenant(tenantId, tx => tx.checkpoint.findMany({ where: { jobId }, orderBy: { step: 'asc' } }))

async function claimTraining(photoSetId: string): Promise<Claim> {
  await startTraining(service, service.who, photoSetId)
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('no training waits')
  return claim
}

/** Stores two checkpoints and reports them. */
async function twoCheckpoints(claim: Claim) {
  const made = [await put(`1 of ${claim.jobId}`), await put(`2 of ${claim.jobId}`)]
  for (const [i, blob] of made.entries()) await service.worker.checkpoint(claim, i, { step: i + 1, ...blob })
  return made.map(({ sha256 }) => sha256) as [string, string]
}

const succeed = async (claim: Claim, seq: number) => {
  const adapter = { ...(await put(`adapter of ${claim.jobId}`)), manifest: { method: 'lora' } }
  await service.worker.finish(claim, seq, { state: 'SUCCEEDED', result: { adapter } })
  return adapter.sha256
}

test('a blob that nothing names goes when it is older than the grace period, and nothing else does', async () => {
  const { photoSetId } = await trainable(service, service.who)
  const photos = await service.database.withTenant(tenantId, tx =>
    tx.photo.findMany({ where: { photoSetId: keyOf(photoSetId, 'PhotoSet') ?? '' } }),
  )
  const claim = await claimTraining(photoSetId)
  const version = await succeed(claim, 0)
  const named = [version, ...photos.flatMap(({ sha256 }) => sha256 ?? [])]
  for (const sha256 of named) await age(sha256)
  const [old, young] = [await put('old'), await put('young')]
  const stranger = '00000000-0000-7000-8000-000000000000'
  const foreign = await put('of a tenant that the database does not know', stranger)
  await age(foreign.sha256, 2, stranger)
  await age(old.sha256)
  await gone(old.sha256)
  await sleep(SOME_ROUNDS_MS)
  expect(await isStored(young.sha256)).toBe(true)
  expect(await isStored(foreign.sha256, stranger)).toBe(true)
  for (const sha256 of named) expect(await isStored(sha256)).toBe(true)
})

test('what a worker stored under a claim that it holds stays, however old, until the claim ends', async () => {
  const { photoSetId } = await trainable(service, service.who)
  const claim = await claimTraining(photoSetId)
  const earlier = "update job_attempts set claimed_at = now() - interval '3 hours' where job_id = $1"
  await withConnection(service.ownerUrl, client => client.query(earlier, [claim.jobId]))
  const made = await put('stored and not yet reported')
  await age(made.sha256)
  await sleep(SOME_ROUNDS_MS)
  expect(await isStored(made.sha256)).toBe(true)
  await succeed(claim, 0)
  await gone(made.sha256)
})

test('checkpoints go when their training has succeeded', async () => {
  const { photoSetId } = await trainable(service, service.who)
  const claim = await claimTraining(photoSetId)
  const checkpoints = await twoCheckpoints(claim)
  await sleep(SOME_ROUNDS_MS)
  expect(await checkpointsOf(claim.jobId)).toHaveLength(2)
  const version = await succeed(claim, 2)
  for (const sha256 of checkpoints) await gone(sha256)
  expect(await checkpointsOf(claim.jobId)).toEqual([])
  expect(await isStored(version)).toBe(true)
})

test('a failed training keeps what a retry goes on from, for some days', async () => {
  const { photoSetId } = await trainable(service, service.who)
  const claim = await claimTraining(photoSetId)
  const [older, last] = await twoCheckpoints(claim)
  await service.worker.finish(claim, 2, { state: 'FAILED', code: 'X', message: 'x', retry: false })
  await gone(older)
  expect(await isStored(last)).toBe(true)
  const jobId = Buffer.from(`TrainingJob:${claim.jobId}`).toString('base64url')
  await mutate(service, service.who, 'retryJob', { jobId, idempotencyKey: 'again' }, '__typename')
  const [again] = await service.worker.claim(['TRAINING'], 1)
  expect(again).toMatchObject({ jobId: claim.jobId, checkpoint: { step: 2, sha256: last } })
  // Six seconds are the days of this test: a training that runs again keeps it.
  await sleep(6000 + SOME_ROUNDS_MS)
  expect(await isStored(last)).toBe(true)
  if (again) await service.worker.finish(again, 0, { state: 'CANCELED', message: 'x' })
  await gone(last)
  expect(await checkpointsOf(claim.jobId)).toEqual([])
})

test('the state of an adapter that a preview waits for stays until the preview is drawn', async () => {
  const { photoSetId } = await trainable(service, service.who)
  const claim = await claimTraining(photoSetId)
  const snapshot = await put('the adapter after one step')
  const image = {
    ...{ prompt: 'p', seed: 1, width: 16, height: 16, steps: 1, guidance: 1 },
    adapter: { sha256: snapshot.sha256, scale: 1 },
  }
  await service.worker.preview(claim, { base: 'tiny', images: [image], step: 1 })
  await succeed(claim, 0)
  await age(snapshot.sha256)
  await sleep(SOME_ROUNDS_MS)
  expect(await isStored(snapshot.sha256)).toBe(true)
  const [preview] = await service.worker.claim(['PREVIEW'], 1)
  if (!preview) throw new Error('no preview waits')
  const drawn = { images: [{ position: 0, width: 16, height: 16, ...(await put('the picture')) }] }
  await service.worker.finish(preview, 0, { state: 'SUCCEEDED', result: drawn })
  await gone(snapshot.sha256)
})

test('a blob that is put again while the sweep removes it is there afterwards', async () => {
  const lost: number[] = []
  for (let round = 0; round < 40; round++) {
    const content = randomBytes(20_000)
    const { sha256 } = await service.store.put(tenantId, content)
    await age(sha256)
    const before = new Date(Date.now() - HOUR * 1000)
    await Promise.all([
      service.store.remove(tenantId, sha256, before),
      sleep(round % 4).then(() => service.store.put(tenantId, content)),
    ])
    if (!(await isStored(sha256))) lost.push(round)
  }
  expect(lost).toEqual([])
})
