/** Resolves the job that a mutation names; its kind decides what the caller needs. */
import type { Transaction } from '../../prisma/index.ts'
import { type ActionName, isAllowed } from '../access/actions.ts'
import type { Context } from '../context.ts'
import { notFoundFault } from '../faults.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { JobRow } from '../rows.ts'

export const typeOfJob = ({ kind }: Pick<JobRow, 'kind'>): 'TrainingJob' | 'Generation' =>
  kind === 'TRAINING' ? 'TrainingJob' : 'Generation'

const typeActions = {
  TrainingJob: { read: 'training.read', write: 'training.write' },
  Generation: { read: 'images.read', write: 'images.write' },
} as const satisfies Record<string, Record<string, ActionName>>

/** @throws UserFault NOT_FOUND, also for kinds of jobs that the caller may not write. */
export async function findJob({ actor }: Context, tx: Transaction, jobId: string): Promise<JobRow> {
  const job = await resolveId(jobId, ['TrainingJob', 'Generation'], 'jobId', id => tx.job.findFirst({ where: { id } }))
  if (!isAllowed(actor, kindAction(job, 'write'))) throw notFoundFault('jobId')
  return job
}

export const kindAction = (job: Pick<JobRow, 'kind'>, what: 'read' | 'write'): ActionName =>
  typeActions[typeOfJob(job)][what]
