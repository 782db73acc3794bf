/** Resolvers of what the server is, and of the catalogue: bases, methods, samplers. */
import { z } from 'zod'
import { ENGINE_VERSION, METHODS, SCHEDULERS } from '../../engine/descriptors.ts'
import type { Resolvers } from '../generated/schema.ts'
import { imageRule } from '../generations/size.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { LIMITS } from './limits.ts'

export const serviceResolvers = {
  Query: {
    service: () => ({ version: ENGINE_VERSION, limits: LIMITS }),
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
