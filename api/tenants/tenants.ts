/** Tenants: founding one, and the caller's memberships in all of them. */
import { z } from 'zod'
import { userOf } from '../account/user.ts'
import type { Context } from '../context.ts'
import { check } from '../faults.ts'
import type { CreateTenantInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import type { MembershipRow, TenantRow } from '../rows.ts'

export const tenantName = z.string().trim().min(1).max(100)
const newTenant = z.object({ name: tenantName })

export async function createTenant(context: Context, input: CreateTenantInput): Promise<TenantRow> {
  const { name } = check(newTenant, input)
  return foundTenant(context, userOf(context).id, name)
}

/** The user becomes the owner, and the request goes on in the new tenant. */
export async function foundTenant(context: Context, userId: string, name: string): Promise<TenantRow> {
  const { tenantId } = await context.database.login.createTenant(userId, name)
  context.enter({ ...userOf(context), tenantId, role: 'OWNER' })
  return change(context, async (tx, id, audit) => {
    await audit({ action: 'createTenant', target: toGlobalId('Tenant', id) })
    return tx.tenant.findUniqueOrThrow({ where: { id } })
  })
}

/** Oldest first, with their tenants, whichever the request is in. */
export async function ownMemberships(context: Context): Promise<MembershipRow[]> {
  const userId = userOf(context).id
  const rows = await context.database.login.listMemberships(userId)
  return rows.map(({ id, tenantId, tenantName: name, tenantCreatedAt, role, createdAt }) => ({
    ...{ id, tenantId, userId, role, createdAt },
    tenant: { id: tenantId, name, createdAt: tenantCreatedAt, role },
  }))
}
