/** What the API does by itself: it queues again what workers have lost, and clears uploads that nobody completed. */
import type { Services } from './context.ts'
import { UPLOAD_SECONDS } from './service/limits.ts'

const SWEEP_MILLISECONDS = 3_600_000

export interface Upkeep {
  stop(): Promise<void>
}

export function startUpkeep(services: Services, reconcileSeconds: number): Upkeep {
  const tasks = [
    repeat(services, 'reconcile', reconcileSeconds * 1000, () => reconcile(services)),
    repeat(services, 'sweep uploads', SWEEP_MILLISECONDS, () => sweep(services)),
  ]
  return { stop: async () => void (await Promise.all(tasks.map(task => task.stop()))) }
}

async function reconcile({ dispatch, metrics, log }: Services): Promise<void> {
  const counts = await dispatch.reconcile()
  for (const [outcome, count] of Object.entries(counts)) if (count > 0) metrics.reconciled.inc({ outcome }, count)
  if (Object.values(counts).some(count => count > 0)) log.warn(counts, 'leases of jobs had run out')
}

/** Twice the time in which forms are good: what came in at the last moment can still be completed. */
async function sweep({ store, log }: Services): Promise<void> {
  const swept = await store.sweepUploads(new Date(Date.now() - 2 * UPLOAD_SECONDS * 1000))
  if (swept > 0) log.info({ swept }, 'uploads that were never completed are gone')
}

/** One run at a time; a fault is told and the next run comes as planned. */
function repeat({ log }: Services, task: string, milliseconds: number, work: () => Promise<void>): Upkeep {
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const run = () => {
    running = work()
      .catch(error => log.error({ err: error, task }, 'upkeep failed'))
      .then(() => {
        if (!stopped) timer = setTimeout(run, milliseconds).unref()
      })
  }
  run()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
