import { join } from 'node:path'
import {
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTIONS, type ActionName, isAllowed } from '../../../api/access/actions.ts'
import { type Actor, ANONYMOUS } from '../../../api/access/actor.ts'
import { FIELDS, NODE_ACTIONS, type NodeType } from '../../../api/access/fields.ts'
import { expandScopes, type Role } from '../../../api/access/roles.ts'
import { mergeResolvers } from '../../../api/graphql/resolvers.ts'
import { buildExecutableSchema } from '../../../api/graphql/schema.ts'
import { ask, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { subscribe } from '../../../measures/stage/subscriber.ts'
import { type Caller, openCast } from '../../stage/cast.ts'
import { seed } from '../../stage/one-of-each.ts'
import { openService } from '../../stage/open-service.ts'

const schema = buildExecutableSchema(mergeResolvers())
const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
)

let service: Service
let cast: Caller[]
let ids: Record<NodeType, string>
const DENIED = ['UNAUTHENTICATED', 'FORBIDDEN']

function actorOf({ role, scope, name }: Caller): Actor {
  if (name === 'anonymous') return ANONYMOUS
  if (scope === undefined)
    return { kind: 'user', id: '', sessionId: '', ...(role ? { tenantId: '', role: role as Role } : {}) }
  return { kind: 'key', id: '', tenantId: '', scopes: expandScopes([scope]), environment: 'live', expiresAt: null }
}

const may = (caller: Caller, action: ActionName): boolean => isAllowed(actorOf(caller), action)

beforeAll(async () => {
  service = await openService()
  const owner = await signUp(service, 'Olga Owner', 'Studio')
  cast = await openCast(service, owner)
  ids = await seed(service, owner)
})
afterAll(() => service?.close())

test('the list of what everything needs is the reviewed one (a new field is missing until it is listed)', async () => {
  const lines = objects.flatMap(type =>
    Object.keys(type.getFields()).map(field => {
      const action = FIELDS[type.name]?.[field]
      if (!action) return `${type.name}.${field}: NOT LISTED`
      const { needs, scopes } = ACTIONS[action] as { needs: string; scopes: readonly string[] | 'ANY' }
      const key = scopes === 'ANY' ? 'any key' : scopes.length === 0 ? 'no key' : `key ${scopes.join(' or ')}`
      return `${type.name}.${field}: ${needs === 'ANYONE' ? 'anyone' : `${needs}, ${key}`}`
    }),
  )
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'fixtures/access-matrix.txt'))
})

test('a root field that needs a right is nullable, so that its refusal is its own', () => {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(type => !!type)
  const wrong = [...roots, schema.getType('Tenant') as GraphQLObjectType].flatMap(type =>
    Object.values(type.getFields())
      .filter(field => isNonNullType(field.type) && FIELDS[type.name]?.[field.name] !== 'public')
      .filter(field => type.name !== 'Tenant' || FIELDS.Tenant?.[field.name] !== FIELDS.Tenant?.id)
      .map(field => `${type.name}.${field.name}`),
  )
  expect(wrong).toEqual([])
})

test('every resolver, whatever its type, refuses exactly those who lack its action', async () => {
  const wrong: string[] = []
  for (const type of objects)
    for (const [name, field] of Object.entries(type.getFields()))
      for (const caller of cast) {
        const call = async () => (field.subscribe ?? field.resolve)?.({}, {}, { actor: actorOf(caller) }, {} as never)
        const code = await call().then(
          () => undefined,
          error => error.extensions?.code,
        )
        const action = FIELDS[type.name]?.[name] ?? 'account'
        if (!may(caller, action) && !DENIED.includes(code)) wrong.push(`${caller.name} reads ${type.name}.${name}`)
      }
  expect(wrong).toEqual([])
})

/** Reads every field of an object, each through its own `node`, so that one refusal does not hide the others. */
function fieldsQuery(type: GraphQLObjectType): string {
  const reads = Object.values(type.getFields()).map(field => {
    const selection = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : ''
    return `${field.name}: node(id: $id) { ... on ${type.name} { ${field.name} ${selection} } }`
  })
  return `query ($id: ID!) { ${reads.join('\n')} }`
}

/** Whose own things these are: nobody else sees them, whatever his role. */
const OWN: readonly string[] = ['Session']

function expected(caller: Caller, type: string, field: string): boolean {
  if (OWN.includes(type) && caller.name !== 'owner') return false
  if (caller.name === 'user without a tenant') return false
  if (caller.name === 'other tenant' && type !== 'BaseModel') return false
  return may(caller, NODE_ACTIONS[type as NodeType]) && may(caller, FIELDS[type]?.[field] ?? 'account')
}

describe('fields of objects', () => {
  test.each(Object.keys(NODE_ACTIONS))('%s', async name => {
    const type = schema.getType(name) as GraphQLObjectType
    for (const caller of cast) {
      const { data, errors = [] } = await ask(
        service,
        fieldsQuery(type),
        { id: ids[name as NodeType] },
        caller.identity,
      )
      for (const field of Object.keys(type.getFields())) {
        const codes = errors.filter(({ path }) => path?.[0] === field).map(({ extensions }) => extensions.code)
        const got = data?.[field]?.[field] !== undefined && codes.length === 0
        const what = `${caller.name} reads ${name}.${field}`
        expect.soft({ what, got }, JSON.stringify(codes)).toEqual({ what, got: expected(caller, name, field) })
        expect.soft(codes.filter(code => !DENIED.includes(code))).toEqual([])
      }
    }
  })
})

