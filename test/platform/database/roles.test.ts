import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../log.ts'
import { createTestTenant } from '../../../measures/stage/test-tenant.ts'
import { urlFor, withConnection } from '../../../prisma/connection.ts'
import { type DatabaseSettings, openDatabase } from '../../../prisma/index.ts'
import { PASSWORDS } from '../../stage/postgres-server.ts'
import { createDatabase, databaseUrl } from '../../stage/test-database.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
let roles: string[]
beforeEach(async () => {
  database = await createDatabase()
  roles = []
})
afterEach(async () => {
  await database.drop()
  for (const role of roles) await asAdmin(`drop role ${role}`)
})
const asAdmin = (sql: string) => withConnection(databaseUrl('postgres'), client => client.query(sql))
const open = (settings: Partial<DatabaseSettings>) =>
  openDatabase({ dataDir: '/nowhere', passwords: PASSWORDS, ...settings }, createLog('test', 'error'))
async function createRole(attributes: string): Promise<string> {
  const name = `r_${randomUUID().replaceAll('-', '')}`
  await asAdmin(`create role ${name} login password 'secret' ${attributes}`)
  roles.push(name)
  return urlFor(database.url, name, 'secret')
}

test('an owner that is no superuser is enough, and is bound by the policies itself', async () => {
  const ownerUrl = await createRole('nosuperuser nobypassrls createrole')
  const name = new URL(database.url).pathname.slice(1)
  await asAdmin(`alter database ${name} owner to ${roles[0]}`)
  await asAdmin(
    `grant semblance_app, semblance_worker, semblance_definer to ${roles[0]} with admin true, inherit false, set false`,
  )
  const opened = await open({ databaseUrl: ownerUrl })
  const { tenantId } = await createTestTenant(opened)
  await opened.withTenant(tenantId, tx =>
    tx.subject.create({ data: { tenantId, name: 'A', classNoun: 'cat', isPerson: false } }),
  )
  const seen = await withConnection(ownerUrl, async client => (await client.query('select from subjects')).rowCount)
  expect(seen).toBe(0)
  await opened.close()
  // A second start finds everything done.
  await (await open({ databaseUrl: ownerUrl })).close()
})

test('logins that an administrator made are used', async () => {
  const appUrl = await createRole('in role semblance_app')
  const workerUrl = await createRole('in role semblance_worker')
  const opened = await open({ databaseUrl: database.url, databaseAppUrl: appUrl, databaseWorkerUrl: workerUrl })
  expect((await createTestTenant(opened)).tenantId).toMatch(/^[0-9a-f-]{36}$/)
  expect([opened.appUrl, opened.workerUrl]).toEqual([appUrl, workerUrl])
  await opened.close()
})

test.each([
  ['superuser', /is a superuser/],
  ['bypassrls in role semblance_app', /has BYPASSRLS/],
  ['', /is not a member of semblance_app/],
])('an app role with "%s" is refused', async (attributes, reason) => {
  const databaseAppUrl = await createRole(attributes)
  await expect(open({ databaseUrl: database.url, databaseAppUrl })).rejects.toThrow(reason)
})

test('the owner as app role is refused', async () => {
  await expect(open({ databaseUrl: database.url, databaseAppUrl: database.url })).rejects.toThrow(/owns tables/)
})

test('a server that does not answer, and a wrong password, say what to do', async () => {
  const nowhere = 'postgresql://owner:pw@127.0.0.1:1/x'
  await expect(open({ databaseUrl: nowhere })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  const wrong = urlFor(database.url, new URL(database.url).username, 'wrong')
  await expect(open({ databaseUrl: wrong })).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: /password/,
  })
})
