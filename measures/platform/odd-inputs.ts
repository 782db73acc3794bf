/** Every input of the contract with strings and values that nobody meant: what becomes an internal error, and whose words a user reads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  isUnionType,
} from 'graphql'
import { withConnection } from '../../prisma/connection.ts'
import { finishGeneration, generate, trainable } from '../stage/journey.ts'
import { ask, type Identity, type Service } from '../stage/service.ts'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8'))

const ODD_STRINGS = [
  ...['', ' ', '\0', 'a\0b', '\ud800', '\udc00x', '\u202e', '\ufeff', '%', '_', '\\', "'", '"', '{{x}}'],
  ...['<script>', '\r\n', '\u0007', 'é\u0301'.repeat(50), '💥', 'x'.repeat(20_000)],
]

/** Ends the session that asks, whatever its input; the others that end something ask for a password or a name, which no odd one is. */
const ENDING = new Set(['signOut'])

export interface Operation {
  readonly name: string
  readonly kind: 'query' | 'mutation'
  readonly field: GraphQLField<unknown, unknown>
}

/** Queries and mutations that take something. */
export const OPERATIONS: readonly Operation[] = (['query', 'mutation'] as const).flatMap(kind => {
  const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
  const fields = Object.values(type?.getFields() ?? {}).filter(({ name, args }) => args.length > 0 && !ENDING.has(name))
  return fields.map(field => ({ name: field.name, kind, field }))
})

const firstOf = (type: unknown): unknown => (type as { getValues(): { value: unknown }[] }).getValues()[0]?.value
const wrapped = (type: GraphQLInputType, value: unknown): unknown => (`${type}`.startsWith('[') ? [value] : value)

/** A value of the type in which every text is the odd one; lists have one entry. */
function inputOf(type: GraphQLInputType, odd: string, depth = 0): unknown {
  const named = getNamedType(type)
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).filter(field => depth < 3 || isNonNullType(field.type))
    const entries = fields.map(field => [field.name, inputOf(field.type, odd, depth + 1)] as const)
    return wrapped(type, Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
  }
  if (!isScalarType(named)) return wrapped(type, firstOf(named))
  const values: Record<string, unknown> = { String: odd, ID: odd, JSON: { [odd || 'x']: odd }, Int: 1, Float: 1 }
  if (named.name === 'DateTime') return wrapped(type, '2030-01-31T12:00:00Z')
  return wrapped(type, values[named.name] ?? (named.name === 'Boolean' ? true : 1))
}

/** The type alone, with the message of a user error. */
function selectionOf({ field }: Operation): string {
  const type = getNamedType(field.type)
  if (!isCompositeType(type)) return ''
  return `{ __typename ${isUnionType(type) ? '... on UserError { message }' : ''} }`
}

