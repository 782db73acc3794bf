/** Lists adapters. That of a training that has not succeeded yet has no version, and nothing can be drawn with it. */
import type { Context } from '../context.ts'
import { type Connection, containing, type PageArguments, pageOf, within } from '../reading/page.ts'
import type { AdapterRow } from '../rows.ts'

interface AdapterQuery {
  readonly subjectId?: string | undefined
  readonly baseModelId?: string | undefined
  readonly method?: string | null | undefined
  readonly nameContains?: string | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

export const listAdapters = (
  { read }: Context,
  page: PageArguments,
  { subjectId, baseModelId, method, nameContains, ...period }: AdapterQuery,
): Promise<Connection<AdapterRow>> => {
  const where = {
    versions: { some: {} },
    ...within(period),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(baseModelId === undefined ? {} : { baseModelId }),
    ...(method ? { method } : {}),
    ...(nameContains ? { name: containing(nameContains) } : {}),
  }
  return pageOf(read, page, { table: tx => tx.adapter, where: () => where })
}
