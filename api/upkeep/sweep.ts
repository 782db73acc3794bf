/** Removes blobs that no row names: what a killed worker or API had stored and not named yet, and files written for an export that has ended. */
import { removeUnneeded } from '../blobs.ts'
import type { Services } from '../context.ts'
import { removeBlobs } from '../tenants/erase.ts'
import { cutoffOf } from './cutoff.ts'

type Parts = Pick<Services, 'database' | 'store' | 'log'>

/** Of every tenant that the database knows: a store of another database is left alone. Returns the number of removed blobs. */
export async function sweepBlobs(parts: Parts, graceSeconds: number): Promise<number> {
  let swept = 0
  for await (const tenantId of parts.store.tenants()) swept += await sweepTenant(parts, tenantId, graceSeconds)
  return swept
}

async function sweepTenant({ database, store, log }: Parts, tenantId: string, graceSeconds: number): Promise<number> {
  const before = await database.withTenant(tenantId, async tx =>
    (await tx.tenant.count()) === 0 ? undefined : cutoffOf(tx, graceSeconds),
  )
  if (!before && (await database.upkeep.isDeleted(tenantId))) return removeBlobs(store, tenantId)
  if (!before) {
    log.warn(
      { tenant: tenantId },
      'the store has blobs of a tenant that the database does not know; they are left alone',
    )
    return 0
  }
  const old: string[] = []
  for await (const { sha256 } of store.list(tenantId, before)) old.push(sha256)
  const remove = (hash: string) => store.remove(tenantId, hash, before)
  return (await removeUnneeded({ database, store }, tenantId, old, { remove })).length
}
