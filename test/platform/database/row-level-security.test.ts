/** Raw SQL as the roles that log in: what one tenant can reach of another, table by table from the catalog. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countForeignReach } from '../../../measures/platform/foreign-rows.ts'
import { insertRow, keyOf, newIds, TENANT_ROWS, type TenantIds } from '../../../measures/stage/tenant-rows.ts'
import { createTestBase } from '../../../measures/stage/test-tenant.ts'
import { openTestDatabase, type TestDatabase } from '../../stage/test-database.ts'

let test_: TestDatabase
let [owner, app, worker]: pg.Client[] = []
let mine: TenantIds
let theirs: TenantIds

const connect = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}
beforeAll(async () => {
  test_ = await openTestDatabase()
  const { database, ownerUrl } = test_
  const base = await createTestBase(database)
  ;[owner, app, worker] = await Promise.all([ownerUrl, database.appUrl, database.workerUrl].map(connect))
  ;[mine, theirs] = [newIds(base), newIds(base)]
  for (const ids of [mine, theirs])
    for (const [table, row] of Object.entries(TENANT_ROWS)) await insertRow(owner!, table, row(ids))
})
afterAll(async () => {
  await Promise.all([owner, app, worker].map(client => client?.end()))
  await test_?.close()
})

/** Runs one statement as a role in a tenant and takes it back. Returns its rows and count, or what the server refused. */
async function attempt(client: pg.Client, tenant: string | undefined, sql: string, values: unknown[] = []) {
  await client.query('begin')
  try {
    if (tenant) await client.query("select set_config('app.tenant_id', $1, true)", [tenant])
    const { rowCount, rows } = await client.query(sql, values)
    return { count: rowCount ?? 0, rows, refused: '' }
  } catch (error) {
    return { count: 0, rows: [], refused: (error as pg.DatabaseError).code ?? 'unknown' }
  } finally {
    await client.query('rollback')
  }
}
const REFUSED = '42501'
const mayDo = async (table: string, right: string) =>
  (await owner!.query('select has_any_column_privilege($1, $2, $3) as may', ['semblance_app', table, right])).rows[0]
    .may

test('the catalog: every table is tried here, and row-level security is forced on it', async () => {
  const { rows } = await owner!.query(`select relname, relrowsecurity and relforcerowsecurity as forced from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> '_prisma_migrations'`)
  expect(rows.filter(({ forced }) => !forced)).toEqual([])
  expect(rows.map(({ relname }) => relname).sort()).toEqual(
    [...Object.keys(TENANT_ROWS), 'base_models', 'queue_workers', 'sign_in_tries', 'upkeep_runs'].sort(),
  )
})

describe.each(Object.keys(TENANT_ROWS))('%s as the app of another tenant', table => {
  const { column, id } = keyOf(table)
  test('select shows no row but its own', async () => {
    const found = await attempt(app!, mine.tenant, `select * from ${table}`)
    if (!(await mayDo(table, 'select'))) return expect(found.refused).toBe(REFUSED)
    expect(found.rows.map(row => row[column])).toEqual(found.rows.map(() => mine[id]))
    expect(found.count).toBeGreaterThan(0)
    expect((await attempt(app!, undefined, `select * from ${table}`)).count).toBe(0)
  })
  test('update and delete reach no row', async () => {
    const columns = await owner!.query(
      `select column_name as name from information_schema.column_privileges
       where grantee = 'semblance_app' and table_name = $1 and privilege_type = 'UPDATE'`,
      [table],
    )
    const name = columns.rows[0]?.name ?? column
    for (const where of [`where ${column} = '${theirs[id]}'`, `where ${column} <> '${mine[id]}'`]) {
      const updated = await attempt(app!, mine.tenant, `update ${table} set ${name} = ${name} ${where}`)
      expect(updated).toMatchObject({ count: 0, refused: columns.rowCount ? '' : REFUSED })
      expect((await attempt(app!, mine.tenant, `delete from ${table} ${where}`)).count).toBe(0)
      expect((await attempt(app!, undefined, `delete from ${table}`)).count).toBe(0)
    }
  })
  test('insert into it, and moving a row to it, are refused', async () => {
    const row = TENANT_ROWS[table]!({ ...newIds(mine.base), tenant: theirs.tenant })
    const names = Object.keys(row)
    const sql = `insert into ${table} (${names}) values (${names.map((_, i) => `$${i + 1}`)})`
    expect((await attempt(app!, mine.tenant, sql, Object.values(row))).refused).toBe(REFUSED)
    const moved = await attempt(app!, mine.tenant, `update ${table} set ${column} = '${theirs[id]}'`)
    expect(moved.refused).toBe(REFUSED)
  })
  test('the worker role has no right on it', async () => {
    for (const sql of [`select from ${table}`, `delete from ${table}`, `update ${table} set ${column} = null`])
      expect((await attempt(worker!, mine.tenant, sql)).refused).toBe(REFUSED)
  })
})

