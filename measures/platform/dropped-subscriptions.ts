/** Breaks the sockets of subscriptions at random while jobs run, each time resuming from the cursor, and compares with the log. */
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { toGlobalId } from '../../api/graphql/global-id.ts'
import { uniforms } from '../../engine/noise.ts'
import { generate } from '../stage/journey.ts'
import { startWorkers } from '../stage/killable-workers.ts'
import { openRunningService, type RunningService } from '../stage/running-service.ts'
import type { Identity, Service } from '../stage/service.ts'

interface EventCounts {
  readonly disconnects: number
  /** Events in the log of the tenant, and of the followed job again. */
  readonly events: number
  readonly gaps: number
  readonly duplicates: number
  /** Events that came before one with a smaller number. */
  readonly disordered: number
  readonly delivered: number
}

/** A third of the disconnects hit a subscription of one job, the others the tenant's. */
export async function countDroppedEvents(disconnects: number, seed = 1): Promise<EventCounts> {
  const service = await openRunningService()
  const workers = startWorkers(service.environment, ['inference'])
  try {
    await workers.ready
    const stopping = new AbortController()
    const load = Promise.all([keepDrawing(service, stopping.signal), keepReporting(service, stopping.signal)])
    const ofJob = Math.floor(disconnects / 3)
    const { generation } = await generate(service, service.who, [{ prompt: 'a cat', steps: 200, seed: 1 }])
    const plans = [
      { query: 'tenantEvents(after: $after)', drops: disconnects - ofJob, seed },
      { query: `jobEvents(jobId: "${generation.id}", after: $after)`, drops: ofJob, seed: seed + 1 },
    ]
    const followers = plans.map(({ query }) => follow(service, service.who, query))
    await Promise.all(plans.map(({ drops, seed }, i) => breakAtRandom(followers[i] as Follower, drops, seed)))
    stopping.abort()
    await load
    const [all, own] = await logs(service, generation.id)
    const [whole, job] = await Promise.all([finish(followers[0], all), finish(followers[1], own)])
    const sum = (key: 'gaps' | 'duplicates' | 'disordered' | 'delivered') => whole[key] + job[key]
    const counts = { gaps: sum('gaps'), duplicates: sum('duplicates'), disordered: sum('disordered') }
    return { disconnects, events: all.length + own.length, ...counts, delivered: sum('delivered') }
  } finally {
    await workers.stop()
    await service.close()
  }
}

/** Two drawings at a time, one after the other. */
async function keepDrawing(service: RunningService, signal: AbortSignal): Promise<void> {
  const lane = async (): Promise<void> => {
    while (!signal.aborted) {
      const { generation } = await generate(service, service.who, [{ prompt: 'a dog', steps: 3, seed: 2 }])
      for (let state = 'QUEUED'; state !== 'SUCCEEDED'; state = await stateOf(service, generation.id)) await sleep(50)
    }
  }
  await Promise.all([lane(), lane()])
}

/** A job of its own whose worker reports as fast as it can, so that every disconnect falls among events. */
async function keepReporting({ database, tenantId, worker }: RunningService, signal: AbortSignal): Promise<void> {
  const steps = 1_000_000
  const work = { tenantId, kind: 'TRAINING' as const, input: {}, steps, createdBy: 'user:test' }
  await database.withTenant(tenantId, async tx => {
    const { id: baseModelId } = await tx.baseModel.findFirstOrThrow()
    await tx.job.create({ data: { ...work, baseModelId } })
  })
  const [claim] = await worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('the job of the reporting worker is gone')
  await worker.report(claim, 0, { type: 'running', payload: {} })
  let step = 1
  for (; !signal.aborted; step++) {
    await worker.report(claim, step, { type: 'progress', payload: { step, steps } })
    if (step % 100 === 0) await worker.heartbeat(claim)
    await sleep(5)
  }
  await worker.finish(claim, step, { state: 'FAILED', code: 'CANCELED', message: 'enough', retry: false })
}

const keyPart = (id: string): string => Buffer.from(id, 'base64url').toString().split(':')[1] ?? ''

async function stateOf({ database, tenantId }: RunningService, id: string): Promise<string> {
  const find = { where: { id: keyPart(id) }, select: { state: true } }
  return (await database.withTenant(tenantId, tx => tx.job.findFirstOrThrow(find))).state
}

/** Waits for the long job, then for a log that no longer grows. */
async function logs(service: RunningService, generationId: string): Promise<[number[], number[]]> {
  const { database, tenantId } = service
  while ((await stateOf(service, generationId)) !== 'SUCCEEDED') await sleep(100)
  const rows = await database.withTenant(tenantId, tx =>
    tx.jobEvent.findMany({ orderBy: { number: 'asc' }, select: { number: true, jobId: true } }),
  )
  const numbers = rows.map(({ number }) => Number(number))
  return [numbers, numbers.filter((_, i) => toGlobalId('Generation', rows[i]?.jobId ?? '') === generationId)]
}

interface Follower {
  /** Numbers in the order they came. */
  readonly received: readonly number[]
  /** Cuts the connection without a word and opens the next one, from the last number on. */
  cut(): void
  close(): void
}

/** Speaks graphql-transport-ws by hand, so that nothing between us and the wire repeats or drops anything. */
function follow({ url }: Service, { key }: Identity, query: string): Follower {
  const received: number[] = []
  let socket: WebSocket
  const open = (): void => {
    const own = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const send = (message: unknown): void => own.send(JSON.stringify(message))
    own.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }))
    own.on('error', () => undefined)
    own.on('message', data => {
      const message = JSON.parse(String(data))
      const payload = {
        query: `subscription ($after: SafeInt) { event: ${query} { number } }`,
        variables: { after: received.at(-1) ?? 0 },
      }
      if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload })
      if (message.type === 'next' && own === socket) received.push(message.payload.data.event.number)
      if (message.type === 'error') throw new Error(JSON.stringify(message))
    })
    socket = own
  }
  open()
  return {
    received,
    cut: () => {
      socket.terminate()
      open()
    },
    close: () => socket.terminate(),
  }
}

/** Now before it is connected, now after a few events. */
async function breakAtRandom({ cut }: Follower, drops: number, seed: number): Promise<void> {
  for (const draw of uniforms(seed, 4, drops)) {
    await sleep(250 * draw ** 2)
    cut()
  }
}

const ARRIVAL_MS = 20_000

async function finish(follower: Follower | undefined, log: readonly number[]) {
  const received = follower?.received ?? []
  const last = log.at(-1) ?? 0
  const end = performance.now() + ARRIVAL_MS
  while ((received.at(-1) ?? 0) < last && performance.now() < end) await sleep(20)
  follower?.close()
  const distinct = new Set(received)
  return {
    gaps: log.filter(number => !distinct.has(number)).length,
    duplicates: received.length - distinct.size,
    disordered: received.filter((number, i) => i > 0 && number < (received[i - 1] ?? 0)).length,
    delivered: received.length,
  }
}
