/** The unit of work of every mutation, and its audit trail. */
import type { Transaction } from '../../prisma/index.ts'
import { actorName } from '../access/actor.ts'
import { type Context, tenantOf } from '../context.ts'

/** What was done, for the audit trail. `target` is a global id; `detail` holds no secrets. */
export interface AuditEntry {
  readonly action: string
  readonly target?: string
  readonly detail?: Record<string, string | number | boolean | null | string[]>
}

export type Audit = (entry: AuditEntry) => Promise<void>

/** One transaction of the tenant; `audit` writes to its audit trail. What was read before is forgotten. */
export async function change<T>(
  context: Context,
  work: (tx: Transaction, tenantId: string, audit: Audit) => Promise<T>,
): Promise<T> {
  const tenantId = tenantOf(context)
  const actor = actorName(context.actor)
  const result = await context.database.withTenant(tenantId, tx =>
    work(tx, tenantId, async ({ action, target = null, detail = {} }) => {
      await tx.auditEntry.create({ data: { tenantId, actor, action, target, detail } })
    }),
  )
  context.refresh()
  return result
}
