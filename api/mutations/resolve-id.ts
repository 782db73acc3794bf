/** Resolves the ids that inputs name: the first step of every mutation. */
import { invariant } from '../../errors.ts'
import { notFoundFault } from '../faults.ts'
import { keyOf } from '../graphql/global-id.ts'

/**
 * The row of a global id, looked up with the key inside it.
 * @throws UserFault NOT_FOUND naming the input; the same for malformed ids, ids of another type and ids of another tenant.
 */
export async function resolveId<Row>(
  id: string,
  types: string | readonly string[],
  path: string | readonly (string | number)[],
  find: (key: string) => Promise<Row | null>,
): Promise<Row> {
  const key = keyOf(id, ...(typeof types === 'string' ? [types] : types))
  const row = key === undefined ? null : await find(key)
  if (row === null) throw notFoundFault(path)
  return row
}

/** The row behind a stored result; it may have been deleted when the request is repeated. */
export async function requireResult<Row>(find: Promise<Row | null>): Promise<Row> {
  const row = await find
  if (row === null) throw notFoundFault('idempotencyKey')
  return row
}

/** A row that a foreign key guarantees. */
export function requireRow<Row>(row: Row | null | undefined, what: string): Row {
  invariant(row !== null && row !== undefined, `${what} is referenced but does not exist`)
  return row
}
