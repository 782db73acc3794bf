/** `node(id)`: any object by its global id, if the caller may read its type. */
import { isAllowed } from '../access/actions.ts'
import { NODE_ACTIONS, type NodeType } from '../access/fields.ts'
import { findSession, requireUser } from '../account/user.ts'
import type { Context } from '../context.ts'
import type { Resolvers, ResolversTypes } from '../generated/schema.ts'
import { type GlobalId, parseGlobalId } from '../graphql/global-id.ts'
import { typeOfJob } from '../jobs/find.ts'
import type { JobRow } from '../rows.ts'

type Load = (context: Context, key: string) => Promise<object | null | undefined>

const job =
  (type: NodeType): Load =>
  async ({ loaders }, key) => {
    const row: JobRow | undefined = await loaders.job.load(key)
    return row && typeOfJob(row) === type ? row : null
  }

const LOADS: Readonly<Record<NodeType, Load>> = {
  Tenant: ({ read }, id) => read(tx => tx.tenant.findFirst({ where: { id } })),
  User: (context, key) => (isSelf(context, key) ? requireUser(context) : context.loaders.user.load(key)),
  Membership: ({ loaders }, key) => loaders.membership.load(key),
  Invitation: ({ loaders }, key) => loaders.invitation.load(key),
  Session: findSession,
  ApiKey: ({ loaders }, key) => loaders.apiKey.load(key),
  Subject: ({ loaders }, key) => loaders.subject.load(key),
  Consent: ({ loaders }, key) => loaders.consent.load(key),
  PhotoSet: ({ loaders }, key) => loaders.photoSet.load(key),
  Photo: ({ loaders }, key) => loaders.photo.load(key),
  BaseModel: ({ loaders }, key) => loaders.baseModel.load(key),
  TrainingJob: job('TrainingJob'),
  Adapter: ({ loaders }, key) => loaders.adapter.load(key),
  AdapterVersion: ({ loaders }, key) => loaders.version.load(key),
  Generation: job('Generation'),
  Image: ({ loaders }, key) => loaders.image.load(key),
  JobEvent: ({ read }, key) => {
    const [tenantId = '', number = ''] = key.split('.')
    return read(tx => tx.jobEvent.findFirst({ where: { tenantId, number: BigInt(number) } }))
  },
  AuditEntry: ({ loaders }, key) => loaders.auditEntry.load(key),
  DeletionReceipt: ({ loaders }, key) => loaders.receipt.load(key),
}

const isSelf = ({ actor }: Context, key: string): boolean => actor.kind === 'user' && actor.id === key

/** Everything else belongs to a tenant, which the caller may not have. */
const needsTenant = (context: Context, { type, key }: GlobalId): boolean =>
  type !== 'Session' && !(type === 'User' && isSelf(context, key))

const hasTenant = ({ actor }: Context): boolean => actor.kind !== 'anonymous' && actor.tenantId !== undefined

const isNodeType = (type: string): type is NodeType => Object.hasOwn(NODE_ACTIONS, type)

export const nodeResolvers = {
  Query: {
    node: async (_root, { id }, context) => {
      const parsed = parseGlobalId(id)
      if (!parsed || !isNodeType(parsed.type) || !isAllowed(context.actor, NODE_ACTIONS[parsed.type])) return null
      if (needsTenant(context, parsed) && !hasTenant(context)) return null
      const row = await LOADS[parsed.type](context, parsed.key)
      return row ? ({ ...row, __typename: parsed.type } as unknown as Awaited<ResolversTypes['Node']>) : null
    },
  },
  Node: { __resolveType: row => (row as unknown as { __typename: NodeType }).__typename },
} satisfies Resolvers
