/** Test material: the API in this process over a environment of its own, and a key that may do everything that work needs. */
import { join } from 'node:path'
import { blobHandler, openFileStore } from '../../adapters-store/index.ts'
import { keyOf } from '../../api/graphql/global-id.ts'
import { type Api, openApi } from '../../api/index.ts'
import { openBase } from '../../engine/index.ts'
import { openPostgresWorkerQueue } from '../../queue/index.ts'
import { type OwnEnvironment, openOwnEnvironment, SIGNING_KEY } from './own-environment.ts'
import { type Identity, mutate, type Service, signUp } from './service.ts'

export interface RunningService extends Service {
  readonly environment: OwnEnvironment
  readonly who: Identity
  readonly owner: Identity
  readonly tenantId: string
}

const SCOPES = [
  ...['SUBJECTS_READ', 'SUBJECTS_WRITE', 'SUBJECTS_DELETE', 'TRAINING_READ', 'TRAINING_WRITE', 'ADAPTERS_READ'],
  ...['ADAPTERS_WRITE', 'IMAGES_READ', 'IMAGES_WRITE', 'EVENTS_READ'],
]

export interface Account {
  /** Its key. */
  readonly who: Identity
  /** Its owner's session. */
  readonly owner: Identity
  readonly tenantId: string
}

let accounts = 0

/** A new tenant and its key. */
export async function openAccount(service: Pick<Service, 'url'>): Promise<Account> {
  const owner = await signUp(service, `Owner ${process.pid} ${++accounts}`, 'Studio')
  const { secret } = await mutate(service, owner, 'createApiKey', { name: 'all', scopes: SCOPES }, 'secret')
  return { who: { key: secret }, owner, tenantId: keyOf(owner.tenantId, 'Tenant') ?? '' }
}

export const API_SETTINGS = {
  metricsToken: 'token-of-the-measures',
  ...{ host: '127.0.0.1', port: 0, production: false, allowedOrigins: [], reconcileSeconds: 1 },
  upkeep: { clearSeconds: 3600 },
}

/** Closes the environment, too. */
export async function openRunningService(): Promise<RunningService> {
  const environment = await openOwnEnvironment()
  const { database, dispatch, folder, log, modelsDir, ownerUrl } = environment
  let api: Api | undefined
  const store = openFileStore({ folder, signingKey: SIGNING_KEY, publicUrl: () => api?.url ?? '' })
  const parts = { database, dispatch, store, log, blobs: blobHandler(store) }
  const opened = await openApi({ ...API_SETTINGS, modelsDir }, parts)
  api = opened
  const worker = openPostgresWorkerQueue({ url: database.workerUrl, worker: 'test', leaseSeconds: 30, log })
  return {
    ...{ environment, folder, database, dispatch, store, url: opened.url, ownerUrl, worker },
    ...(await openAccount(opened)),
    base: await openBase(join(modelsDir, 'tiny')),
    close: async () => {
      await opened.stop()
      await worker.close()
      await environment.close()
    },
  }
}
