import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishTraining, generate, startTraining, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { type Subscriber, subscribe } from '../../../measures/stage/subscriber.ts'
import type { Claim } from '../../../queue/index.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const TENANT = 'subscription ($after: SafeInt) { tenantEvents(after: $after) { number type job { id state } step } }'
const JOB =
  'subscription ($job: ID!, $after: SafeInt) { jobEvents(jobId: $job, after: $after) { number type state step loss } }'

interface Event {
  readonly number: number
  readonly type: string
  readonly state?: string
  readonly step?: number
}

const events = ({ received }: Subscriber): Event[] =>
  received.flatMap(({ type, payload }) => (type === 'next' ? Object.values<Event>(payload.data) : []))

const log = async (who = owner): Promise<number[]> => {
  const numbers: number[] = []
  for (let after = 0, more = true; more; ) {
    const query =
      'query ($after: SafeInt) { events(first: 100, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }'
    const { nodes, pageInfo } = (await ask(service, query, { after }, who)).data.events
    numbers.push(...nodes.map(({ number }: Event) => number))
    more = pageInfo.hasNextPage
    after = Number(pageInfo.endCursor)
  }
  return numbers
}

const startAndClaim = async (service: Service, who: Identity): Promise<{ jobId: string; claim: Claim }> => {
  const { photoSetId } = await trainable(service, who)
  const jobId = (await startTraining(service, who, photoSetId)).job.id
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('no training waits')
  return { jobId, claim }
}

test('a job is told from its first event to its last, and the subscription ends', async () => {
  const { photoSetId } = await trainable(service, owner)
  const jobId = (await startTraining(service, owner, photoSetId)).job.id
  const socket = await subscribe(service, owner, JOB, { job: jobId })
  await finishTraining(service)
  await socket.until(({ type }) => type === 'complete')
  const told = events(socket)
  expect(told.map(({ type, state, step }) => state ?? step ?? type)).toEqual([
    'QUEUED',
    'PREPARING',
    'RUNNING',
    'RUNNING',
    1,
    2,
    3,
    'CHECKPOINT',
    'SUCCEEDED',
  ])
  const again = await subscribe(service, owner, JOB, { job: jobId, after: told[4]?.number })
  await again.until(({ type }) => type === 'complete')
  expect(events(again)).toEqual(told.slice(5))
  socket.close()
  again.close()
})

test('without a cursor a tenant hears what happens from now on; with one, all since', async () => {
  const before = await log()
  const now = await subscribe(service, owner, TENANT)
  const { generation } = await generate(service, owner, [{ prompt: 'a house' }])
  await now.until(({ type }) => type === 'next')
  expect(events(now)).toMatchObject([{ number: before.length + 1, type: 'STATE', job: { id: generation.id } }])
  const all = await subscribe(service, owner, TENANT, { after: 0 })
  await all.until(({ payload }) => payload?.data?.tenantEvents.number === before.length + 1)
  expect(events(all).map(({ number }) => number)).toEqual([...before, before.length + 1])
  now.close()
  all.close()
  await mutate(service, owner, 'cancelJob', { jobId: generation.id }, 'job { id }')
})

test('over many broken connections no event is lost and none comes twice', async () => {
  const { claim } = await startAndClaim(service, owner)
  const steps = 300
  const report = async () => {
    await service.worker.report(claim, 0, { type: 'running', payload: {} })
    for (let step = 1; step <= steps; step++)
      await service.worker.report(claim, step, { type: 'progress', payload: { step, steps } })
  }
  const reporting = report()
  const numbers: number[] = []
  let cuts = 0
  for (let last: Event | undefined; last?.step !== steps; cuts++) {
    const socket = await subscribe(service, owner, TENANT, { after: numbers.at(-1) ?? 0 })
    await socket.until(({ type }) => type === 'next')
    await new Promise(resolve => setTimeout(resolve, Math.random() * 40))
    socket.close()
    await socket.closed
    const told = events(socket)
    numbers.push(...told.map(({ number }) => number))
    last = told.at(-1)
  }
  await reporting
  expect(cuts).toBeGreaterThan(5)
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1))
  expect(await log()).toEqual(numbers)
  await service.worker.finish(claim, steps + 1, { state: 'CANCELED', message: 'enough' })
})

