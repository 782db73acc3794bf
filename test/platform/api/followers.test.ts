import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { LIMITS } from '../../../api/service/limits.ts'
import { generate, startTraining, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openSocket, type Subscriber } from '../../../measures/stage/subscriber.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { METRICS_TOKEN, openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { tenantId: string }

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const TENANT = 'subscription { tenantEvents { number type job { id } } }'

/** `count` subscriptions on sockets of 50 each, and what each was answered. */
async function followMany(who: Identity, count: number, query = TENANT): Promise<Subscriber[]> {
  const sockets: Subscriber[] = []
  for (let at = 0; at < count; at += LIMITS.subscriptionsPerConnection) {
    const socket = await openSocket(service, who)
    await socket.until(({ type }) => type === 'connection_ack')
    for (let i = at; i < Math.min(count, at + LIMITS.subscriptionsPerConnection); i++)
      socket.send({ type: 'subscribe', id: String(i), payload: { query } })
    sockets.push(socket)
  }
  return sockets
}

const running = async (): Promise<number> => {
  const text = await (
    await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  ).text()
  return Number(/^semblance_subscriptions (\d+)/m.exec(text)?.[1])
}
const untilRunning = (count: number) =>
  vi.waitFor(async () => expect(await running()).toBe(count), { timeout: 30_000, interval: 100 })

const closeAll = async (sockets: readonly Subscriber[]): Promise<void> => {
  for (const socket of sockets) socket.close()
  await untilRunning(0)
}

/** Transactions of this database so far. */
const transactions = async (): Promise<number> => {
  const name = new URL(service.ownerUrl).pathname.slice(1)
  // Backends tell their counts at the end of a transaction, at most once a second.
  await sleep(1500)
  const { rows } = await withConnection(service.ownerUrl, client =>
    client.query('select xact_commit::int as n from pg_stat_database where datname = $1', [name]),
  )
  return rows[0].n
}

const received = (sockets: readonly Subscriber[]) =>
  sockets.flatMap(({ received }) => received.filter(({ type }) => type === 'next'))

test('who waits makes no query, however many wait; an event reaches all of them through one read', async () => {
  const key = await keyFor(service, owner, 'EVENTS_READ', 'TRAINING_READ', 'IMAGES_READ')
  const idle = async (count: number): Promise<number> => {
    const sockets = await followMany(key, count)
    await untilRunning(count)
    // Until each has read the log once; followers that go on asking never come to rest.
    let before = await transactions()
    for (let last = 0; before - last > 20; ) [last, before] = [before, await transactions()]
    await sleep(4000)
    const during = (await transactions()) - before
    if (count > 1) {
      const start = await transactions()
      await generate(service, owner, [{ prompt: 'a house' }])
      await vi.waitFor(() => expect(received(sockets)).toHaveLength(count), { timeout: 20_000 })
      // The mutation, the read, and the job that each subscription asks for besides.
      expect((await transactions()) - start).toBeLessThan(count * 1.5)
    }
    await closeAll(sockets)
    return during
  }
  const [one, many] = [await idle(1), await idle(400)]
  expect(many).toBeLessThan(one + 10)
}, 120_000)

