/** What a worker process opens from its configuration: the queue, the store and the list of bases. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { type BlobStore, openFileStore } from '../adapters-store/index.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { openPostgresWorkerQueue, type WorkerQueue } from '../queue/index.ts'
import { type BaseFolders, findBases } from './bases.ts'

/** Configuration that every worker needs. */
export interface WorkerSettings {
  readonly dataDir: string
  readonly modelsDir: string
  readonly databaseWorkerUrl?: string | undefined
  readonly leaseSeconds: number
}

interface WorkerParts {
  readonly queue: WorkerQueue
  readonly store: BlobStore
  readonly bases: BaseFolders
  readonly log: Logger
  close(): Promise<void>
}

/** @throws AppError CONFIG_INVALID naming the variable. */
export async function openParts(name: string, settings: WorkerSettings, log: Logger): Promise<WorkerParts> {
  const { dataDir, modelsDir, databaseWorkerUrl: url, leaseSeconds } = settings
  if (url === undefined)
    throw new AppError(
      'CONFIG_INVALID',
      'DATABASE_WORKER_URL is not set',
      'Give a login of the role semblance_worker; `npm start` does that for the workers it starts.',
    )
  const bases = await findBases(modelsDir)
  const queue = openPostgresWorkerQueue({ url, worker: `${name}-${hostname()}-${process.pid}`, leaseSeconds, log })
  return { queue, store: openBlobs(dataDir), bases, log, close: () => queue.close() }
}

/** A worker reads and writes blobs but signs no forms or links, so it does not get the signing key. */
const openBlobs = (folder: string): BlobStore =>
  openFileStore({
    folder,
    creates: false,
    signingKey: randomBytes(32),
    publicUrl: () => {
      throw new Error('internal error: a worker signs no links')
    },
  })
