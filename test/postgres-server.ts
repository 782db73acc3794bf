/** vitest's global setup of the project `platform`: one PostgreSQL for all its files, with a migrated database to copy from. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createLog } from '../log.ts'
import { withConnection } from '../prisma/connection.ts'
import { openEmbedded } from '../prisma/embedded.ts'
import { migrate } from '../prisma/migrator.ts'
import { APP_ROLE, ensureLogin, ensureRoles, WORKER_ROLE } from '../prisma/roles.ts'

export const PASSWORDS = { owner: 'owner-of-the-tests', app: 'app-of-the-tests', worker: 'worker-of-the-tests' }
export const TEMPLATE = 'semblance_template'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's connection string, for the database `postgres`. */
    readonly postgresUrl: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-tests-'))
  // PostgreSQL's own account must get in where the tests run as root.
  await chmod(folder, 0o711)
  const server = await openEmbedded(folder, PASSWORDS.owner, createLog('tests', 'warn'))
  await withConnection(server.url('postgres'), client => client.query(`create database ${TEMPLATE}`))
  const url = server.url(TEMPLATE)
  await ensureRoles(url)
  await migrate(url)
  await ensureLogin(url, APP_ROLE, PASSWORDS.app)
  await ensureLogin(url, WORKER_ROLE, PASSWORDS.worker)
  project.provide('postgresUrl', server.url('postgres'))
  return async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}
