/** Raw SQL as the app's role: how often one tenant reaches a row of another, table by table from the catalog. */
import pg from 'pg'
import type { Database } from '../../prisma/index.ts'
import { insertRow, keyOf, newIds, TENANT_ROWS, type TenantIds } from '../stage/tenant-rows.ts'
import { createTestBase } from '../stage/test-tenant.ts'

interface Reach {
  readonly tables: number
  readonly statements: number
  /** Statements that showed, changed, removed or added something of the other tenant. */
  readonly reached: readonly string[]
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

export async function countForeignReach(database: Database, ownerUrl: string): Promise<Reach> {
  const [owner, app] = [await connect(ownerUrl), await connect(database.appUrl)]
  try {
    const base = await createTestBase(database, 'reach')
    const [mine, theirs] = [newIds(base), newIds(base)]
    for (const ids of [mine, theirs])
      for (const [table, row] of Object.entries(TENANT_ROWS)) await insertRow(owner, table, row(ids))
    const tables = await tenantTables(owner)
    const reached: string[] = []
    let statements = 0
    for (const table of tables)
      for (const [what, sql, values] of attempts(table, mine, theirs)) {
        statements++
        const effect = await effectOf(app, mine.tenant, sql, values)
        if (effect) reached.push(`${what} ${table}: ${effect}`)
      }
    return { tables: tables.length, statements, reached }
  } finally {
    await Promise.all([owner.end(), app.end()])
  }
}

/** Tables that hold nothing of a tenant: everybody's bases, which workers are there, tries to sign in, and when upkeep ran. */
const COMMON = ['_prisma_migrations', 'base_models', 'queue_workers', 'sign_in_tries', 'upkeep_runs']

/** @throws for a table that the material has no row for: it would count as tried. */
async function tenantTables(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query(`select relname from pg_class where relkind = 'r'
    and relnamespace = 'public'::regnamespace order by relname`)
  const names = rows.map(({ relname }) => String(relname)).filter(name => !COMMON.includes(name))
  const unknown = names.filter(name => !TENANT_ROWS[name])
  if (unknown.length > 0) throw new Error(`measures/stage/tenant-rows.ts has no row for ${unknown.join(', ')}`)
  return names
}

type Attempt = readonly [what: string, sql: string, values?: unknown[]]

function attempts(table: string, mine: TenantIds, theirs: TenantIds): Attempt[] {
  const { column, id } = keyOf(table)
  const row = TENANT_ROWS[table]?.({ ...newIds(mine.base), tenant: theirs.tenant, user: theirs.user }) ?? {}
  const names = Object.keys(row)
  const places = names.map((_, i) => `$${i + 1}`)
  const other = `${column} <> '${mine[id]}'`
  return [
    ['select', `select * from ${table} where ${other}`],
    ['select without a tenant of', `select set_config('app.tenant_id', '', true); select * from ${table}`],
    ...Object.keys(row).map(
      (name): Attempt => [`update ${name} of`, `update ${table} set ${name} = ${name} where ${other}`],
    ),
    ['delete', `delete from ${table} where ${other}`],
    ['move a row in', `update ${table} set ${column} = '${theirs[id]}'`],
    ['insert', `insert into ${table} (${names}) values (${places})`, Object.values(row)],
  ]
}

const REFUSED = '42501'

/** What the statement did: each is written so that it must do nothing or be refused. It is taken back. */
async function effectOf(client: pg.Client, tenant: string, sql: string, values?: unknown[]): Promise<string> {
  await client.query('begin')
  try {
    await client.query("select set_config('app.tenant_id', $1, true)", [tenant])
    const results = await client.query(sql, values)
    const last = Array.isArray(results) ? results.at(-1) : results
    return last?.rowCount ? `${last.rowCount} rows` : ''
  } catch (error) {
    const { code = '', message } = error as pg.DatabaseError
    return code === REFUSED ? '' : `another failure, ${code} ${message}`
  } finally {
    await client.query('rollback')
  }
}
