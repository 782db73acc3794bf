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
  Service,
  TenantEvents,
  type TenantEventsSubscription,
} from './generated/operations.ts'

export type JobEvent = JobEventsSubscription['jobEvents']
export type TenantEvent = TenantEventsSubscription['tenantEvents']
type Found = NonNullable<JobByIdQuery['node']>
export type TrainingJob = Extract<Found, { readonly __typename: 'TrainingJob' }>
export type Generation = Extract<Found, { readonly __typename: 'Generation' }>
export type Job = TrainingJob | Generation

export const FINAL: ReadonlySet<JobState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED'])

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
  readonly after?: number | undefined
  readonly signal?: AbortSignal | undefined
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
  options: FollowOptions = {},
): AsyncGenerator<JobEvent, undefined> {
  const subscribe = (after?: number) => client.subscribe(JobEvents, { jobId, after: after ?? 0 }, options.signal)
  const isOver = async () => FINAL.has((await readJob(client, jobId)).state)
  for await (const { jobEvents } of follow(subscribe, ({ jobEvents }) => jobEvents.number, isOver, options))
    yield jobEvents
}

/** Every event of all jobs from now on, or behind `after`, as `followJob`; ends at the signal alone. */
export async function* followTenant(
  client: ServiceClient,
  options: FollowOptions = {},
): AsyncGenerator<TenantEvent, undefined> {
  const subscribe = (after?: number) => client.subscribe(TenantEvents, { after }, options.signal)
  const never = async () => {
    await client.run(Service, {})
    return false
  }
  for await (const { tenantEvents } of follow(subscribe, ({ tenantEvents }) => tenantEvents.number, never, options))
    yield tenantEvents
}

/** A subscription that lived for so long was there: what breaks it begins a new outage. */
const LIVED_MS = 20_000

async function* follow<E>(
  subscribe: (after?: number) => AsyncIterable<E>,
  numberOf: (event: E) => number,
  isOver: () => Promise<boolean>,
  { after, signal, onBreak, outageMs = OUTAGE_MS }: FollowOptions,
): AsyncGenerator<E, undefined> {
  let [cursor, pause] = [after, PAUSE_MS]
  let brokenSince: number | undefined
  while (!signal?.aborted) {
    let opened = performance.now()
    try {
      // Asked first, so that a service that is gone is told from one that has nothing to say.
      if (brokenSince !== undefined) await isOver()
      opened = performance.now()
      for await (const event of subscribe(cursor)) {
        cursor = numberOf(event)
        ;[brokenSince, pause] = [undefined, PAUSE_MS]
        yield event
      }
      // A service that stops also ends its subscriptions.
      if (signal?.aborted || (await isOver())) return undefined
    } catch (error) {
      const now = performance.now()
      brokenSince = now - opened > LIVED_MS ? now : (brokenSince ?? now)
      if (!(error instanceof AppError) || !isPassing(error) || now - brokenSince > outageMs) throw error
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
