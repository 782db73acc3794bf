/** Test material: a complete environment with its own PostgreSQL, so that everything in it can be killed. Also for the bench. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FileStore, openFileStore } from '../../adapters-store/index.ts'
import { encodePng, openBase, sizeRule, square } from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { createLog, type Logger } from '../../log.ts'
import { urlFor } from '../../prisma/connection.ts'
import { type Database, openDatabase } from '../../prisma/index.ts'
import {
  type DispatchQueue,
  type GenerationInput,
  openPostgresDispatchQueue,
  type TrainingInput,
} from '../../queue/index.ts'
import { createTestTenant } from './test-tenant.ts'
import { writeTinyBase } from './tiny-base.ts'

export interface OwnEnvironment {
  /** The DATA_DIR of its processes. */
  readonly folder: string
  readonly modelsDir: string
  readonly database: Database
  /** A superuser's connection string. */
  readonly ownerUrl: string
  readonly dispatch: DispatchQueue
  readonly store: FileStore
  readonly log: Logger
  readonly tenantId: string
  train(more?: Partial<TrainingInput>): Promise<string>
  generate(images: readonly Partial<GenerationInput['images'][number]>[]): Promise<string>
  /** The jobs with everything that belongs to them, in the order they were made. */
  jobs(): Promise<Awaited<ReturnType<typeof findJobs>>>
  close(): Promise<void>
}

export type Job = Awaited<ReturnType<typeof findJobs>>[number]

export const PASSWORDS = { owner: 'o'.repeat(32), app: 'a'.repeat(32), worker: 'w'.repeat(32) }
export const SIGNING_KEY = Buffer.alloc(32, 7)

const findJobs = (database: Database, tenantId: string) =>
  database.withTenant(tenantId, tx =>
    tx.job.findMany({
      include: { attempts: true, events: true, images: true, versions: true },
      orderBy: { id: 'asc' },
    }),
  )

async function storePhotos(store: FileStore, tenantId: string): Promise<TrainingInput['photos']> {
  const photos: TrainingInput['photos'] = []
  for (const seed of [1, 2, 3]) {
    const pixels = uniforms(seed, 0, 3 * 64 * 64).map(value => 2 * value - 1)
    const { sha256 } = await store.put(tenantId, await encodePng('photo', pixels, square(64)))
    photos.push({ sha256, caption: 'sks dog' })
  }
  return photos
}

/** Registers a base of the place's models; its folder has its name. */
export async function registerBase(
  { database, modelsDir }: Pick<OwnEnvironment, 'database' | 'modelsDir'>,
  name: string,
) {
  const base = await openBase(join(modelsDir, name))
  const { size, layers, fingerprint } = base
  const entry = { name, folder: name, family: 'sd', size, sizeStep: sizeRule(base).step, parameters: layers.parameters }
  return database.registerBaseModel({ ...entry, fingerprint: await fingerprint() })
}

/** A short training of the tiny base, without its photos. */
export const TRAINING: Omit<TrainingInput, 'photos'> = {
  ...{
    base: 'tiny',
    subject: 'sks dog',
    classNoun: 'dog',
    adapterName: 'Dog',
    crop: 'aspect',
    method: 'lora',
    options: { rank: 2 },
  },
  ...{ steps: 8, batch: 1, seed: 5, checkpointEvery: 2, previewPrompts: [], previewEvery: 4 },
}
/** An image of the tiny base. */
export const IMAGE = { prompt: 'sks dog', seed: 1, width: 16, height: 16, steps: 2, guidance: 3 }

/** Brings back what killed workers held, as the API's process does. */
export function startReconciling({ reconcile }: DispatchQueue, every = 500): () => void {
  const timer = setInterval(() => void reconcile().catch(() => undefined), every)
  return () => clearInterval(timer)
}

export async function openOwnEnvironment(): Promise<OwnEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-place-'))
  // PostgreSQL's own account must get in where this runs as root.
  await chmod(folder, 0o711)
  const modelsDir = join(folder, 'models')
  await mkdir(modelsDir)
  await writeTinyBase(join(modelsDir, 'tiny'))
  const log = createLog('test', process.env.TEST_LOG ? 'info' : 'silent')
  const database = await openDatabase({ dataDir: folder, passwords: PASSWORDS }, log)
  const dispatch = openPostgresDispatchQueue({ url: database.appUrl, log })
  const stopReconciling = startReconciling(dispatch)
  const store = openFileStore({ folder, signingKey: SIGNING_KEY, publicUrl: () => 'http://localhost' })
  const baseModelId = await registerBase({ database, modelsDir }, 'tiny')
  const { tenantId } = await createTestTenant(database)
  const photos = await storePhotos(store, tenantId)
  const add = (kind: 'TRAINING' | 'GENERATION', input: TrainingInput | GenerationInput, steps: number) =>
    database.withTenant(tenantId, async tx => {
      const data = { tenantId, kind, input: input as never, baseModelId, steps, createdBy: 'user:test' }
      return (await tx.job.create({ data })).id
    })
  return {
    ...{ folder, modelsDir, database, dispatch, store, log, tenantId },
    ownerUrl: urlFor(database.appUrl, 'semblance', PASSWORDS.owner),
    train: (more = {}) => add('TRAINING', { ...TRAINING, photos, ...more }, more.steps ?? TRAINING.steps),
    generate: images =>
      add('GENERATION', { base: 'tiny', images: images.map(image => ({ ...IMAGE, ...image })) }, IMAGE.steps),
    jobs: () => findJobs(database, tenantId),
    close: async () => {
      stopReconciling()
      await dispatch.close()
      await database.close()
      await rm(folder, { recursive: true, maxRetries: 5 })
    },
  }
}
