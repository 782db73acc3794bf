/** Where jobs stand in the queue of all tenants: read from the database's own order, the one that claims follow. */
import type { Transaction } from '../../prisma/index.ts'
import type { JobWait } from '../generated/schema.ts'

export interface Place {
  /** Of the job. */
  readonly id: string
  /** From 1. */
  readonly place: number
  readonly waits: JobWait
}

/** Of the tenant's waiting jobs. */
export const readPlaces = (tx: Transaction): Promise<Place[]> =>
  tx.$queryRaw<Place[]>`select job_id::text as id, place, waits from queue_places()`

interface Ahead {
  readonly baseModelId: string
  /** Jobs that wait. */
  readonly waiting: number
  /** Work units of these and of what is in hand. */
  readonly units: number
}

/** What is done before a training that the tenant would queue now, by base model, and how many workers do it. */
export async function readAhead(tx: Transaction): Promise<{ ahead: Ahead[]; workers: number }> {
  const ahead = await tx.$queryRaw<Ahead[]>`
    select base_model_id::text as "baseModelId", waiting, units::float8 as units from queue_ahead('TRAINING')`
  const [row] = await tx.$queryRaw<[{ workers: number }]>`select queue_workers_there('TRAINING') as workers`
  return { ahead, workers: row.workers }
}
