/** The contract's own scalars. */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'

const wrong = (name: string, value: unknown, allowed: string): GraphQLError =>
  new GraphQLError(`${name} is ${JSON.stringify(value)}, allowed is ${allowed}`, {
    extensions: { code: 'BAD_USER_INPUT' },
  })

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

function toDate(value: unknown): Date {
  const date = typeof value === 'string' && ISO.test(value) ? new Date(value) : undefined
  if (date && Number.isFinite(date.getTime())) return date
  throw wrong('a DateTime', value, 'a moment in ISO 8601 with a time zone, for example 2030-01-31T12:00:00Z')
}

function toSafeInt(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw wrong('a SafeInt', String(value), 'a whole number from 0 to 2^53 - 1')
}

const literal =
  <T>(parse: (value: unknown) => T, ...kinds: Kind[]) =>
  (node: ValueNode): T => {
    const value = valueFromASTUntyped(node)
    return parse(kinds.includes(node.kind) ? value : undefined)
  }

export const SCALARS = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: value => (value instanceof Date ? value : toDate(value)).toISOString(),
    parseValue: toDate,
    parseLiteral: literal(toDate, Kind.STRING),
  }),
  SafeInt: new GraphQLScalarType<number, number>({
    name: 'SafeInt',
    serialize: toSafeInt,
    parseValue: toSafeInt,
    parseLiteral: node => toSafeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
  }),
  JSON: new GraphQLScalarType<unknown, unknown>({ name: 'JSON' }),
}