const NOWHERE = Buffer.from('Subject:00000000-0000-7000-8000-000000000000').toString('base64url')

/** A value that GraphQL accepts and our rules refuse, wherever they can. */
function value(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return value(type.ofType)
  if (isListType(type)) return []
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField)
    return Object.fromEntries(required.map(field => [field.name, value(field.type)]))
  }
  return { ID: NOWHERE, String: '', Int: 1, SafeInt: 1, Boolean: false, DateTime: '2000-01-01T00:00:00Z', JSON: {} }[
    type.name
  ]
}

/** Where empty values would do something, or be a guess of a password. */
const INPUTS: Readonly<Record<string, unknown>> = { signOut: { sessionId: NOWHERE } }
const GUESSES = ['signIn', 'resetPassword', 'changePassword', 'deleteAccount']
const EXPECTED_CODES = new Map(GUESSES.map(name => [name, ['LIMIT_EXCEEDED']]))

describe('queries and mutations', () => {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(type => !!type)
  const fields = roots.flatMap(type =>
    Object.values(type.getFields()).map(field => [`${type.name}.${field.name}`, type, field] as const),
  )
  test.each(fields)('%s', async (what, type, field) => {
    const required = field.args.filter(isRequiredArgument)
    const declared = required.map(({ name, type }) => `$${name}: ${type}`)
    const given = required.map(({ name }) => `${name}: $${name}`)
    const parts = (list: string[]) => (list.length > 0 ? `(${list.join(', ')})` : '')
    const selection = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : ''
    const query = `${type.name.toLowerCase()} ${parts(declared)} { ${field.name}${parts(given)} ${selection} }`
    const variables = Object.fromEntries(required.map(({ name, type }) => [name, INPUTS[field.name] ?? value(type)]))
    for (const caller of cast) {
      const { errors = [] } = await ask(service, query, variables, caller.identity)
      const codes = errors.map(({ extensions }) => extensions.code)
      const refused = codes.some(code => DENIED.includes(code))
      const action = FIELDS[type.name]?.[field.name] ?? 'account'
      expect
        .soft({ what, caller: caller.name, refused }, JSON.stringify(errors))
        .toEqual({ what, caller: caller.name, refused: !may(caller, action) })
      expect
        .soft(
          codes.filter(code => ![...DENIED, ...(EXPECTED_CODES.get(field.name) ?? [])].includes(code)),
          `${what} for ${caller.name}`,
        )
        .toEqual([])
    }
  })
})

describe('ids of another tenant', () => {
  const TYPES: Readonly<Record<string, NodeType>> = {
    ...{ membershipId: 'Membership', photoSetId: 'PhotoSet', consentId: 'Consent', subjectId: 'Subject' },
    ...{
      jobId: 'TrainingJob',
      versionId: 'AdapterVersion',
      adapterId: 'Adapter',
      apiKeyId: 'ApiKey',
      invitationId: 'Invitation',
      ...{ imageId: 'Image', generationId: 'Generation' },
    },
  }
  const takers = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name }) => {
    const input = schema.getType(`${name[0]?.toUpperCase()}${name.slice(1)}Input`)
    const fields = isInputObjectType(input) ? Object.values(input.getFields()) : []
    return fields
      .filter(field => field.name in TYPES)
      .map(field => [`${name}.${field.name}`, name, field.name, input] as const)
  })
  test.each(takers)('%s is answered like an unknown one', async (_, name, field, input) => {
    const foreign = cast.find(caller => caller.name === 'other tenant')?.identity ?? {}
    const type = TYPES[field] ?? 'Subject'
    const unknown = Buffer.from(`${type}:00000000-0000-7000-8000-000000000000`).toString('base64url')
    const call = (id: string) => {
      const given = {
        ...(value(input as GraphQLInputType) as Record<string, unknown>),
        [field]: id,
        idempotencyKey: undefined,
      }
      const keyed =
        isInputObjectType(input) && 'idempotencyKey' in input.getFields() ? { ...given, idempotencyKey: 'k' } : given
      return mutate(service, foreign, name, keyed, '__typename')
    }
    const answer = await call(ids[type])
    expect(answer).toMatchObject({ __typename: 'NotFoundError' })
    expect(answer).toEqual(await call(unknown))
  })
})

describe('subscriptions', () => {
  const subscriptions = {
    jobEvents: 'subscription ($job: ID!) { jobEvents(jobId: $job) { number } }',
    tenantEvents: 'subscription { tenantEvents(after: 0) { number } }',
  }
  /** A training's events need the right to read trainings; the owner of another tenant has none of ours. */
  const allowed = (caller: Caller, name: string): boolean =>
    name === 'jobEvents' ? caller.name !== 'other tenant' && may(caller, 'training.read') : may(caller, 'events.read')
  test('are all here', () => {
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toEqual(Object.keys(subscriptions))
  })
  test.each(Object.entries(subscriptions))('%s', async (name, query) => {
    for (const caller of cast) {
      // Nothing ever happens in the other tenant.
      if (name === 'tenantEvents' && caller.name === 'other tenant') continue
      const variables = name === 'jobEvents' ? { job: ids.TrainingJob } : {}
      const socket = await subscribe(service, caller.identity, query, variables)
      const { payload } = await socket.until(({ id, type }) => id === '1' && type !== 'complete')
      socket.close()
      expect.soft([caller.name, name, payload.errors === undefined]).toEqual([caller.name, name, allowed(caller, name)])
    }
  })
})
