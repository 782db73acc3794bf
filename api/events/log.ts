/** Reads the tenant's one event log: a page of it, or all that comes, from a cursor on. */
import type { Prisma, Transaction } from '../../prisma/index.ts'
import { type EventPayload, FINAL_STATES } from '../../queue/index.ts'
import type { JobEventRow } from '../rows.ts'

export interface LogPosition {
  /** Only events with a greater number. */
  readonly after: bigint
  readonly jobId?: string | undefined
}

/** Oldest first. Numbers are given in the order of commits, so whoever has seen one has seen all before it. */
export const readEvents = (tx: Transaction, { after, jobId }: LogPosition, limit: number): Promise<JobEventRow[]> => {
  const where: Prisma.JobEventWhereInput = { number: { gt: after }, ...(jobId === undefined ? {} : { jobId }) }
  return tx.jobEvent.findMany({ where, orderBy: { number: 'asc' }, take: limit })
}

/** Whether the event says that its job has ended. */
export const isLast = ({ type, payload }: JobEventRow): boolean =>
  type === 'state' && FINAL_STATES.includes((payload as EventPayload<'state'>).to)

/** Whether the job will never have another event, unless it is retried: it is done, or deleted. Ask before reading the log. */
export async function isOver(tx: Transaction, jobId: string): Promise<boolean> {
  const job = await tx.job.findFirst({ where: { id: jobId }, select: { state: true } })
  return !job || FINAL_STATES.includes(job.state)
}
