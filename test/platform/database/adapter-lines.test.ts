/** The migration that made lines of adapters unique: what an older version left double is merged. */
import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertRow, newIds, TENANT_ROWS, type TenantIds } from '../../../measures/stage/tenant-rows.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { MIGRATIONS, migrate } from '../../../prisma/migrator.ts'
import { createDatabase } from '../../stage/test-database.ts'

let folder: string
let database: Awaited<ReturnType<typeof createDatabase>>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-lines-'))
  database = await createDatabase()
  for (const name of await readdir(MIGRATIONS))
    if (/^000[1-5]_/.test(name)) await cp(join(MIGRATIONS, name), join(folder, name), { recursive: true })
  await migrate(database.url, folder)
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const BASE_ROWS = ['users', 'tenants', 'memberships', 'subjects']
async function newTenant(client: pg.Client, base: string): Promise<TenantIds> {
  const ids = newIds(base)
  for (const table of BASE_ROWS) await insertRow(client, table, TENANT_ROWS[table]!(ids))
  return ids
}

/** Rows of one adapter: each version made at the minute that is given. */
async function addAdapter(
  client: pg.Client,
  ids: TenantIds,
  { name = 'Ada', subject = ids.subject as string | null, versions = [] as number[] },
) {
  const id = randomUUID()
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const line = { subject_id: subject, name, base_model_id: ids.base, method: 'lora' }
  await insertRow(client, 'adapters', {
    ...{ tenant_id: ids.tenant, id, ...line, created_at: at(versions[0] ?? 59) },
  })
  const made: string[] = []
  for (const [i, minute] of versions.entries()) {
    const [version, job] = [randomUUID(), randomUUID()]
    const input = JSON.stringify({ adapterName: name, method: 'lora' })
    await insertRow(client, 'jobs', {
      ...{ tenant_id: ids.tenant, id: job, kind: 'TRAINING', input, base_model_id: ids.base, adapter_id: id },
      ...{ steps: 1, created_by: 'test', state: 'SUCCEEDED', finished_at: at(minute), result: '{}' },
    })
    await insertRow(client, 'adapter_versions', {
      ...{ tenant_id: ids.tenant, id: version, adapter_id: id, number: i + 1, sha256: 'a'.repeat(64), bytes: 1 },
      ...{ manifest: '{}', format: 'semblance', job_id: job, created_at: at(minute) },
    })
    made.push(version)
  }
  const alias = (word: string, version: string, minute: number) =>
    insertRow(client, 'aliases', {
      ...{ tenant_id: ids.tenant, adapter_id: id, name: word, version_id: version, moved_at: at(minute) },
    })
  if (made.length > 0) await alias('latest', made.at(-1)!, versions.at(-1)!)
  return { id, made, alias }
}

test('adapters of one line become one, with its versions in the order they were made and each alias moved last', async () => {
  await withConnection(database.url, async client => {
    const base = (await client.query("select register_base_model('b', 'f', 'b', 8, 'sd1', 1) as id")).rows[0].id
    const ids = await newTenant(client, base)
    const other = await newTenant(client, base)
    const first = await addAdapter(client, ids, { versions: [1, 4] })
    const second = await addAdapter(client, ids, { versions: [2, 3, 5] })
    await first.alias('production', first.made[0]!, 10)
    await second.alias('production', second.made[1]!, 20)
    await second.alias('beta', second.made[0]!, 6)
    const imported = [1, 2].map(minute => addAdapter(client, ids, { subject: null, versions: [minute] }))
    await Promise.all(imported)
    const apart = await addAdapter(client, ids, { name: 'Bea', versions: [1] })
    const foreign = await addAdapter(client, other, { versions: [1] })

    // The rest of them, up to now.
    expect((await migrate(database.url)).length).toBeGreaterThan(0)

    const adapters = await client.query('select id, name, subject_id from adapters where tenant_id = $1', [ids.tenant])
    expect(adapters.rows.filter(row => row.name === 'Ada' && row.subject_id)).toEqual([
      { id: first.id, name: 'Ada', subject_id: ids.subject },
    ])
    expect(adapters.rows.filter(row => row.subject_id === null)).toHaveLength(1)
    const versions = await client.query('select id from adapter_versions where adapter_id = $1 order by number', [
      first.id,
    ])
    const [a, b] = [first.made, second.made]
    expect(versions.rows.map(row => row.id)).toEqual([a[0], b[0], b[1], a[1], b[2]])
    const numbers = await client.query('select number from adapter_versions where adapter_id = $1 order by 1', [
      first.id,
    ])
    expect(numbers.rows.map(row => row.number)).toEqual([1, 2, 3, 4, 5])
    const aliases = await client.query('select name, version_id from aliases where adapter_id = $1 order by 1', [
      first.id,
    ])
    expect(aliases.rows).toEqual([
      { name: 'beta', version_id: b[0] },
      { name: 'latest', version_id: b[2] },
      { name: 'production', version_id: b[1] },
    ])
    const jobs = await client.query('select count(*)::int as jobs from jobs where adapter_id = $1', [first.id])
    expect(jobs.rows[0].jobs).toBe(5)
    // What was not double is as it was.
    for (const { id } of [apart, foreign]) {
      const kept = await client.query('select number from adapter_versions where adapter_id = $1', [id])
      expect(kept.rows).toEqual([{ number: 1 }])
    }
    const noted = await client.query('select tenant_id, target from audit_entries where action = $1', ['mergeAdapters'])
    expect(noted.rows.map(row => row.tenant_id)).toEqual([ids.tenant, ids.tenant])
    expect(noted.rows.map(row => row.target)).toContain(Buffer.from(`Adapter:${first.id}`).toString('base64url'))
  })
})

test('trainings that wait when the service is updated get one adapter, and the database refuses a second one', async () => {
  await withConnection(database.url, async client => {
    const base = (await client.query("select register_base_model('b', 'f', 'b', 8, 'sd1', 1) as id")).rows[0].id
    const ids = await newTenant(client, base)
    const input = JSON.stringify({ adapterName: 'Ada', method: 'lora' })
    for (let i = 0; i < 3; i++)
      await insertRow(client, 'jobs', {
        ...{ tenant_id: ids.tenant, kind: 'TRAINING', input, base_model_id: base, subject_id: ids.subject },
        ...{ steps: 1, created_by: 'test' },
      })
    await migrate(database.url)
    const { rows } = await client.query('select distinct adapter_id from jobs')
    expect(rows).toEqual([{ adapter_id: expect.any(String) }])
    await expect(addAdapter(client, ids, {})).rejects.toThrow(/adapters_line/)
  })
})
