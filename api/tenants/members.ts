/** Members of a tenant: their roles, and removing them. */

import type { Actor } from '../access/actor.ts'
import { type Role, roleReaches } from '../access/roles.ts'
import type { Context } from '../context.ts'
import { rightsFault, validationFault } from '../faults.ts'
import type { SetRoleInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { keysLeftBy } from '../keys/list.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { ApiKeyRow, MembershipRow } from '../rows.ts'

/** A key with MEMBERS_WRITE does what an administrator may. */
const roleOf = (actor: Actor): Role => (actor.kind === 'user' && actor.role ? actor.role : 'ADMIN')

export function assertWithin(context: Context, role: Role, path: string): void {
  const own = roleOf(context.actor)
  if (roleReaches(own, role)) return
  throw rightsFault('EXCEEDS_RIGHTS', path, `${role} is above your own role ${own}; ask an owner`)
}

interface RoleSet {
  /** Null when the member was removed. */
  readonly membership: MembershipRow | null
  /** Of a removed member: keys go on until somebody revokes them. */
  readonly apiKeys: ApiKeyRow[]
}

export async function setRole(context: Context, input: SetRoleInput): Promise<RoleSet> {
  return change(context, async (tx, _tenantId, audit) => {
    // All owners are locked, so that two owners cannot remove each other at the same time.
    await tx.$queryRaw`select 1 from memberships where role = 'OWNER' order by id for update`
    const find = (id: string) => tx.membership.findFirst({ where: { id } })
    const { id, role: before, userId } = await resolveId(input.membershipId, 'Membership', 'membershipId', find)
    assertWithin(context, before, 'membershipId')
    const role = input.role ?? null
    if (role) assertWithin(context, role, 'role')
    if (before === 'OWNER' && role !== 'OWNER' && (await tx.membership.count({ where: { role: 'OWNER' } })) === 1)
      throw validationFault('WRONG_STATE', 'role', 'this is the only owner; make another member an owner first')
    await audit({ action: 'setRole', target: toGlobalId('Membership', id), detail: { before, role } })
    if (role === null) await tx.membership.deleteMany({ where: { id } })
    else await tx.membership.updateMany({ where: { id }, data: { role } })
    if (role !== null) return { membership: await find(id), apiKeys: [] }
    return { membership: null, apiKeys: await keysLeftBy(tx, userId) }
  })
}
