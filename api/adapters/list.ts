/** Lists adapters. That of a training that has not succeeded yet has no version, and nothing can be drawn with it. */
import type { Context } from '../context.ts'
import { type Connection, containing, type PageArguments, pageOf } from '../reading/page.ts'
import type { AdapterRow } from '../rows.ts'

interface AdapterQuery {
  readonly subjectId?: string | undefined
  readonly baseModelId?: string | undefined
  readonly method?: string | null | undefined
  readonly nameContains?: string | null | undefined
}

export const listAdapters = (
  { read }: Context,
  page: PageArguments,
  { subjectId, baseModelId, method, nameContains }: AdapterQuery,
): Promise<Connection<AdapterRow>> =>
  pageOf(page, ({ where, ...rest }) =>
    read(tx =>
      tx.adapter.findMany({
        ...rest,
        where: {
          ...where,
          versions: { some: {} },
          ...(subjectId === undefined ? {} : { subjectId }),
          ...(baseModelId === undefined ? {} : { baseModelId }),
          ...(method ? { method } : {}),
          ...(nameContains ? { name: containing(nameContains) } : {}),
        },
      }),
    ),
  )
