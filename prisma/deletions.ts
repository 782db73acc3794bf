/** Deleting tenants and accounts, before and after there is a tenant: each query calls one named function of the database. */
import { Prisma } from './generated/client.ts'

const { sql } = Prisma

/** A tenant that the user has deleted; `finishedAt` and the receipt are null until its files and rows are gone. */
interface BegunDeletion {
  readonly id: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly receipt: Prisma.JsonValue
}

export interface DeletionPaths {
  /** Undefined when the user has deleted no such tenant. */
  findTenantDeletion(userId: string, tenantId: string): Promise<BegunDeletion | undefined>
  /** Deletes the user with sessions, passwords and memberships, unless tenants would be without an owner: their names. */
  deleteAccount(userId: string): Promise<string[]>
}

export const deletionPaths = (all: <Row>(query: Prisma.Sql) => Promise<Row[]>): DeletionPaths => ({
  findTenantDeletion: async (userId, tenantId) => {
    const call = sql`
      select id, started_at as "startedAt", finished_at as "finishedAt", receipt
      from login_find_tenant_deletion(${userId}::uuid, ${tenantId}::uuid)`
    return (await all<BegunDeletion>(call))[0]
  },
  deleteAccount: async userId =>
    (await all<{ name: string }>(sql`select login_delete_account(${userId}::uuid) as name`)).map(({ name }) => name),
})
