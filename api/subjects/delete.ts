/**
 * Deletes a subject with all that came from it. The order makes it safe to break off and to ask again: first everything that would serve or
 * train it stops, then the files go, and last, in one transaction, the rows, which leave a receipt.
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
import { found } from '../mutations/found.ts'
import type { DeletionReceiptRow } from '../rows.ts'
import { deleteRows } from './delete-rows.ts'
import { allHashes, type Holdings, holdingsOf, jobsOf, sharedHashes } from './holdings.ts'

/** How long running jobs get to stop by themselves; what they write later belongs to no row and is refused. */
const PATIENCE_MILLISECONDS = 20_000
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
    const { id } = await found(input.subjectId, 'Subject', 'subjectId', find)
    await tx.consent.updateMany({ where: { subjectId: id, revokedAt: null }, data: { revokedAt: new Date() } })
    return { id, canceled: await cancelJobs(tx, jobsOf(id), 'the subject is being deleted') }
  })
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
  return id
}

async function settled({ database }: Context, tenantId: string, subjectId: string): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS
  const where = { AND: [jobsOf(subjectId), { state: { in: ['PREPARING' as const, 'RUNNING' as const] } }] }
  while (performance.now() < end) {
    if ((await database.withTenant(tenantId, tx => tx.job.count({ where }))) === 0) return
    await sleep(100)
  }
}

async function removeFiles(context: Context, tenantId: string, subjectId: string, removed: Set<string>): Promise<void> {
  const { store, database } = context
  const holdings = await database.withTenant(tenantId, tx => holdingsOf(tx, subjectId))
  for (const upload of holdings.uploads) await store.dropUpload(tenantId, upload)
  const needed = (tx: Transaction) => sharedHashes(tx, subjectId, holdings)
  for (const hash of await removeUnneeded(context, tenantId, allHashes(holdings), { needed })) removed.add(hash)
}

async function ownHashes(tx: Transaction, subjectId: string, holdings: Holdings): Promise<string[]> {
  const shared = await sharedHashes(tx, subjectId, holdings)
  return allHashes(holdings).filter(hash => !shared.has(hash))
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
    const holdings = await holdingsOf(tx, subjectId)
    const own = await ownHashes(tx, subjectId, holdings)
    if (!own.every(hash => removed.has(hash))) return undefined
    await deleteRows(tx, subjectId, holdings)
    const kept = allHashes(holdings).filter(hash => !removed.has(hash))
    const receipt = { ...holdings.files, kept, jobs: holdings.jobIds.length }
    const row = await tx.deletionReceipt.create({ data: { tenantId, subjectId, receipt } })
    await audit({ action: 'deleteSubject', target: toGlobalId('Subject', subjectId) })
    return row
  })
}
