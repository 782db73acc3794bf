/** The drivers of the queue port, each with what its contract suite needs: a new driver is one entry here. */
import { createLog } from '../log.ts'
import type { Database } from '../prisma/index.ts'
import {
  type DispatchQueue,
  openPostgresDispatchQueue,
  openPostgresWorkerQueue,
  type WorkerQueue,
} from '../queue/index.ts'
import { openTestDatabase } from './test-database.ts'

export interface QueueDriver {
  readonly database: Database
  readonly ownerUrl: string
  readonly dispatch: DispatchQueue
  openWorker(name: string, leaseSeconds?: number): WorkerQueue
  close(): Promise<void>
}

const log = createLog('test', 'error')

async function openPostgres(): Promise<QueueDriver> {
  const { database, ownerUrl, close } = await openTestDatabase()
  const dispatch = openPostgresDispatchQueue({ url: database.appUrl, log })
  const workers: WorkerQueue[] = []
  return {
    database,
    ownerUrl,
    dispatch,
    openWorker: (worker, leaseSeconds = 30) => {
      const queue = openPostgresWorkerQueue({ url: database.workerUrl, worker, leaseSeconds, log })
      workers.push(queue)
      return queue
    },
    close: async () => {
      await Promise.all([dispatch, ...workers].map(queue => queue.close()))
      await close()
    },
  }
}

export const QUEUE_DRIVERS: Readonly<Record<string, () => Promise<QueueDriver>>> = { postgres: openPostgres }
