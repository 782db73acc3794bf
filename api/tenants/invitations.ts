/** Invitations to a tenant: making, replacing, taking back and accepting them. */
import { z } from 'zod'
import type { Transaction } from '../../prisma/index.ts'
import { actorName } from '../access/actor.ts'
import { createToken, hashToken } from '../access/session.ts'
import { emailAddress } from '../account/sign-in.ts'
import { userOf } from '../account/user.ts'
import type { Context } from '../context.ts'
import { check, conflictFault, notFoundFault } from '../faults.ts'
import type { AcceptInviteInput, InviteMemberInput, RevokeInvitationInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { InvitationRow, MembershipRow } from '../rows.ts'
import { INVITATION_SECONDS } from '../service/limits.ts'
import { assertWithin } from './members.ts'

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
    const expiresAt = new Date(Date.now() + INVITATION_SECONDS * 1000)
    const createdBy = actorName(context.actor)
    await assertReplaceable(context, tx, email)
    const [placed] = await tx.$queryRaw<[{ id: string }]>`
      insert into invitations (tenant_id, email, role, token_hash, expires_at, created_by)
      values (${tenantId}::uuid, ${email}, ${input.role}::role, ${hashToken(token)}, ${expiresAt}, ${createdBy})
      on conflict (tenant_id, email) where accepted_at is null do update set id = excluded.id, role = excluded.role,
        token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_by = excluded.created_by, created_at = excluded.created_at
      returning id`
    const invitation = await tx.invitation.findFirstOrThrow({ where: { id: placed.id } })
    const target = toGlobalId('Invitation', invitation.id)
    await audit({ action: 'inviteMember', target, detail: { role: input.role } })
    return { invitation, token }
  })
}

/** Replacing an invitation takes it back. */
async function assertReplaceable(context: Context, tx: Transaction, email: string): Promise<void> {
  const older = await tx.invitation.findFirst({ where: { email, acceptedAt: null, expiresAt: { gt: new Date() } } })
  if (older) assertWithin(context, older.role, 'email')
}

/** The row as it was. Once it is accepted there is nothing to take back: the member is removed with setRole. */
export async function revokeInvitation(context: Context, input: RevokeInvitationInput): Promise<InvitationRow> {
  return change(context, async (tx, _tenantId, audit) => {
    const find = (id: string) => tx.invitation.findFirst({ where: { id, acceptedAt: null } })
    const invitation = await resolveId(input.invitationId, 'Invitation', 'invitationId', find)
    assertWithin(context, invitation.role, 'invitationId')
    const { count } = await tx.invitation.deleteMany({ where: { id: invitation.id, acceptedAt: null } })
    if (count === 0) throw notFoundFault('invitationId')
    await audit({ action: 'revokeInvitation', target: toGlobalId('Invitation', invitation.id) })
    return invitation
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
