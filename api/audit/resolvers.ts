/** Resolvers of the audit trail. */
import type { Resolvers } from '../generated/schema.ts'
import { actorId, actorOfId, toGlobalId } from '../graphql/global-id.ts'
import { pageOf } from '../reading/page.ts'

export const auditResolvers = {
  Query: {
    auditEntries: (_root, { filter, ...page }, { read }) => {
      const { actor, action, target } = filter ?? {}
      const wanted = {
        ...(actor ? { actor: actorOfId(actor) } : {}),
        ...(action ? { action } : {}),
        ...(target ? { target } : {}),
      }
      return pageOf(page, ({ where, ...rest }) =>
        read(tx => tx.auditEntry.findMany({ ...rest, where: { ...where, ...wanted } })),
      )
    },
  },
  AuditEntry: { id: row => toGlobalId('AuditEntry', row.id), actor: row => actorId(row.actor) },
} satisfies Resolvers
