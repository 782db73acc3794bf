/** Test material: the API as a process of its own, to be killed or measured; beside it, if asked for, a server that does nothing. */
import { blobHandler, openFileStore } from '../../adapters-store/index.ts'
import { type Api, openApi } from '../../api/index.ts'
import { createLog } from '../../log.ts'
import { openDatabase } from '../../prisma/index.ts'
import { openPostgresDispatchQueue } from '../../queue/index.ts'
import { openEmptyServer } from './empty-server.ts'
import { PASSWORDS, SIGNING_KEY } from './own-environment.ts'
import { API_SETTINGS } from './running-service.ts'

const {
  DATABASE_URL: databaseUrl,
  DATA_DIR: folder = '',
  MODELS_DIR: modelsDir = '',
  PORT = '0',
  UPKEEP = '{}',
  TEST_LOG,
} = process.env

const log = createLog('api', TEST_LOG ? 'info' : 'silent')
const database = await openDatabase({ dataDir: folder, databaseUrl, passwords: PASSWORDS }, log)
const dispatch = openPostgresDispatchQueue({ url: database.appUrl, log })
let api: Api | undefined
const store = openFileStore({ folder, signingKey: SIGNING_KEY, publicUrl: () => api?.url ?? '' })
const parts = { database, dispatch, store, log, blobs: blobHandler(store) }
const upkeep = { ...API_SETTINGS.upkeep, ...JSON.parse(UPKEEP) }
api = await openApi({ ...API_SETTINGS, port: Number(PORT), modelsDir, upkeep }, parts)
process.on('disconnect', () => process.exit(0))
const empty = process.env.EMPTY ? await openEmptyServer() : undefined
process.send?.({ url: api.url, emptyUrl: empty?.url })
