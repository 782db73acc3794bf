/** The executable schema: schema.graphql with the resolvers attached and every field guarded. */
import {
  assertValidSchema,
  buildSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  isScalarType,
} from 'graphql'
import { invariant } from '../../errors.ts'
import { enforceAccess } from '../access/enforce.ts'
import type { Resolvers } from '../generated/schema.ts'
import { fillDefaults } from './defaults.ts'
import { keepListSizes } from './list-size.ts'
import { SDL } from './sdl.ts'

// biome-ignore lint/suspicious/noExplicitAny: graphql-js types resolvers of unknown parents so
type AnyResolver = GraphQLFieldResolver<any, any>
type FieldEntry = AnyResolver | { subscribe?: AnyResolver; resolve?: AnyResolver }

/** `Resolvers` gives every entry its exact type; here they are attached by name. */
export function buildExecutableSchema(resolvers: Resolvers): GraphQLSchema {
  const schema = buildSchema(SDL)
  for (const [typeName, entry] of Object.entries(resolvers as Record<string, Record<string, unknown>>)) {
    const type = schema.getType(typeName)
    if (isScalarType(type)) Object.assign(type, scalarFunctions(entry))
    else if (isAbstractType(type)) Object.assign(type, { resolveType: entry.__resolveType })
    else {
      invariant(isObjectType(type), `resolvers name ${typeName}, which is not an object type of schema.graphql`)
      attachFields(type.getFields(), typeName, entry as Record<string, FieldEntry>)
    }
  }
  assertValidSchema(schema)
  return enforceAccess(keepListSizes(fillDefaults(schema)))
}

const scalarFunctions = ({ serialize, parseValue, parseLiteral }: Record<string, unknown>) => ({
  serialize,
  parseValue,
  parseLiteral,
})

function attachFields(
  fields: Record<string, { resolve?: AnyResolver; subscribe?: AnyResolver }>,
  typeName: string,
  entries: Readonly<Record<string, FieldEntry>>,
): void {
  for (const [name, entry] of Object.entries(entries)) {
    const field = fields[name]
    invariant(field, `resolvers name ${typeName}.${name}, which is not in schema.graphql`)
    Object.assign(field, typeof entry === 'function' ? { resolve: entry } : entry)
  }
}
