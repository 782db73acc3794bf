/** Lists trainings. */
import type { Context } from '../context.ts'
import type { JobState } from '../generated/schema.ts'
import { type Connection, type PageArguments, pageOf, within } from '../reading/page.ts'
import type { JobRow } from '../rows.ts'

interface TrainingQuery {
  readonly subjectId?: string | undefined
  readonly states?: JobState[] | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

export const listTrainingJobs = (
  { read }: Context,
  page: PageArguments,
  { subjectId, states, ...period }: TrainingQuery,
): Promise<Connection<JobRow>> => {
  const where = {
    kind: 'TRAINING',
    ...within(period),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(states ? { state: { in: states } } : {}),
  }
  return pageOf(read, page, { table: tx => tx.job, where: () => where })
}
