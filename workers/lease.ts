/** Keeps the lease of a claim by heartbeats, and reports when the job is canceled or lost. */

import type { Logger } from '../log.ts'
import type { Claim, WorkerQueue } from '../queue/index.ts'

interface Lease {
  /** One heartbeat now. Does not reject: a queue that cannot be reached changes nothing. */
  beat(): Promise<void>
  stop(): void
}

/** Between two tries while the queue can't be reached. */
const RETRY_MS = 1000

/** `end` may be called more than once. */
export function keepLease(
  queue: WorkerQueue,
  claim: Claim,
  end: (why: 'canceled' | 'lost') => void,
  log: Logger,
): Lease {
  const period = (1000 * claim.leaseSeconds) / 3
  let [stopped, turn] = [false, Promise.resolve()]
  let timer: NodeJS.Timeout | undefined
  const plan = (milliseconds: number): void => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(beat, milliseconds)
  }
  const once = async (): Promise<void> => {
    if (stopped) return
    const answer = await queue.heartbeat(claim).catch(error => {
      log.warn({ err: error }, 'no heartbeat')
      return 'failed' as const
    })
    if (stopped) return
    if (answer === 'canceled' || answer === 'lost') end(answer)
    if (answer !== 'lost') plan(answer === 'failed' ? Math.min(RETRY_MS, period) : period)
  }
  const beat = (): Promise<void> => {
    turn = turn.then(once)
    return turn
  }
  const unsubscribe = queue.onCancel(jobId => jobId === claim.jobId && void beat())
  plan(period)
  return {
    beat,
    stop: () => {
      stopped = true
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