test('the first events of two tenants have two ids, and neither reads the other one', async () => {
  const other = await signUp(service, 'Ines Elsewhere', 'Elsewhere too')
  await generate(service, other, [{ prompt: 'a house' }])
  await generate(service, owner, [{ prompt: 'a house' }])
  const first = async (who: Identity) =>
    (await ask(service, '{ events(first: 1) { nodes { id number } } }', {}, who)).data.events.nodes[0]
  const [mine, theirs] = [await first(owner), await first(other)]
  expect([mine.number, theirs.number]).toEqual([1, 1])
  expect(mine.id).not.toBe(theirs.id)
  const read = async (who: Identity, id: string) =>
    (await ask(service, 'query ($id: ID!) { node(id: $id) { id } }', { id }, who)).data.node
  expect(await read(owner, mine.id)).toEqual({ id: mine.id })
  expect(await read(other, mine.id)).toBeNull()
})

test('other tenants hear nothing of it', async () => {
  const other = await signUp(service, 'Frida Foreign', 'Elsewhere')
  const foreign = await subscribe(service, other, TENANT, { after: 0 })
  const own = await subscribe(service, owner, TENANT)
  const { generation } = await generate(service, owner, [{ prompt: 'a house' }])
  await own.until(({ type }) => type === 'next')
  await generate(service, other, [{ prompt: 'another house' }])
  await foreign.until(({ type }) => type === 'next')
  expect(events(foreign)).toMatchObject([{ number: 1 }])
  const stolen = await subscribe(service, other, JOB, { job: generation.id })
  const { payload } = await stolen.until(({ type }) => type === 'next')
  expect(payload.errors[0].extensions.code).toBe('NOT_FOUND')
  for (const socket of [foreign, own, stolen]) socket.close()
})

test('a subscription to a deleted job ends; its numbers stay in the log without content', async () => {
  const { subjectId, photoSetId } = await trainable(service, owner)
  const jobId = (await startTraining(service, owner, photoSetId)).job.id
  const socket = await subscribe(service, owner, JOB, { job: jobId })
  await socket.until(({ type }) => type === 'next')
  const before = await log()
  await mutate(service, owner, 'deleteSubject', { subjectId }, 'receipt { id }')
  await socket.until(({ type }) => type === 'complete')
  const after = await log()
  expect(after.slice(0, before.length)).toEqual(before)
  const query =
    'query ($after: SafeInt) { events(first: 1, after: $after) { nodes { type job { id } payload state } } }'
  const { data } = await ask(service, query, { after: before.length - 1 }, owner)
  expect(data.events.nodes).toEqual([{ type: 'DELETED', job: null, payload: {}, state: null }])
  socket.close()
})

test('without any hint events come all the same, a little later', async () => {
  const cutOff = await openService({ withoutHints: true })
  try {
    const user = await signUp(cutOff, 'Olga Owner', 'Studio')
    const socket = await subscribe(cutOff, user, TENANT, { after: 0 })
    await new Promise(resolve => setTimeout(resolve, 300))
    await generate(cutOff, user, [{ prompt: 'a house' }])
    await socket.until(({ type }) => type === 'next')
    expect(events(socket)).toMatchObject([{ number: 1 }])
    socket.close()
  } finally {
    await cutOff.close()
  }
})

test('a stop ends open subscriptions and comes at once', async () => {
  const short = await openService()
  const user = await signUp(short, 'Olga Owner', 'Studio')
  const socket = await subscribe(short, user, TENANT)
  await new Promise(resolve => setTimeout(resolve, 200))
  const start = performance.now()
  await short.close()
  expect((await socket.closed).code).toBe(1001)
  expect(performance.now() - start).toBeLessThan(5000)
})
