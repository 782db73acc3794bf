/** Retry with exponential backoff: for calls that did not get through, and for a store that cannot be written for a while. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'

interface Backoff {
  /** Whether a retry may succeed. */
  isTransient(error: unknown): boolean
  /** Aborting it gives up with the last failure. */
  readonly signal: AbortSignal
  readonly firstMs: number
  readonly longestMs: number
  /** Gives up after this time; by default never. */
  readonly limitMs?: number
  onWait?(error: unknown): void
}

/** Runs `work` until it succeeds or fails for good. The wait doubles after each transient failure. */
export async function retryWithBackoff<T>(work: () => Promise<T>, backoff: Backoff): Promise<T> {
  const start = performance.now()
  for (let wait = backoff.firstMs; ; wait = Math.min(2 * wait, backoff.longestMs)) {
    try {
      return await work()
    } catch (error) {
      const waited = performance.now() - start
      const over = backoff.limitMs !== undefined && waited + wait > backoff.limitMs
      if (over || backoff.signal.aborted || !backoff.isTransient(error)) throw error
      backoff.onWait?.(error)
      await sleep(wait, undefined, { signal: backoff.signal }).catch(() => undefined)
    }
  }
}

const STORAGE_LIMIT_MS = 10 * 60_000

/** For work that can be repeated: waits while a full disk is being cleared, and keeps the job. */
export const storageBackoff = (signal: AbortSignal, onWait: (error: unknown) => void): Backoff => ({
  isTransient: error => error instanceof AppError && error.code === 'STORAGE_FAILED',
  signal,
  firstMs: 500,
  longestMs: 10_000,
  limitMs: STORAGE_LIMIT_MS,
  onWait,
})
