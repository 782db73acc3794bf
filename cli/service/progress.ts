/** Shows a job while it goes on: the bar on a terminal, its events one a line with --json. */

import type { ServiceClient } from '../../client/client.ts'
import type { JobEventType, JobWait } from '../../client/generated/operations.ts'
import { uuidOf } from '../../client/ids.ts'
import {
  assertSucceeded,
  type FollowOptions,
  followJob,
  followTenant,
  type Job,
  type JobEvent,
  readJob,
  type TenantEvent,
} from '../../client/jobs.ts'
import type { PhotoEvent } from '../../client/photo-set.ts'
import { AppError } from '../../errors.ts'
import type { Warning } from '../../warnings.ts'
import { remainingSeconds } from '../image-files.ts'
import { duration, type Output } from '../output.ts'

/** Shows the events of one job, one after the other. Where the service does not say how long it will take, the pace so far does. */
function createEventView(output: Output, job: string): (event: JobEvent) => void {
  let first: JobEvent | undefined
  const warned = new Set<string>()
  return event => {
    const warning = warningOf(event)
    if (warning) {
      // Each attempt comes upon it again.
      if (!warned.has(warning.message)) output.warn(warning)
      warned.add(warning.message)
      return
    }
    const { number, type, attempt, at, step, steps, loss } = event
    const head = { event: type.toLowerCase() as Lowercase<JobEventType>, job, number, attempt, at }
    if (type === 'PROGRESS' && step !== null && steps !== null) {
      if (first === undefined || first.attempt !== attempt) first = event
      const remaining = event.remainingSeconds ?? pace(first, event) ?? null
      output.progress(step, steps, progressText(event, remaining), {
        ...head,
        step,
        steps,
        loss,
        remainingSeconds: remaining,
      })
    } else if (output.json) {
      output.result('', { ...head, state: event.state, reason: event.reason, payload: event.payload })
    } else {
      const text = eventText(event)
      if (text !== undefined) output.note(text)
    }
  }
}

const pace = (first: JobEvent, { step, steps, at }: JobEvent): number | undefined =>
  remainingSeconds(
    (step ?? 0) - (first.step ?? 0),
    (steps ?? 0) - (first.step ?? 0),
    (Date.parse(at) - Date.parse(first.at)) / 1000,
  )

function progressText({ step, steps, loss }: JobEvent, remaining: number | null): string {
  const parts = [`step ${step}/${steps}`]
  if (loss !== null) parts.push(`loss ${loss.toFixed(4)}`)
  if (step === steps) parts.push('done')
  else if (remaining !== null) parts.push(`${duration(remaining)} left`)
  return parts.join('  ')
}

/** Another attempt says the same again. */
const warningOf = ({ type, payload }: JobEvent): Warning | undefined =>
  type === 'WARNING' ? (payload as Warning) : undefined

/** What people want to know besides the bar. */
function eventText({ type, state, reason, attempt, payload, step }: JobEvent): string | undefined {
  if (type === 'STALLED') return reason ?? `it goes on${step === null ? '' : ` from step ${step}`}`
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
  /** Called at each event, before the next is read. */
  readonly onEvent?: (event: JobEvent) => Promise<void>
}

const onBreak = (output: Output) => () => output.note('the connection broke; going on when the service answers')

/**
 * Shows the job to its end, or until nobody reads it any more. When the signal is aborted the job itself goes on.
 * @throws AppError unless it has succeeded; CANCELED with how to go on behind the last event shown
 */
export async function watchJob(
  client: ServiceClient,
  id: string,
  output: Output,
  { since, onEvent, signal, after }: WatchOptions = {},
): Promise<Job> {
  const show = createEventView(output, id)
  let last = after ?? 0
  for await (const event of followJob(client, id, { after, signal, onBreak: onBreak(output) })) {
    last = event.number
    if (since === undefined || new Date(event.at) >= since) show(event)
    const waits = event.state === 'QUEUED' && !output.json ? waitText(await readJob(client, id)) : undefined
    if (waits !== undefined) output.note(waits)
    await onEvent?.(event)
  }
  if (signal?.aborted)
    throw new AppError(
      'CANCELED',
      'stopped watching; the job itself goes on',
      `semblance watch ${id}${last > 0 ? ` --after ${last}` : ''} goes on here, semblance cancel ${id} stops the job.`,
    )
  return assertSucceeded(await readJob(client, id))
}

/** Shows the events of all jobs until the signal is aborted. @throws AppError CANCELED with how to go on */
export async function watchTenant(
  client: ServiceClient,
  output: Output,
  { signal, after }: Pick<FollowOptions, 'after' | 'signal'>,
): Promise<void> {
  const views = new Map<string, (event: JobEvent) => void>()
  let last = after
  for await (const event of followTenant(client, { after, signal, onBreak: onBreak(output) })) {
    last = event.number
    const id = event.job?.id ?? ''
    if (!output.json) showLine(output, event)
    else {
      if (!views.has(id)) views.set(id, createEventView(output, id))
      views.get(id)?.(event)
    }
  }
  const next = last === undefined ? 'semblance jobs --follow' : `semblance jobs --follow --after ${last}`
  throw new AppError('CANCELED', 'stopped watching; the jobs go on', `${next} goes on here.`)
}

/** One line for each event of many jobs but steps, which would be too many. */
function showLine(output: Output, event: TenantEvent): void {
  const { type, state, reason, job, at } = event
  if (type === 'PROGRESS' || type === 'RUNNING') return
  const change = `${state?.toLowerCase()}${reason ? `: ${reason}` : ''}`
  const words = type === 'STATE' ? change : (eventText(event) ?? type.toLowerCase())
  const what = warningOf(event)?.message ?? words
  const id = job ? uuidOf(job.id).slice(0, 12) : ''
  output.result(`${at.slice(11, 19)}  ${id.padEnd(12)}  ${(job?.kind ?? '').toLowerCase().padEnd(10)}  ${what}`)
}

/** Shows the photos that go out, and names each that is left out. */
export const showPhotos =
  (output: Output) =>
  (event: PhotoEvent): void => {
    const { photo } = event
    if (event.event === 'upload')
      output.progress(event.sent, event.total, `photo ${event.sent}/${event.total}`, { event: 'upload', photo })
    else if (output.json) output.result('', { event: 'rejected', photo, verdict: event.verdict, reason: event.reason })
    else output.note(`left out: ${photo} ${event.reason}`)
  }
