/** Lists API keys, and finds those that a former member has left behind. */
import type { Prisma, Transaction } from '../../prisma/index.ts'
import type { ApiKeyFilter } from '../generated/schema.ts'
import { actorOfId } from '../graphql/global-id.ts'

export const active = (): Prisma.ApiKeyWhereInput => ({
  revokedAt: null,
  OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
})

/** Of each key the user at its beginning: who created it, or the key that created it. */
const creators = (tx: Transaction) =>
  tx.$queryRaw<{ id: string; user: string; member: boolean }[]>`
    with recursive origin as (
      select tenant_id, id, created_by from api_keys where created_by like 'user:%'
      union all
      select k.tenant_id, k.id, o.created_by from api_keys k join origin o on k.tenant_id = o.tenant_id and k.created_by = 'key:' || o.id
    )
    select o.id, o.created_by as "user", exists (
      select from memberships m where m.tenant_id = o.tenant_id and 'user:' || m.user_id = o.created_by) as member
    from origin o`

export async function apiKeyWhere(tx: Transaction, filter: ApiKeyFilter): Promise<Prisma.ApiKeyWhereInput> {
  const conditions: Prisma.ApiKeyWhereInput[] = []
  if (filter.createdBy) conditions.push({ createdBy: actorOfId(filter.createdBy) })
  if (filter.active !== null && filter.active !== undefined)
    conditions.push(filter.active ? active() : { NOT: active() })
  if (filter.ofFormerMember !== null && filter.ofFormerMember !== undefined) {
    const former = (await creators(tx)).filter(({ member }) => !member).map(({ id }) => id)
    conditions.push({ id: filter.ofFormerMember ? { in: former } : { notIn: former } })
  }
  return { AND: conditions }
}

/** Keys that still hold and began with this user, newest first. */
export async function keysLeftBy(tx: Transaction, userId: string) {
  const ids = (await creators(tx)).filter(({ user }) => user === `user:${userId}`).map(({ id }) => id)
  return tx.apiKey.findMany({ where: { AND: [{ id: { in: ids } }, active()] }, orderBy: { id: 'desc' } })
}
