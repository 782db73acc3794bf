import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { withConnection } from '../../../prisma/connection.ts'
import type { Login } from '../../../prisma/index.ts'
import { openTestDatabase, type TestDatabase } from '../../stage/test-database.ts'

let opened: TestDatabase
let login: Login
let [email, userId] = ['', '']
beforeAll(async () => {
  opened = await openTestDatabase()
  login = opened.database.login
})
afterAll(() => opened?.close())
beforeEach(async () => {
  email = `${randomUUID()}@example.org`
  userId = (await login.createUser({ email, name: 'Ada', passwordHash: 'hash' }))!
})
const asOwner = (sql: string, values: unknown[] = []) =>
  withConnection(opened.ownerUrl, client => client.query(sql, values))

test('an address is taken once, whatever its case', async () => {
  expect(await login.createUser({ email: email.toUpperCase(), name: 'Eve', passwordHash: 'other' })).toBeUndefined()
  expect(await login.findPassword(email.toUpperCase())).toEqual({ userId, hash: 'hash' })
  expect(await login.findUser(userId)).toMatchObject({ id: userId, email, name: 'Ada' })
  expect(await login.findPassword('nobody@example.org')).toBeUndefined()
  const racing = `${randomUUID()}@example.org`
  const made = await Promise.all(
    [1, 2, 3, 4].map(() => login.createUser({ email: racing, name: 'A', passwordHash: 'h' })),
  )
  expect(made.filter(Boolean)).toHaveLength(1)
})

test('a session holds until it is revoked or its time is over; use moves the end', async () => {
  const { id } = await login.createSession(userId, `a${userId}`, 3600)
  const other = await login.createSession(userId, `b${userId}`, 3600)
  expect(await login.findSession(`a${userId}`, 7200)).toMatchObject({ id, userId })
  expect((await login.listSessions(userId)).map(one => one.id)).toEqual([id, other.id])
  await asOwner("update sessions set last_used_at = now() - interval '2 minutes' where id = $1", [id])
  const moved = await login.findSession(`a${userId}`, 7200)
  expect(moved!.expiresAt.getTime()).toBeGreaterThan(other.expiresAt.getTime() + 3_000_000)
  expect(await login.revokeSessions(userId, id)).toBe(1)
  expect(await login.findSession(`a${userId}`, 7200)).toBeUndefined()
  await asOwner("update sessions set expires_at = now() - interval '1 second' where id = $1", [other.id])
  expect(await login.findSession(`b${userId}`, 7200)).toBeUndefined()
  expect(await login.listSessions(userId)).toEqual([])
})

test('nobody revokes the sessions of another user', async () => {
  const { id } = await login.createSession(userId, `c${userId}`, 3600)
  expect(await login.revokeSessions(randomUUID(), id)).toBe(0)
  expect(await login.revokeSessions(userId)).toBe(1)
})

test('who creates a tenant owns it', async () => {
  const { tenantId, membershipId } = await login.createTenant(userId, 'Studio')
  expect(await login.listMemberships(userId)).toMatchObject([
    { id: membershipId, tenantId, tenantName: 'Studio', role: 'OWNER' },
  ])
})

test('an invitation is accepted once, in time, by the invited address', async () => {
  const { tenantId } = await login.createTenant(userId, 'Studio')
  const guest = `${randomUUID()}@example.org`
  const guestId = (await login.createUser({ email: guest, name: 'Guest', passwordHash: 'h' }))!
  const invite = (tokenHash: string, expiresAt: Date) =>
    opened.database.withTenant(tenantId, tx =>
      tx.invitation.create({
        data: { tenantId, email: guest, role: 'VIEWER', tokenHash, expiresAt, createdBy: 'test' },
      }),
    )
  const soon = new Date(Date.now() + 60_000)
  await invite(`late${guest}`, new Date(Date.now() - 1000))
  expect(await login.acceptInvitation(`late${guest}`, guestId)).toBeUndefined()
  await opened.database.withTenant(tenantId, tx => tx.invitation.deleteMany({ where: { email: guest } }))
  await invite(`token${guest}`, soon)
  expect(await login.findInvitation(`token${guest}`)).toMatchObject({
    tenantId,
    tenantName: 'Studio',
    email: guest,
    role: 'VIEWER',
    acceptedAt: null,
  })
  expect(await login.acceptInvitation(`token${guest}`, userId)).toBeUndefined()
  const joined = await Promise.all([1, 2, 3].map(() => login.acceptInvitation(`token${guest}`, guestId)))
  expect(joined.filter(Boolean)).toMatchObject([{ tenantId }])
  expect(await login.listMemberships(guestId)).toMatchObject([{ tenantId, role: 'VIEWER' }])
})

test('a key is found by its public id, and its use is noted once a minute', async () => {
  const { tenantId } = await login.createTenant(userId, 'Studio')
  const publicId = randomUUID().slice(0, 12)
  const data = { tenantId, publicId, name: 'k', env: 'test', secretHash: 'h', scopes: ['a:b', 'c'], createdBy: 'test' }
  const { id } = await opened.database.withTenant(tenantId, tx => tx.apiKey.create({ data }))
  expect(await login.findKey(publicId)).toEqual({
    ...{
      id,
      tenantId,
      env: 'test',
      secretHash: 'h',
      scopes: ['a:b', 'c'],
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    },
  })
  await login.touchKey(tenantId, id)
  const { lastUsedAt } = (await login.findKey(publicId))!
  expect(lastUsedAt).toBeInstanceOf(Date)
  await login.touchKey(tenantId, id)
  expect((await login.findKey(publicId))!.lastUsedAt).toEqual(lastUsedAt)
  expect(await login.findKey('nothing')).toBeUndefined()
})
