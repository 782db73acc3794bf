/** Deletes a tenant for one of its owners: from the first transaction on nobody can do anything in it, the rest can be done again. */
import type { Transaction } from '../../prisma/index.ts'
import { userOf } from '../account/user.ts'
import type { Context } from '../context.ts'
import { notFoundFault, rightsFault, validationFault } from '../faults.ts'
import type { DeleteTenantInput, TenantDeletion } from '../generated/schema.ts'
import { keyOf, toGlobalId } from '../graphql/global-id.ts'
import { cancelJobs } from '../jobs/cancel.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { eraseTenant } from './erase.ts'

/** A repeated request goes on with what was begun, or finds its receipt. */
export async function deleteTenant(context: Context, input: DeleteTenantInput): Promise<TenantDeletion> {
  const { id: userId, sessionId } = userOf(context)
  const { login } = context.database
  const tenantId = keyOf(input.tenantId, 'Tenant')
  if (tenantId === undefined) throw notFoundFault('tenantId')
  const begun = await login.findTenantDeletion(userId, tenantId)
  if (!begun) await begin(context, tenantId, userId, input.name)
  if (!begun?.finishedAt) await eraseTenant(context, tenantId)
  // The request has no tenant any more.
  context.enter({ kind: 'user', id: userId, sessionId })
  const { id, startedAt, finishedAt, receipt } = requireRow(
    await login.findTenantDeletion(userId, tenantId),
    'a deletion',
  )
  return { tenantId: toGlobalId('Tenant', id), startedAt, finishedAt: requireRow(finishedAt, 'an end'), receipt }
}

async function begin(context: Context, tenantId: string, userId: string, name: string): Promise<void> {
  const canceled = await context.database.withTenant(tenantId, async tx => {
    await assertOwner(tx, userId)
    const tenant = requireRow(await tx.tenant.findFirst(), 'a tenant')
    if (tenant.name !== name)
      throw validationFault('INVALID', 'name', 'this is not the name of the tenant; repeat it exactly to confirm')
    const canceled = await cancelJobs(tx, {}, 'the workspace is being deleted')
    await tx.apiKey.updateMany({ where: { revokedAt: null }, data: { revokedAt: new Date() } })
    await tx.invitation.deleteMany()
    await tx.membership.deleteMany()
    await tx.$queryRaw`select login_begin_tenant_deletion(${userId}::uuid)::text`
    return canceled
  })
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
}

/** Owners are locked as in setRole. @throws UserFault NOT_FOUND for those who are no members, EXCEEDS_RIGHTS for other members */
async function assertOwner(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`select 1 from memberships where role = 'OWNER' order by id for update`
  const membership = await tx.membership.findFirst({ where: { userId } })
  if (!membership) throw notFoundFault('tenantId')
  if (membership.role !== 'OWNER')
    throw rightsFault(
      'EXCEEDS_RIGHTS',
      'tenantId',
      `your role is ${membership.role}; ask an owner to delete the workspace`,
    )
}
