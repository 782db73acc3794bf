/** Changing a password, and setting a new one with a token that was sent. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ask,
  cookieOf,
  type Identity,
  mutate,
  PASSWORD,
  type Service,
  signUp,
} from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

const NEW = 'another horse battery'
const sent: { to: string; text: string }[] = []
let service: Service
beforeAll(async () => {
  service = await openService({ mailer: { send: async message => void sent.push(message) } })
})
afterAll(() => service?.close())

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }'
const signIn = async (email: string, password: string): Promise<Identity | undefined> => {
  const answer = await ask(service, SIGN_IN, { input: { email, password } })
  return answer.data?.signIn?.__typename === 'SignInSuccess' ? { cookie: cookieOf(answer) } : undefined
}
const isSignedIn = async (who: Identity) => (await ask(service, '{ me { id } }', {}, who)).data.me !== null
const change = (who: Identity, password: string, newPassword: string) =>
  mutate(service, who, 'changePassword', { password, newPassword }, 'ended')
const ASK =
  'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { ... on RequestPasswordResetSuccess { seconds } } }'
const request = async (email: string) => (await ask(service, ASK, { input: { email } })).data.requestPasswordReset
const reset = (token: string, newPassword = NEW) => mutate(service, {}, 'resetPassword', { token, newPassword }, 'done')
const tokenIn = (text = '') => /token (\S{43})/.exec(text)?.[1] ?? ''

test('a password is changed with the present one, and the other sessions end', async () => {
  const user = await signUp(service, 'Carla Change', 'Change')
  const other = (await signIn(user.email, PASSWORD))!
  expect(await change(user, 'not the password', NEW)).toMatchObject({ code: 'BAD_CREDENTIALS' })
  expect(await change(user, PASSWORD, 'short')).toMatchObject({ code: 'INVALID', path: ['input', 'newPassword'] })
  expect([await isSignedIn(user), await isSignedIn(other)]).toEqual([true, true])
  expect(await change(user, PASSWORD, NEW)).toMatchObject({ ended: 1 })
  expect([await isSignedIn(user), await isSignedIn(other)]).toEqual([true, false])
  expect(await signIn(user.email, PASSWORD)).toBeUndefined()
  expect(await signIn(user.email, NEW)).toBeDefined()
})

test('a token that was sent sets a new password once, and ends all sessions', async () => {
  const user = await signUp(service, 'Rosa Reset', 'Reset')
  const answer = await request(user.email)
  const [{ to, text } = { to: '', text: '' }] = sent.splice(0)
  expect(to).toBe(user.email)
  const token = tokenIn(text)
  expect(JSON.stringify(answer)).not.toContain(token)
  const stored = await withConnection(service.ownerUrl, client => client.query('select * from password_resets'))
  expect(stored.rows).toHaveLength(1)
  expect(JSON.stringify(stored.rows)).not.toContain(token)
  expect(await reset(token, 'short')).toMatchObject({ code: 'INVALID' })
  const many = await Promise.all([1, 2, 3].map(() => reset(token)))
  expect(many.filter(({ done }) => done)).toHaveLength(1)
  expect(await isSignedIn(user)).toBe(false)
  expect([await signIn(user.email, PASSWORD), await reset(token)]).toMatchObject([undefined, { code: 'NOT_FOUND' }])
  expect(await signIn(user.email, NEW)).toBeDefined()
})

test('an unknown address gets the same answer and no message; a newer token and time end an older one', async () => {
  const user = await signUp(service, 'Otto Old', 'Old')
  expect(await request('nobody@example.org')).toEqual(await request(user.email))
  await request(user.email)
  const messages = sent.splice(0)
  expect(messages.map(({ to }) => to)).toEqual([user.email, user.email])
  const [older, newer] = messages.map(({ text }) => tokenIn(text))
  expect(await reset(older!)).toMatchObject({ code: 'NOT_FOUND' })
  await withConnection(service.ownerUrl, client =>
    client.query("update password_resets set expires_at = now() - interval '1 second'"),
  )
  expect(await reset(newer!)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await signIn(user.email, PASSWORD)).toBeDefined()
})
