/** What the API does by itself: it queues again what workers have lost, and removes what nobody needs. */
import type { Services } from '../context.ts'
import { KEY_SECONDS } from '../mutations/idempotency.ts'
import { UPLOAD_SECONDS } from '../service/limits.ts'
import { eraseTenant } from '../tenants/erase.ts'
import { clearEndedJobs } from './clear.ts'
import { sweepBlobs } from './sweep.ts'

export interface UpkeepTimes {
  /** Between two looks for jobs that workers have lost. */
  readonly reconcileSeconds: number
  /** Between two looks for files of jobs that have ended. */
  readonly clearSeconds: number
  /** How long a failed or canceled training keeps the checkpoint that a retry goes on from. */
  readonly keepSeconds: number
  /** Between two looks for deletions of tenants that a process began and did not finish; they get so long by themselves. */
  readonly deletionSeconds: number
  /** Between two looks for uploads and blobs that nobody needs, and for sessions, invitations and keys that hold no more. */
  readonly sweepSeconds: number
  /** How old a blob must be that no row names. */
  readonly graceSeconds: number
}

const DAY_SECONDS = 86_400
const DEFAULTS = {
  clearSeconds: 15,
  keepSeconds: 7 * DAY_SECONDS,
  deletionSeconds: 60,
  sweepSeconds: 3600,
  graceSeconds: DAY_SECONDS,
} as const satisfies Partial<UpkeepTimes>

interface Upkeep {
  stop(): Promise<void>
}

type Given = Partial<UpkeepTimes> & Pick<UpkeepTimes, 'reconcileSeconds'>

export function startUpkeep(services: Services, given: Given): Upkeep {
  const times: UpkeepTimes = { ...DEFAULTS, ...given }
  const tasks = [
    repeat(services, 'reconcile', times.reconcileSeconds, () => reconcile(services)),
    once(services, 'clear ended jobs', times.clearSeconds, () => clear(services, times)),
    once(services, 'finish deletions', times.deletionSeconds, () => finishDeletions(services, times)),
    once(services, 'expire', times.sweepSeconds, () => expire(services)),
    once(services, 'sweep uploads', times.sweepSeconds, () => sweepUploads(services)),
    once(services, 'sweep blobs', times.sweepSeconds, () => sweep(services, times)),
  ]
  return { stop: async () => void (await Promise.all(tasks.map(task => task.stop()))) }
}

async function reconcile({ dispatch, metrics, log }: Services): Promise<void> {
  const counts = await dispatch.reconcile()
  for (const [outcome, count] of Object.entries(counts)) if (count > 0) metrics.reconciled.inc({ outcome }, count)
  if (Object.values(counts).some(count => count > 0)) log.warn(counts, 'leases of jobs had run out')
}

async function clear(services: Services, { keepSeconds }: UpkeepTimes): Promise<void> {
  const cleared = await clearEndedJobs(services, keepSeconds)
  if (cleared > 0) services.log.info({ cleared }, 'files of jobs that have ended are gone')
}

/** What a process that died has left half deleted. */
async function finishDeletions(services: Services, { deletionSeconds }: UpkeepTimes): Promise<void> {
  for (const tenantId of await services.database.upkeep.openDeletions(deletionSeconds)) {
    await eraseTenant(services, tenantId)
    services.log.info({ tenant: tenantId }, 'a tenant that was being deleted is gone')
  }
}

/** Sessions, invitations and idempotency keys that hold no more. */
async function expire({ database, log }: Services): Promise<void> {
  const expired = await database.upkeep.expire(KEY_SECONDS)
  if (Object.values(expired).some(count => count > 0)) log.info({ expired }, 'what has ended is gone')
}

/** Twice the time in which forms are good: what came in at the last moment can still be completed. */
async function sweepUploads({ store, log }: Services): Promise<void> {
  const swept = await store.sweepUploads(new Date(Date.now() - 2 * UPLOAD_SECONDS * 1000))
  if (swept > 0) log.info({ swept }, 'uploads that were never completed are gone')
}

async function sweep(services: Services, { graceSeconds }: UpkeepTimes): Promise<void> {
  const swept = await sweepBlobs(services, graceSeconds)
  if (swept > 0) services.log.warn({ swept }, 'files that nothing named are gone')
}

/** As `repeat`, but only one of all API processes on the database does it in each period. */
function once(services: Services, task: string, seconds: number, work: () => Promise<void>): Upkeep {
  const { upkeep } = services.database
  return repeat(services, task, seconds, async () => void ((await upkeep.begin(task, seconds)) && (await work())))
}

/** One run at a time; a fault is logged and the next run comes as planned. */
function repeat({ log }: Services, task: string, seconds: number, work: () => Promise<void>): Upkeep {
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const run = () => {
    running = work()
      .catch(error => log.error({ err: error, task }, 'upkeep failed'))
      .then(() => {
        if (!stopped) timer = setTimeout(run, 1000 * seconds).unref()
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
