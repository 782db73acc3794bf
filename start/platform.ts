/** The one-machine default put together: secrets, database, bases, store, API, worker processes; and taken down in the other order. */
import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RequestHandler } from 'express'
import { blobHandler, openFileStore } from '../adapters-store/index.ts'
import { type Api, openApi } from '../api/index.ts'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Database, openDatabase } from '../prisma/index.ts'
import { openPostgresDispatchQueue } from '../queue/index.ts'
import { registerBases } from './bases.ts'
import { openSecrets, type Secrets } from './secrets.ts'
import { superviseWorkers } from './supervisor.ts'
import { workerProcesses } from './worker-processes.ts'

export interface Platform {
  /** Where clients reach it. */
  readonly address: string
  /** What makes the first account where sign-up is closed. */
  readonly setupToken: string | undefined
  /** API, workers, database, in this order; resolves when their processes are gone. */
  close(): Promise<void>
  /** Ends everything at once; the database recovers at the next start. */
  kill(): void
}

type Environment = Readonly<Record<string, string | undefined>>

/** What is opened so far is closed when a later part fails. @throws AppError with what to do */
export async function openPlatform(
  config: Config,
  environment: Environment,
  log: Logger,
  signInLink?: RequestHandler,
): Promise<Platform> {
  await using opening = new AsyncDisposableStack()
  await ensureDataDir(config.dataDir)
  const secrets = await openSecrets(config.dataDir)
  const database = await openDatabase({ ...config, ...databaseSettings(config, secrets) }, log)
  opening.defer(() => database.close())
  await registerBases(database, config.modelsDir, log)
  const workers = superviseWorkers(workerProcesses(config, workerEnvironment(environment, database)), {
    log,
    graceSeconds: config.stopSeconds,
  })
  opening.defer(() => workers.stop())
  const api = await openFrontDoor(config, secrets, { database, log, signInLink }, opening)
  const opened = opening.move()
  return {
    address: api.url,
    setupToken: api.setupToken,
    close: () => opened.disposeAsync(),
    kill: () => {
      workers.kill()
      killServer(database)
    },
  }
}

const databaseSettings = (config: Config, secrets: Secrets) => ({
  connections: config.databaseConnections,
  passwords: { owner: secrets.databaseOwner, app: secrets.databaseApp, worker: secrets.databaseWorker },
})

/** @throws AppError STORAGE_FAILED */
async function ensureDataDir(dataDir: string): Promise<void> {
  const next = 'Free some space, or set DATA_DIR to a folder that you may write.'
  const problem = (verb: string, error: NodeJS.ErrnoException) =>
    new AppError('STORAGE_FAILED', `the data folder ${dataDir} can't be ${verb}: ${reasonOf(error)}`, next, error)
  await makeFolder(dataDir).catch(error => {
    throw problem('made', error)
  })
  // Some folders are there and take no file, whatever their permissions say.
  await mkdtemp(join(dataDir, '.probe-'))
    .then(rmdir)
    .catch(error => {
      throw problem('written', error)
    })
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of this name',
  ENOTDIR: 'one of the folders above it is a file',
  EACCES: 'you have no right to it',
  EPERM: 'you have no right to it',
  EROFS: 'this disk is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'the folder above it takes none',
}
const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => REASONS[code ?? ''] ?? message

/** With its parents. Node's own way tries for ever where a parent is there and takes no folder, as under /proc. */
async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
    })
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await make()
  })
}

async function openFrontDoor(
  config: Config,
  secrets: Secrets,
  { database, log, signInLink }: { database: Database; log: Logger; signInLink: RequestHandler | undefined },
  opening: AsyncDisposableStack,
): Promise<Api> {
  let api: Api | undefined
  const signingKey = Buffer.from(secrets.signingKey, 'base64')
  const store = openFileStore({ folder: config.dataDir, signingKey, publicUrl: () => api?.url ?? '' })
  const dispatch = openPostgresDispatchQueue({ url: database.appUrl, log })
  opening.defer(() => dispatch.close())
  const blobs = blobHandler(store, { onFault: error => log.error({ err: error }, 'a file was not taken or served') })
  api = await openApi(config, { database, dispatch, store, log, blobs, signInLink }).catch(error => {
    throw asPortError(error, config)
  })
  opening.defer(() => api?.stop())
  return api
}

function asPortError(error: NodeJS.ErrnoException, { host, port }: Config): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process has it',
    EACCES: 'only the administrator may use it',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'this machine has no such address',
  }
  const reason = reasons[error.code ?? '']
  if (!reason) return error
  const next = 'Stop that process (perhaps another Semblance), or set PORT and HOST to a free address.'
  return new AppError('CONFIG_INVALID', `port ${port} of ${host} can't be used: ${reason}`, next, error)
}

/** The environment of the whole, but of the database and the API only what a worker may have. */
function workerEnvironment(environment: Environment, { workerUrl }: Database): Environment {
  const { DATABASE_URL: _, DATABASE_APP_URL: __, METRICS_TOKEN: ___, ...rest } = environment
  return { ...rest, DATABASE_WORKER_URL: workerUrl }
}

function killServer(database: Database): void {
  const pid = database.serverPid()
  if (pid !== undefined) process.kill(pid, 'SIGQUIT')
}
