/** All resolvers, noun by noun. */
import { accountResolvers } from '../account/resolvers.ts'
import { adapterResolvers } from '../adapters/resolvers.ts'
import { auditResolvers } from '../audit/resolvers.ts'
import { eventResolvers } from '../events/resolvers.ts'
import type { Resolvers, ResolversParentTypes } from '../generated/schema.ts'
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

const NOUNS = [
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
] as const satisfies readonly Resolvers[]

type Type = keyof Resolvers & keyof ResolversParentTypes
type Field<T extends Type> = Exclude<keyof NonNullable<Resolvers[T]>, `__${string}`>
/** Fields that a noun has a function for. */
type Resolved<T, Noun = (typeof NOUNS)[number]> = Noun extends { [K in T & string]: infer Fields }
  ? keyof Fields
  : never
/** Fields that a resolver gets with its parent. The root types have a parent of any key, which is none. */
type Given<T extends Type> = string extends keyof ResolversParentTypes[T] ? never : keyof ResolversParentTypes[T]
/** GraphQL answers null for such a field, and the generated types leave every resolver out at will. */
type Missing = { [T in Type]: `${T}.${Exclude<Field<T>, Resolved<T> | Given<T>> & string}` }[Type]

/** Several nouns add to the root types; no field comes twice. */
export function mergeResolvers(): Resolvers {
  const merged: Record<string, object> = {}
  for (const noun of NOUNS)
    for (const [type, fields] of Object.entries(noun))
      merged[type] = fields instanceof Object && type in merged ? { ...merged[type], ...fields } : fields
  return merged as [Missing] extends [never] ? Resolvers : `${Missing} needs a resolver: its row has no such column`
}
