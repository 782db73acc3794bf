/** Waiting out faults that pass: calls that did not get through, and a store that can't be written for a while. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'

export interface Patience {
  /** Whether the failure may pass by itself. */
  passes(error: unknown): boolean
  /** Gives up, with the last failure. */
  readonly signal: AbortSignal
  readonly firstMs: number
  readonly longestMs: number
  /** Gives up after so long; never when left out. */
  readonly limitMs?: number
  onWait?(error: unknown): void
}

/** Runs `work` until it succeeds or fails for good, waiting twice as long after each failure that passes. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const start = performance.now()
  for (let wait = patience.firstMs; ; wait = Math.min(2 * wait, patience.longestMs)) {
    try {
      return await work()
    } catch (error) {
      const waited = performance.now() - start
      const over = patience.limitMs !== undefined && waited + wait > patience.limitMs
      if (over || patience.signal.aborted || !patience.passes(error)) throw error
      patience.onWait?.(error)
      await sleep(wait, undefined, { signal: patience.signal }).catch(() => undefined)
    }
  }
}

const STORAGE_LIMIT_MS = 10 * 60_000

/** For work that may be done again from where it was: a full disk is waited out, with the job in hand. */
export const untilStored = (signal: AbortSignal, onWait: (error: unknown) => void): Patience => ({
  passes: error => error instanceof AppError && error.code === 'STORAGE_FAILED',
  signal,
  firstMs: 500,
  longestMs: 10_000,
  limitMs: STORAGE_LIMIT_MS,
  onWait,
})
