/** Pages of lists: Relay connections over rows in the order of their ids, which are made in the order of time. */
import type { Transaction } from '../../prisma/index.ts'
import { badInput, limitError } from '../faults.ts'
import type { Read } from './read.ts'

export const PAGE_LIMIT = 100

export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly order?: 'NEWEST_FIRST' | 'OLDEST_FIRST' | null | undefined
}

export interface Connection<T> {
  readonly edges: { node: T; cursor: string }[]
  readonly nodes: T[]
  readonly pageInfo: { hasNextPage: boolean; endCursor: string | null }
  /** Counted when it is asked for: a promise, for which graphql-js waits. */
  readonly totalCount: number
}

export function pageSize({ first }: { readonly first?: number | null | undefined }): number {
  const size = first ?? 20
  if (size >= 1 && size <= PAGE_LIMIT) return size
  throw limitError(`first is ${size}, allowed are 1 to ${PAGE_LIMIT}; ask for more pages with after`)
}

const toCursor = (key: string): string => Buffer.from(`after:${key}`).toString('base64url')

/** @throws BAD_USER_INPUT for text that is not a cursor of a page. */
function fromCursor(after: string | null | undefined): string | undefined {
  if (after === null || after === undefined) return undefined
  const text = Buffer.from(after, 'base64url').toString('latin1')
  if (/^after:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text.slice('after:'.length)
  throw badInput('after is not a cursor of a list; use endCursor or the cursor of an edge')
}

/** `rows` holds one more than the page's size when more follow. */
export function connection<T>(
  rows: readonly T[],
  size: number,
  count: () => Promise<number>,
  key: (row: T) => string,
  cursor: (key: string) => string = toCursor,
): Connection<T> {
  const edges = rows.slice(0, size).map(node => ({ node, cursor: cursor(key(node)) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
    get totalCount() {
      return count() as unknown as number
    },
  }
}

/** What is needed of a table: Prisma's delegates have it, with types that say nothing of each other. */
interface Table<T> {
  findMany(query: { take: number; orderBy: { id: 'asc' | 'desc' }; where: object }): Promise<T[]>
  count(query: { where: object }): Promise<number>
}

interface List {
  table(tx: Transaction): unknown
  /** Which rows of the table; all when it is left out. */
  where?(tx: Transaction): object | Promise<object>
  /** Unless the caller says it. */
  readonly order?: 'NEWEST_FIRST' | 'OLDEST_FIRST'
}

/** One page of a list, newest first unless the list or the caller says otherwise. Ids are UUID v7. */
export async function pageOf<T extends { id: string }>(
  read: Read,
  page: PageArguments,
  list: List,
): Promise<Connection<T>> {
  const after = fromCursor(page.after)
  const size = pageSize(page)
  const newestFirst = (page.order ?? list.order ?? 'NEWEST_FIRST') === 'NEWEST_FIRST'
  const bound = after === undefined ? {} : { id: newestFirst ? { lt: after } : { gt: after } }
  const own = async (tx: Transaction): Promise<object> => (await list.where?.(tx)) ?? {}
  const table = (tx: Transaction) => list.table(tx) as Table<T>
  const rows = await read(async tx =>
    table(tx).findMany({
      take: size + 1,
      orderBy: { id: newestFirst ? 'desc' : 'asc' },
      where: { AND: [bound, await own(tx)] },
    }),
  )
  const count = () => read(async tx => table(tx).count({ where: await own(tx) }))
  return connection(rows, size, count, row => row.id)
}

interface Period {
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

/** A filter for rows of a period: from its beginning on, and before its end. */
export const within = ({ createdAfter, createdBefore }: Period, column = 'createdAt') =>
  createdAfter || createdBefore
    ? { [column]: { ...(createdAfter ? { gte: createdAfter } : {}), ...(createdBefore ? { lt: createdBefore } : {}) } }
    : {}

/** A filter for rows whose text holds these characters, whatever their case: `%`, `_` and backslashes mean themselves. */
export const containing = (text: string) => ({
  contains: text.replace(/[\\%_]/g, '\\$&'),
  mode: 'insensitive' as const,
})
