/** What subscriptions that wait cost others: a tenant's query beside thousands of idle subscriptions of other tenants, and without them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../../api/service/limits.ts'
import { type ApiChild, startApiChild } from '../stage/api-child.ts'
import { newSubject } from '../stage/journey.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../stage/own-environment.ts'
import { API_SETTINGS, openAccount } from '../stage/running-service.ts'
import { ask, type Identity, type Service } from '../stage/service.ts'
import { openSocket, type Subscriber } from '../stage/subscriber.ts'
import type { Measure } from '../statistics.ts'

/** Queries of one measurement, one after the other; their 95th percentile is what it gives, in milliseconds. */
const QUERIES = 60
const QUERY = '{ subjects(first: 20) { nodes { id name classNoun } } }'

interface IdleStage {
  readonly environment: OwnEnvironment
  /** Of the two API processes. */
  readonly pids: readonly number[]
  /** On the process that carries the subscriptions. */
  readonly beside: Measure
  /** On one that carries none, while the other process is halted. */
  readonly alone: Measure
  /** Subscriptions that are open now. */
  open(): Promise<number>
  close(): Promise<void>
}

/** Two API processes on one database: `subscriptions` wait on the first, as many of each key as it may have. */
export async function openIdleStage(subscriptions: number): Promise<IdleStage> {
  const environment = await openOwnEnvironment()
  const [carrier, bare] = [await startApiChild(environment), await startApiChild(environment)]
  const asking = await openAccount(carrier)
  for (let i = 0; i < 20; i++) await newSubject(carrier as unknown as Service, asking.who)
  const sockets = await followMany(carrier, subscriptions)
  const open = () => openOn(carrier)
  while ((await open()) < subscriptions) await sleep(200)
  const close = async (): Promise<void> => {
    process.kill(carrier.pid, 'SIGCONT')
    for (const socket of sockets) socket.close()
    await Promise.all([carrier.kill(), bare.kill()])
    await environment.close()
  }
  const [beside, alone] = [p95Of(carrier, asking.who), p95Of(bare, asking.who)]
  return {
    ...{ environment, pids: [carrier.pid, bare.pid], beside, open, close },
    alone: async () => {
      process.kill(carrier.pid, 'SIGSTOP')
      try {
        return await alone()
      } finally {
        process.kill(carrier.pid, 'SIGCONT')
        // What it has missed is behind it before it is measured.
        await sleep(200)
      }
    },
  }
}

async function followMany(api: ApiChild, count: number): Promise<Subscriber[]> {
  const { subscriptionsPerCaller: perKey, subscriptionsPerConnection: perSocket } = LIMITS
  const sockets: Subscriber[] = []
  const payload = { query: 'subscription { tenantEvents { number } }' }
  for (let at = 0; at < count; at += perKey) {
    const { who } = await openAccount(api)
    for (let first = at; first < Math.min(count, at + perKey); first += perSocket) {
      const socket = await openSocket(api, who)
      await socket.until(({ type }) => type === 'connection_ack')
      for (let i = first; i < Math.min(count, at + perKey, first + perSocket); i++)
        socket.send({ type: 'subscribe', id: String(i), payload })
      sockets.push(socket)
    }
  }
  return sockets
}

const p95Of =
  (api: ApiChild, who: Identity): Measure =>
  async () => {
    const times: number[] = []
    for (let i = 0; i < QUERIES; i++) {
      const start = performance.now()
      const { errors } = await ask(api, QUERY, {}, who)
      times.push(performance.now() - start)
      if (errors) throw new Error(JSON.stringify(errors))
    }
    return times.sort((a, b) => a - b)[Math.ceil(0.95 * QUERIES) - 1] ?? Number.NaN
  }

const authorization = `Bearer ${API_SETTINGS.metricsToken}`

async function openOn({ url }: ApiChild): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization } })).text()
  return Number(/^semblance_subscriptions (\d+)/m.exec(text)?.[1])
}
