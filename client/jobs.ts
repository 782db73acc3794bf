/** Follows jobs: delivers their events from a cursor on, across broken connections, until they have ended. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, ERROR_CODES, type ErrorCode } from '../errors.ts'
import type { ServiceClient } from './client.ts'
import { isPassing } from './failures.ts'
import {
  JobById,
  type JobByIdQuery,
  JobEvents,
  type JobEventsSubscription,
  type JobState,
} from './generated/operations.ts'

export type JobEvent = JobEventsSubscription['jobEvents']
type Found = NonNullable<JobByIdQuery['node']>
export type TrainingJob = Extract<Found, { readonly __typename: 'TrainingJob' }>
export type Generation = Extract<Found, { readonly __typename: 'Generation' }>
export type Job = TrainingJob | Generation

const FINAL: ReadonlySet<JobState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED'])

/** @throws AppError NOT_FOUND */
export async function readJob(client: ServiceClient, id: string): Promise<Job> {
  const { node } = await client.run(JobById, { id })
  if (node?.__typename === 'TrainingJob' || node?.__typename === 'Generation') return node
  throw new AppError(
    'NOT_FOUND',
    `there is no job ${id}`,
    'Check the id, and that the key or the workspace is the right one.',
  )
}

export interface FollowOptions {
  /** Only events with a greater number. */
  readonly after?: number
  readonly signal?: AbortSignal
  /** Called once for each break of the connection. */
  readonly onBreak?: (error: AppError) => void
  /** How long the service may be gone before the error is thrown, default five minutes. */
  readonly outageMs?: number
}

const PAUSE_MS = 300
const LONGEST_PAUSE_MS = 5000
const OUTAGE_MS = 300_000

/**
 * Every event of the job once, in order; ends when the job has ended or the signal is aborted. After a break it goes on behind the last
 * event it gave.
 * @throws AppError what the service refuses, or SERVICE_UNAVAILABLE when it is gone for too long.
 */
export async function* followJob(
  client: ServiceClient,
  jobId: string,
  { after = 0, signal, onBreak, outageMs = OUTAGE_MS }: FollowOptions = {},
): AsyncGenerator<JobEvent, undefined> {
  let [cursor, lastAnswer, pause] = [after, performance.now(), PAUSE_MS]
  while (!signal?.aborted) {
    try {
      for await (const { jobEvents } of client.subscribe(JobEvents, { jobId, after: cursor }, signal)) {
        cursor = jobEvents.number
        ;[lastAnswer, pause] = [performance.now(), PAUSE_MS]
        yield jobEvents
      }
      // A service that stops also ends its subscriptions.
      if (signal?.aborted || FINAL.has((await readJob(client, jobId)).state)) return undefined
    } catch (error) {
      if (!(error instanceof AppError) || !isPassing(error) || performance.now() - lastAnswer > outageMs) throw error
      if (pause === PAUSE_MS) onBreak?.(error)
    }
    await sleep(pause, undefined, signal && { signal }).catch(() => undefined)
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
  }
  return undefined
}

/** @throws AppError when the job has failed (with its own code where it is one of ours) or was canceled. */
export function assertSucceeded<J extends Job>(job: J): J {
  if (job.state === 'SUCCEEDED') return job
  const what = job.kind === 'TRAINING' ? 'training' : 'drawing'
  if (job.state === 'CANCELED')
    throw new AppError('CANCELED', `the ${what} was canceled: ${job.reason ?? ''}`, 'Start another one.')
  if (job.state !== 'FAILED')
    throw new AppError('JOB_LOST', `the ${what} has not ended: it is ${job.state}`, `semblance watch ${job.id}`)
  throw new AppError(
    failureCode(job.code),
    `the ${what} failed: ${job.reason ?? 'no reason given'}`,
    `Its events: semblance watch ${job.id}`,
  )
}

const failureCode = (code: string | null): ErrorCode =>
  code !== null && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'JOB_FAILED'
