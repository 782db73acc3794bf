/**
 * Blobs together with the rows that name them. Two rules keep a named blob from being removed, however many API processes there are:
 * who names blobs takes the tenant's lock as one of many, looks that each blob is there, and writes the rows, all in one transaction; who
 * removes blobs takes the lock alone, looks that no row names them, and removes them before the transaction ends. So a blob that was removed
 * between being stored and being named is found missing and stored again. A process that dies leaves no lock behind.
 * Workers, which know no lock, are guarded by age: see `upkeep/cutoff.ts`.
 */
import type { BlobStore } from '../adapters-store/index.ts'
import type { Database, Transaction } from '../prisma/index.ts'
import type { Context } from './context.ts'
import { type Audit, change } from './mutations/change.ts'

/** Of these hashes the ones that some row of the tenant names. */
async function neededBlobs(tx: Transaction, hashes: readonly string[]): Promise<Set<string>> {
  const where = { sha256: { in: [...hashes] } }
  const select = { sha256: true } as const
  const rows = [
    ...(await tx.photo.findMany({ where, select })),
    ...(await tx.checkpoint.findMany({ where, select })),
    ...(await tx.adapterVersion.findMany({ where, select })),
    ...(await tx.image.findMany({ where, select })),
    ...(await snapshotsAwaited(tx, hashes)),
  ]
  return new Set(rows.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256])))
}

/** States of adapters that previews are still to be drawn with: nothing but the preview's input names them. */
const snapshotsAwaited = (tx: Transaction, hashes: readonly string[]) =>
  tx.$queryRaw<{ sha256: string }[]>`
    select distinct image #>> '{adapter,sha256}' as sha256 from jobs, jsonb_array_elements(input -> 'images') image
    where kind = 'PREVIEW' and state in ('QUEUED', 'PREPARING', 'RUNNING') and image #>> '{adapter,sha256}' = any (${hashes})`

/** Until the transaction ends. */
const lockToName = (tx: Transaction, tenantId: string) =>
  tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended(${`blobs of ${tenantId}`}, 0))`
const lockToRemove = (tx: Transaction, tenantId: string) =>
  tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`blobs of ${tenantId}`}, 0))`

const ROUNDS = 5

interface Naming<S, T> {
  /** Puts the blobs; called again when one of them is gone when its row is to be written. */
  store(): Promise<S>
  hashesOf(stored: S): readonly string[]
  /** Writes the rows. */
  name(tx: Transaction, stored: S, tenantId: string, audit: Audit): Promise<T>
}

/** Stores blobs and the rows that name them. */
export async function storeAndName<S, T>(context: Context, { store, hashesOf, name }: Naming<S, T>): Promise<T> {
  for (let round = 0; round < ROUNDS; round++) {
    const stored = await store()
    const named = await change(context, async (tx, tenantId, audit) => {
      await lockToName(tx, tenantId)
      // Not a call of the database, but a short one.
      const found = await Promise.all(hashesOf(stored).map(hash => context.store.stat(tenantId, hash)))
      return found.includes(undefined) ? undefined : { value: await name(tx, stored, tenantId, audit) }
    })
    if (named) return named.value
  }
  throw new Error(`what was stored was removed by others in each of ${ROUNDS} rounds`)
}

/** Removed in one transaction, which has seconds. */
const BATCH = 50

interface Removal {
  /** Which of these must stay; asked under the lock. Default: those that any row names. */
  needed?(tx: Transaction, hashes: readonly string[]): Promise<ReadonlySet<string>>
  /** False for a blob that must stay after all. Default: removes whatever there is. */
  remove?(hash: string): Promise<boolean>
}

/** Removes those of the blobs that are not needed, and returns the hashes of which nothing is left. */
export async function removeUnneeded(
  { database, store }: { readonly database: Database; readonly store: BlobStore },
  tenantId: string,
  hashes: readonly string[],
  { needed = neededBlobs, remove = hash => store.remove(tenantId, hash).then(() => true) }: Removal = {},
): Promise<string[]> {
  const removed = new Set<string>()
  for (let at = 0; at < hashes.length; at += BATCH) {
    const batch = hashes.slice(at, at + BATCH)
    // Removing again, when the database breaks the transaction off, is harmless.
    await database.withTenant(tenantId, async tx => {
      await lockToRemove(tx, tenantId)
      const kept = await needed(tx, batch)
      for (const hash of batch) if (!kept.has(hash) && (await remove(hash))) removed.add(hash)
    })
  }
  return [...removed]
}

const turns = new Map<string, Promise<unknown>>()

/** One after the other for each tenant, in this process: for work that takes much memory. */
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
