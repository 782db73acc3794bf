/** Kills random workers while short jobs run, and counts what did not end exactly as it should. For the tests and the bench. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readBlob } from '../../adapters-store/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { FINAL_STATES } from '../../queue/index.ts'
import { type KillableWorkers, startWorkers } from '../stage/killable-workers.ts'
import { type Job, type OwnEnvironment, openOwnEnvironment } from '../stage/own-environment.ts'

interface JobCounts {
  readonly jobs: number
  readonly kills: number
  /** Attempts that were cut off. */
  readonly expired: number
  /** One line for each job that was lost, doubled or stuck, or gap in the log. */
  readonly wrong: readonly string[]
  /** Blobs that no row names: what a killed attempt had stored already. */
  readonly leftBlobs: number
  readonly seconds: number
}

/** Without progress for so long, jobs count as stuck. */
const STUCK_MS = 120_000

export async function countKilledJobs(jobs: number, kills: number, seed = 1): Promise<JobCounts> {
  const environment = await openOwnEnvironment()
  const workers = startWorkers(environment, ['trainer', 'inference', 'trainer', 'inference'])
  try {
    const start = performance.now()
    await workers.ready
    await queueJobs(environment, jobs)
    await disturb(environment, workers, { jobs, kills, seed })
    const ended = await environment.jobs()
    if (ended.length !== jobs) throw new Error(`of ${jobs} jobs ${ended.length} are there`)
    const wrong: string[] = []
    for (const job of ended) wrong.push(...(await faultsOf(environment, job)))
    wrong.push(...(await logFaults(environment)))
    return {
      ...{ jobs, kills: workers.kills(), wrong, leftBlobs: await countLeftBlobs(environment) },
      expired: ended.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome !== 'SUCCEEDED').length,
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    await workers.stop()
    await environment.close()
  }
}

/** Two of five are trainings. Each job has a seed of its own, so that no two make the same blob. */
async function queueJobs(environment: OwnEnvironment, jobs: number): Promise<void> {
  for (let i = 0; i < jobs; i++) {
    const images = [0, 1].map(row => ({ seed: 2 * i + row, steps: 12 }))
    await (i % 5 < 2 ? environment.train({ seed: i }) : environment.generate(images))
  }
}

const countEnded = ({ database, tenantId }: OwnEnvironment): Promise<number> =>
  database.withTenant(tenantId, tx => tx.job.count({ where: { state: { in: [...FINAL_STATES] } } }))

/** The kills are spread over the jobs that end: the next comes a random while after so many more have ended. */
async function disturb(
  environment: OwnEnvironment,
  workers: KillableWorkers,
  plan: { jobs: number; kills: number; seed: number },
): Promise<void> {
  const { jobs, kills, seed } = plan
  const draws = uniforms(seed, 0, 2 * kills)
  let [ended, changed] = [0, performance.now()]
  while (ended < jobs && performance.now() - changed < STUCK_MS) {
    await sleep(50)
    const now = await countEnded(environment)
    if (now > ended) changed = performance.now()
    ended = now
    const next = workers.kills()
    if (next >= kills || ended < Math.floor((next * jobs) / (kills + 1))) continue
    await sleep(1500 * (draws[2 * next] ?? 0))
    workers.kill(draws[2 * next + 1] ?? 0)
  }
}

const count = <T>(items: readonly T[], has: (item: T) => boolean): number => items.filter(has).length

async function faultsOf(environment: OwnEnvironment, job: Job): Promise<string[]> {
  const { id, kind, state, code, attempts, events, images, versions } = job
  const succeeded = count(attempts, ({ outcome }) => outcome === 'SUCCEEDED')
  const told = count(events, ({ payload }) => (payload as { to?: string }).to === 'SUCCEEDED')
  const results = kind === 'TRAINING' ? versions : images
  const blobs = await Promise.all(results.map(({ sha256 }) => isWhole(environment, sha256)))
  const checks = {
    [`is ${state} ${code ?? ''}`]: state === 'SUCCEEDED',
    'is stuck': FINAL_STATES.includes(state),
    [`succeeded in ${succeeded} attempts`]: succeeded === 1,
    [`told ${told} times that it succeeded`]: told === 1,
    [`has ${results.length} results`]: results.length === (kind === 'TRAINING' ? 1 : 2),
    'has a result whose blob is missing or damaged': blobs.every(Boolean),
  }
  const failed = Object.entries(checks).filter(([, holds]) => !holds)
  return failed.length > 0 ? [`${kind} ${id} ${failed.map(([what]) => what).join(', ')}`] : []
}

/** Reading it to its end checks the hash. */
async function isWhole({ store, tenantId }: OwnEnvironment, sha256: string): Promise<boolean> {
  try {
    await readBlob(await store.open(tenantId, sha256))
    return true
  } catch {
    return false
  }
}

/** Numbers of the tenant's log without a gap, and no event twice. */
async function logFaults({ database, tenantId }: OwnEnvironment): Promise<string[]> {
  const rows = await database.withTenant(tenantId, tx => tx.jobEvent.findMany({ orderBy: { number: 'asc' } }))
  const gaps = count(
    rows.map(({ number }, i) => number === BigInt(i + 1)),
    follows => !follows,
  )
  return gaps > 0 ? [`the event log of ${rows.length} has ${gaps} numbers out of place`] : []
}

async function countLeftBlobs({ database, store, tenantId }: OwnEnvironment): Promise<number> {
  const select = { sha256: true } as const
  const named = await database.withTenant(tenantId, async tx => [
    ...(await tx.checkpoint.findMany({ select })),
    ...(await tx.adapterVersion.findMany({ select })),
    ...(await tx.image.findMany({ select })),
    ...(await tx.job.findMany({ where: { kind: 'TRAINING' } })).flatMap(({ input }) =>
      (input as { photos: { sha256: string }[] }).photos.map(({ sha256 }) => ({ sha256 })),
    ),
  ])
  const known = new Set(named.map(({ sha256 }) => sha256))
  let left = 0
  for await (const { sha256 } of store.list(tenantId)) if (!known.has(sha256)) left++
  return left
}
