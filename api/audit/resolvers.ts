/** Resolvers of the audit trail. */
import type { Resolvers } from '../generated/schema.ts'
import { actorId, actorOfId, toGlobalId } from '../graphql/global-id.ts'
import { pageOf, within } from '../reading/page.ts'
import type { AuditEntryRow } from '../rows.ts'

export const auditResolvers = {
  Query: {
    auditEntries: (_root, { filter, ...page }, { read }) => {
      const { actor, action, target, ...period } = filter ?? {}
      const wanted = {
        ...(actor ? { actor: actorOfId(actor) } : {}),
        ...(action ? { action } : {}),
        ...(target ? { target } : {}),
        ...within(period, 'at'),
      }
      return pageOf<AuditEntryRow>(read, page, { table: tx => tx.auditEntry, where: () => wanted })
    },
  },
  AuditEntry: { id: row => toGlobalId('AuditEntry', row.id), actor: row => actorId(row.actor) },
} satisfies Resolvers