test('the other tenant keeps every row', async () => {
  for (const table of Object.keys(TENANT_ROWS)) {
    const { column, id } = keyOf(table)
    const { rowCount } = await owner!.query(`select from ${table} where ${column} = $1`, [theirs[id]])
    expect(rowCount, table).toBeGreaterThan(0)
  }
})

test('base models are read by all and written by nobody', async () => {
  expect((await attempt(app!, undefined, 'select * from base_models')).count).toBe(1)
  for (const sql of [
    'delete from base_models',
    "update base_models set name = 'x'",
    'insert into base_models default values',
  ])
    expect((await attempt(app!, mine.tenant, sql)).refused).toBe(REFUSED)
})

test('what the API did by itself is noted by a function alone', async () => {
  for (const sql of ['select * from upkeep_runs', 'delete from upkeep_runs', "update upkeep_runs set task = 'x'"])
    for (const client of [app!, worker!]) expect((await attempt(client, mine.tenant, sql)).refused).toBe(REFUSED)
})

test('every reference between rows of tenants names the tenant', async () => {
  const { rows } = await owner!.query(`select c.conname from pg_constraint c
    join pg_attribute k on k.attrelid = c.confrelid and k.attname = 'tenant_id'
    where c.contype = 'f' and not exists (select from pg_attribute a
      where a.attrelid = c.conrelid and a.attname = 'tenant_id' and a.attnum = any (c.conkey))`)
  expect(rows).toEqual([])
})

test('only the named functions go beyond a tenant, and each role may call its own', async () => {
  const { rows } = await owner!.query(`select proname as name, prosecdef as definer,
      array_remove(array[
        case when has_function_privilege('semblance_app', oid, 'execute') then 'app' end,
        case when has_function_privilege('semblance_worker', oid, 'execute') then 'worker' end], null) as callers
    from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype order by proname`)
  const callable = rows.filter(({ callers }) => callers.length > 0)
  expect(callable.map(({ name, definer, callers }) => `${name} ${definer ? 'definer' : 'invoker'} ${callers}`)).toEqual(
    [
      'adapter_line invoker app',
      'current_tenant invoker app,worker',
      'login_accept_invitation definer app',
      'login_add_device definer app',
      'login_begin_tenant_deletion definer app',
      'login_create_reset definer app',
      'login_create_session definer app',
      'login_create_tenant definer app',
      'login_create_user definer app',
      'login_delete_account definer app',
      'login_ended_keys definer app',
      'login_ended_sessions definer app',
      'login_find_invitation definer app',
      'login_find_key definer app',
      'login_find_password definer app',
      'login_find_session definer app',
      'login_find_tenant_deletion definer app',
      'login_find_user definer app',
      'login_forget_tries definer app',
      'login_forgive definer app',
      'login_has_users definer app',
      'login_is_device definer app',
      'login_list_memberships definer app',
      'login_list_sessions definer app',
      'login_revoke_sessions definer app',
      'login_set_password definer app',
      'login_take definer app',
      'login_touch_key definer app',
      'login_use_reset definer app',
      'queue_ahead definer app',
      'queue_checkpoint definer worker',
      'queue_claim definer worker',
      'queue_finish definer worker',
      'queue_forget_workers definer app',
      'queue_heartbeat definer worker',
      'queue_places definer app',
      'queue_preview definer worker',
      'queue_reconcile definer app',
      'queue_report definer worker',
      'queue_workers_there definer app',
      'register_base_model definer app',
      'tenant_row_counts invoker app',
      'upkeep_begin definer app',
      'upkeep_ended_jobs definer app',
      'upkeep_erase_tenant definer app',
      'upkeep_event_heads definer app',
      'upkeep_expire definer app',
      'upkeep_finish_deletion definer app',
      'upkeep_is_deleted definer app',
      'upkeep_open_deletions definer app',
      'upkeep_tenants_to_clear definer app',
    ],
  )
})

test('every table is tried in every way for a row of another tenant, and none is reached', async () => {
  const { database, ownerUrl } = test_
  const { tables, statements, reached } = await countForeignReach(database, ownerUrl)
  expect(reached).toEqual([])
  expect(tables).toBe(Object.keys(TENANT_ROWS).length)
  expect(statements).toBeGreaterThan(4 * tables)
})
