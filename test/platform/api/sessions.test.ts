import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../../api/access/password.ts'
import { hashToken } from '../../../api/access/session.ts'
import { takeSignIn } from '../../../api/account/tries.ts'
import {
  ask,
  cookieOf,
  type Identity,
  mutate,
  PASSWORD,
  type Service,
  signUp,
} from '../../../measures/stage/service.ts'
import { member } from '../../stage/cast.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { email: string; tenantId: string }

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename
  ... on SignInSuccess { user { email memberships { role tenant { id name role } } } session { id current } } ... on UserError { code } } }`
const signIn = (email: string, password = PASSWORD) => ask(service, SIGN_IN, { input: { email, password } })
const nameOf = async (identity: Identity) => (await ask(service, '{ me { name } }', {}, identity)).data.me?.name ?? null

test('passwords are kept as argon2id and compared in constant work', async () => {
  const stored = await hashPassword('correct horse battery')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await verifyPassword('correct horse battery', stored)).toBe(true)
  expect(await verifyPassword('correct horse batterz', stored)).toBe(false)
  expect(await verifyPassword('', undefined)).toBe(false)
  // The same letters, typed composed and decomposed.
  expect(await verifyPassword('caf\u0065\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true)
})

test('signing in sets a cookie that scripts cannot read; the right address in any letter case', async () => {
  const answer = await signIn(owner.email.toUpperCase())
  const [header = ''] = answer.headers.getSetCookie()
  expect(header).toMatch(/^semblance_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/)
  expect(answer.data.signIn).toMatchObject({
    session: { current: true },
    user: { email: owner.email, memberships: [{ role: 'OWNER', tenant: { name: 'Studio', role: 'OWNER' } }] },
  })
  expect(await nameOf({ cookie: cookieOf(answer) })).toBe('Olga Owner')
})

test('a wrong password and an unknown address get the same answer', async () => {
  const wrong = await signIn(owner.email, 'not the password')
  const unknown = await signIn('nobody@example.org')
  expect(wrong.data).toEqual({ signIn: { __typename: 'CredentialsError', code: 'BAD_CREDENTIALS' } })
  expect(unknown.data).toEqual(wrong.data)
  expect(wrong.headers.getSetCookie()).toEqual([])
})

test('a stranger who guesses closes the account for that address alone; a known device and other addresses stay let in', async () => {
  const { email } = await signUp(service, 'Gus Guessed')
  const inside = await signIn(email)
  const device = inside.headers.getSetCookie().find(cookie => cookie.startsWith('semblance_device=')) ?? ''
  expect(device).toMatch(/^semblance_device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/)
  for (let i = 0; i < 10; i++) await signIn(email, 'not the password')
  const closed = await signIn(email)
  expect(closed.status).toBe(429)
  const { code, retryAfter } = (closed.errors ?? [])[0]!.extensions as { code: string; retryAfter?: number }
  expect(code).toBe('LIMIT_EXCEEDED')
  expect(retryAfter).toBeGreaterThan(0)
  expect(retryAfter).toBeLessThanOrEqual(30)
  expect(closed.headers.get('retry-after')).toBe(String(retryAfter))
  // The owner's browser, from the very address of the stranger.
  const known = await ask(service, SIGN_IN, { input: { email, password: PASSWORD } }, { cookie: device.split(';')[0]! })
  expect(known.data.signIn.__typename).toBe('SignInSuccess')
  expect(known.headers.getSetCookie().some(cookie => cookie.startsWith('semblance_device='))).toBe(false)
  const { database } = service
  await takeSignIn({ database, address: '203.0.113.7' }, email)
  // A device of somebody else is a stranger's here.
  const other = await signIn((await signUp(service, 'Otto Other')).email)
  const foreign = hashToken(/semblance_device=([^;]+)/.exec(other.headers.getSetCookie().join())?.[1] ?? '')
  await expect(takeSignIn({ database, address: '127.0.0.1', device: foreign }, email)).rejects.toThrow(
    'too many attempts',
  )
})

test('guesses from everywhere are slowed down together, and do not reach a known device', async () => {
  const { email } = await signUp(service, 'Wanda Wanted')
  const { database } = service
  const device = hashToken('the token of a device')
  const { userId } = (await database.login.findPassword(email))!
  await database.login.addDevice(userId, device)
  for (let i = 0; i < 100; i++) await takeSignIn({ database, address: `198.51.100.${i}` }, email)
  await expect(takeSignIn({ database, address: '203.0.113.9' }, email)).rejects.toMatchObject({
    extensions: { code: 'LIMIT_EXCEEDED', retryAfter: expect.any(Number) },
  })
  await takeSignIn({ database, address: '203.0.113.9', device }, email)
})

test('tries are counted once however many processes ask at the same time', async () => {
  const { login } = service.database
  const taken = await Promise.all(Array.from({ length: 30 }, () => login.take(['b', 'a'], [10, 1000], [300, 60])))
  expect(taken.filter(wait => wait === 0)).toHaveLength(10)
  for (const wait of taken.filter(wait => wait > 0)) expect(wait).toBeLessThanOrEqual(30)
  // What one name refuses is not taken from the other.
  expect(await login.take(['a'], [1000], [60])).toBe(0)
  await login.forgive('b')
  expect(await login.take(['b'], [10], [300])).toBe(0)
})

test('signing out ends the session at once; one of many, or all', async () => {
  const { email, ...first } = await signUp(service, 'Sam Several')
  const [second, third] = [cookieOf(await signIn(email)), cookieOf(await signIn(email))].map(cookie => ({ cookie }))
  const { data } = await ask(service, '{ me { sessions { id current } } }', {}, second)
  expect(data.me.sessions.map(({ current }: { current: boolean }) => current)).toEqual([false, true, false])
  const { ended } = await mutate(service, second ?? {}, 'signOut', { sessionId: data.me.sessions[0].id }, 'ended')
  expect([ended, await nameOf(first), await nameOf(second ?? {})]).toEqual([1, null, 'Sam Several'])
  const foreign = await mutate(service, owner, 'signOut', { sessionId: data.me.sessions[1].id }, 'ended')
  expect(foreign).toMatchObject({ code: 'NOT_FOUND' })
  await mutate(service, second ?? {}, 'signOut', {}, 'ended')
  expect([await nameOf(second ?? {}), await nameOf(third ?? {})]).toEqual([null, 'Sam Several'])
  const all = await mutate(service, third ?? {}, 'signOut', { everywhere: true }, 'ended')
  expect([all.ended, await nameOf(third ?? {})]).toEqual([1, null])
})

test('an address is taken once', async () => {
  const input = { email: owner.email.toUpperCase(), password: PASSWORD, name: 'Somebody else' }
  const taken = await mutate(service, {}, 'signUp', input, 'user { id }')
  expect(taken).toMatchObject({ __typename: 'ConflictError', code: 'TAKEN', path: ['input', 'email'] })
  const weak = await mutate(service, {}, 'signUp', { ...input, password: 'short' }, 'user { id }')
  expect(weak).toMatchObject({ code: 'INVALID', path: ['input', 'password'] })
})

test('roles: a removed member is out at once, nobody rises above himself, one owner stays', async () => {
  const admin = await member(service, owner, 'Ann Admin', 'ADMIN')
  const viewer = await member(service, owner, 'Vic Viewer', 'VIEWER')
  const query = '{ tenant { memberships { nodes { id role user { name } } } } }'
  const { data } = await ask(service, query, {}, admin)
  const idOf = (name: string) =>
    data.tenant.memberships.nodes.find((one: { user: { name: string } }) => one.user.name === name)?.id
  const setRole = (who: Identity, name: string, role: string | null) =>
    mutate(service, who, 'setRole', { membershipId: idOf(name), role }, 'membership { role }')
  expect(await setRole(admin, 'Vic Viewer', 'OWNER')).toMatchObject({ code: 'EXCEEDS_RIGHTS' })
  expect(await setRole(admin, 'Olga Owner', 'VIEWER')).toMatchObject({ code: 'EXCEEDS_RIGHTS' })
  expect(await setRole(owner, 'Olga Owner', 'ADMIN')).toMatchObject({ code: 'WRONG_STATE' })
  expect(await setRole(admin, 'Vic Viewer', 'MEMBER')).toMatchObject({ membership: { role: 'MEMBER' } })
  expect(await setRole(admin, 'Vic Viewer', null)).toMatchObject({ membership: null })
  expect((await ask(service, '{ subjects { nodes { id } } }', {}, viewer)).errors?.[0]?.extensions.code).toBe(
    'FORBIDDEN',
  )
})

test('an invitation is for one address, once', async () => {
  const [guest, thief] = [await signUp(service, 'Gil Guest'), await signUp(service, 'Theo Thief')]
  const { token } = await mutate(service, owner, 'inviteMember', { email: guest.email, role: 'VIEWER' }, 'token')
  const accept = (who: Identity) =>
    mutate(service, who, 'acceptInvite', { token }, 'membership { role tenant { name } }')
  expect(await accept(thief)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await accept(guest)).toMatchObject({ membership: { role: 'VIEWER', tenant: { name: 'Studio' } } })
  expect(await accept(guest)).toMatchObject({ code: 'NOT_FOUND' })
  const again = await mutate(service, owner, 'inviteMember', { email: guest.email, role: 'VIEWER' }, 'token')
  expect(again).toMatchObject({ code: 'TAKEN' })
})

test('the header names the tenant; foreign and unknown ones are refused alike', async () => {
  const other = await signUp(service, 'Frida Foreign', 'Elsewhere')
  const { tenant } = await mutate(service, owner, 'createTenant', { name: 'Second' }, 'tenant { id name role }')
  expect(tenant).toMatchObject({ name: 'Second', role: 'OWNER' })
  const query = '{ tenant { name apiKeys { nodes { id } } } me { memberships { tenant { name } } } }'
  const names = async (id?: string) => (await ask(service, query, {}, { ...owner, ...(id ? { tenant: id } : {}) })).data
  expect((await names()).tenant.name).toBe('Studio')
  const second = await names(tenant.id)
  expect(second.tenant.name).toBe('Second')
  expect(second.me.memberships.map((one: { tenant: { name: string } }) => one.tenant.name)).toEqual([
    'Studio',
    'Second',
  ])
  const refuse = async (id: string) => (await ask(service, query, {}, { ...owner, tenant: id })).errors
  const unknown = Buffer.from('Tenant:00000000-0000-7000-8000-000000000000').toString('base64url')
  expect(await refuse(other.tenantId)).toEqual(await refuse(unknown))
  const lists = '{ me { memberships { tenant { name apiKeys { nodes { id } } } } } }'
  const { data, errors } = await ask(service, lists, {}, owner)
  const keys = data.me.memberships.map((one: { tenant: { apiKeys: unknown } }) => one.tenant.apiKeys)
  expect([keys, errors?.[0]?.extensions.code]).toEqual([[{ nodes: [] }, null], 'FORBIDDEN'])
})
