import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureIsolation } from '../../../measures/platform/isolation.ts'
import { createTestBase, createTestTenant } from '../../../measures/stage/test-tenant.ts'
import { withConnection } from '../../../prisma/connection.ts'
import type { Database } from '../../../prisma/index.ts'
import { openTestDatabase, type TestDatabase } from '../../stage/test-database.ts'

let opened: TestDatabase
let database: Database
/** The driver warns once in a process. */
const warnings: string[] = []
beforeAll(async () => {
  process.on('warning', ({ message }) => warnings.push(message))
  opened = await openTestDatabase()
  database = opened.database
})
afterAll(() => opened?.close())

const subject = (tenantId: string, name = 'Ada') => ({ tenantId, name, classNoun: 'person', isPerson: true })

test('50 tenants with 24 transactions each, 200 at once on 5 connections: no foreign row, none lost', async () => {
  expect(await measureIsolation(database, 50, 24)).toEqual({
    transactions: 1200,
    foreignRows: 0,
    missedRows: 0,
    failed: 0,
  })
})

describe('withTenant', () => {
  test('outside of it no tenant row is seen, and none can be written', async () => {
    const { tenantId } = await createTestTenant(database)
    await database.withTenant(tenantId, tx => tx.subject.create({ data: subject(tenantId) }))
    expect(await database.app.subject.count()).toBe(0)
    await expect(database.app.subject.create({ data: subject(tenantId) })).rejects.toThrow(/row-level security/)
  })
  test('takes everything back when the work throws, and passes the error on', async () => {
    const { tenantId } = await createTestTenant(database)
    const error = new Error('mine')
    const work = database.withTenant(tenantId, async tx => {
      await tx.subject.create({ data: subject(tenantId) })
      throw error
    })
    await expect(work).rejects.toBe(error)
    expect(await database.withTenant(tenantId, tx => tx.subject.count())).toBe(0)
  })
  test('sends its queries one after the other, however many are asked for at once', async () => {
    const { tenantId } = await createTestTenant(database)
    const made = Array.from({ length: 5 }, (_, i) => subject(tenantId, `Subject ${i}`))
    await database.withTenant(tenantId, tx => tx.subject.createMany({ data: made }))
    const related = { photoSets: true, consents: true, jobs: true, adapters: true }
    const [found, ...counts] = await database.withTenant(tenantId, tx =>
      Promise.all([tx.subject.findMany({ include: related }), ...made.map(() => tx.subject.count())]),
    )
    expect([found.length, ...counts]).toEqual([5, 5, 5, 5, 5, 5])
    expect(warnings).toEqual([])
  })
  test('refuses what is not the id of a tenant', async () => {
    for (const id of ['', "'; drop table users; --"])
      await expect(database.withTenant(id, tx => tx.subject.count())).rejects.toThrow(/not a tenant's id/)
  })
  test('two transactions that block each other both get through', async () => {
    const { tenantId } = await createTestTenant(database)
    const [one, other] = await database.withTenant(tenantId, async tx => [
      await tx.subject.create({ data: subject(tenantId) }),
      await tx.subject.create({ data: subject(tenantId) }),
    ])
    let inside = 0
    let release: () => void = () => undefined
    const both = new Promise<void>(resolve => {
      release = resolve
    })
    const rename = (ids: string[], name: string) =>
      database.withTenant(tenantId, async tx => {
        for (const [i, id] of ids.entries()) {
          // Until both hold their first row: then each wants the other's.
          if (i === 1 && ++inside === 2) release()
          if (i === 1) await both
          await tx.subject.updateMany({ where: { id }, data: { name } })
        }
      })
    await Promise.all([rename([one.id, other.id], 'x'), rename([other.id, one.id], 'y')])
    expect(inside).toBe(3)
    const names = await database.withTenant(tenantId, tx => tx.subject.findMany({ select: { name: true } }))
    expect(new Set(names.map(({ name }) => name)).size).toBe(1)
  })
  test.each(['53100', '53200', '58030'])(
    'is DATABASE_UNAVAILABLE when the server says %s: no disk, no memory, no input',
    async state => {
      const { tenantId } = await createTestTenant(database)
      const fail = `do $$ begin raise exception 'could not extend file' using errcode = '${state}'; end $$`
      const work = database.withTenant(tenantId, tx => tx.$executeRawUnsafe(fail))
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    },
  )
  test('is DATABASE_UNAVAILABLE when its connection is cut, and works again at once', async () => {
    const { tenantId } = await createTestTenant(database)
    const cut = () =>
      withConnection(opened.ownerUrl, client =>
        client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'semblance_app' and datname = current_database()",
        ),
      )
    const work = database.withTenant(tenantId, async tx => {
      await cut()
      return tx.subject.count()
    })
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    await expect.poll(() => database.withTenant(tenantId, tx => tx.subject.count())).toBe(0)
    await database.check()
  })
})

describe('what the database itself refuses', () => {
  test('a reference to a row of another tenant', async () => {
    const [{ tenantId }, other] = [await createTestTenant(database), await createTestTenant(database)]
    const { id } = await database.withTenant(other.tenantId, tx => tx.subject.create({ data: subject(other.tenantId) }))
    const steal = database.withTenant(tenantId, tx => tx.photoSet.create({ data: { tenantId, subjectId: id } }))
    await expect(steal).rejects.toMatchObject({ code: 'P2003' })
  })
  test('a change of a complete photo set', async () => {
    const { tenantId } = await createTestTenant(database)
    const set = await database.withTenant(tenantId, async tx => {
      const { id } = await tx.subject.create({ data: subject(tenantId) })
      return tx.photoSet.create({ data: { tenantId, subjectId: id, hash: 'h', completedAt: new Date() } })
    })
    const change = database.withTenant(tenantId, tx =>
      tx.photoSet.updateMany({ where: { id: set.id }, data: { hash: 'other' } }),
    )
    await expect(change).rejects.toThrow(/is complete and can't change/)
  })
  test('writing the event log or an image past the queue, and changing an audit entry', async () => {
    const { tenantId } = await createTestTenant(database)
    const baseModelId = await createTestBase(database)
    const job = await database.withTenant(tenantId, tx =>
      tx.job.create({ data: { tenantId, kind: 'GENERATION', input: {}, baseModelId, steps: 1, createdBy: 'test' } }),
    )
    const denied = [
      () =>
        database.withTenant(tenantId, tx =>
          tx.jobEvent.create({ data: { tenantId, number: 7, type: 'message', payload: {} } }),
        ),
      () =>
        database.withTenant(tenantId, tx =>
          tx.checkpoint.create({
            data: { tenantId, jobId: job.id, attempt: 1, step: 1, sha256: 'a'.repeat(64), bytes: 1 },
          }),
        ),
      () => database.withTenant(tenantId, tx => tx.auditEntry.updateMany({ data: { actor: 'nobody' } })),
      () => database.withTenant(tenantId, tx => tx.adapterVersion.updateMany({ data: { number: 9 } })),
    ]
    for (const attempt of denied) await expect(attempt()).rejects.toThrow(/permission denied/)
  })
})
