/** vitest's global setup of the project `platform`: one PostgreSQL for all its files, with a migrated database to copy from. */
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createLog } from '../../log.ts'
import { withConnection } from '../../prisma/connection.ts'
import { stopLeftover } from '../../prisma/embedded/leftover.ts'
import { lockFolder } from '../../prisma/embedded/lock.ts'
import { openEmbedded } from '../../prisma/embedded.ts'
import { migrate } from '../../prisma/migrator.ts'
import { APP_ROLE, ensureLogin, ensureRoles, WORKER_ROLE } from '../../prisma/roles.ts'

export const PASSWORDS = { owner: 'owner-of-the-tests', app: 'app-of-the-tests', worker: 'worker-of-the-tests' }
export const TEMPLATE = 'semblance_template'
const PREFIX = 'semblance-tests-'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's connection string, for the database `postgres`. */
    readonly postgresUrl: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned()
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
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

/** Servers of test runs that were killed before they could clean up. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter(name => name.startsWith(PREFIX))
  for (const folder of names.map(name => join(tmpdir(), name))) {
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs < 60_000) continue
    const unlock = await lockFolder(folder).catch(() => undefined)
    if (!unlock) continue
    await stopLeftover(join(folder, 'postgres/cluster'))
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    await unlock()
  }
}
