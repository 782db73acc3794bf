/** The database's door: the embedded server or an external one, migrated, with its roles, and one client for the API. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { Logger } from '../log.ts'
import { withConnection } from './connection.ts'
import { type EmbeddedPostgres, openEmbedded } from './embedded.ts'
import { PrismaClient } from './generated/client.ts'
import { type Login, openLogin } from './login.ts'
import { migrate } from './migrator.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { APP_ROLE, assertBoundRole, ensureLogin, ensureRoles, WORKER_ROLE } from './roles.ts'
import { databaseError, tenantTransactions, type WithTenant } from './transactions.ts'
import { openUpkeepPaths, type UpkeepPaths } from './upkeep.ts'

export { Prisma } from './generated/client.ts'
export type { FoundKey, Login } from './login.ts'
export type { Transaction } from './transactions.ts'

/** What of the configuration and the secrets the database needs. */

export interface DatabaseSettings {
  /** Holds the embedded server's data. */
  readonly dataDir: string
  /** The owner of an external database; without it the embedded server is used. */
  readonly databaseUrl?: string | undefined
  /** Logins that an administrator has made; without them the roles get the passwords below. */
  readonly databaseAppUrl?: string | undefined
  readonly databaseWorkerUrl?: string | undefined
  readonly passwords: { readonly owner: string; readonly app: string; readonly worker: string }
  /** Connections of the client, default 10. */
  readonly connections?: number
}
export interface BaseModelEntry {
  readonly name: string
  readonly fingerprint: string
  readonly folder: string
  /** Pixels of each side. */
  readonly size: number
  /** What the width and height of an image must be multiples of. */
  readonly sizeStep: number
  readonly family: string
  readonly parameters: number | bigint
}
export interface Database {
  /** The client as semblance_app: outside of `withTenant` it sees no tenant's rows. */
  readonly app: PrismaClient
  readonly withTenant: WithTenant
  readonly login: Login
  readonly upkeep: UpkeepPaths
  /** Adds or renews a base model by its name; returns its id. */
  registerBaseModel(base: BaseModelEntry): Promise<string>
  /** Resolves when the database answers. @throws AppError DATABASE_UNAVAILABLE */
  check(): Promise<void>
  /** For the queue: the dispatch side and the workers' side. */
  readonly appUrl: string
  readonly workerUrl: string
  /** Process id of the embedded server, while it runs. */
  serverPid(): number | undefined
  close(): Promise<void>
}

const DATABASE = 'semblance'

/**
 * Starts, migrates and connects.
 * @throws AppError DATABASE_IN_USE, DATABASE_UNAVAILABLE, DATABASE_INVALID with what to do.
 */
export async function openDatabase(settings: DatabaseSettings, log: Logger): Promise<Database> {
  const { dataDir, databaseUrl, passwords } = settings
  const server = databaseUrl ? undefined : await openEmbedded(dataDir, passwords.owner, log)
  try {
    const ownerUrl = databaseUrl ?? (await ensureDatabase(server!))
    const urls = await prepare(ownerUrl, settings, log)
    let closing = false
    // Once it stops, a connection that is cut by the server is no news.
    const onBreak = (error: Error) => closing || log.warn({ err: error }, 'a connection to the database broke')
    const app = connect(urls.appUrl, settings.connections ?? 10, onBreak)
    await app.$connect()
    return {
      app,
      ...urls,
      withTenant: tenantTransactions(app),
      login: openLogin(app),
      upkeep: openUpkeepPaths(app),
      registerBaseModel: base => registerBaseModel(app, base),
      check: () => check(app),
      serverPid: () => server?.pid(),
      close: async () => {
        closing = true
        await app.$disconnect()
        await server?.close()
      },
    }
  } catch (error) {
    await server?.close()
    throw error
  }
}

async function ensureDatabase(server: EmbeddedPostgres): Promise<string> {
  await withConnection(server.url('postgres'), async client => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  })
  return server.url(DATABASE)
}

/** Roles before migrations, which grant to them; the checks last, when there are tables to own. */
async function prepare(ownerUrl: string, settings: DatabaseSettings, log: Logger) {
  const { passwords, databaseAppUrl, databaseWorkerUrl } = settings
  await ensureRoles(ownerUrl)
  const applied = await migrate(ownerUrl)
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated')
  const appUrl = databaseAppUrl ?? (await ensureLogin(ownerUrl, APP_ROLE, passwords.app))
  const workerUrl = databaseWorkerUrl ?? (await ensureLogin(ownerUrl, WORKER_ROLE, passwords.worker))
  await assertBoundRole(appUrl, APP_ROLE, 'DATABASE_APP_URL')
  await assertBoundRole(workerUrl, WORKER_ROLE, 'DATABASE_WORKER_URL')
  return { appUrl, workerUrl }
}

function connect(url: string, connections: number, onBreak: (error: Error) => void): PrismaClient {
  const pool = { connectionString: url, max: connections, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 60_000 }
  const adapter = new PrismaPg(pool, {
    // A connection that breaks while it waits in the pool is replaced at the next query.
    onPoolError: onBreak,
    onConnectionError: onBreak,
  })
  return new PrismaClient({ adapter: oneAtATime(adapter), transactionOptions: { maxWait: 10_000, timeout: 20_000 } })
}

async function check(app: PrismaClient): Promise<void> {
  try {
    await app.$queryRaw`select 1`
  } catch (error) {
    throw databaseError(error)
  }
}

async function registerBaseModel(app: PrismaClient, base: BaseModelEntry): Promise<string> {
  const { name, fingerprint, folder, size, sizeStep, family, parameters } = base
  const rows = await app.$queryRaw<[{ id: string }]>`
    select register_base_model(${name}, ${fingerprint}, ${folder}, ${size}::int, ${sizeStep}::int, ${family}, ${parameters}::bigint)
      as id`
  return rows[0].id
}
