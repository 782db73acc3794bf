import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestBase, createTestTenant } from '../../../measures/stage/test-tenant.ts'
import type { Prisma } from '../../../prisma/index.ts'
import type { Claim, GenerationInput, JobKind, TrainingInput, WorkerQueue } from '../../../queue/index.ts'
import { QUEUE_DRIVERS, type QueueDriver } from '../../stage/queue-drivers.ts'

const hash = (digit: string) => digit.repeat(64)
const TRAINING: TrainingInput = {
  base: 'tiny',
  subject: 'sks person',
  classNoun: 'person',
  adapterName: 'Ada',
  crop: 'aspect',
  method: 'lora',
  options: {},
  steps: 10,
  seed: 1,
  checkpointEvery: 5,
  photos: [{ sha256: hash('a'), caption: 'a photo of sks person' }],
  previewPrompts: ['sks person'],
  previewEvery: 5,
}
const image = (seed: number) => ({ prompt: `prompt ${seed}`, seed, width: 32, height: 32, steps: 4, guidance: 3 })
const GENERATION: GenerationInput = { base: 'tiny', images: [image(7), image(8)] }
const TRAINED = { adapter: { sha256: hash('b'), bytes: 10, manifest: { method: 'lora' } } }
const DRAWN = {
  images: [0, 1].map(position => ({ position, sha256: hash(String(position)), bytes: 9, width: 32, height: 32 })),
}
const SUCCEEDED = { state: 'SUCCEEDED' as const, result: TRAINED }
const ANY_KIND: JobKind[] = ['TRAINING', 'GENERATION', 'PREVIEW']

