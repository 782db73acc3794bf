/** Upkeep across tenants: each query calls one named function of the database. */
import { Prisma, type PrismaClient } from './generated/client.ts'
import { databaseError } from './transactions.ts'

const { sql } = Prisma

export interface UpkeepPaths {
  /** Whether to do the task now: only one process does, once in each period. */
  begin(task: string, seconds: number): Promise<boolean>
  /** Tenants that have jobs whose files may go. */
  tenantsToClear(): Promise<string[]>
  /** Number of the last event of each of these tenants. */
  eventHeads(tenantIds: readonly string[]): Promise<ReadonlyMap<string, bigint>>
  /** Those of the jobs that are finished or gone. */
  endedJobs(jobs: readonly TenantJob[]): Promise<ReadonlySet<string>>
  /** Tenants whose deletion began so long ago and is not finished. */
  openDeletions(seconds: number): Promise<string[]>
  /** Whether the tenant's rows were deleted, so that what the store has of it may go. */
  isDeleted(tenantId: string): Promise<boolean>
  /** Deletes all rows of a tenant whose deletion has begun, and keeps the receipt; again is harmless. One statement: it may take long. */
  eraseTenant(tenantId: string, receipt: object): Promise<void>
  /** The tenant's files and rows are gone. */
  finishDeletion(tenantId: string): Promise<void>
  /** Removes sessions and invitations that have ended, and idempotency keys of this age. */
  expire(keySeconds: number): Promise<Expired>
}

export interface TenantJob {
  readonly tenantId: string
  readonly jobId: string
}

/** How many of each were removed. */
export interface Expired {
  readonly sessions: number
  readonly invitations: number
  readonly keys: number
}

export function openUpkeepPaths(app: PrismaClient): UpkeepPaths {
  const all = async <T>(query: Prisma.Sql): Promise<T[]> => {
    try {
      return await app.$queryRaw<T[]>(query)
    } catch (error) {
      throw databaseError(error)
    }
  }
  return {
    begin: async (task, seconds) => {
      const [row] = await all<{ begun: boolean }>(
        sql`select upkeep_begin(${task}, ${seconds}::double precision) as begun`,
      )
      return row?.begun ?? false
    },
    tenantsToClear: async () =>
      (await all<{ id: string }>(sql`select upkeep_tenants_to_clear()::text as id`)).map(({ id }) => id),
    eventHeads: async tenantIds => {
      const rows = await all<{ id: string; number: bigint }>(
        sql`select tenant_id as id, number from upkeep_event_heads(${tenantIds}::uuid[])`,
      )
      return new Map(rows.map(({ id, number }) => [id, number]))
    },
    endedJobs: async jobs => {
      const [tenants, ids] = [jobs.map(({ tenantId }) => tenantId), jobs.map(({ jobId }) => jobId)]
      const rows = await all<{ id: string }>(
        sql`select upkeep_ended_jobs(${tenants}::uuid[], ${ids}::uuid[])::text as id`,
      )
      return new Set(rows.map(({ id }) => id))
    },
    openDeletions: async seconds =>
      (await all<{ id: string }>(sql`select upkeep_open_deletions(${seconds}::double precision)::text as id`)).map(
        ({ id }) => id,
      ),
    isDeleted: async tenantId =>
      (await all<{ is: boolean }>(sql`select upkeep_is_deleted(${tenantId}::uuid) as is`))[0]?.is ?? false,
    eraseTenant: async (tenantId, receipt) =>
      void (await all(sql`select upkeep_erase_tenant(${tenantId}::uuid, ${JSON.stringify(receipt)}::jsonb)::text`)),
    finishDeletion: async tenantId => void (await all(sql`select upkeep_finish_deletion(${tenantId}::uuid)::text`)),
    expire: async keySeconds => {
      const counts = sql`sessions::int, invitations::int, keys::int`
      await all(sql`select queue_forget_workers()::text, login_forget_tries()::text`)
      const [row] = await all<Expired>(sql`select ${counts} from upkeep_expire(${keySeconds}::double precision)`)
      return row ?? { sessions: 0, invitations: 0, keys: 0 }
    },
  }
}
