/** The figures of a training's steps, read from its events. */
import type { Transaction } from '../../prisma/index.ts'
import type { EventPayload } from '../../queue/index.ts'
import type { TrainingMetric } from '../generated/schema.ts'

const MAX_POINTS = 1000

/** At most `MAX_POINTS`, evenly spread and with the last; where a later attempt repeated a step, its figures count. */
export async function readMetrics(tx: Transaction, jobId: string): Promise<TrainingMetric[]> {
  const rows = await tx.$queryRaw<{ payload: EventPayload<'progress'> }[]>`
    with steps as (
      select distinct on ((payload->>'step')::int) (payload->>'step')::int as step, payload
      from job_events where job_id = ${jobId}::uuid and type = 'progress'
      order by (payload->>'step')::int, attempt desc, number desc
    ), numbered as (select payload, row_number() over (order by step desc) - 1 as place, count(*) over () as total, step from steps)
    select payload from numbered where place % greatest(1, ceil(total / ${MAX_POINTS}::numeric)::int) = 0 order by step`
  return rows.map(({ payload: { step, loss, learningRate, milliseconds, remaining } }) => ({
    step,
    loss: loss ?? null,
    learningRate: learningRate ?? null,
    milliseconds: milliseconds ?? null,
    remainingSeconds: remaining ?? null,
  }))
}