test('what was announced while the listener was cut off reaches those who wait', async () => {
  const sockets = await followMany(owner, 3)
  await untilRunning(3)
  const name = new URL(service.ownerUrl).pathname.slice(1)
  await withConnection(service.ownerUrl, async client => {
    // Nobody listens from here on: the new connection is made after the event.
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query ilike 'listen%'`
    expect((await client.query(cut, [name])).rowCount).toBeGreaterThan(0)
    await client.query("update tenants set name = name || '!' where id = $1", [keyOf(owner.tenantId, 'Tenant')])
  })
  await generate(service, owner, [{ prompt: 'a boat' }])
  await vi.waitFor(() => expect(received(sockets)).toHaveLength(3), { timeout: 10_000 })
  await closeAll(sockets)
})

test('a subscription to a job takes nothing of other jobs, and ends when the job does', async () => {
  const { photoSetId } = await trainable(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  const socket = await openSocket(service, owner)
  await socket.until(({ type }) => type === 'connection_ack')
  const query = 'subscription ($job: ID!) { jobEvents(jobId: $job) { type state job { id } } }'
  socket.send({ type: 'subscribe', id: 'job', payload: { query, variables: { job: job.id } } })
  await socket.until(({ type }) => type === 'next')
  await generate(service, owner, [{ prompt: 'a tree' }])
  await mutate(service, owner, 'cancelJob', { jobId: job.id }, 'job { id }')
  await socket.until(({ type }) => type === 'complete')
  const told = received([socket]).map(({ payload }) => payload.data.jobEvents)
  expect(told.map(({ state }) => state)).toEqual(['QUEUED', 'CANCELED'])
  expect(new Set(told.map(event => event.job.id))).toEqual(new Set([job.id]))
  await closeAll([socket])
})

test('a failed job that is retried is followed on from its first end', async () => {
  const { photoSetId } = await trainable(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  await mutate(service, owner, 'cancelJob', { jobId: job.id }, 'job { id }')
  await mutate(service, owner, 'retryJob', { jobId: job.id, idempotencyKey: 'again' }, 'job { id }')
  const socket = await openSocket(service, owner)
  await socket.until(({ type }) => type === 'connection_ack')
  const query = 'subscription ($job: ID!) { jobEvents(jobId: $job) { state } }'
  socket.send({ type: 'subscribe', id: 'job', payload: { query, variables: { job: job.id } } })
  await vi.waitFor(() => expect(received([socket])).toHaveLength(3))
  await mutate(service, owner, 'cancelJob', { jobId: job.id }, 'job { id }')
  await socket.until(({ type }) => type === 'complete')
  const states = received([socket]).map(({ payload }) => payload.data.jobEvents.state)
  expect(states).toEqual(['QUEUED', 'CANCELED', 'QUEUED', 'CANCELED'])
  await closeAll([socket])
})

test('a session that ends, and a membership that is taken, end what waits within seconds', async () => {
  const guest = await signUp(service, 'Gus Guest', 'Own place')
  const invite = { email: guest.email, role: 'VIEWER', tenantId: owner.tenantId }
  const { token } = await mutate(service, owner, 'inviteMember', { email: invite.email, role: invite.role }, 'token')
  const { membership } = await mutate(service, guest, 'acceptInvite', { token }, 'membership { id }')
  const there = { ...guest, tenant: owner.tenantId }
  const [own, others] = [await followMany(guest, 1), await followMany(there, 1)]
  await untilRunning(2)
  await mutate(service, owner, 'setRole', { membershipId: membership.id, role: null }, '__typename')
  expect((await others[0]!.until(({ type }) => type === 'error')).payload[0].extensions.code).toBe('FORBIDDEN')
  await untilRunning(1)
  await mutate(service, guest, 'signOut', {}, 'ended')
  expect((await own[0]!.until(({ type }) => type === 'error')).payload[0].extensions.code).toBe('UNAUTHENTICATED')
  await closeAll([...own, ...others])
}, 20_000)

test('a key over its number of subscriptions is refused by a limit that is named, and another one is not', async () => {
  const key = await keyFor(service, owner, 'EVENTS_READ')
  const limit = LIMITS.subscriptionsPerCaller
  const sockets = await followMany(key, limit)
  await untilRunning(limit)
  const [over] = await followMany(key, 1)
  const { payload } = await over!.until(({ type }) => type === 'next' || type === 'error')
  const [error] = payload.errors ?? payload
  expect(error.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  expect(error.message).toBe(
    'a key or session has at most 1000 subscriptions (subscriptionsPerCaller); end some, or follow tenantEvents once instead of each job',
  )
  expect(await running()).toBe(limit)
  const [other] = await followMany(await keyFor(service, owner, 'EVENTS_READ'), 1)
  await untilRunning(limit + 1)
  // One that ends makes room for another.
  sockets[0]!.send({ type: 'complete', id: '0' })
  await untilRunning(limit)
  over!.send({ type: 'subscribe', id: 'again', payload: { query: TENANT } })
  await untilRunning(limit + 1)
  const { data } = await ask(service, '{ service { limits { subscriptionsPerCaller subscriptionsPerTenant } } }')
  expect(data.service.limits.subscriptionsPerCaller).toBe(limit)
  await closeAll([...sockets, over!, other!])
}, 120_000)
