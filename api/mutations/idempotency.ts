/**
 * Requests that are sent twice are done once. The key is stored in the transaction that does the work: both are there, or neither.
 */
import { createHash } from 'node:crypto'
import type { Transaction } from '../../prisma/index.ts'
import { conflictFault, validationFault } from '../faults.ts'

/** How long an answer is kept. */
export const KEY_SECONDS = 24 * 3600
const MAX_KEY = 255

/** What is kept of an answer: the ids from which it is built again. */
type StoredResult = Readonly<Record<string, string>>

interface Keyed {
  readonly idempotencyKey?: string | null | undefined
}

/** Keys in alphabetical order, so that equal inputs give equal text. */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, canonical(one)]))
}

const fingerprintOf = (operation: string, input: Keyed): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, canonical({ ...input, idempotencyKey: undefined })]))
    .digest('hex')

function keyOf({ idempotencyKey: key }: Keyed): string | undefined {
  if (key === null || key === undefined) return undefined
  if (key.length >= 1 && key.length <= MAX_KEY) return key
  throw validationFault(
    'INVALID',
    'idempotencyKey',
    `the key has ${key.length} characters, allowed are 1 to ${MAX_KEY}`,
  )
}

/**
 * The stored result of an earlier request with this key; undefined when there was none within 24 hours.
 * @throws UserFault IDEMPOTENCY_MISMATCH when it was another request.
 */
export async function storedResult(
  tx: Transaction,
  operation: string,
  input: Keyed,
): Promise<StoredResult | undefined> {
  const key = keyOf(input)
  if (key === undefined) return undefined
  const row = await tx.idempotencyKey.findFirst({ where: { key, createdAt: { gte: oldest() } } })
  if (!row) return undefined
  if (row.fingerprint === fingerprintOf(operation, input)) return row.result as StoredResult
  throw conflictFault(
    'IDEMPOTENCY_MISMATCH',
    'idempotencyKey',
    `the key was used for ${row.operation === operation ? `another input of ${operation}` : row.operation}; use a new key`,
  )
}

const oldest = (): Date => new Date(Date.now() - 1000 * KEY_SECONDS)

/**
 * Does the work unless the key's was done, and returns its result either way. A second request with the same key waits for the first.
 * @throws UserFault IDEMPOTENCY_MISMATCH when the key was used for another request.
 */
export async function once(
  tx: Transaction,
  tenantId: string,
  operation: string,
  input: Keyed,
  work: () => Promise<StoredResult>,
): Promise<StoredResult> {
  const key = keyOf(input)
  if (key === undefined) return work()
  await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: oldest() } } })
  const inserted = await tx.$executeRaw`
    insert into idempotency_keys (tenant_id, key, operation, fingerprint, result)
    values (${tenantId}::uuid, ${key}, ${operation}, ${fingerprintOf(operation, input)}, 'null'::jsonb)
    on conflict do nothing`
  if (inserted === 0) {
    const stored = await storedResult(tx, operation, input)
    if (stored) return stored
    throw conflictFault('IDEMPOTENCY_MISMATCH', 'idempotencyKey', 'the key has just expired; send the request again')
  }
  const result = await work()
  await tx.idempotencyKey.update({ where: { tenantId_key: { tenantId, key } }, data: { result } })
  return result
}
