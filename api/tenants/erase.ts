/**
 * Erases a tenant whose deletion has begun. Whatever dies in between, it can be done again, by any process: first the jobs stop, then, in one
 * statement, the rows are replaced by a receipt, and last the files go. What a worker stores later the sweep removes (upkeep/sweep.ts).
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobStore } from '../../adapters-store/index.ts'
import type { Services } from '../context.ts'

/** How long running jobs get to stop by themselves; what they write later is refused. */
const STOP_MILLISECONDS = 20_000

type Parts = Pick<Services, 'database' | 'store'>

export async function eraseTenant({ database, store }: Parts, tenantId: string): Promise<void> {
  await settled({ database, store }, tenantId)
  const files = await describeFiles(store, tenantId)
  const [row] = await database.withTenant(
    tenantId,
    tx => tx.$queryRaw<{ rows: object }[]>`select tenant_row_counts() as rows`,
  )
  await database.upkeep.eraseTenant(tenantId, { rows: row?.rows, files })
  await removeBlobs(store, tenantId)
  await store.sweepUploads(new Date(), tenantId)
  await database.upkeep.finishDeletion(tenantId)
}

async function settled({ database }: Parts, tenantId: string): Promise<void> {
  const end = performance.now() + STOP_MILLISECONDS
  const where = { state: { in: ['PREPARING' as const, 'RUNNING' as const] } }
  while (performance.now() < end) {
    if ((await database.withTenant(tenantId, tx => tx.job.count({ where }))) === 0) return
    await sleep(100)
  }
}

async function describeFiles(store: BlobStore, tenantId: string) {
  const hashes: string[] = []
  let bytes = 0
  for await (const blob of store.list(tenantId)) {
    hashes.push(blob.sha256)
    bytes += blob.bytes
  }
  const all = hashes.sort().map(hash => `${hash}\n`)
  return { count: hashes.length, bytes, sha256: createHash('sha256').update(all.join('')).digest('hex') }
}

/** All blobs of a tenant that has no rows any more. Returns their number. */
export async function removeBlobs(store: BlobStore, tenantId: string): Promise<number> {
  let removed = 0
  for await (const { sha256 } of store.list(tenantId)) if (await store.remove(tenantId, sha256)) removed++
  return removed
}
