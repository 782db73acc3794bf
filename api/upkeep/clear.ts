/**
 * Clears what a job leaves that has ended: checkpoints, and the states of adapters that previews were drawn with. A failed or canceled
 * training keeps its last checkpoint for some days, since a retry goes on from it.
 */
import type { Transaction } from '../../prisma/index.ts'
import { JOB_INPUTS, type JobKind, type JobState } from '../../queue/index.ts'
import { removeUnneeded } from '../blobs.ts'
import type { Services } from '../context.ts'
import { cutoffOf } from './cutoff.ts'

type Parts = Pick<Services, 'database' | 'store'>

/** Returns the number of removed blobs. What is too young to be removed now, the sweep takes later. */
export async function clearEndedJobs({ database, store }: Parts, keepSeconds: number): Promise<number> {
  let cleared = 0
  for (const tenantId of await database.upkeep.tenantsToClear()) {
    for (let more = true; more; ) {
      const { hashes, before, jobs } = await database.withTenant(tenantId, tx => forgetFiles(tx, keepSeconds))
      const remove = (hash: string) => store.remove(tenantId, hash, before)
      cleared += (await removeUnneeded({ database, store }, tenantId, hashes, { remove })).length
      more = jobs === BATCH
    }
  }
  return cleared
}

const BATCH = 20

interface EndedJob {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly input: unknown
  readonly keepUntil: Date
}

/** Deletes the rows of checkpoints that no retry goes on from; returns the blobs that may go with them. A retry waits meanwhile. */
async function forgetFiles(tx: Transaction, keepSeconds: number) {
  const due = await tx.$queryRaw<EndedJob[]>`
    select id, kind::text, state::text, input, finished_at + make_interval(secs => ${keepSeconds}::double precision) as "keepUntil"
    from jobs where clear_after <= now() order by clear_after limit ${BATCH}::int for update skip locked`
  const hashes: string[] = []
  for (const job of due) hashes.push(...(await forgetJob(tx, job)))
  return { hashes: [...new Set(hashes)], before: await cutoffOf(tx, 0), jobs: due.length }
}

async function forgetJob(tx: Transaction, { id, kind, state, input, keepUntil }: EndedJob): Promise<string[]> {
  const order = { orderBy: [{ step: 'desc' as const }, { attempt: 'desc' as const }] }
  const [last, ...older] = await tx.checkpoint.findMany({ where: { jobId: id }, ...order })
  const keeps = last !== undefined && state !== 'SUCCEEDED' && keepUntil > new Date()
  await tx.$executeRaw`update jobs set clear_after = ${keeps ? keepUntil : null} where id = ${id}::uuid`
  const spent = keeps || !last ? older : [last, ...older]
  const rows = spent.map(({ attempt, step }) => ({ attempt, step }))
  if (rows.length > 0) await tx.checkpoint.deleteMany({ where: { jobId: id, OR: rows } })
  return [...spent.map(({ sha256 }) => sha256), ...(kind === 'PREVIEW' ? snapshotsOf(input) : [])]
}

/** An input of another version is left to the sweep. */
function snapshotsOf(input: unknown): string[] {
  const images = JOB_INPUTS.PREVIEW.safeParse(input).data?.images ?? []
  return images.flatMap(({ adapter }) => (adapter ? [adapter.sha256] : []))
}
