/** Sign-up that is closed: the first account by the operator's token, all others by invitation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../../config.ts'
import { ask, cookieOf, mutate, PASSWORD } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Awaited<ReturnType<typeof openService>>
beforeAll(async () => {
  service = await openService({ signUp: 'closed' })
})
afterAll(() => service?.close())

const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) {
  __typename ... on UserError { code path message } } }`
const signUp = async (email: string, more: Record<string, unknown> = {}) => {
  const answer = await ask(service, SIGN_UP, { input: { email, name: 'A person', password: PASSWORD, ...more } })
  return { ...answer.data.signUp, cookie: cookieOf(answer) }
}
const closed = { code: 'INVALID', path: ['input', 'inviteToken'] }

test('strangers get no account; the first one takes the token of the start, which then holds no more', async () => {
  const setup = { inviteToken: service.setupToken, tenantName: 'First' }
  expect(service.setupToken).toMatch(/^\S{43}$/)
  expect(await signUp('stranger@example.org')).toMatchObject(closed)
  expect(await signUp('stranger@example.org', { inviteToken: 'x'.repeat(43) })).toMatchObject(closed)
  const owner = await signUp('first@example.org', setup)
  expect(owner.__typename).toBe('SignUpSuccess')
  expect(await signUp('second@example.org', setup)).toMatchObject(closed)

  const { token } = await mutate(
    service,
    owner,
    'inviteMember',
    { email: 'guest@example.org', role: 'MEMBER' },
    'token',
  )
  expect(await signUp('other@example.org', { inviteToken: token })).toMatchObject(closed)
  const guest = await signUp('guest@example.org', { inviteToken: token })
  expect(guest.__typename).toBe('SignUpSuccess')
  expect(await mutate(service, guest, 'acceptInvite', { token }, 'membership { role }')).toMatchObject({
    membership: { role: 'MEMBER' },
  })
})

test('sign-up is closed by default outside development', () => {
  expect(readConfig({ NODE_ENV: 'production' }).signUp).toBe('closed')
  expect(readConfig({}).signUp).toBe('open')
  expect(readConfig({ NODE_ENV: 'production', SIGN_UP: 'open' }).signUp).toBe('open')
})
