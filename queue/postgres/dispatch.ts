/** The API's side on PostgreSQL: wakes workers, requeues the jobs they lost, listens for new events. */
import type { Logger } from '../../log.ts'
import type { DispatchQueue, EventListener, Reconciled } from '../port.ts'
import { openCalls } from './calls.ts'
import { openListener } from './listener.ts'

interface DispatchQueueOptions {
  /** Connection string of a member of semblance_app. */
  readonly url: string
  readonly log: Logger
}

/** Jobs that one call of `queue_reconcile` takes at most. */
const BATCH = 100

export function openPostgresDispatchQueue({ url, log }: DispatchQueueOptions): DispatchQueue {
  const calls = openCalls(url, 2, log)
  const listeners = new Set<EventListener>()
  const notified = (_channel: string, payload: string): void => {
    const [tenantId = '', number = '0'] = payload.split(':')
    for (const listener of listeners) listener.event(tenantId, BigInt(number))
  }
  const missed = (): void => {
    for (const listener of listeners) listener.missed()
  }
  const listener = openListener(url, ['semblance_events'], { notified, missed }, log)
  const notify = async (channel: string, payload: string): Promise<void> => {
    await calls.query('select pg_notify($1, $2)', [channel, payload])
  }
  return {
    announce: (_jobId, kind) => notify('semblance_jobs', kind),
    cancelHint: jobId => notify('semblance_cancel', jobId),
    reconcile: async () => {
      const total = { requeued: 0, failed: 0, canceled: 0 }
      for (let found = BATCH; found === BATCH; ) {
        const [counts] = await calls.query<Reconciled>('select * from queue_reconcile()')
        const { requeued = 0, failed = 0, canceled = 0 } = counts ?? {}
        found = requeued + failed + canceled
        total.requeued += requeued
        total.failed += failed
        total.canceled += canceled
      }
      return total
    },
    onEvents: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      await Promise.all([listener.close(), calls.close()])
    },
  }
}
