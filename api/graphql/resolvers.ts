/** All resolvers, noun by noun. */
import { accountResolvers } from '../account/resolvers.ts'
import { adapterResolvers } from '../adapters/resolvers.ts'
import { auditResolvers } from '../audit/resolvers.ts'
import { eventResolvers } from '../events/resolvers.ts'
import type { Resolvers } from '../generated/schema.ts'
import { generationResolvers } from '../generations/resolvers.ts'
import { jobResolvers } from '../jobs/resolvers.ts'
import { keyResolvers } from '../keys/resolvers.ts'
import { nodeResolvers } from '../nodes/resolvers.ts'
import { photoSetResolvers } from '../photo-sets/resolvers.ts'
import { serviceResolvers } from '../service/resolvers.ts'
import { subjectResolvers } from '../subjects/resolvers.ts'
import { tenantResolvers } from '../tenants/resolvers.ts'
import { trainingResolvers } from '../trainings/resolvers.ts'
import { SCALARS } from './scalars.ts'

const NOUNS: readonly Resolvers[] = [
  SCALARS,
  serviceResolvers,
  nodeResolvers,
  accountResolvers,
  tenantResolvers,
  keyResolvers,
  subjectResolvers,
  photoSetResolvers,
  jobResolvers,
  trainingResolvers,
  adapterResolvers,
  generationResolvers,
  eventResolvers,
  auditResolvers,
]

/** Several nouns add to the root types; no field comes twice. */
export function mergeResolvers(): Resolvers {
  const merged: Record<string, object> = {}
  for (const noun of NOUNS)
    for (const [type, fields] of Object.entries(noun))
      merged[type] = fields instanceof Object && type in merged ? { ...merged[type], ...fields } : fields
  return merged as Resolvers
}
