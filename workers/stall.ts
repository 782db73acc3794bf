/** Says on the job why it stands still while its worker waits for the storage, and where it goes on. */
import type { HeldJob } from './held-job.ts'

const REASON =
  'the storage is full or cannot be reached: the job waits, and goes on by itself when it can store its work'

export interface Stall {
  /** For each failure; the first of a row is told. */
  wait(error: unknown): void
  /** The work goes on, from this step where it has one. Resolves when it is told; at once where nothing had stood still. */
  goOn(step?: number): Promise<void>
}

export function createStall(job: HeldJob): Stall {
  let told: Promise<void> | undefined
  // A lost lease is noticed by the next report that somebody waits for.
  const tell = (reason: string | null, step?: number) =>
    job.report({ type: 'stalled', payload: { reason, ...(step === undefined ? {} : { step }) } }).catch(() => undefined)
  return {
    wait: error => {
      job.log.warn({ err: error }, 'waiting for the storage')
      told ??= tell(REASON)
    },
    goOn: async step => {
      if (!told) return
      told = undefined
      await tell(null, step)
    },
  }
}
