/** Deletes single images and whole generations, with their files. The order of a deleted adapter: rows first, then what no row names. */
import type { Transaction } from '../../prisma/index.ts'
import { FINAL_STATES } from '../../queue/index.ts'
import { removeUnneeded } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { DeleteGenerationInput, DeleteImageInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { cancelStartedFrom } from '../jobs/cancel.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'

interface Deleted {
  readonly deletedId: string
  readonly hashes: readonly string[]
  readonly canceled: readonly string[]
}

/** Files go after the rows: what a crash between leaves is swept later. */
async function finish(context: Context, { deletedId, hashes, canceled }: Deleted): Promise<string> {
  await removeUnneeded(context, tenantOf(context), hashes)
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
  return deletedId
}

/** Drawings that wait to start from the image are canceled. Returns the global id that it had. */
export async function deleteImage(context: Context, input: DeleteImageInput): Promise<string> {
  const deleted = await change(context, async (tx, _tenantId, audit) => {
    const find = (key: string) => tx.image.findFirst({ where: { id: key } })
    const { id, sha256 } = await resolveId(input.imageId, 'Image', 'imageId', find)
    const canceled = await cancelStartedFrom(tx, 'imageId', [id])
    await tx.image.deleteMany({ where: { id } })
    const deletedId = toGlobalId('Image', id)
    await audit({ action: 'deleteImage', target: deletedId, detail: { files: [sha256] } })
    return { deletedId, hashes: [sha256], canceled }
  })
  return finish(context, deleted)
}

/** The event log keeps its numbers: the job's entries stay as `deleted`, without content. */
export async function deleteGeneration(context: Context, input: DeleteGenerationInput): Promise<string> {
  const deleted = await change(context, async (tx, _tenantId, audit) => {
    const find = (key: string) => tx.job.findFirst({ where: { id: key, kind: { not: 'TRAINING' } } })
    const { id, kind, state } = await resolveId(input.generationId, 'Generation', 'generationId', find)
    if (kind === 'PREVIEW')
      throw validationFault(
        'WRONG_STATE',
        'generationId',
        'a preview belongs to its training; delete its images instead',
      )
    await tx.$queryRaw`select 1 from jobs where id = ${id}::uuid for update`
    if (!FINAL_STATES.includes(state))
      throw validationFault('WRONG_STATE', 'generationId', `the generation is ${state}; cancel it first`)
    const images = await tx.image.findMany({ where: { jobId: id }, select: { id: true, sha256: true } })
    const imageIds = images.map(image => image.id)
    const canceled = await cancelStartedFrom(tx, 'imageId', imageIds)
    await deleteJob(tx, id)
    const [deletedId, hashes] = [toGlobalId('Generation', id), images.map(({ sha256 }) => sha256)]
    await audit({ action: 'deleteGeneration', target: deletedId, detail: { files: hashes } })
    return { deletedId, hashes, canceled }
  })
  return finish(context, deleted)
}

async function deleteJob(tx: Transaction, id: string): Promise<void> {
  const ofJob = { where: { jobId: id } }
  await tx.jobEvent.updateMany({ ...ofJob, data: { type: 'deleted', payload: {}, jobId: null, seq: null } })
  await tx.image.deleteMany(ofJob)
  await tx.generationAdapter.deleteMany(ofJob)
  await tx.$executeRaw`
    delete from idempotency_keys
    where exists (select 1 from jsonb_each_text(result) where jsonb_typeof(result) = 'object' and value = ${id})`
  await tx.job.deleteMany({ where: { id } })
}
