/** Lists of the service, page by page. */
import { abbreviates, shortPrefix, uuidOf } from './ids.ts'

export interface Page<N> {
  readonly nodes: readonly N[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export type PageArguments = { readonly first: number; readonly after: string | null }

export type ReadPage<N> = (page: PageArguments) => Promise<Page<N> | undefined>

const PAGE_SIZE = 100

/** The entries in order, newest first, as many as are asked for. */
async function* entriesOf<N>(read: ReadPage<N>, size = PAGE_SIZE): AsyncGenerator<N, undefined> {
  for (let after: string | null = null; ; ) {
    const page: Page<N> | undefined = await read({ first: size, after })
    yield* page?.nodes ?? []
    after = page?.pageInfo.endCursor ?? null
    if (!page?.pageInfo.hasNextPage || after === null) return undefined
  }
}

/** The first `most` entries. */
export async function readFirst<N>(read: ReadPage<N>, most: number): Promise<N[]> {
  const found: N[] = []
  for await (const entry of entriesOf(read, Math.min(most, PAGE_SIZE))) {
    found.push(entry)
    if (found.length >= most) break
  }
  return found
}

export const readAll = <N>(read: ReadPage<N>): Promise<N[]> => readFirst(read, Infinity)

/** Entries whose id the reference abbreviates. Lists are in the order of their ids, so reading ends below them. */
export async function readAbbreviated<N extends { readonly id: string }>(
  read: ReadPage<N>,
  reference: string,
): Promise<N[]> {
  const prefix = shortPrefix(reference)
  const found: N[] = []
  for await (const entry of entriesOf(read)) {
    if (abbreviates(reference, entry.id)) found.push(entry)
    else if (prefix !== undefined && uuidOf(entry.id).slice(0, prefix.length) < prefix) break
  }
  return found
}
