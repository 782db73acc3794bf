/** Every text input of the contract with odd strings: never an internal error, and search takes them as they are. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  isScalarType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'))
const ODD = [
  ...['', ' ', '\0', 'a\0b', '\ud800', '\udc00x', '\u202e', '\ufeff', '%', '_', '\\', "'", '"', '{{x}}'],
  ...['<script>', '\r\n', '\u0007', 'é\u0301'.repeat(50), '💥', 'x'.repeat(20_000)],
]

let service: Service
let owner: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Odd', 'Odd')
})
afterAll(() => service?.close())

/** A value of the type in which every text is the odd one; lists have one entry. */
function inputOf(type: GraphQLInputType, odd: string, depth = 0): unknown {
  const named = getNamedType(type)
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).filter(field => depth < 3 || isNonNullType(field.type))
    const entries = fields.map(field => [field.name, inputOf(field.type, odd, depth + 1)] as const)
    const given = entries.filter(([, value]) => value !== undefined)
    return wrapped(type, Object.fromEntries(named.isOneOf ? given.slice(0, 1) : given))
  }
  if (!isScalarType(named)) return wrapped(type, firstOf(named))
  const values: Record<string, unknown> = { String: odd, ID: odd, JSON: { [odd || 'x']: odd }, Int: 1, Float: 1 }
  if (named.name === 'DateTime') return wrapped(type, '2030-01-31T12:00:00Z')
  return wrapped(type, values[named.name] ?? (named.name === 'Boolean' ? true : 1))
}
const wrapped = (type: GraphQLInputType, value: unknown): unknown => (`${type}`.startsWith('[') ? [value] : value)
const firstOf = (type: unknown): unknown => (type as { getValues(): { value: unknown }[] }).getValues()[0]?.value

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
/** Ends the session or the account that asks. */
const LAST = new Set(['signOut', 'deleteTenant', 'selectTenant'])

describe('no text input of a mutation is an internal error', () => {
  test.each(mutations.filter(({ name }) => !LAST.has(name)).map(({ name, args }) => [name, args] as const))(
    '%s',
    async (name, args) => {
      const [argument] = args
      if (!argument) return
      const query = `mutation ($input: ${argument.type}) { ${name}(input: $input) { __typename } }`
      for (const odd of ODD) {
        const input = inputOf(argument.type, odd)
        for (const identity of [owner, {}]) {
          const { errors } = await ask(service, query, { input }, identity)
          const codes = errors?.map(({ extensions }) => extensions.code) ?? []
          expect(codes, `${name} with ${JSON.stringify(odd.slice(0, 20))}`).not.toContain('INTERNAL_SERVER_ERROR')
        }
      }
    },
  )
})

test.each([
  ['\0', 'U+0000'],
  ['\ud800', 'lone surrogate'],
])('%j is refused by the variable it stands in', async (odd, reason) => {
  const query = 'mutation ($input: CreateSubjectInput!) { createSubject(input: $input) { __typename } }'
  const input = { name: `a${odd}`, classNoun: 'dog', isPerson: false, idempotencyKey: 'k' }
  const { errors } = await ask(service, query, { input }, owner)
  expect(errors?.[0]).toMatchObject({
    message: expect.stringMatching(new RegExp(`\\$input\\.name .*${reason.replace('+', '\\+')}`)),
    extensions: { code: 'BAD_USER_INPUT' },
  })
})

test('options nested thousands deep are refused, and the service goes on', async () => {
  const query = 'mutation ($input: EstimateTrainingInput!) { estimateTraining(input: $input) { __typename } }'
  const options = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
  const body = `{"query":${JSON.stringify(query)},"variables":{"input":{"photoSetId":"x","options":${options}}}}`
  const headers = { 'content-type': 'application/json', cookie: owner.cookie ?? '' }
  const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body })
  const { errors } = (await response.json()) as { errors: unknown[] }
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining('nested deeper than 50 levels'),
    extensions: { code: 'BAD_USER_INPUT' },
  })
})

test('a search for %, _ or a backslash finds these characters and nothing else', async () => {
  const create = (name: string) => {
    const input = { name, classNoun: 'dog', isPerson: false, idempotencyKey: name }
    return mutate(service, owner, 'createSubject', input, 'subject { id }')
  }
  for (const name of ['100 %', 'a_b', 'a\\b', 'axb']) await create(name)
  const query = 'query ($part: String) { subjects(filter: { nameContains: $part }) { nodes { name } } }'
  const find = async (part: string) => {
    const { data } = await ask(service, query, { part }, owner)
    return data.subjects.nodes.map(({ name }: { name: string }) => name)
  }
  expect(await find('%')).toEqual(['100 %'])
  expect(await find('a_b')).toEqual(['a_b'])
  expect(await find('\\')).toEqual(['a\\b'])
  expect(await find('A')).toHaveLength(3)
})
