/** Every text input of the contract with odd strings: never an internal error, and search takes them as they are. */

import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, tryOddStrings } from '../../../measures/platform/odd-inputs.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Odd', 'Odd')
})
afterAll(() => service?.close())

test('every mutation is tried but the one that ends the session of whoever tries', () => {
  const type = buildSchema(readFileSync('schema.graphql', 'utf8')).getMutationType()
  const tried = new Set(OPERATIONS.filter(({ kind }) => kind === 'mutation').map(({ name }) => name))
  expect(Object.keys(type?.getFields() ?? {}).filter(name => !tried.has(name))).toEqual(['signOut'])
})

describe('no text input is an internal error', () => {
  test.each(OPERATIONS.map(operation => [`${operation.kind} ${operation.name}`, operation] as const))(
    '%s',
    async (_name, operation) => {
      const { tried, wrong } = await tryOddStrings(service, [owner, {}], operation)
      expect([tried, wrong]).toEqual([40, []])
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