describe.each(Object.entries(QUEUE_DRIVERS))('queue: %s', (_name, open) => {
  let driver: QueueDriver
  let baseModelId: string
  let [one, other]: WorkerQueue[] = []
  let tenantId: string
  beforeAll(async () => {
    driver = await open()
    baseModelId = await createTestBase(driver.database)
    one = driver.openWorker('one')
    other = driver.openWorker('other')
  })
  afterAll(() => driver?.close())
  // Each test has a tenant of its own, and no job of an earlier test waits.
  beforeEach(async () => {
    while ((await one!.claim(ANY_KIND, 100)).length > 0);
    tenantId = (await createTestTenant(driver.database)).tenantId
  })

  const inTenant = <T>(work: Parameters<typeof driver.database.withTenant<T>>[1]) =>
    driver.database.withTenant(tenantId, work)
  async function createJob(kind: JobKind = 'TRAINING', data: Partial<Prisma.JobUncheckedCreateInput> = {}) {
    const input = kind === 'TRAINING' ? TRAINING : GENERATION
    const job = await inTenant(tx =>
      tx.job.create({ data: { tenantId, kind, input, baseModelId, steps: 10, createdBy: 'test', ...data } }),
    )
    await driver.dispatch.announce(job.id, kind)
    return job.id
  }
  const readJob = (id: string) => inTenant(tx => tx.job.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }))
  const readEvents = () => inTenant(tx => tx.jobEvent.findMany({ orderBy: { number: 'asc' } }))
  const cancel = (id: string) =>
    inTenant(tx => tx.job.updateMany({ where: { id }, data: { cancelRequestedAt: new Date(), reason: 'by a test' } }))
  async function claimOne(worker = one!): Promise<Claim> {
    const [claim] = await worker.claim(ANY_KIND, 1)
    expect(claim).toBeDefined()
    return claim!
  }
  /** As if the worker had been silent for longer than its lease. */
  const expireLease = (id: string) =>
    inTenant(tx => tx.job.updateMany({ where: { id }, data: { leaseUntil: new Date(Date.now() - 1000) } }))

  describe('claim', () => {
    test('hands out input, attempt and lease, and a job waits no more', async () => {
      const id = await createJob()
      const claim = await claimOne()
      expect(claim).toEqual({ jobId: id, tenantId, kind: 'TRAINING', attempt: 1, input: TRAINING, leaseSeconds: 30 })
      expect(await readJob(id)).toMatchObject({ state: 'PREPARING', worker: 'one', attempt: 1 })
      expect(await other!.claim(ANY_KIND, 1)).toEqual([])
    })
    test('takes only the kinds asked for, generations before previews, oldest first', async () => {
      const first = await createJob('GENERATION')
      const training = await createJob('TRAINING')
      const second = await createJob('GENERATION')
      const kinds: JobKind[] = ['GENERATION', 'PREVIEW']
      expect((await one!.claim(kinds, 10)).map(({ jobId }) => jobId)).toEqual([first, second])
      expect((await one!.claim(['TRAINING'], 10)).map(({ jobId }) => jobId)).toEqual([training])
    })
    test('60 jobs and 6 workers at once: each job is claimed once', async () => {
      const ids = await Promise.all(Array.from({ length: 60 }, () => createJob('GENERATION')))
      const workers = Array.from({ length: 6 }, (_, i) => driver.openWorker(`w${i}`))
      const drain = async (worker: WorkerQueue, claimed: string[] = []): Promise<string[]> => {
        const claims = await worker.claim(['GENERATION'], 3)
        if (claims.length === 0) return claimed
        return drain(worker, [...claimed, ...claims.map(({ jobId }) => jobId)])
      }
      const claimed = (await Promise.all(workers.map(worker => drain(worker)))).flat()
      // A job that another claim holds for a moment is skipped, so the last ones may need one more look.
      claimed.push(...(await drain(one!)))
      expect(claimed.sort()).toEqual(ids.sort())
    })
    test('a job that waits for its time or has no attempt left is not handed out', async () => {
      await createJob('TRAINING', { runAfter: new Date(Date.now() + 60_000) })
      await createJob('TRAINING', { attempt: 3, maxAttempts: 3 })
      expect(await one!.claim(ANY_KIND, 10)).toEqual([])
    })
    test('wait ends when a job is announced, on the signal, and after the time', async () => {
      // Uses up what earlier announcements rang.
      await one!.wait(AbortSignal.timeout(300), 300)
      const start = performance.now()
      const waiting = one!.wait(new AbortController().signal, 20_000)
      await createJob()
      await waiting
      expect(performance.now() - start).toBeLessThan(10_000)
      await one!.wait(AbortSignal.timeout(300), 300)
      await one!.wait(AbortSignal.timeout(50), 20_000)
      await one!.wait(new AbortController().signal, 50)
      expect(performance.now() - start).toBeLessThan(15_000)
    })
  })

  describe('reports', () => {
    test('running, progress and message are stored with their numbers, in order', async () => {
      const id = await createJob()
      const claim = await claimOne()
      expect(await one!.report(claim, 0, { type: 'running', payload: {} })).toBe('stored')
      expect(await one!.report(claim, 1, { type: 'progress', payload: { step: 3, steps: 12, loss: 0.5 } })).toBe(
        'stored',
      )
      expect(await one!.report(claim, 2, { type: 'message', payload: { text: 'hello' } })).toBe('stored')
      expect(await readJob(id)).toMatchObject({ state: 'RUNNING', step: 3, steps: 12 })
      const told = (await readEvents()).map(({ number, type, attempt, seq }) => [Number(number), type, attempt, seq])
      expect(told.filter(([, type]) => type !== 'state').map(([, ...rest]) => rest)).toEqual([
        ['running', 1, 0],
        ['progress', 1, 1],
        ['message', 1, 2],
      ])
      expect(told.map(([number]) => number)).toEqual(told.map((_, i) => i + 1))
    })
    test('a report that is sent again is known and stored once', async () => {
      await createJob()
      const claim = await claimOne()
      const event = { type: 'message', payload: { text: 'once' } } as const
      const answers = await Promise.all(Array.from({ length: 10 }, () => one!.report(claim, 0, event)))
      expect(answers.sort()).toEqual([...Array.from({ length: 9 }, () => 'known'), 'stored'])
      expect((await readEvents()).filter(({ type }) => type === 'message')).toHaveLength(1)
    })
    test('20 jobs reporting at once: numbers without gap or double, and each job in its own order', async () => {
      await Promise.all(Array.from({ length: 20 }, () => createJob('GENERATION')))
      const claims = await one!.claim(['GENERATION'], 20)
      const told = async (claim: Claim, worker: WorkerQueue) => {
        for (let seq = 0; seq < 10; seq++)
          await worker.report(claim, seq, { type: 'progress', payload: { step: seq, steps: 10 } })
        await worker.finish(claim, 10, { state: 'SUCCEEDED', result: DRAWN })
      }
      await Promise.all(claims.map((claim, i) => told(claim, i % 2 ? one! : other!)))
      const events = await readEvents()
      expect(events.map(({ number }) => Number(number))).toEqual(events.map((_, i) => i + 1))
      expect(events).toHaveLength(20 * (1 + 1 + 10 + 1))
      for (const { jobId } of claims) {
        const own = events.filter(event => event.jobId === jobId)
        expect(own.filter(({ type }) => type === 'progress').map(({ seq }) => seq)).toEqual([...Array(10).keys()])
        expect(own.at(-1)?.payload).toMatchObject({ to: 'SUCCEEDED' })
      }
    })
    test('who reads the log while it is written never sees a number whose predecessors are missing', async () => {
      await Promise.all(Array.from({ length: 8 }, () => createJob('GENERATION')))
      const claims = await one!.claim(['GENERATION'], 8)
      let writing = true
      const write = Promise.all(
        claims.map(async claim => {
          for (let seq = 0; seq < 25; seq++)
            await one!.report(claim, seq, { type: 'progress', payload: { step: seq, steps: 25 } })
        }),
      ).finally(() => {
        writing = false
      })
      while (writing) {
        const numbers = (await readEvents()).map(({ number }) => Number(number))
        expect(numbers).toEqual(numbers.map((_, i) => i + 1))
      }
      await write
    })
    test('listeners hear of new events', async () => {
      const heard: [string, bigint][] = []
      const stop = driver.dispatch.onEvents({
        event: (tenant, number) => heard.push([tenant, number]),
        missed: () => undefined,
      })
      await createJob()
      await expect.poll(() => heard.filter(([tenant]) => tenant === tenantId)).toEqual([[tenantId, 1n]])
      stop()
    })
  })

  describe('fencing', () => {
    test('a stale attempt can write nothing', async () => {
      const id = await createJob()
      const stale = await claimOne()
      await expireLease(id)
      expect(await driver.dispatch.reconcile()).toEqual({ requeued: 1, failed: 0, canceled: 0 })
      const fresh = await claimOne(other)
      expect(fresh).toMatchObject({ jobId: id, attempt: 2 })
      const before = (await readEvents()).length
      expect(await one!.heartbeat(stale)).toBe('lost')
      expect(await one!.report(stale, 0, { type: 'message', payload: { text: 'late' } })).toBe('stale')
      expect(await one!.checkpoint(stale, 1, { step: 5, sha256: hash('c'), bytes: 1 })).toBe('stale')
      expect(await one!.preview(stale, { base: 'tiny', images: [image(1)], step: 5 })).toBeUndefined()
      expect(await one!.finish(stale, 2, SUCCEEDED)).toBe('stale')
      expect((await readEvents()).length).toBe(before)
      expect(await other!.heartbeat(fresh)).toBe('held')
      expect(await other!.finish(fresh, 0, SUCCEEDED)).toBe('stored')
    })
    test('an attempt that ended can write nothing more, and finishing it again is known', async () => {
      await createJob()
      const claim = await claimOne()
      expect(await one!.finish(claim, 0, SUCCEEDED)).toBe('stored')
      expect(await one!.finish(claim, 0, SUCCEEDED)).toBe('known')
      expect(await one!.report(claim, 1, { type: 'message', payload: { text: 'late' } })).toBe('stale')
      expect(await one!.heartbeat(claim)).toBe('lost')
    })
    test('the claim of a deleted job is stale', async () => {
      const id = await createJob()
      const claim = await claimOne()
      await inTenant(async tx => {
        await tx.jobEvent.updateMany({ where: { jobId: id }, data: { type: 'deleted', payload: {}, jobId: null } })
        await tx.job.deleteMany({ where: { id } })
      })
      expect(await one!.heartbeat(claim)).toBe('lost')
      expect(await one!.finish(claim, 0, SUCCEEDED)).toBe('stale')
      expect((await readEvents()).map(({ number }) => Number(number))).toEqual([1, 2])
    })
  })

  describe('leases', () => {
    test('a heartbeat keeps the lease, silence loses it; the next attempt starts from the checkpoint', async () => {
      const short = driver.openWorker('short', 1)
      const id = await createJob()
      const claim = await claimOne(short)
      await short.checkpoint(claim, 0, { step: 5, sha256: hash('c'), bytes: 123 })
      const before = (await readJob(id)).leaseUntil!
      expect(await short.heartbeat(claim)).toBe('held')
      expect((await readJob(id)).leaseUntil!.getTime()).toBeGreaterThan(before.getTime())
      await expect.poll(() => driver.dispatch.reconcile(), { timeout: 5000 }).toMatchObject({ requeued: 1 })
      expect((await readJob(id)).reason).toContain('short stopped answering')
      const next = await claimOne(other)
      expect(next).toMatchObject({ jobId: id, attempt: 2, checkpoint: { step: 5, sha256: hash('c'), bytes: 123 } })
      const attempts = await inTenant(tx => tx.jobAttempt.findMany({ orderBy: { attempt: 'asc' } }))
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['EXPIRED', null])
    })
    test('two reconcilers at once bring each job back once', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => createJob('GENERATION')))
      await one!.claim(['GENERATION'], 20)
      await Promise.all(ids.map(expireLease))
      const done = await Promise.all([1, 2, 3].map(() => driver.dispatch.reconcile()))
      done.push(await driver.dispatch.reconcile())
      expect(done.reduce((sum, { requeued }) => sum + requeued, 0)).toBe(20)
      expect((await readEvents()).filter(({ payload }) => (payload as { to?: string }).to === 'QUEUED')).toHaveLength(
        40,
      )
    })
    test('after the last attempt the job fails and says why', async () => {
      const id = await createJob('GENERATION', { maxAttempts: 2 })
      for (const expected of [{ requeued: 1 }, { failed: 1 }]) {
        await claimOne()
        await expireLease(id)
        expect(await driver.dispatch.reconcile()).toMatchObject(expected)
      }
      const job = await readJob(id)
      expect(job).toMatchObject({ state: 'FAILED', code: 'WORKER_LOST', attempt: 2 })
      expect(job.reason).toBe('worker one stopped answering in attempt 2 of at most 2')
    })
    test('an attempt that stored a checkpoint beyond the last one does not use the attempts up', async () => {
      const id = await createJob('TRAINING', { maxAttempts: 1 })
      for (const step of [5, 10, 15]) {
        const claim = await claimOne()
        await one!.checkpoint(claim, 0, { step, sha256: hash('c'), bytes: 1 })
        await expireLease(id)
        expect(await driver.dispatch.reconcile()).toMatchObject({ requeued: 1 })
      }
      const claim = await claimOne()
      await one!.checkpoint(claim, 0, { step: 15, sha256: hash('c'), bytes: 1 })
      await expireLease(id)
      expect(await driver.dispatch.reconcile()).toMatchObject({ failed: 1 })
    })
  })

  describe('cancel', () => {
    test('reaches the worker as a hint and at the heartbeat; the job is canceled when the worker says so', async () => {
      const id = await createJob()
      const claim = await claimOne()
      const heard: string[] = []
      const stop = one!.onCancel(jobId => heard.push(jobId))
      await cancel(id)
      await driver.dispatch.cancelHint(id)
      await expect.poll(() => heard).toContain(id)
      stop()
      expect(await one!.heartbeat(claim)).toBe('canceled')
      expect(await one!.finish(claim, 0, { state: 'CANCELED', message: 'as asked' })).toBe('stored')
      expect(await readJob(id)).toMatchObject({ state: 'CANCELED', reason: 'by a test' })
    })
    test('wins over a success that comes later: nothing canceled is stored', async () => {
      const id = await createJob()
      const claim = await claimOne()
      await cancel(id)
      expect(await one!.finish(claim, 0, SUCCEEDED)).toBe('stored')
      expect(await readJob(id)).toMatchObject({ state: 'CANCELED', result: null })
      expect(await inTenant(tx => tx.adapterVersion.count())).toBe(0)
    })
    test('of a job whose worker is gone ends with the lease', async () => {
      const id = await createJob()
      await claimOne()
      await cancel(id)
      await expireLease(id)
      expect(await driver.dispatch.reconcile()).toEqual({ requeued: 0, failed: 0, canceled: 1 })
      expect(await readJob(id)).toMatchObject({ state: 'CANCELED', reason: 'by a test' })
    })
  })

  describe('finish', () => {
    test('of a training creates one adapter, one version and the alias `latest`', async () => {
      const id = await createJob()
      const claim = await claimOne()
      const answers = await Promise.all([1, 2, 3].map(() => one!.finish(claim, 0, SUCCEEDED)))
      expect(answers.sort()).toEqual(['known', 'known', 'stored'])
      const found = await inTenant(tx => tx.adapter.findMany({ include: { versions: true, aliases: true } }))
      expect(found).toMatchObject([
        {
          name: 'Ada',
          method: 'lora',
          versions: [{ number: 1, sha256: hash('b'), bytes: 10n, jobId: id, manifest: { method: 'lora' } }],
          aliases: [{ name: 'latest', versionId: found[0]!.versions[0]!.id }],
        },
      ])
      expect(await readJob(id)).toMatchObject({
        state: 'SUCCEEDED',
        result: TRAINED,
        adapterId: found[0]!.id,
        step: 10,
      })
    })
    test('of trainings for one adapter numbers the versions in order, at once too', async () => {
      const adapter = await inTenant(tx =>
        tx.adapter.create({ data: { tenantId, name: 'Ada', baseModelId, method: 'lora' } }),
      )
      for (let i = 0; i < 5; i++) await createJob('TRAINING', { adapterId: adapter.id })
      const claims = await one!.claim(['TRAINING'], 5)
      await Promise.all(claims.map((claim, i) => (i % 2 ? one! : other!).finish(claim, 0, SUCCEEDED)))
      const versions = await inTenant(tx => tx.adapterVersion.findMany({ orderBy: { number: 'asc' } }))
      expect(versions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
      const aliases = await inTenant(tx => tx.alias.findMany())
      expect(aliases).toMatchObject([{ name: 'latest', versionId: versions[4]!.id }])
    })
    test('of a generation creates its images, with prompt and seed of the request', async () => {
      const id = await createJob('GENERATION')
      const claim = await claimOne()
      await one!.finish(claim, 0, { state: 'SUCCEEDED', result: DRAWN })
      const images = await inTenant(tx => tx.image.findMany({ orderBy: { position: 'asc' } }))
      expect(images).toMatchObject([
        { jobId: id, position: 0, sha256: hash('0'), bytes: 9n, seed: 7n, prompt: 'prompt 7' },
        { jobId: id, position: 1, sha256: hash('1'), bytes: 9n, seed: 8n, prompt: 'prompt 8' },
      ])
    })
    test('with a failure that may pass queues the job again, later each time, until the attempts are used up', async () => {
      const id = await createJob('GENERATION', { maxAttempts: 2 })
      const failure = { state: 'FAILED', code: 'STORAGE_FAILED', message: 'the disk is full', retry: true } as const
      await one!.finish(await claimOne(), 0, failure)
      expect(await readJob(id)).toMatchObject({ state: 'QUEUED', reason: 'the disk is full', code: 'STORAGE_FAILED' })
      expect(await one!.claim(ANY_KIND, 1)).toEqual([])
      await inTenant(tx => tx.job.updateMany({ where: { id }, data: { runAfter: new Date() } }))
      await one!.finish(await claimOne(), 0, failure)
      expect(await readJob(id)).toMatchObject({ state: 'FAILED', reason: 'the disk is full', code: 'STORAGE_FAILED' })
    })
    test('with a failure that stays ends the job at once', async () => {
      const id = await createJob('GENERATION')
      await one!.finish(await claimOne(), 0, { state: 'FAILED', code: 'JOB_INVALID', message: 'no', retry: false })
      expect(await readJob(id)).toMatchObject({ state: 'FAILED', code: 'JOB_INVALID', reason: 'no' })
    })
    test('a released job goes back at once and loses no attempt', async () => {
      const id = await createJob('GENERATION', { maxAttempts: 1 })
      for (let attempt = 1; attempt <= 3; attempt++) {
        const claim = await claimOne()
        expect(claim.attempt).toBe(attempt)
        await one!.finish(claim, 0, { state: 'RELEASED', message: 'the worker shuts down' })
      }
      expect(await readJob(id)).toMatchObject({ state: 'QUEUED', attempt: 3, maxAttempts: 4 })
    })
    test('refuses a result of another kind', async () => {
      await createJob('GENERATION')
      const claim = await claimOne()
      await expect(one!.finish(claim, 0, SUCCEEDED)).rejects.toThrow()
    })
  })

  test('previews: drawn once for each step, and told in the log of the training', async () => {
    const id = await createJob()
    const claim = await claimOne()
    const input = { base: 'tiny', images: [image(1)], step: 5 }
    const preview = await one!.preview(claim, input)
    expect(await one!.preview(claim, input)).toBe(preview)
    const drawn = await claimOne(other)
    expect(drawn).toMatchObject({ jobId: preview, kind: 'PREVIEW', input })
    const result = { images: DRAWN.images.slice(0, 1) }
    await other!.finish(drawn, 0, { state: 'SUCCEEDED', result })
    const told = (await readEvents()).filter(({ type }) => type === 'preview')
    expect(told).toMatchObject([{ jobId: id, attempt: 1, payload: { step: 5, jobId: preview, images: result.images } }])
    expect(await readJob(preview!)).toMatchObject({ parentJobId: id, state: 'SUCCEEDED' })
  })

  test('connections that are cut fail calls as QUEUE_UNAVAILABLE at most, and everything is heard again', async () => {
    const id = await createJob()
    const claim = await claimOne()
    const heard = new Set<string>()
    const stop = driver.dispatch.onEvents({ event: tenant => heard.add(tenant), missed: () => undefined })
    const insist = async <T>(call: () => Promise<T>): Promise<T> => {
      for (;;)
        try {
          return await call()
        } catch (error) {
          if ((error as { code?: string }).code !== 'QUEUE_UNAVAILABLE') throw error
        }
    }
    let seq = 0
    for (let round = 0; round < 5; round++) {
      const [tries] = [Array.from({ length: 8 }, () => seq++)]
      const event = { type: 'message', payload: { text: 'through' } } as const
      const reports = tries.map(number => insist(() => one!.report(claim, number, event)))
      await driver.interrupt()
      await Promise.all(reports)
    }
    const told = (await inTenant(tx => tx.jobEvent.findMany({ where: { jobId: id } }))).filter(
      ({ seq }) => seq !== null,
    )
    expect(told.map(({ seq }) => seq).sort((a, b) => a! - b!)).toEqual([...Array(40).keys()])
    heard.clear()
    await expect
      .poll(
        async () => {
          await insist(() => one!.report(claim, seq++, { type: 'message', payload: { text: 'heard?' } }))
          return heard.has(tenantId)
        },
        { timeout: 20_000 },
      )
      .toBe(true)
    stop()
    const waiting = one!.wait(new AbortController().signal, 30_000)
    const start = performance.now()
    const timer = setInterval(() => void createJob('GENERATION').catch(() => undefined), 300)
    await waiting
    clearInterval(timer)
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test('every transition is an event with a reason, and impossible ones are refused', async () => {
    const id = await createJob()
    const claim = await claimOne()
    await one!.report(claim, 0, { type: 'running', payload: {} })
    await one!.finish(claim, 1, SUCCEEDED)
    const states = (await readEvents()).filter(({ type }) => type === 'state').map(({ payload }) => payload)
    expect(states).toMatchObject([
      { from: null, to: 'QUEUED', attempt: 0 },
      { from: 'QUEUED', to: 'PREPARING', attempt: 1 },
      { from: 'PREPARING', to: 'RUNNING', attempt: 1 },
      { from: 'RUNNING', to: 'SUCCEEDED', attempt: 1 },
    ])
    const again = inTenant(tx => tx.job.updateMany({ where: { id }, data: { state: 'QUEUED', finishedAt: null } }))
    await expect(again).rejects.toThrow(/can't go from SUCCEEDED to QUEUED/)
  })
})
