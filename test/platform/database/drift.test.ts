/** The committed migrations make what prisma/schema.prisma says, and the schema that the next migration starts from is this one. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withConnection } from '../../../prisma/connection.ts'
import { MIGRATIONS } from '../../../prisma/migrator.ts'
import { schemaSql } from '../../../tools/prisma/schema-sql.ts'
import { TEMPLATE } from '../../stage/postgres-server.ts'
import { createDatabase } from '../../stage/test-database.ts'

/** Written by hand, because Prisma's schema language has no words for them. */
const OWN_INDEXES = [
  ...[
    'jobs_waiting',
    'jobs_leased',
    'jobs_to_clear',
    'adapters_line',
    'invitations_open',
    'job_events_warnings',
    'jobs_in_turn',
    'tenant_deletions_open',
  ],
]

const FACTS = {
  columns: `select table_name, column_name, udt_name, is_nullable, coalesce(column_default, '') as default, datetime_precision
    from information_schema.columns where table_schema = 'public' and table_name <> '_prisma_migrations'`,
  constraints: `select conrelid::regclass::text as on_table, conname, pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('p', 'f', 'u') and conrelid::regclass::text <> '_prisma_migrations'`,
  indexes: `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' and tablename <> '_prisma_migrations'
    and indexname <> all (array['${OWN_INDEXES.join("', '")}'])`,
  enums: `select t.typname, e.enumlabel, e.enumsortorder from pg_enum e join pg_type t on t.oid = e.enumtypid`,
}

const databases: Awaited<ReturnType<typeof createDatabase>>[] = []
const make = async (template?: string) => {
  databases.push(await createDatabase(template))
  return databases.at(-1)!.url
}
const facts = (url: string, query: string) =>
  withConnection(url, async client => (await client.query(query)).rows.map(row => JSON.stringify(row)).sort())

let [migrated, fromSchema] = ['', '']
let schema = ''
beforeAll(async () => {
  schema = await readFile(join(MIGRATIONS, '../schema.prisma'), 'utf8')
  migrated = await make(TEMPLATE)
  fromSchema = await make()
  const sql = await schemaSql(fromSchema, schema)
  await withConnection(fromSchema, client => client.query(sql))
})
afterAll(() => Promise.all(databases.map(({ drop }) => drop())))

test.each(Object.entries(FACTS))('%s', async (_name, query) => {
  const wanted = await facts(fromSchema, query)
  expect(wanted.length).toBeGreaterThan(5)
  expect(await facts(migrated, query)).toEqual(wanted)
})

test('the schema beside the migrations is the schema: every change has its migration', async () => {
  const last = await readFile(join(MIGRATIONS, 'schema.prisma'), 'utf8')
  expect(await schemaSql(fromSchema, schema, last)).toContain('empty migration')
})
