/** Puts the table of fields in front of every resolver of a schema, subscriptions included. */
import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql'
import { invariant } from '../../errors.ts'
import { accessError } from '../faults.ts'
import { type ActionName, isAllowed } from './actions.ts'
import type { Actor } from './actor.ts'
import { FIELDS } from './fields.ts'

interface Guarded {
  readonly actor: Actor
}
type Field = GraphQLField<unknown, Guarded>

function assertAllowed({ actor }: Guarded, action: ActionName): void {
  if (!isAllowed(actor, action)) throw accessError(actor, action)
}

function guard(field: Field, action: ActionName): void {
  const { resolve = defaultFieldResolver, subscribe } = field
  if (action === 'public') return
  field.resolve = (source, args, context, info) => {
    assertAllowed(context, action)
    return resolve(source, args, context, info)
  }
  if (!subscribe) return
  field.subscribe = (source, args, context, info) => {
    assertAllowed(context, action)
    return subscribe(source, args, context, info)
  }
}

/** Guards every field; a field that the table does not list, or lists and the schema lacks, is a bug of ours. */
export function enforceAccess(schema: GraphQLSchema): GraphQLSchema {
  const types = Object.values(schema.getTypeMap()).filter(type => isObjectType(type) && !type.name.startsWith('__'))
  for (const type of types) {
    invariant(isObjectType(type), 'only object types are guarded')
    const grants = FIELDS[type.name] ?? {}
    const fields = type.getFields()
    for (const name of new Set([...Object.keys(fields), ...Object.keys(grants)])) {
      const [field, action] = [fields[name], grants[name]]
      invariant(field && action, `${type.name}.${name} is not both in schema.graphql and in api/access/fields.ts`)
      guard(field, action)
    }
  }
  return schema
}
