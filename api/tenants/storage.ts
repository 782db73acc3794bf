/** How much a tenant stores, counted in the database where it is asked, and the limit on it. */
import type { Transaction } from '../../prisma/index.ts'
import { limitFault } from '../faults.ts'
import { LIMITS, UPLOAD_SECONDS } from '../service/limits.ts'

/** Bytes of all files that rows name; equal files are stored once. */
export async function storedBytes(tx: Transaction): Promise<number> {
  const [row] = await tx.$queryRaw<[{ bytes: bigint }]>`
    select coalesce(sum(bytes), 0)::bigint as bytes from (
      select sha256, bytes::bigint from photos where sha256 is not null
      union select sha256, bytes from checkpoints
      union select sha256, bytes from adapter_versions
      union select sha256, bytes from images) files`
  return Number(row.bytes)
}

/** Bytes of photos that were announced and may still come. */
async function awaitedBytes(tx: Transaction): Promise<number> {
  const since = new Date(Date.now() - 1000 * UPLOAD_SECONDS)
  const where = { state: 'PENDING' as const, createdAt: { gt: since } }
  return (await tx.photo.aggregate({ where, _sum: { declaredBytes: true } }))._sum.declaredBytes ?? 0
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`

/**
 * The last check before so many bytes are announced or named: whoever does it at the same time waits until the transaction ends.
 * @throws UserFault LIMIT_EXCEEDED
 */
export async function assertStorage(
  tx: Transaction,
  tenantId: string,
  more: number,
  path: Parameters<typeof limitFault>[0],
): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`stored ${tenantId}`}, 0))`
  const [stored, awaited, allowed] = [await storedBytes(tx), await awaitedBytes(tx), LIMITS.storedBytes]
  const found = stored + awaited + more
  if (found <= allowed) return
  const message = `the tenant stores ${megabytes(stored)} and awaits ${megabytes(awaited)} of uploads, with this there would be ${megabytes(found)}; allowed are ${megabytes(allowed)} (storedBytes). Delete what is not needed any more: deleteGeneration, deleteImage, deleteAdapter, deletePhotoSet, deleteSubject.`
  throw limitFault(path, message, { limit: 'storedBytes', allowed, found })
}
