/** Shows a job while it goes on: the bar on a terminal, its events one a line with --json. */

import type { ServiceClient } from '../../client/client.ts'
import type { JobEventType, JobWait } from '../../client/generated/operations.ts'
import { assertSucceeded, type FollowOptions, followJob, type Job, type JobEvent, readJob } from '../../client/jobs.ts'
import type { PhotoEvent } from '../../client/photo-set.ts'
import { AppError } from '../../errors.ts'
import type { Warning } from '../../warnings.ts'
import { duration, type Output } from '../output.ts'

function showEvent(output: Output, job: string, event: JobEvent): void {
  const { number, type, attempt, at, step, steps } = event
  const head = { event: type.toLowerCase() as Lowercase<JobEventType>, job, number, attempt, at }
  if (type === 'PROGRESS' && step !== null && steps !== null) {
    const { loss, remainingSeconds } = event
    output.progress(step, steps, progressText(event), { ...head, step, steps, loss, remainingSeconds })
  } else if (output.json) {
    output.result('', { ...head, state: event.state, reason: event.reason, payload: event.payload })
  } else {
    const text = eventText(event)
    if (text !== undefined) output.note(text)
  }
}

function progressText({ step, steps, loss, remainingSeconds }: JobEvent): string {
  const parts = [`step ${step}/${steps}`]
  if (loss !== null) parts.push(`loss ${loss.toFixed(4)}`)
  if (step === steps) parts.push('done')
  else if (remainingSeconds !== null) parts.push(`${duration(remainingSeconds)} left`)
  return parts.join('  ')
}

/** Another attempt says the same again. */
const warningOf = ({ type, payload }: JobEvent): Warning | undefined =>
  type === 'WARNING' ? (payload as Warning) : undefined

/** What people want to know besides the bar. */
function eventText({ type, state, reason, attempt, payload }: JobEvent): string | undefined {
  if (type === 'MESSAGE') return String((payload as { text?: unknown }).text ?? '')
  if (type !== 'STATE' || state === null) return undefined
  if (state === 'QUEUED' && attempt > 0) return `waits again: ${reason ?? ''}`
  if (state === 'PREPARING' && attempt > 1) return `a worker took it (attempt ${attempt})`
  return state === 'FAILED' || state === 'CANCELED' ? `${state.toLowerCase()}: ${reason ?? ''}` : undefined
}

const WAITS: Readonly<Record<JobWait, string>> = {
  TURN: 'other jobs come first; tenants take turns',
  WORKER: 'it is next, all workers are busy',
  NO_WORKER: 'no worker of its kind is running; whoever operates the service has to start one',
  RETRY: 'it is tried again after a pause',
}

/** Where a waiting job stands and why it waits; undefined for one that does not wait. */
export const waitText = ({
  queuePosition,
  waitingFor,
}: Pick<Job, 'queuePosition' | 'waitingFor'>): string | undefined =>
  queuePosition === null || waitingFor === null
    ? undefined
    : `waits at place ${queuePosition} of the queue: ${WAITS[waitingFor]}`

interface WatchOptions extends Pick<FollowOptions, 'after' | 'signal'> {
  /** What was before is not shown: the steps of an earlier attempt would make the bar run ahead and jump back. */
  readonly since?: Date
}

/**
 * Shows the job to its end. When the signal is aborted the job itself goes on.
 * @throws AppError unless it has succeeded
 */
export async function watchJob(
  client: ServiceClient,
  id: string,
  output: Output,
  { since, ...options }: WatchOptions = {},
): Promise<Job> {
  const onBreak = () => output.note('the connection broke; going on when the service answers')
  const warned = new Set<string>()
  for await (const event of followJob(client, id, { ...options, onBreak }))
    if (since === undefined || new Date(event.at) >= since) {
      const warning = warningOf(event)
      if (!warning) showEvent(output, id, event)
      else if (!warned.has(warning.message)) output.warn(warning)
      if (warning) warned.add(warning.message)
      const text = event.state === 'QUEUED' && !output.json ? waitText(await readJob(client, id)) : undefined
      if (text !== undefined) output.note(text)
    }
  if (options.signal?.aborted)
    throw new AppError(
      'CANCELED',
      'stopped watching; the job itself goes on',
      `semblance watch ${id}, or semblance cancel ${id}`,
    )
  return assertSucceeded(await readJob(client, id))
}

/** Shows the photos that go out, and names each that is left out. */
export const showPhotos =
  (output: Output) =>
  (event: PhotoEvent): void => {
    const { photo } = event
    if (event.event === 'upload')
      output.progress(event.sent, event.total, `photo ${event.sent}/${event.total}`, { event: 'upload', photo })
    else if (output.json) output.result('', { event: 'rejected', photo, verdict: event.verdict })
    else output.note(`left out: ${photo} ${event.reason}`)
  }
