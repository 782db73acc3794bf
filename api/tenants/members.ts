/** Members of a tenant: inviting, joining, roles. */
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { actorName } from '../access/actor.ts'
import { type Role, roleReaches } from '../access/roles.ts'
import { createToken, hashToken } from '../access/session.ts'
import { emailAddress } from '../account/sign-in.ts'
import { userOf } from '../account/user.ts'
import type { Context } from '../context.ts'
import { check, conflictFault, notFoundFault, rightsFault, validationFault } from '../faults.ts'
import type { AcceptInviteInput, InviteMemberInput, SetRoleInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { InvitationRow, MembershipRow } from '../rows.ts'

const INVITATION_DAYS = 7

/** A key with MEMBERS_WRITE does what an administrator may. */
const roleOf = (actor: Actor): Role => (actor.kind === 'user' && actor.role ? actor.role : 'ADMIN')

function assertWithin(context: Context, role: Role, path: string): void {
  const own = roleOf(context.actor)
  if (roleReaches(own, role)) return
  throw rightsFault('EXCEEDS_RIGHTS', path, `${role} is above your own role ${own}; ask an owner`)
}

const newInvitation = z.object({ email: emailAddress })

/** The token is shown once; accepting needs it and the invited address. */
export async function inviteMember(
  context: Context,
  input: InviteMemberInput,
): Promise<{ invitation: InvitationRow; token: string }> {
  return change(context, async (tx, tenantId, audit) => {
    const { email } = check(newInvitation, input)
    assertWithin(context, input.role, 'role')
    const member = await tx.user.findFirst({ where: { email }, select: { id: true } })
    if (member) throw conflictFault('TAKEN', 'email', 'this user is already a member; use setRole')
    const token = createToken()
    const expiresAt = new Date(Date.now() + INVITATION_DAYS * 86_400_000)
    const createdBy = actorName(context.actor)
    const data = { tenantId, email, role: input.role, tokenHash: hashToken(token), expiresAt, createdBy }
    const invitation = await tx.invitation.create({ data })
    const target = toGlobalId('Invitation', invitation.id)
    await audit({ action: 'inviteMember', target, detail: { role: input.role } })
    return { invitation, token }
  })
}

/** The request goes on in the tenant. */
export async function acceptInvite(context: Context, { token }: AcceptInviteInput): Promise<MembershipRow> {
  const user = userOf(context)
  const joined = await context.database.login.acceptInvitation(hashToken(token), user.id)
  if (!joined) throw notFoundFault('token')
  const memberships = await context.database.login.listMemberships(user.id)
  const role = memberships.find(({ tenantId }) => tenantId === joined.tenantId)?.role ?? 'VIEWER'
  context.enter({ ...user, tenantId: joined.tenantId, role })
  return change(context, async (tx, _tenantId, audit) => {
    await audit({ action: 'acceptInvite', target: toGlobalId('Membership', joined.membershipId) })
    return tx.membership.findFirstOrThrow({ where: { id: joined.membershipId } })
  })
}

/** Null when the member was removed. */
export async function setRole(context: Context, input: SetRoleInput): Promise<MembershipRow | null> {
  return change(context, async (tx, _tenantId, audit) => {
    // All owners are locked, so that two owners cannot remove each other at the same time.
    await tx.$queryRaw`select 1 from memberships where role = 'OWNER' order by id for update`
    const find = (id: string) => tx.membership.findFirst({ where: { id } })
    const { id, role: before } = await resolveId(input.membershipId, 'Membership', 'membershipId', find)
    assertWithin(context, before, 'membershipId')
    const role = input.role ?? null
    if (role) assertWithin(context, role, 'role')
    if (before === 'OWNER' && role !== 'OWNER' && (await tx.membership.count({ where: { role: 'OWNER' } })) === 1)
      throw validationFault('WRONG_STATE', 'role', 'this is the only owner; make another member an owner first')
    await audit({ action: 'setRole', target: toGlobalId('Membership', id), detail: { before, role } })
    if (role === null) await tx.membership.deleteMany({ where: { id } })
    else await tx.membership.updateMany({ where: { id }, data: { role } })
    return role === null ? null : find(id)
  })
}
