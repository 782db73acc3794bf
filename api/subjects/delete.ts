/**
 * Deletes a subject and everything derived from it. The order makes it safe to be interrupted and repeated: first all jobs on it stop,
 * then the files are removed, and last, in one transaction, the rows are replaced by a receipt.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from '../../prisma/index.ts'
import { removeUnneeded } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import { notFoundFault } from '../faults.ts'
import type { DeleteSubjectInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { cancelJobs } from '../jobs/cancel.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { DeletionReceiptRow } from '../rows.ts'
import { deleteRows } from './delete-rows.ts'
import { allHashes, jobsOf, readSubjectData, type SubjectData, sharedHashes } from './subject-data.ts'

/** How long running jobs get to stop by themselves; what they write later belongs to no row and is refused. */
const STOP_MILLISECONDS = 20_000
const ROUNDS = 5

export async function deleteSubject(context: Context, input: DeleteSubjectInput): Promise<DeletionReceiptRow> {
  const tenantId = tenantOf(context)
  const subjectId = await stop(context, input)
  await settled(context, tenantId, subjectId)
  const removed = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    await removeFiles(context, tenantId, subjectId, removed)
    const receipt = await erase(context, subjectId, removed)
    if (receipt) return receipt
  }
  throw new Error(`subject ${subjectId} got new files in each of ${ROUNDS} rounds of its deletion`)
}

/** Nothing of the subject is trained or drawn from here on. */
async function stop(context: Context, input: DeleteSubjectInput): Promise<string> {
  const { id, canceled } = await change(context, async tx => {
    const find = (key: string) => tx.subject.findFirst({ where: { id: key } })
    const { id } = await resolveId(input.subjectId, 'Subject', 'subjectId', find)
    await tx.consent.updateMany({ where: { subjectId: id, revokedAt: null }, data: { revokedAt: new Date() } })
    return { id, canceled: await cancelJobs(tx, jobsOf(id), 'the subject is being deleted') }
  })
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
  return id
}

async function settled({ database }: Context, tenantId: string, subjectId: string): Promise<void> {
  const end = performance.now() + STOP_MILLISECONDS
  const where = { AND: [jobsOf(subjectId), { state: { in: ['PREPARING' as const, 'RUNNING' as const] } }] }
  while (performance.now() < end) {
    if ((await database.withTenant(tenantId, tx => tx.job.count({ where }))) === 0) return
    await sleep(100)
  }
}

async function removeFiles(context: Context, tenantId: string, subjectId: string, removed: Set<string>): Promise<void> {
  const { store, database } = context
  const subjectData = await database.withTenant(tenantId, tx => readSubjectData(tx, subjectId))
  for (const upload of subjectData.uploads) await store.dropUpload(tenantId, upload)
  const needed = (tx: Transaction) => sharedHashes(tx, subjectId, subjectData)
  for (const hash of await removeUnneeded(context, tenantId, allHashes(subjectData), { needed })) removed.add(hash)
}

async function ownHashes(tx: Transaction, subjectId: string, subjectData: SubjectData): Promise<string[]> {
  const shared = await sharedHashes(tx, subjectId, subjectData)
  return allHashes(subjectData).filter(hash => !shared.has(hash))
}

/** Undefined when there are files that were not removed yet: a job has just written them. */
function erase(
  context: Context,
  subjectId: string,
  removed: ReadonlySet<string>,
): Promise<DeletionReceiptRow | undefined> {
  return change(context, async (tx, tenantId, audit) => {
    const locked = await tx.$queryRaw<unknown[]>`select 1 from subjects where id = ${subjectId}::uuid for update`
    if (locked.length === 0) throw notFoundFault('subjectId')
    const subjectData = await readSubjectData(tx, subjectId)
    const own = await ownHashes(tx, subjectId, subjectData)
    if (!own.every(hash => removed.has(hash))) return undefined
    await deleteRows(tx, subjectId, subjectData)
    const kept = allHashes(subjectData).filter(hash => !removed.has(hash))
    const receipt = { ...subjectData.files, kept, jobs: subjectData.jobIds.length }
    const row = await tx.deletionReceipt.create({ data: { tenantId, subjectId, receipt } })
    await audit({ action: 'deleteSubject', target: toGlobalId('Subject', subjectId) })
    return row
  })
}
