/** Queues a failed or canceled job again: the same row, so that a training goes on from its last checkpoint. */
import type { Transaction } from '../../prisma/index.ts'
import { parseInput } from '../../queue/index.ts'
import { adapterOfLine } from '../adapters/line.ts'
import { assertConsent } from '../consents/assert.ts'
import type { Context } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { RetryJobInput } from '../generated/schema.ts'
import { servedVersion } from '../generations/adapter-use.ts'
import { assertConsents } from '../generations/init-image.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { once } from '../mutations/idempotency.ts'
import { requireResult } from '../mutations/resolve-id.ts'
import type { JobRow } from '../rows.ts'
import { findJob, typeOfJob } from './find.ts'
import { assertMayWait } from './limits.ts'

/** Attempts a retried job gets. */
const ATTEMPTS = 5

export async function retryJob(context: Context, input: RetryJobInput): Promise<JobRow> {
  const job = await change(context, async (tx, tenantId, audit) => {
    const { jobId } = await once(tx, tenantId, 'retryJob', input, async () => {
      const job = await findJob(context, tx, input.jobId)
      await assertRetriable(tx, job)
      await assertMayWait(tx, tenantId, Number(job.costUnits))
      const { count } = await tx.job.updateMany({
        where: { id: job.id, state: { in: ['FAILED', 'CANCELED'] } },
        data: {
          state: 'QUEUED',
          reason: 'retried',
          code: null,
          cancelRequestedAt: null,
          finishedAt: null,
          leaseUntil: null,
          worker: null,
          runAfter: new Date(),
          maxAttempts: job.attempt + ATTEMPTS,
          ...(await adapterAgain(tx, job)),
        },
      })
      if (count === 0) throw wrongState(job)
      await audit({ action: 'retryJob', target: toGlobalId(typeOfJob(job), job.id) })
      return { jobId: job.id }
    })
    return requireResult(tx.job.findFirst({ where: { id: jobId ?? '' } }))
  })
  await context.dispatch.announce(job.id, job.kind)
  return job
}

/** The adapter of a training may have been deleted since: its line is begun anew. */
async function adapterAgain(tx: Transaction, job: JobRow): Promise<{ adapterId?: string }> {
  if (job.kind !== 'TRAINING' || job.adapterId !== null) return {}
  const { method, adapterName: name } = parseInput('TRAINING', job.input)
  return { adapterId: await adapterOfLine(tx, job.tenantId, { ...job, method, name }) }
}

const wrongState = ({ state }: JobRow) =>
  validationFault('WRONG_STATE', 'jobId', `the job is ${state}; only FAILED and CANCELED jobs can be retried`)

/** What stood in the job's way may stand there still: consent, adapters. */
async function assertRetriable(tx: Transaction, job: JobRow): Promise<void> {
  if (job.state !== 'FAILED' && job.state !== 'CANCELED') throw wrongState(job)
  if (job.kind === 'PREVIEW')
    throw validationFault('WRONG_STATE', 'jobId', 'a preview belongs to its training; retry the training')
  if (job.kind === 'TRAINING') {
    const subject = await tx.subject.findFirst({ where: { id: job.subjectId ?? '' } })
    const photoSet = await tx.photoSet.findFirst({ where: { id: job.photoSetId ?? '' } })
    if (subject) await assertConsent(tx, subject, photoSet ?? undefined, 'jobId')
    return
  }
  const uses = await tx.generationAdapter.findMany({ where: { jobId: job.id } })
  const named = (job.input as { images: { adapter?: { versionId?: string } }[] }).images
  const versions = new Set(named.flatMap(({ adapter }) => adapter?.versionId ?? []))
  if (uses.length < versions.size)
    throw validationFault('WRONG_STATE', 'jobId', 'an adapter that the job draws with was deleted; ask for new images')
  for (const { versionId } of uses) await servedVersion(tx, versionId, ['jobId'])
  await assertConsents(tx, (job.input as { from?: string[] }).from ?? [], ['jobId'])
}
