/** What the API does by itself goes beyond one tenant: each path calls one named function of the database. */
import { Prisma, type PrismaClient } from './generated/client.ts'
import { databaseError } from './transactions.ts'

const { sql } = Prisma

export interface UpkeepPaths {
  /** Whether to do the task now: one process of all does, once in so many seconds. */
  begin(task: string, seconds: number): Promise<boolean>
  /** Tenants that have jobs whose files may go. */
  tenantsToClear(): Promise<string[]>
}

export function openUpkeepPaths(app: PrismaClient): UpkeepPaths {
  const all = async <T>(query: Prisma.Sql): Promise<T[]> => {
    try {
      return (await app.$queryRaw<{ value: T }[]>(query)).map(({ value }) => value)
    } catch (error) {
      throw databaseError(error)
    }
  }
  return {
    begin: async (task, seconds) =>
      (await all<boolean>(sql`select upkeep_begin(${task}, ${seconds}::double precision) as value`))[0] ?? false,
    tenantsToClear: () => all<string>(sql`select upkeep_tenants_to_clear()::text as value`),
  }
}
