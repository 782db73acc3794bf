/**
 * A claimed job in a worker's hands: keeps the lease, listens for cancels, numbers the reports and retries each until it gets through,
 * however long the queue cannot be reached. It knows no kind of job.
 */
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type {
  Checkpoint,
  Claim,
  EventPayload,
  Outcome,
  PreviewInput,
  WorkerEvent,
  WorkerQueue,
} from '../queue/index.ts'
import { isUnreached } from './failure.ts'
import { latest } from './latest.ts'
import { keepLease } from './lease.ts'
import { retryWithBackoff } from './retry.ts'

/** `canceled`: finish it so. `lost`: another worker may have it; whatever is reported is refused. */
type End = 'canceled' | 'lost'

export interface HeldJob {
  readonly claim: Claim
  readonly log: Logger
  /** Aborts when the job is canceled or lost. */
  readonly signal: AbortSignal
  /** Why the signal aborted. */
  ended(): End | undefined
  /**
   * Asks the queue now, before something is stored that nobody may want any more.
   * @throws AppError CANCELED or JOB_LOST when the job has ended
   */
  confirm(): Promise<void>
  /** @throws AppError JOB_LOST here and below once the job is lost. */
  report(event: WorkerEvent): Promise<void>
  /** Throttled: a later one may replace it, but the last one before any other report is always sent. */
  progress(payload: EventPayload<'progress'>): void
  checkpoint(checkpoint: Checkpoint): Promise<void>
  preview(input: PreviewInput): Promise<void>
  /** The last call. Does nothing when the job is lost. */
  finish(outcome: Outcome): Promise<void>
  /** Drops the job without a report; its lease expires. */
  abandon(): void
}

const PROGRESS_MS = 250

export function holdJob(queue: WorkerQueue, claim: Claim, log: Logger): HeldJob {
  const controller = new AbortController()
  const lost = new AbortController()
  let why: End | undefined
  const end = (reason: End): void => {
    if (why === 'lost') return
    why = reason
    if (reason === 'lost') lost.abort()
    controller.abort()
  }
  const lease = keepLease(queue, claim, end, log)
  const send = sender(claim, lost.signal, log)
  const stored = async (call: (seq: number) => Promise<'stored' | 'known' | 'stale'>): Promise<void> => {
    if ((await send(call)) === 'stale') end('lost')
    if (why === 'lost') throw jobLost(claim)
  }
  const progress = latest<EventPayload<'progress'>>(PROGRESS_MS, payload =>
    stored(seq => queue.report(claim, seq, { type: 'progress', payload })).catch(error => {
      if (why !== 'lost') log.error({ err: error }, 'progress was not reported')
    }),
  )
  const inOrder = async (call: Parameters<typeof stored>[0]): Promise<void> => {
    await progress.flush()
    await stored(call)
  }
  return {
    claim,
    log,
    signal: controller.signal,
    ended: () => why,
    confirm: async () => {
      await lease.beat()
      if (why === 'canceled') throw new AppError('CANCELED', `job ${claim.jobId} was canceled`, 'Start it again.')
      if (why === 'lost') throw jobLost(claim)
    },
    report: event => inOrder(seq => queue.report(claim, seq, event)),
    progress: payload => progress.offer(payload),
    checkpoint: checkpoint => inOrder(seq => queue.checkpoint(claim, seq, checkpoint)),
    preview: async input =>
      inOrder(async () => ((await queue.preview(claim, input)) === undefined ? 'stale' : 'stored')),
    finish: outcome =>
      inOrder(seq => queue.finish(claim, seq, outcome))
        .catch(error => {
          if (why !== 'lost') throw error
        })
        .finally(lease.stop),
    abandon: () => {
      end('lost')
      lease.stop()
    },
  }
}

/** Calls go out one after the other, each with the next number, again and again until it got through or the job is lost. */
function sender(claim: Claim, signal: AbortSignal, log: Logger) {
  let [seq, turn] = [0, Promise.resolve()]
  const once = <T>(call: (seq: number) => Promise<T>): Promise<T> => {
    if (signal.aborted) throw jobLost(claim)
    const own = seq++
    const backoff = { isTransient: isUnreached, signal, firstMs: 200, longestMs: 5000 }
    return retryWithBackoff(() => call(own), {
      ...backoff,
      onWait: error => log.warn({ err: error }, 'the queue is not reached'),
    })
  }
  return <T>(call: (seq: number) => Promise<T>): Promise<T> => {
    const sent = turn.then(() => once(call))
    turn = sent.then(
      () => undefined,
      () => undefined,
    )
    return sent
  }
}

const jobLost = ({ jobId, attempt }: Claim): AppError =>
  new AppError('JOB_LOST', `attempt ${attempt} of job ${jobId} lost its lease`, 'Another attempt goes on with it.')
