/** An input that is null is as good as absent: it gets the default of the contract. One place for every argument and input field. */
import {
  type GraphQLArgument,
  type GraphQLFieldResolver,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql'

type Values = Readonly<Record<string, unknown>>

function filledValue(type: GraphQLInputType, value: unknown): unknown {
  const inner = getNullableType(type)
  if (isListType(inner) && Array.isArray(value)) return value.map(one => filledValue(inner.ofType, one))
  if (!isInputObjectType(inner) || value === null || typeof value !== 'object') return value
  return filled(value as Values, Object.values(inner.getFields()))
}

function filled(values: Values, fields: readonly (GraphQLArgument | GraphQLInputField)[]): Values {
  const entries = fields.flatMap(({ name, type, defaultValue }) => {
    const value = values[name] ?? defaultValue
    return value === undefined || value === null ? [] : [[name, filledValue(type, value)] as const]
  })
  return Object.fromEntries(entries)
}

// biome-ignore lint/suspicious/noExplicitAny: graphql-js types resolvers of unknown parents so
type AnyResolver = GraphQLFieldResolver<any, any>

/** Every resolver that takes arguments gets them without nulls. */
export function fillDefaults(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue
      const wrap =
        (resolve: AnyResolver): AnyResolver =>
        (source, args, context, info) =>
          resolve(source, filled(args, field.args), context, info)
      if (field.resolve) field.resolve = wrap(field.resolve)
      if (field.subscribe) field.subscribe = wrap(field.subscribe)
    }
  }
  return schema
}