/** The operation with all arguments as variables. */
function textOf(operation: Operation): string {
  const { kind, field } = operation
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`)
  const given = field.args.map(({ name }) => `${name}: $${name}`)
  return `${kind} (${declared.join(', ')}) { ${field.name}(${given.join(', ')}) ${selectionOf(operation)} }`
}

type Asked = Pick<Service, 'url' | 'ownerUrl'>

/** Asks past the limit on attempts, behind which nothing of the input is looked at. */
async function askFreely(service: Asked, text: string, variables: Record<string, unknown>, identity: Identity) {
  const answer = await ask(service, text, variables, identity)
  if (!answer.errors?.some(({ message }) => message.startsWith('too many attempts'))) return answer
  await withConnection(service.ownerUrl, client => client.query('delete from sign_in_tries'))
  return ask(service, text, variables, identity)
}

export interface Tried {
  readonly tried: number
  readonly wrong: readonly string[]
}

/** Every string of the operation's input at once, with each odd one. `wrong`: those that became an internal error. */
export async function tryOddStrings(
  service: Asked,
  identities: readonly Identity[],
  operation: Operation,
): Promise<Tried> {
  const [wrong, text]: [string[], string] = [[], textOf(operation)]
  for (const odd of ODD_STRINGS) {
    const variables = Object.fromEntries(operation.field.args.map(({ name, type }) => [name, inputOf(type, odd)]))
    for (const identity of identities) {
      const { errors = [] } = await askFreely(service, text, variables, identity)
      if (errors.some(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR'))
        wrong.push(`${operation.name} with ${JSON.stringify(odd.slice(0, 20))}`)
    }
  }
  return { tried: ODD_STRINGS.length * identities.length, wrong }
}

/** Of some kind each, and beyond what any field takes. */
const WRONG_VALUES: readonly unknown[] = [
  ...[null, 5, -1, 1.5, 1e12, true, '', ' ', 'no such thing', 'x'.repeat(20_000)],
  ...[[], [[]], {}, { no: 'such field' }],
]

/** The ways to a value in an input: names of fields, one entry of each list. */
function placesIn(type: GraphQLInputType, depth = 0): string[][] {
  const named = getNamedType(type)
  if (!isInputObjectType(named) || depth > 3) return [[]]
  const inner = Object.values(named.getFields()).flatMap(field =>
    placesIn(field.type, depth + 1).map(path => [field.name, ...path]),
  )
  return [[], ...inner]
}

/** Ids of real objects by the names of fields, so that what stands behind them is looked at, too. */
export type Ids = Readonly<Record<string, string>>

/** The ids of what inputs name, in the tenant of this owner: what is learned from and drawn. */
export async function realIds(service: Service, owner: Identity & { readonly tenantId: string }): Promise<Ids> {
  const subject = await trainable(service, owner)
  const { generation } = await generate(service, owner, [{ prompt: 'a house', steps: 1 }])
  await finishGeneration(service)
  const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { images { id } } } }'
  const { data } = await ask(service, query, { id: generation.id }, owner)
  const { tenantId } = owner
  return { ...subject, tenantId, generationId: generation.id, imageId: data.node.images[0].id }
}

/** What the type needs at least. */
function plainInput(type: GraphQLInputType, ids: Ids): Record<string, unknown> {
  const named = getNamedType(type)
  const fields = isInputObjectType(named) ? Object.values(named.getFields()).filter(isRequiredInputField) : []
  return Object.fromEntries(
    fields.map(field => {
      const inner = isInputObjectType(getNamedType(field.type))
      return [
        field.name,
        ids[field.name] ?? (inner ? wrapped(field.type, plainInput(field.type, ids)) : inputOf(field.type, 'plain')),
      ]
    }),
  )
}

/** An input that is right but for the wrong value at the place. */
function withWrong(type: GraphQLInputType, [name, ...rest]: readonly string[], value: unknown, ids: Ids): unknown {
  const named = getNamedType(type)
  if (name === undefined || !isInputObjectType(named)) return value
  const field = named.getFields()[name]
  return wrapped(type, { ...plainInput(type, ids), [name]: field && withWrong(field.type, rest, value, ids) })
}

/** Words of zod and of GraphQL's coercion. */
const RAW =
  /Too (small|big)|Invalid (input|option|string|format|type|value|UUID|email|key|element)|Unrecognized key|expected (string|number|int|array|object|boolean|date|record|one of)|received|[Ee]xpected (type|value|an? )|cannot represent|does not exist in|got invalid value|was not provided|is not defined by type|Not a valid/

const messagesOf = (data: Record<string, unknown> | null | undefined, errors: readonly { message: string }[]) => [
  ...errors.map(({ message }) => message),
  ...Object.values(data ?? {}).flatMap(answer => {
    const message = (answer as { message?: unknown } | null)?.message
    return typeof message === 'string' ? [message] : []
  }),
]

/** Literal text of a value, for operations that have it written in. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, one]) => `${name}: ${literal(one)}`)
    .join(', ')} }`
}

/** Every place of the operation's input with wrong values, as variables and written in. `wrong`: messages in a validator's own words. */
export async function tryWrongValues(
  service: Asked,
  identity: Identity,
  operation: Operation,
  ids: Ids,
): Promise<Tried> {
  const raw = new Set<string>()
  let tried = 0
  const look = (where: string, answer: Awaited<ReturnType<typeof ask>>) => {
    tried++
    for (const message of messagesOf(answer.data, answer.errors ?? []))
      if (RAW.test(message)) raw.add(`${operation.name} ${where}: ${message.slice(0, 150)}`)
  }
  const { kind, field } = operation
  for (const argument of field.args)
    for (const place of placesIn(argument.type))
      for (const value of WRONG_VALUES) {
        const given = withWrong(argument.type, place, value, ids)
        const where = [argument.name, ...place].join('.')
        const rest = field.args.filter(({ name, type }) => name !== argument.name && isNonNullType(type))
        const variables = Object.fromEntries(rest.map(({ name, type }) => [name, inputOf(type, 'plain')]))
        look(where, await askFreely(service, textOf(operation), { ...variables, [argument.name]: given }, identity))
        const written = `${kind} { ${field.name}(${argument.name}: ${literal(given)}) ${selectionOf(operation)} }`
        look(where, await askFreely(service, written, {}, identity))
      }
  return { tried, wrong: [...raw] }
}
