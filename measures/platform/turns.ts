/** How long small tenants wait for a drawing each, on an idle service and beside one that has queued many. */
import { setTimeout as sleep } from 'node:timers/promises'
import { keyOf } from '../../api/graphql/global-id.ts'
import { type ApiChild, startApiChild } from '../stage/api-child.ts'
import { generate } from '../stage/journey.ts'
import { type KillableWorkers, startWorkers } from '../stage/killable-workers.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../stage/own-environment.ts'
import { type Account, openAccount } from '../stage/running-service.ts'
import type { Service } from '../stage/service.ts'
import { type Message, openSocket, type Subscriber } from '../stage/subscriber.ts'
import type { Measure } from '../statistics.ts'

const SMALL_TENANTS = 4
/** Drawings of each small tenant in one measurement, one after the other. */
const DRAWINGS = 3
const IMAGE = { prompt: 'a house', steps: 20, guidance: 3 }

interface TurnsStage {
  readonly environment: OwnEnvironment
  readonly pids: () => number[]
  /** 95th percentile of the small tenants' waits in seconds, with nobody else there. */
  readonly idle: Measure
  /** The same while another tenant has `many` drawings in the queue. */
  readonly beside: Measure
  close(): Promise<void>
}

interface Scene {
  readonly api: ApiChild
  readonly environment: OwnEnvironment
  readonly big: Account
  readonly small: readonly (Account & { readonly socket: Subscriber })[]
}

/** The API and one inference worker as processes, and five tenants. */
export async function openTurnsStage(many: number): Promise<TurnsStage> {
  const environment = await openOwnEnvironment()
  const workers: KillableWorkers = startWorkers(environment, ['inference'], { LEASE_SECONDS: '30' })
  const api = await startApiChild(environment)
  await workers.ready
  const big = await openAccount(api)
  const small: (Account & { socket: Subscriber })[] = []
  for (let i = 0; i < SMALL_TENANTS; i++) {
    const account = await openAccount(api)
    small.push({ ...account, socket: await followTenant(api, account) })
  }
  const scene: Scene = { api, environment, big, small }
  return {
    environment,
    pids: () => [api.pid, ...workers.pids()],
    idle: () => p95OfWaits(scene),
    beside: async () => {
      await queueMany(scene, many)
      try {
        const wait = await p95OfWaits(scene)
        // Whoever has waited among fewer than there were was measured on a service that was getting idle.
        if ((await waiting(scene)) === 0) throw new Error(`${many} drawings were over before the others had theirs`)
        return wait
      } finally {
        await dropMany(scene)
      }
    },
    close: async () => {
      for (const { socket } of small) socket.close()
      await api.kill()
      await workers.stop()
      await environment.close()
    },
  }
}

async function followTenant(api: ApiChild, { who }: Account): Promise<Subscriber> {
  const socket = await openSocket(api, who)
  await socket.until(({ type }) => type === 'connection_ack')
  const payload = { query: 'subscription { tenantEvents { state job { id } } }' }
  socket.send({ type: 'subscribe', id: '1', payload })
  return socket
}

const ENDS: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED'])

const eventOf = ({ payload }: Message): { state: string | null; job: { id: string } | null } | undefined =>
  payload?.data?.tenantEvents
const ofJob = (message: Message, id: string): boolean => eventOf(message)?.job?.id === id

async function p95OfWaits({ api, small }: Scene): Promise<number> {
  const waits: number[] = []
  const drawAll = async ({ who, socket }: Scene['small'][number]): Promise<void> => {
    for (let i = 0; i < DRAWINGS; i++) {
      const start = performance.now()
      const { generation } = await generate(api as unknown as Service, who, [IMAGE])
      const last = await socket.until(
        message => ofJob(message, generation.id) && ENDS.has(eventOf(message)?.state ?? ''),
      )
      if (eventOf(last)?.state !== 'SUCCEEDED') throw new Error(`a drawing has ended: ${eventOf(last)?.state}`)
      waits.push((performance.now() - start) / 1000)
    }
  }
  await Promise.all(small.map(drawAll))
  return waits.sort((a, b) => a - b)[Math.ceil(0.95 * waits.length) - 1] ?? Number.NaN
}

/** As many mutations would, but at once. Returns when the first is being drawn. */
async function queueMany({ api, environment: { database }, big }: Scene, many: number): Promise<void> {
  const { generation } = await generate(api as unknown as Service, big.who, [IMAGE])
  await database.withTenant(big.tenantId, async tx => {
    const first = await tx.job.findFirstOrThrow({ where: { id: keyOf(generation.id, 'Generation') ?? '' } })
    const { kind, baseModelId, steps, costUnits, createdBy, tenantId } = first
    const job = { kind, baseModelId, steps, costUnits, createdBy, tenantId, input: first.input as object }
    await tx.job.createMany({ data: Array.from({ length: many - 1 }, () => job) })
  })
  const running = () => database.withTenant(big.tenantId, tx => tx.job.count({ where: { state: 'RUNNING' } }))
  while ((await running()) === 0) await sleep(20)
}

const waiting = ({ environment: { database }, big }: Scene): Promise<number> =>
  database.withTenant(big.tenantId, tx => tx.job.count({ where: { state: 'QUEUED' } }))

/** What waits is taken back; what is in hand is waited for. */
async function dropMany({ environment: { database }, big }: Scene): Promise<void> {
  const canceled = { state: 'CANCELED' as const, reason: 'enough', code: 'CANCELED', finishedAt: new Date() }
  const left = () =>
    database.withTenant(big.tenantId, async tx => {
      await tx.job.updateMany({ where: { state: 'QUEUED' }, data: canceled })
      return tx.job.count({ where: { state: { in: ['QUEUED', 'PREPARING', 'RUNNING'] } } })
    })
  while ((await left()) > 0) await sleep(50)
}
