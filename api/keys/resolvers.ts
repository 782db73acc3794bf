/** Resolvers of API keys. */
import { mutation } from '../faults.ts'
import type { ApiKeyScope, Resolvers } from '../generated/schema.ts'
import { actorId, toGlobalId } from '../graphql/global-id.ts'
import { createApiKey, revokeApiKey, rotateApiKey } from './keys.ts'

export const keyResolvers = {
  Query: {
    currentKey: async (_root, _args, { actor, loaders }) =>
      actor.kind === 'key' ? ((await loaders.apiKey.load(actor.id)) ?? null) : null,
  },
  Mutation: {
    createApiKey: mutation(async (input, context) => ({
      __typename: 'CreateApiKeySuccess',
      ...(await createApiKey(context, input)),
    })),
    rotateApiKey: mutation(async (input, context) => ({
      __typename: 'RotateApiKeySuccess',
      ...(await rotateApiKey(context, input)),
    })),
    revokeApiKey: mutation(async (input, context) => ({
      __typename: 'RevokeApiKeySuccess',
      apiKey: await revokeApiKey(context, input),
    })),
  },
  ApiKey: {
    id: row => toGlobalId('ApiKey', row.id),
    prefix: row => `smb_${row.env}_${row.publicId}`,
    environment: row => (row.env === 'live' ? 'LIVE' : 'TEST'),
    scopes: row => row.scopes as ApiKeyScope[],
    createdBy: row => actorId(row.createdBy),
  },
} satisfies Resolvers
