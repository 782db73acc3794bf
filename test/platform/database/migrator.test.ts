import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withConnection } from '../../../prisma/connection.ts'
import { MIGRATIONS, migrate } from '../../../prisma/migrator.ts'
import { createDatabase } from '../../stage/test-database.ts'

let folder: string
let database: Awaited<ReturnType<typeof createDatabase>>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-migrations-'))
  await cp(MIGRATIONS, folder, { recursive: true })
  database = await createDatabase()
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})
const add = async (name: string, sql: string) => {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'migration.sql'), sql)
}
const query = <Row extends object>(sql: string) =>
  withConnection(database.url, async client => (await client.query<Row>(sql)).rows)

const committed = (await readdir(MIGRATIONS)).filter(name => /^\d{4}_/.test(name)).sort()

test('four that start at once apply each migration once', async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, folder)))
  expect(applied.flat().sort()).toEqual(committed)
  expect(await migrate(database.url, folder)).toEqual([])
  const rows = await query<{ applied_steps_count: number; checksum: string }>('select * from _prisma_migrations')
  expect(rows.map(({ applied_steps_count }) => applied_steps_count)).toEqual(committed.map(() => 1))
  expect(rows.every(({ checksum }) => /^[0-9a-f]{64}$/.test(checksum))).toBe(true)
})

test('drawings that were stored with one side for all images have a width and a height each, of every tenant', async () => {
  const name = '0008_image_sizes'
  const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
  for (const later of committed.filter(one => one >= name)) await rm(join(folder, later), { recursive: true })
  await migrate(database.url, folder)
  await query(
    `insert into base_models (name, fingerprint, folder, size, family, parameters) values ('b', 'f', 'b', 128, 'sd', 1)`,
  )
  for (const tenant of ['one', 'two']) {
    await query(`insert into tenants (name) values ('${tenant}')`)
    for (const [kind, input] of [
      ['GENERATION', '{"base": "b", "size": 64, "images": [{"seed": 1}, {"seed": 2}]}'],
      ['PREVIEW', '{"base": "b", "images": [{"seed": 3}], "step": 1}'],
      ['TRAINING', '{"base": "b"}'],
    ])
      await query(`insert into jobs (tenant_id, kind, input, base_model_id, steps, created_by)
        select t.id, '${kind}', '${input}', b.id, 1, 'user:x' from tenants t, base_models b where t.name = '${tenant}'`)
  }
  await add(name, sql)
  expect(await migrate(database.url, folder)).toEqual([name])
  const rows = await query<{ input: unknown }>('select input from jobs order by id')
  const inputs = [
    { base: 'b', images: [64, 64].map((side, i) => ({ seed: i + 1, width: side, height: side })) },
    { base: 'b', images: [{ seed: 3, width: 128, height: 128 }], step: 1 },
    { base: 'b' },
  ]
  expect(rows.map(({ input }) => input)).toEqual([...inputs, ...inputs])
  expect(await query('select size_step from base_models')).toEqual([{ size_step: 8 }])
})

test('a migration that fails is taken back whole, and the next start tries again', async () => {
  await add('9001_broken', 'create table half (id int); create table half (id int);')
  await expect(migrate(database.url, folder)).rejects.toThrow(/9001_broken failed and was taken back/)
  expect(await query("select to_regclass('half') as half")).toEqual([{ half: null }])
  await add('9001_broken', 'create table half (id int);')
  expect(await migrate(database.url, folder)).toEqual(['9001_broken'])
})

test('a changed migration and an unknown one are refused', async () => {
  await add('9001_more', 'select 1')
  await migrate(database.url, folder)
  await add('9001_more', 'select 2')
  await expect(migrate(database.url, folder)).rejects.toThrow(/9001_more was changed/)
  await rm(join(folder, '9001_more'), { recursive: true })
  await expect(migrate(database.url, folder)).rejects.toThrow(/doesn't know/)
})

test('line ends of another system are the same migration', async () => {
  await migrate(database.url, folder)
  const path = join(folder, committed[0]!, 'migration.sql')
  await writeFile(path, (await readFile(path, 'utf8')).replaceAll('\n', '\r\n'))
  expect(await migrate(database.url, folder)).toEqual([])
})
