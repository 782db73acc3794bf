/** What the service adds to a drawing: from the request to the event that its images are there, against the engine's own time. */
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { toGlobalId } from '../../../api/graphql/global-id.ts'
import type { Claim, Figure } from '../../../measures/figure.ts'
import { type ApiChild, startApiChild } from '../../../measures/stage/api-child.ts'
import { startWorkers } from '../../../measures/stage/killable-workers.ts'
import { openOwnEnvironment, registerBase } from '../../../measures/stage/own-environment.ts'
import { type Account, openAccount } from '../../../measures/stage/running-service.ts'
import { mutate } from '../../../measures/stage/service.ts'
import { openSocket, type Subscriber } from '../../../measures/stage/subscriber.ts'
import { median, medianInterval } from '../../../measures/statistics.ts'
import { type BenchContext, onDemoBase } from '../../source.ts'
import { watchServiceLoad } from './service-load.ts'

const CLAIM: Claim = { name: 'overhead.generation', unit: 'of engine time', better: 'lower', floor: 0.05, goal: null }
const IMAGES = 4
const STEPS = 20

interface Scene extends Account {
  readonly url: string
  readonly baseModelId: string
  readonly socket: Subscriber
  /** Milliseconds of the engine, one number for each batch so far. */
  readonly batches: readonly number[]
  /** Starts to watch what other processes take. */
  startLoad(): () => number
}

async function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  const environment = await openOwnEnvironment()
  await symlink(folder, join(environment.modelsDir, 'portraits'))
  const baseModelId = toGlobalId('BaseModel', await registerBase(environment, 'portraits'))
  const batches: number[] = []
  const env = { LOG_LEVEL: 'debug', LEASE_SECONDS: '30', THREADS: String(context.threads) }
  const workers = startWorkers(environment, ['inference'], env, line => batches.push(...engineTime(line)))
  let api: ApiChild | undefined
  try {
    api = await startApiChild(environment)
    await workers.ready
    const account = await openAccount(api)
    const socket = await openSocket(api, account.who)
    await socket.until(({ type }) => type === 'connection_ack')
    const { pid } = api
    const startLoad = () => watchServiceLoad(environment, [pid, ...workers.pids()])
    return [await compare({ ...account, url: api.url, baseModelId, socket, batches, startLoad }, context)]
  } finally {
    await api?.kill()
    await workers.stop()
    await environment.close()
  }
}

/** The worker's log says how long the engine took for each batch. */
function engineTime(line: string): number[] {
  const entry = line.startsWith('{') ? JSON.parse(line) : {}
  return entry.msg === 'a batch was drawn' ? [entry.milliseconds] : []
}

async function compare(scene: Scene, { amount }: BenchContext): Promise<Figure> {
  const [overheads, walls, engines]: number[][] = [[], [], []]
  const runs = amount(20, 3)
  // Compiles, and opens every connection.
  await drawOnce(scene, -1)
  const load = scene.startLoad()
  for (let i = 0; i < runs; i++) {
    const before = scene.batches.length
    const wall = await drawOnce(scene, i)
    while (scene.batches.length === before) await sleep(5)
    const engine = scene.batches.slice(before).reduce((sum, one) => sum + one, 0)
    overheads?.push((wall - engine) / engine)
    walls?.push(wall)
    engines?.push(engine)
  }
  const beyond = walls?.map((wall, i) => wall - (engines?.[i] ?? 0)) ?? []
  const note = `${IMAGES} images of ${STEPS} steps: ${median(walls ?? []).toFixed(0)} ms in all, ${median(beyond).toFixed(0)} ms beyond the engine`
  return {
    ...CLAIM,
    value: median(overheads ?? []),
    ci: medianInterval(overheads ?? []),
    n: runs,
    note,
    foreignLoad: load(),
  }
}

/** Milliseconds from sending the request to the event that all images are there. */
async function drawOnce({ url, who, baseModelId, socket }: Scene, run: number): Promise<number> {
  const images = Array.from({ length: IMAGES }, (_, i) => ({
    ...{ prompt: 'a photo of a person in a forest', guidance: 3, steps: STEPS, seed: 10 * run + i + 10 },
  }))
  const start = performance.now()
  const input = { idempotencyKey: `overhead-${run}`, images, baseModelId }
  const { generation } = await mutate({ url }, who, 'generate', input, 'generation { id }')
  const id = String(run + 2)
  const query = 'subscription ($job: ID!) { jobEvents(jobId: $job) { type payload } }'
  socket.send({ type: 'subscribe', id, payload: { query, variables: { job: generation.id } } })
  const last = await socket.until(message => message.id === id && isLast(message.payload))
  const wall = performance.now() - start
  if (!JSON.stringify(last.payload).includes('SUCCEEDED')) throw new Error(JSON.stringify(last.payload))
  return wall
}

const isLast = (payload: unknown): boolean => /SUCCEEDED|FAILED|CANCELED|errors/.test(JSON.stringify(payload ?? {}))

export const generationOverhead = onDemoBase([CLAIM], 5, measure)
