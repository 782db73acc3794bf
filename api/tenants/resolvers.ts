/** Resolvers of tenants, memberships and invitations. */
import { userOf } from '../account/user.ts'
import type { Context } from '../context.ts'
import { forbidden, mutation } from '../faults.ts'
import type { Resolvers } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { apiKeyWhere } from '../keys/list.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { type PageArguments, pageOf } from '../reading/page.ts'
import type { ApiKeyRow, DeletionReceiptRow, InvitationRow, MembershipRow, TenantRow } from '../rows.ts'
import { deleteTenant } from './delete.ts'
import { acceptInvite, inviteMember, revokeInvitation } from './invitations.ts'
import { setRole } from './members.ts'
import { storedBytes } from './storage.ts'
import { createTenant } from './tenants.ts'

const Mutation: Resolvers['Mutation'] = {
  createTenant: mutation(async (input, context) => ({
    __typename: 'CreateTenantSuccess',
    tenant: await createTenant(context, input),
  })),
  deleteTenant: mutation(async (input, context) => ({
    __typename: 'DeleteTenantSuccess',
    deletion: await deleteTenant(context, input),
  })),
  inviteMember: mutation(async (input, context) => ({
    __typename: 'InviteMemberSuccess',
    ...(await inviteMember(context, input)),
  })),
  revokeInvitation: mutation(async (input, context) => ({
    __typename: 'RevokeInvitationSuccess',
    invitation: await revokeInvitation(context, input),
  })),
  acceptInvite: mutation(async (input, context) => ({
    __typename: 'AcceptInviteSuccess',
    membership: await acceptInvite(context, input),
  })),
  setRole: mutation(async (input, context) => ({
    __typename: 'SetRoleSuccess',
    ...(await setRole(context, input)),
  })),
}

/** Only the request's tenant can be looked into: roles and rows of others are not known here. */
function assertOwn({ actor }: Context, { id }: TenantRow): void {
  if (actor.kind === 'anonymous' || actor.tenantId !== id)
    throw forbidden('this is not the tenant of the request; name it in the header semblance-tenant')
}

function pageOfOwn<T extends { id: string }>(
  context: Context,
  row: TenantRow,
  page: PageArguments,
  list: Parameters<typeof pageOf<T>>[2],
) {
  assertOwn(context, row)
  return pageOf<T>(context.read, page, list)
}

export const tenantResolvers = {
  Query: {
    tenant: (_root, _args, { actor, read }) => {
      const id = actor.kind === 'anonymous' ? undefined : actor.tenantId
      return id === undefined ? null : read(tx => tx.tenant.findFirst({ where: { id } }))
    },
  },
  Mutation,
  Tenant: {
    id: row => toGlobalId('Tenant', row.id),
    role: (row, _args, { actor }) =>
      row.role ?? (actor.kind === 'user' && actor.tenantId === row.id ? (actor.role ?? null) : null),
    storedBytes: (row, _args, context) => {
      assertOwn(context, row)
      return context.read(storedBytes)
    },
    memberships: (row, page, context) =>
      pageOfOwn<MembershipRow>(context, row, page, { table: tx => tx.membership, order: 'OLDEST_FIRST' }),
    invitations: (row, page, context) =>
      pageOfOwn<InvitationRow>(context, row, page, {
        table: tx => tx.invitation,
        where: () => ({ acceptedAt: null, expiresAt: { gt: new Date() } }),
      }),
    apiKeys: (row, { filter, ...page }, context) =>
      pageOfOwn<ApiKeyRow>(context, row, page, {
        table: tx => tx.apiKey,
        where: tx => apiKeyWhere(tx, filter ?? {}),
      }),
    deletionReceipts: (row, page, context) =>
      pageOfOwn<DeletionReceiptRow>(context, row, page, { table: tx => tx.deletionReceipt }),
  },
  Membership: {
    id: row => toGlobalId('Membership', row.id),
    user: async ({ userId }, _args, context) => {
      const own = context.actor.kind === 'user' && context.actor.id === userId
      const user = own
        ? await context.database.login.findUser(userOf(context).id)
        : await context.loaders.user.load(userId)
      return requireRow(user, 'a user')
    },
    tenant: async ({ tenant, tenantId: id }, _args, { read }) =>
      tenant ?? requireRow(await read(tx => tx.tenant.findFirst({ where: { id } })), 'a tenant'),
  },
  Invitation: { id: row => toGlobalId('Invitation', row.id) },
} satisfies Resolvers
