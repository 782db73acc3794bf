/** Test material: a real database, queue and store with the tiny base, two tenants, and their jobs. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FileStore, openFileStore } from '../../adapters-store/index.ts'
import { encodePng } from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { createLog, type Logger } from '../../log.ts'
import { IMAGE, registerBase, startReconciling, TRAINING } from '../../measures/stage/own-environment.ts'
import { createTestTenant } from '../../measures/stage/test-tenant.ts'
import { writeTinyBase } from '../../measures/stage/tiny-base.ts'
import type { Database } from '../../prisma/index.ts'
import type { DispatchQueue, GenerationInput, TrainingInput, WorkerQueue } from '../../queue/index.ts'
import { QUEUE_DRIVERS } from './queue-drivers.ts'

export interface Environment {
  readonly folder: string
  readonly bases: Readonly<Record<string, string>>
  readonly database: Database
  readonly dispatch: DispatchQueue
  readonly store: FileStore
  readonly log: Logger
  readonly tenants: readonly [string, string]
  openQueue(worker: string, leaseSeconds?: number): WorkerQueue
  /** Stores photos and queues a training on them. */
  train(tenantId: string, more?: Partial<TrainingInput>): Promise<string>
  generate(tenantId: string, images: readonly Partial<GenerationInput['images'][number]>[]): Promise<string>
  cancel(tenantId: string, jobId: string): Promise<void>
  job(tenantId: string, jobId: string): ReturnType<typeof findJob>
  /** Waits until the job is in one of the states, or its steps are done so far. */
  until(tenantId: string, jobId: string, reached: (job: Job) => boolean): Promise<Job>
  close(): Promise<void>
}

export type Job = Awaited<ReturnType<typeof findJob>>

/** For workers that are to be killed: how long until others get their jobs. */
export const LEASE_SECONDS = 4

type Open = (typeof QUEUE_DRIVERS)[string]

const FINAL = ['SUCCEEDED', 'FAILED', 'CANCELED']
export const isFinal = ({ state }: Job): boolean => FINAL.includes(state)

const findJob = (database: Database, tenantId: string, id: string) =>
  database.withTenant(tenantId, tx =>
    tx.job.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      include: {
        attempts: { orderBy: { attempt: 'asc' } },
        checkpoints: { orderBy: [{ attempt: 'asc' }, { step: 'asc' }] },
        events: { orderBy: { number: 'asc' } },
        images: { orderBy: { position: 'asc' } },
        previews: { orderBy: { createdAt: 'asc' } },
        versions: true,
      },
    }),
  )

/** Trainings go on in the right bucket, wherever they were stopped. */
const PHOTO_SHAPES = [
  { width: 64, height: 64 },
  { width: 64, height: 96 },
  { width: 120, height: 80 },
]

async function storePhotos(store: FileStore, tenantId: string): Promise<TrainingInput['photos']> {
  const photos: TrainingInput['photos'] = []
  for (const [seed, shape] of PHOTO_SHAPES.entries()) {
    const pixels = uniforms(seed, 0, 3 * shape.width * shape.height).map(value => 2 * value - 1)
    const { sha256 } = await store.put(tenantId, await encodePng('photo', pixels, shape))
    photos.push({ sha256, caption: 'sks dog' })
  }
  return photos
}

export async function openEnvironment(): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-workers-'))
  await mkdir(join(folder, 'models'))
  const bases = { tiny: await writeTinyBase(join(folder, 'models/tiny')) }
  const log = createLog('test', process.env.TEST_LOG ? 'info' : 'silent')
  const { database, dispatch, openWorker, close } = await (QUEUE_DRIVERS.postgres as Open)()
  const store = openFileStore({ folder, signingKey: Buffer.alloc(32, 7), publicUrl: () => 'http://localhost' })
  const stopReconciling = startReconciling(dispatch, 200)
  const baseModelId = await registerBase({ database, modelsDir: join(folder, 'models') }, 'tiny')
  const [one, two] = [await createTestTenant(database, 'one'), await createTestTenant(database, 'two')]
  const tenants = [one.tenantId, two.tenantId] as const
  const add = (
    tenantId: string,
    kind: 'TRAINING' | 'GENERATION',
    input: TrainingInput | GenerationInput,
    steps: number,
  ) =>
    database.withTenant(tenantId, async tx => {
      const data = { tenantId, kind, input: input as never, baseModelId, steps, createdBy: 'user:test' }
      return (await tx.job.create({ data })).id
    })
  const job = (tenantId: string, jobId: string) => findJob(database, tenantId, jobId)
  return {
    ...{ folder, bases, database, dispatch, store, log, tenants, job },
    openQueue: (worker, leaseSeconds = 60) => openWorker(worker, leaseSeconds),
    train: async (tenantId, more = {}) => {
      const input = { ...TRAINING, photos: await storePhotos(store, tenantId), ...more }
      return add(tenantId, 'TRAINING', input, input.steps)
    },
    generate: (tenantId, images) =>
      add(tenantId, 'GENERATION', { base: 'tiny', images: images.map(image => ({ ...IMAGE, ...image })) }, 2),
    cancel: async (tenantId, id) => {
      const data = { cancelRequestedAt: new Date() }
      await database.withTenant(tenantId, tx => tx.job.update({ where: { tenantId_id: { tenantId, id } }, data }))
    },
    until: async (tenantId, id, reached) => {
      for (;;) {
        const found = await job(tenantId, id)
        if (reached(found)) return found
        if (isFinal(found)) throw new Error(`the job ended: ${found.state} ${found.code} ${found.reason}`)
        await sleep(10)
      }
    },
    close: async () => {
      stopReconciling()
      await close()
      await rm(folder, { recursive: true })
    },
  }
}
