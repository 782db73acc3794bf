/** Resolvers of what the server is, and of the catalogue: bases, methods, samplers. */
import { z } from 'zod'
import { ENGINE_VERSION, METHODS, SCHEDULERS } from '../../engine/descriptors.ts'
import { SESSION_SECONDS } from '../access/session.ts'
import type { Resolvers } from '../generated/schema.ts'
import { imageRule } from '../generations/size.ts'
import { OPERATION_LIMITS } from '../graphql/cost.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { SDL } from '../graphql/sdl.ts'
import { KEY_SECONDS } from '../mutations/idempotency.ts'
import { INVITATION_SECONDS, LIMITS, LINK_SECONDS, UPLOAD_SECONDS } from './limits.ts'

const TIMES = {
  linkSeconds: LINK_SECONDS,
  uploadSeconds: UPLOAD_SECONDS,
  idempotencySeconds: KEY_SECONDS,
  invitationSeconds: INVITATION_SECONDS,
  sessionSeconds: SESSION_SECONDS,
}
const { depth, cost, aliases, tokens } = OPERATION_LIMITS
const OPERATIONS = {
  operationDepth: depth,
  operationCost: cost,
  operationAliases: aliases,
  operationTokens: tokens,
}

export const serviceResolvers = {
  Query: {
    service: () => ({ version: ENGINE_VERSION, limits: { ...LIMITS, ...TIMES, ...OPERATIONS } }),
    schema: () => SDL,
    baseModels: (_root, _args, { read }) => read(tx => tx.baseModel.findMany({ orderBy: { createdAt: 'asc' } })),
    methods: () =>
      Object.values(METHODS).map(({ name, options }) => ({ name, options: z.toJSONSchema(options, { io: 'input' }) })),
    schedulers: () => Object.keys(SCHEDULERS),
  },
  BaseModel: {
    id: row => toGlobalId('BaseModel', row.id),
    parameters: row => Number(row.parameters),
    maxPixels: row => imageRule(row).limit,
  },
} satisfies Resolvers
