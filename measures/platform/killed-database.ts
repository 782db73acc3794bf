/** Kills PostgreSQL under the running service while it is written to, and counts what was acknowledged and is gone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { keyOf } from '../../api/graphql/global-id.ts'
import { uniforms } from '../../engine/noise.ts'
import { descendants } from '../stage/cli-process.ts'
import { startWorkers } from '../stage/killable-workers.ts'
import { openRunningService, type RunningService } from '../stage/running-service.ts'
import { type Identity, mutate, type Service } from '../stage/service.ts'

interface WriteCounts {
  readonly kills: number
  /** Writes that were answered. */
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
  /** Drawings among them that a worker did not finish. */
  readonly unfinished: number
  /** Milliseconds from each kill to the next answer to a write. */
  readonly recovered: readonly number[]
  readonly wrong: readonly string[]
}

const RECOVERY_MS = 60_000
const FINISH_MS = 120_000

export async function countKilledWrites(kills: number, seed = 1): Promise<WriteCounts> {
  const service = await openRunningService()
  const workers = startWorkers(service.environment, ['inference'])
  try {
    await workers.ready
    const written = { subjects: new Map<string, string>(), drawings: new Map<string, string>() }
    const stopping = new AbortController()
    const writers = startWriters(service, written, stopping.signal)
    const recovered = await killServer(service, kills, seed, () => written.subjects.size + written.drawings.size)
    stopping.abort()
    await writers
    return { kills, recovered, ...(await compare(service, written)) }
  } finally {
    await workers.stop()
    await service.close()
  }
}

interface Written {
  /** Ids of what was answered, by key. */
  readonly subjects: Map<string, string>
  readonly drawings: Map<string, string>
}

/** Three that create subjects and one that asks for drawings, until they are told to stop. */
async function startWriters(service: RunningService, written: Written, signal: AbortSignal): Promise<void> {
  const { who } = service
  const writer = async (name: string, into: Map<string, string>, write: (key: string) => Promise<string>) => {
    for (let i = 0; !signal.aborted; i++) {
      const key = `${name}-${i}`
      const id = await insist(() => write(key))
      into.set(key, id)
      await sleep(name === 'drawing' ? 250 : 5)
    }
  }
  await Promise.all([
    ...['a', 'b', 'c'].map(name => writer(name, written.subjects, key => createSubject(service, who, key))),
    writer('drawing', written.drawings, key => draw(service, who, key)),
  ])
}

/** A fault of the server is no answer: the same request again. */
async function insist(write: () => Promise<string>): Promise<string> {
  const end = performance.now() + RECOVERY_MS
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(20)
    }
  }
}

async function createSubject(service: Service, who: Identity, key: string): Promise<string> {
  const input = { idempotencyKey: key, name: key, classNoun: 'cat', isPerson: false }
  const { subject } = await mutate(service, who, 'createSubject', input, 'subject { id }')
  return keyOf(subject.id, 'Subject') ?? ''
}

async function draw(service: Service, who: Identity, key: string): Promise<string> {
  const input = { idempotencyKey: key, images: [{ prompt: 'a cat', steps: 4, seed: 1 }] }
  const { generation } = await mutate(service, who, 'generate', input, 'generation { id }')
  return keyOf(generation.id, 'Generation') ?? ''
}

/** The postmaster and every child of it; the next kill comes after writes were answered again. */
async function killServer({ database }: Service, kills: number, seed: number, answered: () => number) {
  const recovered: number[] = []
  for (const draw of uniforms(seed, 2, kills)) {
    const enough = answered() + 20
    while (answered() < enough) await sleep(5)
    await sleep(100 * draw)
    const pid = database.serverPid()
    if (pid === undefined) throw new Error('the database server is not up although writes are answered')
    for (const victim of [pid, ...descendants(pid)]) killHard(victim)
    const [killed, before] = [performance.now(), answered()]
    // One answer may have been under way.
    while (answered() < before + 5 && performance.now() - killed < RECOVERY_MS) await sleep(2)
    recovered.push(performance.now() - killed)
  }
  return recovered
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended with its parent.
  }
}

async function compare(service: RunningService, { subjects, drawings }: Written) {
  const { database, tenantId } = service
  const ready = await fetch(`${service.url}/readyz`)
  const wrong = ready.status === 200 ? [] : [`readyz answers ${ready.status} after the last recovery`]
  const rows = await database.withTenant(tenantId, tx => tx.subject.findMany({ select: { id: true, name: true } }))
  const kept = new Set(rows.map(({ id }) => id))
  const jobs = () => database.withTenant(tenantId, tx => tx.job.findMany({ select: { id: true, state: true } }))
  const end = performance.now() + FINISH_MS
  let found = await jobs()
  while (found.some(({ state }) => state !== 'SUCCEEDED' && state !== 'FAILED') && performance.now() < end) {
    await sleep(200)
    found = await jobs()
  }
  for (const { id } of found) kept.add(id)
  const acknowledged = [...subjects, ...drawings]
  const lost = acknowledged.filter(([, id]) => !kept.has(id))
  const names = rows.map(({ name }) => name)
  const doubled = names.length - new Set(names).size + Math.max(0, found.length - drawings.size)
  const unfinished = found.filter(({ state }) => state !== 'SUCCEEDED')
  wrong.push(...lost.map(([key]) => `${key} was acknowledged and is gone`))
  wrong.push(...unfinished.map(({ id, state }) => `drawing ${id} is ${state}`))
  if (doubled > 0) wrong.push(`${doubled} rows more than keys`)
  const counts = { acknowledged: acknowledged.length, lost: lost.length, doubled, unfinished: unfinished.length }
  return { ...counts, wrong }
}
