/** Cancels jobs: waiting ones at once, running ones within one step. */
import type { Prisma, Transaction } from '../../prisma/index.ts'
import type { Context } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { CancelJobInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import type { JobRow } from '../rows.ts'
import { findJob, typeOfJob } from './find.ts'

/**
 * Returns the ids of the jobs that were not finished, previews of trainings included.
 * A job that a worker takes between the two updates is caught by the second.
 */
export async function cancelJobs(tx: Transaction, which: Prisma.JobWhereInput, reason: string): Promise<string[]> {
  const queued = await tx.job.updateManyAndReturn({
    where: { AND: [which, { state: 'QUEUED' }] },
    data: { state: 'CANCELED', reason, code: 'CANCELED', finishedAt: new Date() },
    select: { id: true },
  })
  const active = await tx.job.updateManyAndReturn({
    where: { AND: [which, { state: { in: ['PREPARING', 'RUNNING'] } }] },
    data: { cancelRequestedAt: new Date(), reason },
    select: { id: true },
  })
  return [...queued, ...active].map(({ id }) => id)
}

/** Cancels drawings that would start from one of these images or photos, which are being deleted. */
export async function cancelStartedFrom(
  tx: Transaction,
  what: 'imageId' | 'photoId',
  ids: readonly string[],
): Promise<string[]> {
  const jobs = await tx.$queryRaw<{ id: string }[]>`
    select j.id from jobs j where j.kind = 'GENERATION' and j.state in ('QUEUED', 'PREPARING', 'RUNNING') and exists (
      select from jsonb_array_elements(j.input -> 'images') image where image -> 'init' ->> ${what} = any (${ids}))`
  const named = jobs.map(({ id }) => id)
  return cancelJobs(tx, { id: { in: named } }, 'the picture that it starts from was deleted')
}

export async function cancelJob(context: Context, input: CancelJobInput): Promise<JobRow> {
  const canceled = await change(context, async (tx, _tenantId, audit) => {
    const job = await findJob(context, tx, input.jobId)
    const ids = await cancelJobs(tx, { OR: [{ id: job.id }, { parentJobId: job.id }] }, 'canceled by a user')
    if (!ids.includes(job.id))
      throw validationFault('WRONG_STATE', 'jobId', `the job is already ${job.state}; there is nothing to cancel`)
    await audit({ action: 'cancelJob', target: toGlobalId(typeOfJob(job), job.id) })
    return { ids, job: await tx.job.findFirstOrThrow({ where: { id: job.id } }) }
  })
  await Promise.all(canceled.ids.map(id => context.dispatch.cancelHint(id)))
  return canceled.job
}
