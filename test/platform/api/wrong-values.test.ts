/** Wrong values in every place of every input: what is wrong is said in the words of the product. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ids, OPERATIONS, realIds, tryWrongValues } from '../../../measures/platform/odd-inputs.ts'
import { ask, type Identity, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { tenantId: string }
let ids: Ids
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Wanda Wrong', 'Wrong')
  ids = await realIds(service, owner)
})
afterAll(() => service?.close())

describe("no validator's own words reach a user", () => {
  test.each(OPERATIONS.map(operation => [`${operation.kind} ${operation.name}`, operation] as const))(
    '%s',
    async (_name, operation) => {
      const { tried, wrong } = await tryWrongValues(service, owner, operation, ids)
      expect(tried).toBeGreaterThan(10)
      expect(wrong).toEqual([])
    },
  )
})

const GENERATE =
  'mutation ($input: GenerateInput!) { generate(input: $input) { __typename ... on UserError { message path } } }'
const answer = async (input: unknown) => {
  const { data, errors, status } = await ask(service, GENERATE, { input }, owner)
  return errors ? { status, message: errors[0]!.message } : data.generate
}

test.each([
  [{ idempotencyKey: 'k', images: [] }, 'images: must not be empty'],
  [{ idempotencyKey: 'k', images: [{ prompt: 'x', steps: 0 }] }, 'images.0.steps: must be at least 1'],
  [{ idempotencyKey: 'k', images: [{ prompt: 'x', steps: 9999 }] }, 'images.0.steps: must be at most 200'],
  [{ idempotencyKey: 'k', images: [{ prompt: 'x', steps: '3' }] }, '$input.images.0.steps must be a whole number'],
  [{ idempotencyKey: 'k', images: [{ prompt: 5 }] }, '$input.images.0.prompt must be a text'],
  [{ idempotencyKey: 'k', images: [{}] }, '$input.images.0.prompt is missing: give a text'],
  [{ idempotencyKey: 'k', images: [{ prompt: 'x', colour: 'red' }] }, '$input.images.0 has no field "colour"'],
  [{ idempotencyKey: 'k', images: 'x' }, '$input.images must be an object with the fields of ImageInput'],
])('%j names the place and what is allowed', async (input, message) => {
  expect((await answer(input)).message).toContain(message)
})

test('a wrong value is never repeated: it may be a secret', async () => {
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }'
  const { errors } = await ask(service, query, { input: { email: 'a@example.org', password: 314159 } })
  expect(errors?.[0]?.message).toContain('$input.password must be a text')
  expect(JSON.stringify(errors)).not.toContain('314159')
})
