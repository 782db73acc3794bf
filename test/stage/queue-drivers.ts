/** The drivers of the queue port, each with what its contract suite needs: a new driver is one entry here. */
import { createLog } from '../../log.ts'
import { withConnection } from '../../prisma/connection.ts'
import type { Database } from '../../prisma/index.ts'
import {
  type DispatchQueue,
  openPostgresDispatchQueue,
  openPostgresWorkerQueue,
  type WorkerQueue,
} from '../../queue/index.ts'
import { openTestDatabase } from './test-database.ts'

export interface QueueDriver {
  readonly database: Database
  readonly ownerUrl: string
  readonly dispatch: DispatchQueue
  openWorker(name: string, leaseSeconds?: number): WorkerQueue
  /** Cuts every connection of the queues, as a network does that goes away for a moment. */
  interrupt(): Promise<void>
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
    interrupt: () =>
      withConnection(ownerUrl, async client => {
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        )
      }),
    close: async () => {
      await Promise.all([dispatch, ...workers].map(queue => queue.close()))
      await close()
    },
  }
}

export const QUEUE_DRIVERS: Readonly<Record<string, () => Promise<QueueDriver>>> = { postgres: openPostgres }
