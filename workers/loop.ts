/** The loop of every worker: claims jobs while there is room, works on each, reports the outcome, and stops gracefully. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import type { Claim, GenerationResult, JobKind, Outcome, TrainingResult, WorkerQueue } from '../queue/index.ts'
import { failureOf } from './failure.ts'
import { type HeldJob, holdJob } from './held-job.ts'

export interface WorkLoopOptions {
  readonly queue: WorkerQueue
  readonly kinds: readonly JobKind[]
  /** How many more jobs could be taken beside those in hand; above 0 when there are none. */
  room(inHand: readonly HeldJob[]): number
  /** Ends early, by throwing, when the job's signal or `stopping` aborts. */
  work(job: HeldJob, stopping: AbortSignal): Promise<TrainingResult | GenerationResult>
  readonly log: Logger
  /** How long `stop` waits for jobs to be given back before it abandons them. */
  readonly graceSeconds?: number | undefined
}

interface WorkLoop {
  /** Takes no more jobs, gives back those in hand and resolves when none is left. */
  stop(): Promise<void>
}

/** A hint that a job waits may be lost. */
const POLL_MS = 2000
const GRACE_SECONDS = 30
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000]

export function openWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { graceSeconds = GRACE_SECONDS } = options
  const stopping = new AbortController()
  const jobs = new Map<HeldJob, Promise<void>>()
  const ended = run(options, jobs, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      const all = ended.then(() => Promise.all(jobs.values())).then(() => false)
      const late = await Promise.race([all, sleep(1000 * graceSeconds, true, { ref: false })])
      if (late) for (const job of jobs.keys()) job.abandon()
      await all
    },
  }
}

/** Resolves when `stopping` has aborted; never rejects. */
async function run(options: WorkLoopOptions, jobs: Map<HeldJob, Promise<void>>, stopping: AbortSignal): Promise<void> {
  const { queue } = options
  let [failures, due] = [0, 0]
  /** A worker that can't work must not use up the attempts of every job that waits. */
  const noteEnd = (healthy: boolean): void => {
    failures = healthy ? 0 : failures + 1
    due = healthy ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
  }
  const begin = (claim: Claim): void => {
    const { jobId, kind, attempt } = claim
    const job = holdJob(queue, claim, options.log.child({ job: jobId, kind, attempt }))
    const settled = settle(options, job, stopping)
      .then(noteEnd)
      .finally(() => jobs.delete(job))
    jobs.set(job, settled)
  }
  const rest = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stopping }).catch(() => undefined)
  while (!stopping.aborted) {
    const room = options.room([...jobs.keys()])
    if (room === 0) await Promise.race(jobs.values())
    else if ((await claimSome(options, room, begin)) < room)
      await queue.wait(stopping, POLL_MS).catch(() => rest(POLL_MS))
    const pause = due
    due = 0
    if (pause > 0) await rest(pause)
  }
}

/** The number of jobs begun. */
async function claimSome(
  { queue, kinds, log }: WorkLoopOptions,
  room: number,
  begin: (claim: Claim) => void,
): Promise<number> {
  try {
    const claims = await queue.claim(kinds, room)
    claims.forEach(begin)
    return claims.length
  } catch (error) {
    log.error({ err: error }, 'no job could be claimed')
    return 0
  }
}

/** Whether the worker seems healthy after this job. Never rejects. */
async function settle({ work }: WorkLoopOptions, job: HeldJob, stopping: AbortSignal): Promise<boolean> {
  job.log.info({}, 'claimed')
  const outcome = await work(job, stopping).then(
    (result): Outcome => ({ state: 'SUCCEEDED', result }),
    error => outcomeOf(error, job, stopping),
  )
  await job.finish(outcome).catch(error => job.log.error({ err: error }, 'the outcome was not stored'))
  job.log.info({}, job.ended() === 'lost' ? 'lost' : outcome.state.toLowerCase())
  return outcome.state !== 'FAILED' || !outcome.retry
}

function outcomeOf(error: unknown, job: HeldJob, stopping: AbortSignal): Outcome {
  if (job.ended() === 'canceled') return { state: 'CANCELED', message: 'canceled on request' }
  if (job.ended() === 'lost') return { state: 'RELEASED', message: 'lost' }
  if (stopping.aborted) return { state: 'RELEASED', message: 'the worker was stopped' }
  const failure = failureOf(error)
  job.log.error({ err: error }, `failed with ${failure.code}`)
  return { state: 'FAILED', ...failure }
}
