/** `npm run migrate:new -- 0003_name`: writes the SQL from the last migration's schema to the present one. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../log.ts'
import { openEmbedded } from '../../prisma/embedded.ts'
import { schemaSql } from './schema-sql.ts'

const PRISMA = join(import.meta.dirname, '../../prisma')
/** The schema as the last migration leaves it. */
const LAST = join(PRISMA, 'migrations/schema.prisma')

const name = process.argv[2]
if (!name || !/^\d{4}_[a-z0-9_]+$/.test(name)) throw new Error('Give a name such as 0003_webhooks.')
const scratch = await mkdtemp(join(tmpdir(), 'semblance-migration-'))
const server = await openEmbedded(scratch, 'scratch', createLog('migration', 'warn'))
try {
  const to = await readFile(join(PRISMA, 'schema.prisma'), 'utf8')
  const from = await readFile(LAST, 'utf8').catch(() => undefined)
  const sql = await schemaSql(server.url('postgres'), to, from)
  await mkdir(join(PRISMA, 'migrations', name), { recursive: true })
  await writeFile(join(PRISMA, 'migrations', name, 'migration.sql'), sql, { flag: 'wx' })
  await writeFile(LAST, to)
  console.log(`prisma/migrations/${name}/migration.sql: add row-level security and rights for new tables.`)
} finally {
  await server.close()
  await rm(scratch, { recursive: true, force: true })
}
