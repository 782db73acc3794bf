/** The API as a real server on a database and a store of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobHandler, openFileStore } from '../../adapters-store/index.ts'
import type { Mailer } from '../../api/account/mailer.ts'
import { type Api, openApi, type UpkeepTimes } from '../../api/index.ts'
import { openBase } from '../../engine/descriptors.ts'
import { createLog, type Logger } from '../../log.ts'
import type { Service } from '../../measures/stage/service.ts'
import { writeTinyBase } from '../../measures/stage/tiny-base.ts'
import { openPostgresDispatchQueue, openPostgresWorkerQueue } from '../../queue/index.ts'
import { openTestDatabase } from './test-database.ts'

const quiet = createLog('test', 'error')

/** Opens the metrics of every service under test. */
export const METRICS_TOKEN = 'token-of-the-tests'

interface ServiceSettings {
  readonly production?: boolean
  readonly signUp?: 'open' | 'closed'
  readonly port?: number
  readonly host?: string
  readonly metricsToken?: string | undefined
  readonly allowedOrigins?: string[]
  readonly bodySeconds?: number
  /** No hint of an event ever comes. */
  readonly withoutHints?: boolean
  readonly log?: Logger
  /** Takes what would be mailed. */
  readonly mailer?: Mailer
  /** Family of the tiny base, default Stable Diffusion. */
  readonly family?: 'sdxl'
  /** Default: nothing is cleaned up while a test looks on. */
  readonly upkeep?: Partial<UpkeepTimes>
}

export async function openService({
  withoutHints = false,
  log = quiet,
  upkeep = { clearSeconds: 3600 },
  family,
  mailer,
  ...settings
}: ServiceSettings = {}): Promise<Service & { readonly setupToken: string | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-api-'))
  const { database, ownerUrl, close } = await openTestDatabase(8)
  const modelsDir = join(folder, 'models')
  const base = await openBase(await writeTinyBase(join(modelsDir, 'tiny'), family))
  const fingerprint = await base.fingerprint()
  const entry = {
    name: 'tiny',
    fingerprint,
    folder: 'tiny',
    size: 16,
    sizeStep: 8,
    family: 'stable-diffusion',
    parameters: 1000,
  }
  await database.registerBaseModel(entry)
  const connected = openPostgresDispatchQueue({ url: database.appUrl, log })
  const dispatch = withoutHints ? { ...connected, onEvents: () => () => false } : connected
  let api: Api | undefined
  const publicUrl = () => api?.url ?? ''
  const store = openFileStore({ folder, signingKey: Buffer.alloc(32, 7), publicUrl })
  const config = {
    metricsToken: METRICS_TOKEN,
    host: '127.0.0.1',
    port: 0,
    production: false,
    allowedOrigins: [],
    modelsDir,
    reconcileSeconds: 1,
    upkeep,
  }
  const worker = openPostgresWorkerQueue({ url: database.workerUrl, worker: 'test', leaseSeconds: 600, log })
  const closeParts = async () => {
    await Promise.all([worker.close(), connected.close()])
    await close()
    await rm(folder, { recursive: true, force: true })
  }
  const parts = { database, dispatch, store, log, mailer, blobs: blobHandler(store) }
  const opened = await openApi({ ...config, ...settings }, parts).catch(async error => {
    await closeParts()
    throw error
  })
  api = opened
  return {
    setupToken: opened.setupToken,
    url: opened.url,
    database,
    ownerUrl,
    dispatch,
    store,
    worker,
    base,
    /** Of the store. */
    folder,
    close: async () => {
      await opened.stop()
      await closeParts()
    },
  }
}
