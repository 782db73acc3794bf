/** Lists trainings. */
import type { Context } from '../context.ts'
import type { JobState } from '../generated/schema.ts'
import { type Connection, type PageArguments, pageOf } from '../reading/page.ts'
import type { JobRow } from '../rows.ts'

interface TrainingQuery {
  readonly subjectId?: string | undefined
  readonly states?: JobState[] | null | undefined
}

export const listTrainingJobs = (
  { read }: Context,
  page: PageArguments,
  { subjectId, states }: TrainingQuery,
): Promise<Connection<JobRow>> =>
  pageOf(page, ({ where, ...rest }) =>
    read(tx =>
      tx.job.findMany({
        ...rest,
        where: {
          ...where,
          kind: 'TRAINING',
          ...(subjectId === undefined ? {} : { subjectId }),
          ...(states ? { state: { in: states } } : {}),
        },
      }),
    ),
  )
