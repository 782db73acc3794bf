import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { generate } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { tenantId: string }

beforeAll(async () => {
  service = await openService({ upkeep: { clearSeconds: 3600, sweepSeconds: 0.1 } })
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const asOwner = (sql: string, values: unknown[] = []) =>
  withConnection(service.ownerUrl, async client => (await client.query(sql, values)).rows)
const count = async (table: string) => Number((await asOwner(`select count(*) from ${table}`))[0].count)
const becomes = (table: string, rows: number) =>
  vi.waitFor(async () => expect(await count(table)).toBe(rows), { timeout: 10_000, interval: 50 })
const stays = async (table: string, rows: number) => {
  await new Promise(resolve => setTimeout(resolve, 500))
  expect(await count(table)).toBe(rows)
}

test('sessions that ran out or were revoked go, the others stay', async () => {
  const others = [await signUp(service, 'Rita'), await signUp(service, 'Eva'), await signUp(service, 'Ida')]
  await stays('sessions', 4)
  await asOwner('update sessions set expires_at = now() where user_id = (select id from users where email = $1)', [
    others[0]?.email,
  ])
  await mutate(service, others[1] ?? {}, 'signOut', {}, '__typename')
  await becomes('sessions', 2)
  expect((await ask(service, '{ me { name } }', {}, others[2])).data.me.name).toBe('Ida')
})

test('invitations go when their time is over', async () => {
  for (const email of ['a@example.org', 'b@example.org'])
    await mutate(service, owner, 'inviteMember', { email, role: 'VIEWER' }, '__typename')
  await stays('invitations', 2)
  await asOwner("update invitations set expires_at = now() where email = 'a@example.org'")
  await becomes('invitations', 1)
})

test('idempotency keys go after a day', async () => {
  for (const idempotencyKey of ['old', 'new'])
    await generate(service, owner, [{ prompt: 'a house' }], { idempotencyKey })
  await stays('idempotency_keys', 2)
  await asOwner("update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'")
  await becomes('idempotency_keys', 1)
})
