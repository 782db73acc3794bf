/** Which blobs of a tenant are still needed, and removing those that are not. */
import type { Transaction } from '../prisma/index.ts'

/** Of these hashes the ones that some row of the tenant names. */
export async function neededBlobs(tx: Transaction, hashes: readonly string[]): Promise<Set<string>> {
  const where = { sha256: { in: [...hashes] } }
  const select = { sha256: true } as const
  const rows = [
    ...(await tx.photo.findMany({ where, select })),
    ...(await tx.checkpoint.findMany({ where, select })),
    ...(await tx.adapterVersion.findMany({ where, select })),
    ...(await tx.image.findMany({ where, select })),
  ]
  return new Set(rows.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256])))
}

const turns = new Map<string, Promise<unknown>>()

/**
 * One after the other for each tenant: storing blobs together with the rows that name them, and removing blobs that no row names.
 * Otherwise a photo could be removed between being stored and being named. Holds within this process, the only one that does either.
 */
export async function inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(tenantId) ?? Promise.resolve()
  const turn = before.then(work, work)
  turns.set(tenantId, turn)
  try {
    return await turn
  } finally {
    if (turns.get(tenantId) === turn) turns.delete(tenantId)
  }
}
