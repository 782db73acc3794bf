/** Pages of lists: Relay connections over rows in the order of their ids, which are made in the order of time. */
import { badInput, limitError } from '../faults.ts'

export const PAGE_LIMIT = 100

export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

export interface Connection<T> {
  readonly edges: { node: T; cursor: string }[]
  readonly nodes: T[]
  readonly pageInfo: { hasNextPage: boolean; endCursor: string | null }
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
  key: (row: T) => string,
  cursor: (key: string) => string = toCursor,
): Connection<T> {
  const edges = rows.slice(0, size).map(node => ({ node, cursor: cursor(key(node)) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
  }
}

/** What a query needs to give one page: one row more than the page has, in order, from the cursor on. */
export interface PageQuery {
  readonly take: number
  readonly orderBy: { readonly id: 'asc' | 'desc' }
  readonly where: { readonly id?: { readonly lt: string } | { readonly gt: string } }
}

/** One page of the rows that `find` gives, newest first unless the order says otherwise. Ids are UUID v7. */
export async function pageOf<T extends { id: string }>(
  page: PageArguments,
  find: (query: PageQuery) => Promise<T[]>,
  order: 'asc' | 'desc' = 'desc',
): Promise<Connection<T>> {
  const after = fromCursor(page.after)
  const size = pageSize(page)
  const bound = after === undefined ? {} : { id: order === 'desc' ? { lt: after } : { gt: after } }
  const rows = await find({ take: size + 1, orderBy: { id: order }, where: bound })
  return connection(rows, size, row => row.id)
}

/** A filter for rows whose text holds these characters, whatever their case: `%`, `_` and backslashes mean themselves. */
export const containing = (text: string) => ({
  contains: text.replace(/[\\%_]/g, '\\$&'),
  mode: 'insensitive' as const,
})
