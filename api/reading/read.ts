/**
 * Reads of one request: everything asked for at the same time goes through one short transaction of the tenant, and every row is read once
 * for each id.
 */
import DataLoader from 'dataloader'
import type { Transaction } from '../../prisma/index.ts'

export type Query<T> = (tx: Transaction) => Promise<T>
/** Runs a query in the request's tenant, together with whatever else is asked for in the same tick. */
export type Read = <T>(query: Query<T>) => Promise<T>

const BATCH = 200

export function createRead(inTenant: <T>(query: Query<T>) => Promise<T>): Read {
  const queries = new DataLoader<Query<unknown>, unknown>(
    batch =>
      inTenant(async tx => {
        const results: unknown[] = []
        // One connection answers one query at a time anyway; one that fails takes the transaction with it.
        for (const query of batch) results.push(await query(tx))
        return results
      }),
    { cache: false, maxBatchSize: BATCH },
  )
  return <T>(query: Query<T>) => queries.load(query) as Promise<T>
}

/** Rows by id. */
export const rowLoader = <Row extends { id: string }>(
  read: Read,
  find: (tx: Transaction, ids: string[]) => Promise<Row[]>,
): DataLoader<string, Row | undefined> =>
  new DataLoader(async ids => {
    const rows = await read(tx => find(tx, [...ids]))
    const byId = new Map(rows.map(row => [row.id, row]))
    return ids.map(id => byId.get(id))
  })

/** All rows that belong to an id, in the order in which `find` gives them. */
export const groupLoader = <Row>(
  read: Read,
  find: (tx: Transaction, ids: string[]) => Promise<Row[]>,
  owner: (row: Row) => string | null,
): DataLoader<string, Row[]> =>
  new DataLoader(async ids => {
    const groups = Map.groupBy(await read(tx => find(tx, [...ids])), owner)
    return ids.map(id => groups.get(id) ?? [])
  })
