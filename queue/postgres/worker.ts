/** The workers' side on PostgreSQL: a login that has no right on any table calls the functions of 0003_jobs. */
import { invariant } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { createBell } from '../bell.ts'
import { EVENTS, JOB_INPUTS, JOB_RESULTS, type JobKind, WORKER_EVENTS } from '../jobs.ts'
import type { Claim, Outcome, WorkerQueue } from '../port.ts'
import { type Calls, openCalls } from './calls.ts'
import { openListener } from './listener.ts'

interface WorkerQueueOptions {
  /** Connection string of a member of semblance_worker. */
  readonly url: string
  /** Names this worker in attempts and reasons. */
  readonly worker: string
  readonly leaseSeconds: number
  readonly log: Logger
}

/** Connects with the first call; a server that can't be reached fails calls and nothing else. */
export function openPostgresWorkerQueue(options: WorkerQueueOptions): WorkerQueue {
  const { url, worker, leaseSeconds, log } = options
  const calls = openCalls(url, 4, log)
  const bell = createBell()
  const cancels = new Set<(jobId: string) => void>()
  const notified = (channel: string, payload: string): void => {
    if (channel === 'semblance_jobs') bell.ring()
    else for (const listener of cancels) listener(payload)
  }
  const listener = openListener(url, ['semblance_jobs', 'semblance_cancel'], { notified, missed: bell.ring }, log)
  return {
    ...writes(calls),
    claim: async (kinds, limit) => {
      const rows = await calls.query<ClaimRow>('select * from queue_claim($1, $2, $3, $4)', [
        worker,
        kinds,
        limit,
        leaseSeconds,
      ])
      return rows.map(row => toClaim(row, leaseSeconds))
    },
    onCancel: listener => {
      cancels.add(listener)
      return () => cancels.delete(listener)
    },
    wait: bell.wait,
    close: async () => {
      bell.ring()
      await Promise.all([listener.close(), calls.close()])
    },
  }
}

interface ClaimRow {
  readonly tenant_id: string
  readonly job_id: string
  readonly kind: JobKind
  readonly attempt: number
  readonly input: unknown
  readonly checkpoint: NonNullable<Claim['checkpoint']> | null
}

const toClaim = (row: ClaimRow, leaseSeconds: number): Claim => ({
  jobId: row.job_id,
  tenantId: row.tenant_id,
  kind: row.kind,
  attempt: row.attempt,
  input: row.input,
  leaseSeconds,
  ...(row.checkpoint ? { checkpoint: row.checkpoint } : {}),
})

type Writes = Pick<WorkerQueue, 'heartbeat' | 'report' | 'checkpoint' | 'preview' | 'finish'>

/** Every call quotes tenant, job and attempt; what is written is checked first, since a schema that doesn't fit is our bug. */
function writes(calls: Calls): Writes {
  const answer = async <T extends string>(name: string, claim: Claim, ...values: unknown[]): Promise<T> => {
    const places = [claim.tenantId, claim.jobId, claim.attempt, ...values]
    const call = `select ${name}(${places.map((_, i) => `$${i + 1}`)}) as answer`
    const [row] = await calls.query<{ answer: T }>(call, places)
    invariant(row, `${name} answers`)
    return row.answer
  }
  return {
    heartbeat: claim => answer('queue_heartbeat', claim, claim.leaseSeconds),
    report: async (claim, seq, { type, payload }) =>
      answer('queue_report', claim, seq, type, JSON.stringify(WORKER_EVENTS[type].parse(payload))),
    checkpoint: async (claim, seq, checkpoint) =>
      answer('queue_checkpoint', claim, seq, JSON.stringify(EVENTS.checkpoint.parse(checkpoint))),
    preview: async (claim, input) =>
      (await answer<string>('queue_preview', claim, JSON.stringify(JOB_INPUTS.PREVIEW.parse(input)))) ?? undefined,
    finish: async (claim, _seq, outcome) => answer('queue_finish', claim, JSON.stringify(checked(claim.kind, outcome))),
  }
}

const checked = (kind: JobKind, outcome: Outcome): Outcome =>
  outcome.state === 'SUCCEEDED' ? { ...outcome, result: JOB_RESULTS[kind].parse(outcome.result) } : outcome
