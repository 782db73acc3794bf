/** Many tenants at once on few connections: how many rows any of them saw that were not its own. Also for the bench. */
import type { Database } from '../../prisma/index.ts'
import { createTestTenant } from '../stage/test-tenant.ts'

interface Isolation {
  readonly transactions: number
  readonly foreignRows: number
  /** Own rows that a transaction should have seen and did not. */
  readonly missedRows: number
  readonly failed: number
}

const AT_ONCE = 200

/** Reads, writes and rollbacks in turn; every transaction looks at all subjects it can see. */
export async function measureIsolation(database: Database, tenants: number, each: number): Promise<Isolation> {
  const ids = await Promise.all(
    Array.from({ length: tenants }, async (_, i) => (await createTestTenant(database, `${i}`)).tenantId),
  )
  let [foreignRows, missedRows, failed] = [0, 0, 0]
  const look = async (tenantId: string, kind: number): Promise<void> => {
    await database.withTenant(tenantId, async tx => {
      if (kind > 0) await tx.subject.create({ data: { tenantId, name: tenantId, classNoun: 'cat', isPerson: false } })
      const rows = await tx.subject.findMany({ select: { tenantId: true, name: true } })
      foreignRows += rows.filter(row => row.tenantId !== tenantId || row.name !== tenantId).length
      if (kind > 0 && rows.length === 0) missedRows++
      if (kind === 2) throw new Error('taken back')
    })
  }
  const work = Array.from({ length: each }, (_, i) => i % 3).flatMap(kind => ids.map(id => ({ id, kind })))
  const lane = async (queue: Iterator<(typeof work)[number]>): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { id, kind } = next.value
      await look(id, kind).catch(error => {
        if (error.message !== 'taken back') failed++
      })
    }
  }
  const queue = work.values()
  await Promise.all(Array.from({ length: AT_ONCE }, () => lane(queue)))
  return { transactions: work.length, foreignRows, missedRows, failed }
}
